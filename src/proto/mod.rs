//! Protocols without I/O: bytes in, events and bytes out. No sockets, no clock, no unsafe code.

pub(crate) mod auth;
pub(crate) mod coding;
pub(crate) mod cookies;
pub(crate) mod date;
pub(crate) mod h1;
// What the `...Ex` functions and authentication need is here and tested; the layers above do not use
// it yet.
#[cfg_attr(not(test), expect(dead_code, reason = "single headers wait for WinHttpAddRequestHeadersEx"))]
pub(crate) mod headers;
pub(crate) mod pac;
pub(crate) mod proxy;
#[cfg_attr(not(test), expect(dead_code, reason = "origins are compared by authentication"))]
pub(crate) mod url;
mod wildcard;
pub(crate) mod ws;
pub(crate) mod x509;
