//! The text of a whole head, as it goes out and as `WinHttpQueryHeaders` shows it (http spec 4.5).

use crate::proto::headers::Header;

/// Start line and fields, each line ended by CRLF, then the empty line: the wire form, and
/// `RAW_HEADERS_CRLF`.
pub(super) fn with_crlf<'a>(out: &mut Vec<u8>, start: &[u8], fields: impl Iterator<Item = &'a Header>) {
    lines(out, start, fields, b"\r\n");
    out.extend_from_slice(b"\r\n");
}

/// The same lines, each ended by NUL: `RAW_HEADERS`. The terminator that every string gets on its
/// way to the caller is the second NUL at the end, which the length does not count.
pub(super) fn with_nul<'a>(out: &mut Vec<u8>, start: &[u8], fields: impl Iterator<Item = &'a Header>) {
    lines(out, start, fields, b"\0");
}

fn lines<'a>(out: &mut Vec<u8>, start: &[u8], fields: impl Iterator<Item = &'a Header>, end: &[u8]) {
    out.extend_from_slice(start);
    out.extend_from_slice(end);
    for field in fields {
        out.extend_from_slice(field.name());
        out.extend_from_slice(b": ");
        out.extend_from_slice(field.value());
        out.extend_from_slice(end);
    }
}
