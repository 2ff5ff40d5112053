//! The code pages that a query can be escaped in.

/// Which bytes stand for a character of the query.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum CodePage {
    #[default]
    Utf8,
    Latin1,
    Windows1252,
}

impl CodePage {
    /// By Windows' number; `None` for those that are not there. 0 to 3, the system's own code pages,
    /// are UTF-8 here.
    pub(crate) fn of_number(number: u32) -> Option<CodePage> {
        match number {
            65001 | 0..=3 => Some(CodePage::Utf8),
            28591 => Some(CodePage::Latin1),
            1252 => Some(CodePage::Windows1252),
            _ => None,
        }
    }

    /// The bytes of `text`; what the code page lacks becomes a question mark.
    pub(super) fn bytes(self, text: &[u16]) -> Vec<u8> {
        let utf8 = String::from_utf16_lossy(text);
        match self {
            CodePage::Utf8 => utf8.into_bytes(),
            CodePage::Latin1 => utf8.chars().map(|c| u8::try_from(c).unwrap_or(b'?')).collect(),
            CodePage::Windows1252 => utf8.chars().map(windows_1252).collect(),
        }
    }
}

fn windows_1252(c: char) -> u8 {
    let special = || HIGH_CONTROLS.iter().position(|&at| at == c).and_then(|at| u8::try_from(at + 0x80).ok());
    match u8::try_from(c) {
        Ok(byte) if !(0x80..=0x9F).contains(&byte) => byte,
        _ => special().unwrap_or(b'?'),
    }
}

/// 0x80 to 0x9F; five of them are their own control characters.
const HIGH_CONTROLS: [char; 32] = [
    '\u{20AC}', '\u{81}', '\u{201A}', '\u{192}', '\u{201E}', '\u{2026}', '\u{2020}', '\u{2021}', '\u{2C6}',
    '\u{2030}', '\u{160}', '\u{2039}', '\u{152}', '\u{8D}', '\u{17D}', '\u{8F}', '\u{90}', '\u{2018}',
    '\u{2019}', '\u{201C}', '\u{201D}', '\u{2022}', '\u{2013}', '\u{2014}', '\u{2DC}', '\u{2122}', '\u{161}',
    '\u{203A}', '\u{153}', '\u{9D}', '\u{17E}', '\u{178}',
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_text_in_each() {
        let text: Vec<u16> = "a\u{e9}\u{20ac}\u{81}\u{8a9e}".encode_utf16().collect();
        assert_eq!(CodePage::Utf8.bytes(&text), "a\u{e9}\u{20ac}\u{81}\u{8a9e}".as_bytes());
        assert_eq!(CodePage::Latin1.bytes(&text), b"a\xe9?\x81?");
        assert_eq!(CodePage::Windows1252.bytes(&text), b"a\xe9\x80\x81?");
    }
}
