//! What every layer may use: the error code and the caller's buffers.

mod code;
#[allow(unsafe_code)]
mod rawbuf;

pub(crate) use code::Code;
pub(crate) use code::Result;
pub(crate) use rawbuf::InBuf;
pub(crate) use rawbuf::OutBuf;
