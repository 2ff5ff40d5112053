//! Header and trailer fields of a response, with the tolerances of http spec 4.2.

use std::mem::MaybeUninit;

use crate::proto::headers::Headers;

/// Why a block of fields is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FieldsError {
    /// A line that is no field.
    Malformed,
    /// More than the allowed number.
    TooMany,
}

/// Parses a block of at most `most` fields that ends with its empty line. Bare LF, blanks before
/// the colon and folded lines are accepted; no colon, no name or a name that is no token spoil it
/// all (http spec 4.2).
pub(super) fn parse(block: &[u8], most: usize) -> Result<Headers, FieldsError> {
    // The crate parses fields with tolerances only as part of a response.
    let text = [STATUS_LINE, block].concat();
    let lines = block.iter().filter(|&&byte| byte == b'\n').count();
    let mut room = vec![MaybeUninit::uninit(); lines.min(most)];
    let mut response = httparse::Response::new(&mut []);
    let parsed = httparse::ParserConfig::default()
        .allow_spaces_after_header_name_in_responses(true)
        .allow_obsolete_multiline_headers_in_responses(true)
        .parse_response_with_uninit_headers(&mut response, &text, &mut room);
    match parsed {
        Ok(httparse::Status::Complete(used)) if used == text.len() => {}
        Err(httparse::Error::TooManyHeaders) => return Err(FieldsError::TooMany),
        _ => return Err(FieldsError::Malformed),
    }
    let mut headers = Headers::new();
    for field in response.headers.iter() {
        headers.push(field.name.as_bytes(), &unfold(field.value));
    }
    Ok(headers)
}

/// A fold, the blanks around it included, becomes one space (RFC 9112 5.2).
fn unfold(value: &[u8]) -> Vec<u8> {
    let mut joined = Vec::with_capacity(value.len());
    for line in value.split(|&byte| byte == b'\n') {
        let text = line.trim_ascii_start();
        let text = if joined.is_empty() { line } else { text };
        let text = text.trim_ascii_end();
        if !joined.is_empty() && !text.is_empty() {
            joined.push(b' ');
        }
        joined.extend_from_slice(text);
    }
    joined
}

const STATUS_LINE: &[u8] = b"HTTP/1.1 200\r\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_become_one_space() {
        for (value, expected) in [
            ("plain  value", "plain  value"),
            ("one\r\n two", "one two"),
            ("one \t\r\n\t two\n three", "one two three"),
            ("one\r\n \r\n two", "one two"),
        ] {
            assert_eq!(unfold(value.as_bytes()), expected.as_bytes(), "{value:?}");
        }
    }

    #[test]
    fn the_number_of_fields_is_limited() {
        let block = "a: 1\r\n".repeat(10) + "\r\n";
        assert_eq!(parse(block.as_bytes(), 10).unwrap().iter().count(), 10);
        assert_eq!(parse(block.as_bytes(), 9), Err(FieldsError::TooMany));
        assert_eq!(parse(b"\r\n", 0).unwrap().iter().count(), 0);
    }
}
