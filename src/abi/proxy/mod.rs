//! Proxies: what is configured, and asking scripts.

mod config;
mod resolver;

pub use config::*;
pub use resolver::*;

use crate::abi::out::Out;
use crate::base::Code;
use crate::base::Result;

/// A variable that must be there.
fn needed<T: Copy>(variable: Out<T>) -> Result<Out<T>> {
    if variable.is_null() { Err(Code::INVALID_PARAMETER) } else { Ok(variable) }
}
