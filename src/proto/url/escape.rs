//! The ways WinHTTP escapes and unescapes: object names, the ICU flags, redirect targets.

use crate::proto::url::CodePage;

/// Which characters of an object name are escaped, by flags of `WinHttpOpenRequest`, and as which bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ObjectRules {
    percent: bool,
    disable: bool,
    disable_query: bool,
    /// That of the query; the path is UTF-8.
    code_page: CodePage,
}

impl ObjectRules {
    /// From `WINHTTP_FLAG_ESCAPE_PERCENT` (0x4), `_ESCAPE_DISABLE` (0x40), `_ESCAPE_DISABLE_QUERY`
    /// (0x80); other flags do not matter here.
    pub(crate) fn from_bits(flags: u32) -> ObjectRules {
        ObjectRules {
            percent: flags & 0x04 != 0,
            disable: flags & 0x40 != 0,
            disable_query: flags & 0x80 != 0,
            code_page: CodePage::Utf8,
        }
    }

    pub(crate) fn with_code_page(self, code_page: CodePage) -> ObjectRules {
        ObjectRules { code_page, ..self }
    }
}

/// An object name as it goes on the request line: the table of http spec 1.3.1, with a slash in
/// front. The result is ASCII without blanks, CR and LF.
pub(super) fn object(text: &[u16], rules: ObjectRules) -> String {
    let mut out = String::with_capacity(text.len() + 1);
    let mut in_query = false;
    let (path, query) =
        text.split_at(text.iter().position(|&unit| unit == u16::from(b'?')).unwrap_or(text.len()));
    let query = rules.code_page.bytes(query);
    for byte in utf8(path).bytes().chain(query) {
        in_query |= byte == b'?';
        let raw = rules.disable || (in_query && rules.disable_query);
        match byte {
            b'\r' | b'\n' if raw => {}
            b' ' | 0x80.. => push_escaped(&mut out, byte),
            b'%' if rules.percent && !raw => push_escaped(&mut out, byte),
            _ if is_unsafe(byte) && !raw => push_escaped(&mut out, byte),
            _ => out.push(char::from(byte)),
        }
    }
    if !out.starts_with('/') {
        out.insert(0, '/');
    }
    out
}

/// `ICU_ESCAPE`: the table of the URL spec, 4.6, with UTF-8 as the code page. Existing escapes are
/// escaped again.
pub(super) fn icu(text: &[u16]) -> Vec<u16> {
    let mut out = String::with_capacity(text.len());
    for byte in utf8(text).bytes() {
        if is_unsafe(byte) || matches!(byte, b' ' | b'%' | b'~' | 0x80..) {
            push_escaped(&mut out, byte);
        } else {
            out.push(char::from(byte));
        }
    }
    out.encode_utf16().collect()
}

/// `ICU_DECODE`: `%XX` becomes the character of that number, no UTF-8 (URL spec 4.5); what is no
/// escape stays.
pub(super) fn icu_decode(text: &[u16]) -> Vec<u16> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, tail @ ..] = rest {
        rest = tail;
        let escaped = match tail {
            [high, low, ..] if *first == u16::from(b'%') => hex(*high).zip(hex(*low)),
            _ => None,
        };
        match escaped {
            Some((high, low)) => {
                out.push(high * 16 + low);
                rest = tail.get(2..).unwrap_or_default();
            }
            None => out.push(*first),
        }
    }
    out
}

/// A part of a redirect target: existing escapes stay; blanks, controls and every byte above 0x7F
/// are escaped (http spec 6.4, 13).
pub(super) fn redirect(text: &[u8]) -> String {
    let mut out = String::with_capacity(text.len());
    for &byte in text {
        match byte {
            b'!'..=b'~' => out.push(char::from(byte)),
            _ => push_escaped(&mut out, byte),
        }
    }
    out
}

/// What is escaped everywhere unless escaping is disabled, beside blanks and non-ASCII.
fn is_unsafe(byte: u8) -> bool {
    byte.is_ascii_control() || b"\"#<>[\\]^{|}`".contains(&byte)
}

fn push_escaped(out: &mut String, byte: u8) {
    out.push('%');
    for nibble in [byte >> 4, byte & 15] {
        out.extend(char::from_digit(nibble.into(), 16).map(|digit| digit.to_ascii_uppercase()));
    }
}

/// Unpaired surrogates become U+FFFD.
fn utf8(text: &[u16]) -> String {
    String::from_utf16_lossy(text)
}

fn hex(unit: u16) -> Option<u16> {
    let digit = char::from_u32(unit.into())?.to_digit(16)?;
    u16::try_from(digit).ok()
}

#[cfg(test)]
mod tests {
    use super::super::tests::wide;
    use super::*;
    use crate::proto::h1::noise::Noise;

    fn escaped(text: &str, flags: u32) -> String {
        object(&wide(text), ObjectRules::from_bits(flags))
    }

    #[test]
    fn table_1_3_1() {
        const SAFE: &str = "!$&'()*+,-./:;=?@_~azAZ09";
        let specials = "\"#<>[\\]^{|}`\u{1}\u{1f}\u{7f}\t";
        let special_escapes = "%22%23%3C%3E%5B%5C%5D%5E%7B%7C%7D%60%01%1F%7F%09";
        for (text, none, percent, disable, disable_query) in [
            (SAFE, SAFE, SAFE, SAFE, SAFE),
            (" ", "%20", "%20", "%20", "%20"),
            ("? ", "?%20", "?%20", "?%20", "?%20"),
            ("\r\n", "%0D%0A", "%0D%0A", "", "%0D%0A"),
            ("?\r\n", "?%0D%0A", "?%0D%0A", "?", "?"),
            (specials, special_escapes, special_escapes, specials, special_escapes),
            ("?|", "?%7C", "?%7C", "?|", "?|"),
            ("|?|?|", "%7C?%7C?%7C", "%7C?%7C?%7C", "|?|?|", "%7C?|?|"),
            ("%20%zz?%", "%20%zz?%", "%2520%25zz?%25", "%20%zz?%", "%20%zz?%"),
            ("\u{80}?\u{80}", "%C2%80?%C2%80", "%C2%80?%C2%80", "%C2%80?%C2%80", "%C2%80?%C2%80"),
            ("語", "%E8%AA%9E", "%E8%AA%9E", "%E8%AA%9E", "%E8%AA%9E"),
            ("😀", "%F0%9F%98%80", "%F0%9F%98%80", "%F0%9F%98%80", "%F0%9F%98%80"),
        ] {
            for (flags, expected) in [(0, none), (0x04, percent), (0x40, disable), (0x80, disable_query)] {
                let text = format!("/{text}");
                assert_eq!(escaped(&text, flags), format!("/{expected}"), "{text:?} {flags:x}");
            }
        }
    }

    #[test]
    fn the_code_page_is_that_of_the_query() {
        let rules = ObjectRules::default().with_code_page(CodePage::Windows1252);
        assert_eq!(object(&wide("/\u{e9}?\u{e9}\u{20ac} "), rules), "/%C3%A9?%E9%80%20");
    }

    #[test]
    fn combined_flags() {
        assert_eq!(escaped("/%|?%|", 0x04 | 0x80), "/%25%7C?%|");
        assert_eq!(escaped("/%|?%|", 0x04 | 0x40), "/%|?%|");
    }

    #[test]
    fn the_leading_slash_is_inserted() {
        for (text, expected) in [
            ("", "/"),
            ("big", "/big"),
            ("/x", "/x"),
            ("?a", "/?a"),
            ("*", "/*"),
            ("#f", "/%23f"),
            ("//x", "//x"),
            ("http://h/", "/http://h/"),
        ] {
            assert_eq!(escaped(text, 0), expected);
        }
        assert_eq!(escaped("\r\n/x", 0x40), "/x");
    }

    #[test]
    fn unpaired_surrogates_are_replaced() {
        assert_eq!(object(&[0xD800, 0x41], ObjectRules::default()), "/%EF%BF%BDA");
        assert_eq!(String::from_utf16(&icu(&[0xDC00])).unwrap(), "%EF%BF%BD");
    }

    #[test]
    fn table_4_6() {
        let same = "ABCXYZabcxyz0189!$&'()*+,-./:;=?@_";
        assert_eq!(icu(&wide(same)), wide(same));
        let escapes = "%20%22%23%25%3C%3E%5B%5C%5D%5E%60%7B%7C%7D%7E%00%1F%7F%09";
        assert_eq!(icu(&wide(" \"#%<>[\\]^`{|}~\0\u{1f}\u{7f}\t")), wide(escapes));
        assert_eq!(icu(&wide("a%20b")), wide("a%2520b"));
        assert_eq!(icu(&wide("\u{e4}\u{416}")), wide("%C3%A4%D0%96"));
    }

    #[test]
    fn decoding_is_byte_by_byte() {
        for (text, expected) in [
            ("a%20b%3f", "a b?"),
            ("%C3%A4", "\u{c3}\u{a4}"),
            ("%2520", "%20"),
            ("%%41", "%A"),
            ("%", "%"),
            ("%4", "%4"),
            ("%4g%zz%41", "%4g%zzA"),
            ("ж%00", "ж\0"),
        ] {
            assert_eq!(icu_decode(&wide(text)), wide(expected), "{text}");
        }
    }

    #[test]
    fn no_object_name_can_break_a_request_line() {
        let mut noise = Noise::new(3);
        for _ in 0..2000 {
            let text: Vec<u16> =
                noise.bytes(60).chunks(2).map(|b| b[0] as u16 | (b.len() as u16) << 8).collect();
            let text = if noise.below(2) == 0 { text } else { text.iter().map(|u| u & 0xFF).collect() };
            let rules = ObjectRules::from_bits(noise.next() as u32);
            let line = object(&text, rules);
            assert!(line.starts_with('/') && line.is_ascii() && !line.contains([' ', '\r', '\n']));
            let _ = icu_decode(&icu(&text));
        }
    }
}
