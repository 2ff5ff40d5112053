//! The C border.

pub mod constants;
pub mod types;
