//! Protocols without I/O: bytes in, events and bytes out. No sockets, no clock, no unsafe code.

pub(crate) mod auth;
pub(crate) mod coding;
pub(crate) mod cookies;
pub(crate) mod date;
pub(crate) mod h1;
pub(crate) mod headers;
pub(crate) mod pac;
pub(crate) mod proxy;
pub(crate) mod url;
mod wildcard;
pub(crate) mod ws;
pub(crate) mod x509;
