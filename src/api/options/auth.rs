//! Who the user is.

use crate::api::options::row::*;

pub(super) static ROWS: &[Row] = &[];
