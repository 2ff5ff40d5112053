//! What every layer may use: the error code, the caller's buffers, numbered objects.

mod code;
#[allow(unsafe_code)]
mod rawbuf;
mod slots;

pub(crate) use code::Code;
pub(crate) use code::Result;
pub(crate) use rawbuf::InBuf;
pub(crate) use rawbuf::OutBuf;
pub(crate) use slots::Key;
pub(crate) use slots::SlotTable;
