//! Versions of HTTP beyond 1.1.

use crate::api::options::row::*;

pub(super) static ROWS: &[Row] = &[];
