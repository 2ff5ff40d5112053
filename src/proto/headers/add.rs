//! What `WinHttpAddRequestHeaders` does to a header list (http spec 2.1, 2.2, 2.4).

use super::Header;
use super::Headers;
use super::is_token;
use super::narrow;
use super::trim;

/// Why headers were not added; nothing has been changed then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HeaderError {
    /// A line that is no header: `INVALID_PARAMETER`.
    Invalid,
    /// `ADD_IF_NEW`, but it is there: `HEADER_ALREADY_EXISTS`.
    AlreadyExists,
    /// `REPLACE`, but it is not there: `HEADER_NOT_FOUND`.
    NotFound,
}

/// The modifiers (`WINHTTP_ADDREQ_FLAG_*`). The index bits (low half) and unknown bits are ignored
/// (http spec 13).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AddFlags(u32);

impl AddFlags {
    /// Append, duplicates allowed.
    pub(crate) const ADD: AddFlags = AddFlags(0x2000_0000);
    /// Append, unless the name exists.
    pub(crate) const ADD_IF_NEW: AddFlags = AddFlags(0x1000_0000);
    /// Replace the first of the name; an empty value removes it.
    pub(crate) const REPLACE: AddFlags = AddFlags(0x8000_0000);
    /// Join to the first of the name with `", "`.
    pub(crate) const COALESCE_WITH_COMMA: AddFlags = AddFlags(0x4000_0000);
    /// Join to the first of the name with `"; "`.
    pub(crate) const COALESCE_WITH_SEMICOLON: AddFlags = AddFlags(0x0100_0000);
    /// What headers passed to `WinHttpSendRequest` get (http spec 3.2).
    pub(crate) const UPSERT: AddFlags = AddFlags(Self::ADD.0 | Self::REPLACE.0);

    /// The caller's `dwModifiers`.
    pub(crate) const fn from_bits(bits: u32) -> AddFlags {
        AddFlags(bits)
    }

    const fn has(self, flag: AddFlags) -> bool {
        self.0 & flag.0 != 0
    }
}

impl Headers {
    /// Adds a block of header lines: `WinHttpAddRequestHeaders` and the headers argument of
    /// `WinHttpSendRequest` (http spec 2.1). Any run of CR and LF separates lines, there is no
    /// folding, and an empty line ends nothing. A NUL does: a length may count the terminator, or be the
    /// size of the program's whole buffer. All lines are added or none.
    pub(crate) fn add_block(&mut self, text: &[u16], flags: AddFlags) -> Result<(), HeaderError> {
        let text = text.split(|&unit| unit == 0).next().unwrap_or_default();
        let fields = narrow(text)
            .ok_or(HeaderError::Invalid)?
            .split(|byte| matches!(byte, b'\r' | b'\n'))
            .filter(|line| !line.is_empty())
            .map(split_line)
            .collect::<Result<Vec<Header>, HeaderError>>()?;
        self.add_all(fields, flags)
    }

    /// Adds one header, name and value apart, no line parsing: `WinHttpAddRequestHeadersEx` (http spec
    /// 2.4). CR, LF or NUL in it are invalid.
    pub(crate) fn add_bytes(
        &mut self,
        name: &[u8],
        value: &[u8],
        flags: AddFlags,
    ) -> Result<(), HeaderError> {
        self.add(checked(name, value)?, flags)
    }

    /// Line by line, since a later line sees what an earlier one did; undone when one fails.
    fn add_all(&mut self, fields: Vec<Header>, flags: AddFlags) -> Result<(), HeaderError> {
        let before = (fields.len() > 1).then(|| self.list.clone());
        for field in fields {
            if let Err(error) = self.add(field, flags) {
                if let Some(before) = before {
                    self.list = before;
                }
                return Err(error);
            }
        }
        Ok(())
    }

    /// The table of http spec 2.2. Precedence: REPLACE, COALESCE, ADD_IF_NEW, ADD.
    fn add(&mut self, new: Header, flags: AddFlags) -> Result<(), HeaderError> {
        let first = self.list.iter().position(|header| header.is(&new.name));
        let Some(at) = first else {
            let may_add = flags.has(AddFlags::ADD) || flags.has(AddFlags::ADD_IF_NEW);
            if flags.has(AddFlags::REPLACE) && !may_add {
                return Err(HeaderError::NotFound);
            }
            self.list.push(new);
            return Ok(());
        };
        if flags.has(AddFlags::REPLACE) {
            if new.value.is_empty() {
                self.list.remove(at);
            } else if let Some(old) = self.list.get_mut(at) {
                *old = new;
            }
            return Ok(());
        }
        if let Some(separator) = separator(flags) {
            if let Some(old) = self.list.get_mut(at) {
                join(&mut old.value, separator, new.value)?;
            }
            return Ok(());
        }
        if flags.has(AddFlags::ADD_IF_NEW) {
            return Err(HeaderError::AlreadyExists);
        }
        self.list.push(new);
        Ok(())
    }
}

/// `name ":" value`; the first colon splits.
fn split_line(line: &[u8]) -> Result<Header, HeaderError> {
    let colon = line.iter().position(|&byte| byte == b':').ok_or(HeaderError::Invalid)?;
    let (name, rest) = line.split_at_checked(colon).ok_or(HeaderError::Invalid)?;
    checked(name, rest.get(1..).unwrap_or_default())
}

fn checked(name: &[u8], value: &[u8]) -> Result<Header, HeaderError> {
    let value = trim(value);
    let good = is_token(name)
        && name.len() <= MAX_PART
        && value.len() <= MAX_PART
        && !value.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0));
    if !good {
        return Err(HeaderError::Invalid);
    }
    Ok(Header { name: name.to_vec(), value: value.to_vec() })
}

fn separator(flags: AddFlags) -> Option<&'static [u8]> {
    if flags.has(AddFlags::COALESCE_WITH_COMMA) {
        Some(b", ")
    } else if flags.has(AddFlags::COALESCE_WITH_SEMICOLON) {
        Some(b"; ")
    } else {
        None
    }
}

/// An empty side needs no separator.
fn join(old: &mut Vec<u8>, separator: &[u8], new: Vec<u8>) -> Result<(), HeaderError> {
    if new.is_empty() {
        return Ok(());
    }
    if old.is_empty() {
        *old = new;
        return Ok(());
    }
    if old.len() + separator.len() + new.len() > MAX_PART {
        return Err(HeaderError::Invalid);
    }
    old.extend_from_slice(separator);
    old.extend_from_slice(&new);
    Ok(())
}

/// Longest name and longest value (http spec 2.1: above 64 KB it is `INVALID_PARAMETER`).
const MAX_PART: usize = 0x1_0000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::h1::noise::Noise;

    fn wide(text: &str) -> Vec<u16> {
        text.encode_utf16().collect()
    }

    fn block(text: &str) -> Result<Headers, HeaderError> {
        let mut headers = Headers::new();
        headers.add_block(&wide(text), AddFlags::ADD)?;
        Ok(headers)
    }

    fn shown(headers: &Headers) -> String {
        let line = |h: &Header| {
            format!("{}={}", String::from_utf8_lossy(h.name()), String::from_utf8_lossy(h.value()))
        };
        headers.iter().map(line).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn lines_of_spec_2_1() {
        for (text, expected) in [
            ("a:", Some("a=")),
            ("field: value ", Some("field=value")),
            ("name: value", Some("name=value")),
            ("name:\t value:x", Some("name=value:x")),
            ("translate: f", Some("translate=f")),
            ("a: 1\0", Some("a=1")),
            ("a: 1\r\n\0", Some("a=1")),
            ("\r\n", Some("")),
            ("", Some("")),
            (":", None),
            (":b", None),
            ("cd", None),
            (" e :f", None),
            ("e :f", None),
            ("a: 1\r\n folded", None),
            ("a: 1\r\nbad", None),
            ("ä: 1", None),
            ("a: x\0y", Some("a=x")),
            ("a: x\0\u{416}\r\nbad", Some("a=x")),
            ("\0a: x", Some("")),
            ("a: \u{100}", None),
            ("a: 😀", None),
        ] {
            let result = block(text);
            match expected {
                Some(expected) => assert_eq!(shown(&result.unwrap()), expected, "{text:?}"),
                None => assert_eq!(result, Err(HeaderError::Invalid), "{text:?}"),
            }
        }
    }

    #[test]
    fn any_mix_of_line_ends_separates() {
        for end in ["\r\n", "\n", "\r", "\n\r", "\n\n\n", "\r\r\r", "\r\n\r\n"] {
            for last in ["", end] {
                let headers = block(&format!("a: 1{end}b: 2{end}a: 3{last}")).unwrap();
                assert_eq!(shown(&headers), "a=1|b=2|a=3", "{end:?}");
            }
        }
    }

    #[test]
    fn latin_1_becomes_single_bytes() {
        assert_eq!(block("a: \u{e4}\u{80}").unwrap().get(b"a"), Some(&b"\xe4\x80"[..]));
    }

    #[test]
    fn modifiers_of_spec_2_2() {
        use HeaderError::AlreadyExists;
        use HeaderError::NotFound;
        const NONE: u32 = 0;
        const ADD: u32 = 0x2000_0000;
        const NEW: u32 = 0x1000_0000;
        const REPLACE: u32 = 0x8000_0000;
        const COMMA: u32 = 0x4000_0000;
        const SEMICOLON: u32 = 0x0100_0000;
        for (flags, line, absent, present) in [
            (NONE, "W:9", Ok("X=0|W=9"), Ok("W=1|X=0|W=2|W=9")),
            (ADD, "W:9", Ok("X=0|W=9"), Ok("W=1|X=0|W=2|W=9")),
            (ADD | 7, "W:9", Ok("X=0|W=9"), Ok("W=1|X=0|W=2|W=9")),
            (NEW, "W:9", Ok("X=0|W=9"), Err(AlreadyExists)),
            (ADD | NEW, "W:9", Ok("X=0|W=9"), Err(AlreadyExists)),
            (REPLACE, "w:9", Err(NotFound), Ok("w=9|X=0|W=2")),
            (REPLACE, "W:", Err(NotFound), Ok("X=0|W=2")),
            (ADD | REPLACE, "W:9", Ok("X=0|W=9"), Ok("W=9|X=0|W=2")),
            (ADD | REPLACE, "W:", Ok("X=0|W="), Ok("X=0|W=2")),
            (COMMA, "W:9", Ok("X=0|W=9"), Ok("W=1, 9|X=0|W=2")),
            (SEMICOLON, "W:9", Ok("X=0|W=9"), Ok("W=1; 9|X=0|W=2")),
            (ADD | COMMA, "W:9", Ok("X=0|W=9"), Ok("W=1, 9|X=0|W=2")),
            (REPLACE | COMMA, "W:9", Err(NotFound), Ok("W=9|X=0|W=2")),
            (COMMA, "W:", Ok("X=0|W="), Ok("W=1|X=0|W=2")),
        ] {
            for (start, expected) in [("X:0", absent), ("W:1\nX:0\nW:2", present)] {
                let mut headers = block(start).unwrap();
                let before = headers.clone();
                let result = headers.add_block(&wide(line), AddFlags::from_bits(flags));
                match expected {
                    Ok(expected) => assert_eq!((result, &*shown(&headers)), (Ok(()), expected), "{flags:x}"),
                    Err(error) => assert_eq!((result, &headers), (Err(error), &before), "{flags:x}"),
                }
            }
        }
    }

    #[test]
    fn the_tested_sequence_of_replacing_and_coalescing() {
        let mut headers = block("W:1\r\nW:2").unwrap();
        for (flags, line, expected) in [
            (AddFlags::REPLACE, "W:3", "W=3|W=2"),
            (AddFlags::COALESCE_WITH_COMMA, "W:4", "W=3, 4|W=2"),
            (AddFlags::COALESCE_WITH_COMMA, "W:5", "W=3, 4, 5|W=2"),
            (AddFlags::COALESCE_WITH_SEMICOLON, "W:6", "W=3, 4, 5; 6|W=2"),
            (AddFlags::UPSERT, "W:4", "W=4|W=2"),
        ] {
            headers.add_block(&wide(line), flags).unwrap();
            assert_eq!(shown(&headers), expected);
        }
    }

    #[test]
    fn a_failing_line_undoes_the_earlier_ones() {
        let mut headers = block("B: 1").unwrap();
        let result = headers.add_block(&wide("A: 1\r\nB: 2"), AddFlags::ADD_IF_NEW);
        assert_eq!(result, Err(HeaderError::AlreadyExists));
        assert_eq!(shown(&headers), "B=1");
        let twice = headers.add_block(&wide("C: 1\r\nC: 2"), AddFlags::ADD_IF_NEW);
        assert_eq!(twice, Err(HeaderError::AlreadyExists));
        assert_eq!(shown(&headers), "B=1");
    }

    #[test]
    fn single_headers_take_no_line_ends() {
        let mut headers = Headers::new();
        headers.add_bytes(b"A", b" x ", AddFlags::ADD).unwrap();
        headers.add_bytes(b"A", b"y: z", AddFlags::COALESCE_WITH_COMMA).unwrap();
        assert_eq!(shown(&headers), "A=x, y: z");
        for (name, value) in [("A", "x\r\nB: 1"), ("A", "x\0"), ("A:", "x"), ("", "x"), ("A\r\nB", "x")] {
            let result = headers.add_bytes(name.as_bytes(), value.as_bytes(), AddFlags::ADD);
            assert_eq!(result, Err(HeaderError::Invalid), "{name:?} {value:?}");
        }
    }

    #[test]
    fn parts_above_64_kb_are_invalid() {
        let long = "x".repeat(MAX_PART);
        assert!(block(&format!("a: {long}")).is_ok());
        assert_eq!(block(&format!("a: {long}x")), Err(HeaderError::Invalid));
        assert_eq!(block(&format!("{long}x: a")), Err(HeaderError::Invalid));
        let mut headers = block(&format!("a: {long}")).unwrap();
        let joined = headers.add_bytes(b"a", b"b", AddFlags::COALESCE_WITH_COMMA);
        assert_eq!(joined, Err(HeaderError::Invalid));
    }

    #[test]
    fn noise_is_added_or_refused_but_never_harms() {
        let mut noise = Noise::new(1);
        for _ in 0..3000 {
            let text: Vec<u16> = noise.text(b"aB:: \r\n\t\0\xe4", 40).iter().map(|&b| b.into()).collect();
            let mut headers = block("a: 1\nB: 2").unwrap();
            let flags = AddFlags::from_bits(noise.next() as u32);
            let _ = headers.add_block(&text, flags);
            for header in &headers {
                assert!(is_token(header.name()));
                assert!(!header.value().iter().any(|b| matches!(b, b'\r' | b'\n' | 0)));
            }
        }
    }
}
