//! Protocols without I/O: bytes in, events and bytes out. No sockets, no clock, no unsafe code.

pub(crate) mod h1;
pub(crate) mod headers;
pub(crate) mod url;
pub(crate) mod ws;
