//! Header fields in order, as WinHTTP keeps them.
//!
//! Names and values are bytes (Latin-1 on the wire), the spelling is kept, lookup ignores ASCII
//! case, and fields of one name stay separate entries (http spec 2.1, 4.2, 4.5).

mod add;
mod latin1;

pub(crate) use add::AddFlags;
pub(crate) use add::HeaderError;
pub(crate) use latin1::narrow;
pub(crate) use latin1::narrow_lossy;
pub(crate) use latin1::widen;

/// One header field as it was given or received, blanks around the value removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    name: Vec<u8>,
    value: Vec<u8>,
}

impl Header {
    /// The name in the spelling it came with.
    pub(crate) fn name(&self) -> &[u8] {
        &self.name
    }

    /// The value, possibly empty; never contains CR, LF or NUL.
    pub(crate) fn value(&self) -> &[u8] {
        &self.value
    }

    fn is(&self, name: &[u8]) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

/// An ordered list of header fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Headers {
    list: Vec<Header>,
}

impl Headers {
    /// No fields.
    pub(crate) const fn new() -> Headers {
        Headers { list: Vec::new() }
    }

    /// All fields in order.
    pub(crate) fn iter(&self) -> std::slice::Iter<'_, Header> {
        self.list.iter()
    }

    /// The value of the first field called `name`.
    pub(crate) fn get(&self, name: &[u8]) -> Option<&[u8]> {
        self.find(name, 0)
    }

    /// The value of the `index`-th (from 0) field called `name`: the index contract of QueryHeaders
    /// (http spec 4.5).
    pub(crate) fn find(&self, name: &[u8], index: usize) -> Option<&[u8]> {
        self.list.iter().filter(|header| header.is(name)).nth(index).map(Header::value)
    }

    /// The values of all fields called `name`, in order.
    pub(crate) fn all<'a>(&'a self, name: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
        self.list.iter().filter(move |header| header.is(name)).map(Header::value)
    }

    /// Whether a field called `name` exists.
    pub(crate) fn contains(&self, name: &[u8]) -> bool {
        self.position(name).is_some()
    }

    /// Whether `token` is an element of the comma-separated lists called `name` (RFC 9110 5.6.1);
    /// case is ignored.
    pub(crate) fn has_token(&self, name: &[u8], token: &[u8]) -> bool {
        self.all(name).any(|value| elements(value).any(|element| element.eq_ignore_ascii_case(token)))
    }

    /// Appends a field of the library's own or of the peer's. `name` must be a token; CR, LF and
    /// NUL in the value become spaces (RFC 9110 5.5), so nothing can be smuggled in.
    pub(crate) fn push(&mut self, name: &[u8], value: &[u8]) {
        self.list.push(Header { name: name.to_vec(), value: harmless(value) });
    }

    /// Like `push`, unless a field of this name exists. Tells whether it was added.
    pub(crate) fn push_if_absent(&mut self, name: &[u8], value: &[u8]) -> bool {
        let absent = !self.contains(name);
        if absent {
            self.push(name, value);
        }
        absent
    }

    /// Appends to the first field of the name, behind `separator`, or adds a field.
    pub(crate) fn push_joined(&mut self, name: &[u8], separator: &[u8], value: &[u8]) {
        match self.list.iter_mut().find(|header| header.is(name)) {
            Some(header) => {
                header.value.extend_from_slice(separator);
                header.value.extend_from_slice(&harmless(value));
            }
            None => self.push(name, value),
        }
    }

    /// Makes this the only field of its name: in the place of the first one, or at the end.
    pub(crate) fn set(&mut self, name: &[u8], value: &[u8]) {
        let new = Header { name: name.to_vec(), value: harmless(value) };
        let first = self.position(name);
        self.remove(name);
        match first {
            Some(at) => self.list.insert(at, new),
            None => self.list.push(new),
        }
    }

    /// Removes every field called `name`; tells how many there were.
    pub(crate) fn remove(&mut self, name: &[u8]) -> usize {
        let before = self.list.len();
        self.list.retain(|header| !header.is(name));
        before - self.list.len()
    }

    fn position(&self, name: &[u8]) -> Option<usize> {
        self.list.iter().position(|header| header.is(name))
    }
}

impl<'a> IntoIterator for &'a Headers {
    type Item = &'a Header;
    type IntoIter = std::slice::Iter<'a, Header>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The elements of a comma-separated list, blanks removed; empty ones are skipped (RFC 9110 5.6.1).
pub(crate) fn elements(value: &[u8]) -> impl DoubleEndedIterator<Item = &[u8]> {
    value.split(|&byte| byte == b',').map(trim).filter(|element| !element.is_empty())
}

/// Without the blanks (space, tab) at both ends.
pub(crate) fn trim(text: &[u8]) -> &[u8] {
    trim_of(text, |byte| matches!(byte, b' ' | b'\t'))
}

/// Without what counts as blank at both ends.
fn trim_of(mut text: &[u8], is_blank: impl Fn(u8) -> bool) -> &[u8] {
    while let [first, rest @ ..] = text
        && is_blank(*first)
    {
        text = rest;
    }
    while let [rest @ .., last] = text
        && is_blank(*last)
    {
        text = rest;
    }
    text
}

/// Whether `text` is a token (RFC 9110 5.6.2): what header names and methods consist of.
pub(crate) fn is_token(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(|&byte| byte.is_ascii_alphanumeric() || TOKEN_MARKS.contains(&byte))
}

/// A value without what would end a line or a text: each such byte is a space.
fn harmless(value: &[u8]) -> Vec<u8> {
    let is_harmful = |byte| matches!(byte, b'\r' | b'\n' | 0);
    let value = trim_of(value, |byte| matches!(byte, b' ' | b'\t') || is_harmful(byte));
    value.iter().map(|&byte| if is_harmful(byte) { b' ' } else { byte }).collect()
}

const TOKEN_MARKS: &[u8] = b"!#$%&'*+-.^_`|~";

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Headers {
        let mut headers = Headers::new();
        headers.push(b"Via", b"one");
        headers.push(b"Set-Cookie", b"a=1");
        headers.push(b"set-cookie", b"b=2");
        headers
    }

    #[test]
    fn lookup_ignores_case_and_keeps_duplicates_apart() {
        let headers = sample();
        assert_eq!(headers.find(b"SET-COOKIE", 0), Some(&b"a=1"[..]));
        assert_eq!(headers.find(b"SET-COOKIE", 1), Some(&b"b=2"[..]));
        assert_eq!(headers.find(b"SET-COOKIE", 2), None);
        assert_eq!(headers.all(b"set-Cookie").count(), 2);
        assert_eq!(headers.iter().count(), 3);
        let names: Vec<_> = headers.iter().map(Header::name).collect();
        assert_eq!(names, [&b"Via"[..], b"Set-Cookie", b"set-cookie"]);
    }

    #[test]
    fn set_leaves_one_field_in_the_first_place() {
        let mut headers = sample();
        headers.push(b"Last", b"x");
        headers.set(b"set-cookie", b"c=3");
        let values: Vec<_> = headers.iter().map(Header::value).collect();
        assert_eq!(values, [&b"one"[..], b"c=3", b"x"]);
        headers.set(b"New", b"");
        assert_eq!(headers.get(b"new"), Some(&b""[..]));
        assert!(!headers.push_if_absent(b"NEW", b"y"));
        assert_eq!(headers.remove(b"nEW"), 1);
        assert!(headers.push_if_absent(b"NEW", b"y"));
    }

    #[test]
    fn values_cannot_carry_line_ends() {
        let mut headers = Headers::new();
        headers.push(b"A", b" x\r\nEvil: 1\0 ");
        assert_eq!(headers.get(b"a"), Some(&b"x  Evil: 1"[..]));
    }

    #[test]
    fn tokens_of_lists() {
        let mut headers = Headers::new();
        headers.push(b"Connection", b"a , Close");
        headers.push(b"Connection", b",,upgrade\t");
        for (token, there) in [("close", true), ("UPGRADE", true), ("clo", false), ("", false)] {
            assert_eq!(headers.has_token(b"connection", token.as_bytes()), there, "{token}");
        }
    }

    #[test]
    fn tokens() {
        assert!(is_token(b"X-a!#$%&'*+.^_`|~9"));
        for bad in [&b""[..], b"a b", b"a:", b"a\t", b"\xe4", b"a(b)", b"a\"", b"a/b"] {
            assert!(!is_token(bad), "{bad:?}");
        }
    }
}
