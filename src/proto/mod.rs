//! Protocols without I/O: bytes in, events and bytes out. No sockets, no clock, no unsafe code.

pub(crate) mod date;

// What connection reuse, trailers and the `...Ex` functions need is here and tested; the layers
// above do not use it yet.
#[cfg_attr(not(test), expect(dead_code, reason = "keep-alive and trailers wait for the connection pool"))]
pub(crate) mod h1;
#[cfg_attr(not(test), expect(dead_code, reason = "single headers wait for WinHttpAddRequestHeadersEx"))]
pub(crate) mod headers;
#[cfg_attr(not(test), expect(dead_code, reason = "origins are compared by the connection pool"))]
pub(crate) mod url;
pub(crate) mod ws;
