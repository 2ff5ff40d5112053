//! The text of a whole head, as it goes out and as `WinHttpQueryHeaders` shows it (http spec 4.5).

use crate::proto::headers::Header;
use crate::proto::headers::Headers;

/// Start line and fields, each line ended by CRLF, then the empty line: the wire form, and
/// `RAW_HEADERS_CRLF`.
pub(super) fn with_crlf<'a>(out: &mut Vec<u8>, start: &[u8], fields: impl Iterator<Item = &'a Header>) {
    out.extend_from_slice(start);
    out.extend_from_slice(b"\r\n");
    lines(out, fields, b"\r\n");
    out.extend_from_slice(b"\r\n");
}

/// The same lines, each ended by NUL: `RAW_HEADERS`. The terminator that every string gets on its
/// way to the caller is the second NUL at the end, which the length does not count.
pub(super) fn with_nul<'a>(out: &mut Vec<u8>, start: &[u8], fields: impl Iterator<Item = &'a Header>) {
    out.extend_from_slice(start);
    out.push(0);
    lines(out, fields, b"\0");
}

/// The lines of trailers, which have no start line and no empty one (http spec 10.5).
pub(crate) fn trailer_lines(trailers: &Headers, end: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    lines(&mut out, trailers.iter(), end);
    out
}

fn lines<'a>(out: &mut Vec<u8>, fields: impl Iterator<Item = &'a Header>, end: &[u8]) {
    for field in fields {
        out.extend_from_slice(field.name());
        out.extend_from_slice(b": ");
        out.extend_from_slice(field.value());
        out.extend_from_slice(end);
    }
}
