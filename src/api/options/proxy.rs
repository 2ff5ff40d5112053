//! Proxies.

use crate::api::options::row::*;

pub(super) static ROWS: &[Row] = &[];
