//! What `WinHttpCrackUrl` writes where (URL spec 4.2, 4.3, 4.5), decided before anything is written.

use std::borrow::Cow;

use super::UrlError;
use super::crack::Part;
use super::crack::crack;
use super::escape;

/// One value for each text member of `URL_COMPONENTS`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Components<T> {
    /// `lpszScheme`.
    pub(crate) scheme: T,
    /// `lpszHostName`.
    pub(crate) host: T,
    /// `lpszUserName`.
    pub(crate) user: T,
    /// `lpszPassword`.
    pub(crate) password: T,
    /// `lpszUrlPath`.
    pub(crate) path: T,
    /// `lpszExtraInfo`.
    pub(crate) extra: T,
}

/// How the caller asks for one component (the rows of URL spec 4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Want {
    /// Not at all: NULL and 0.
    No,
    /// As a pointer into the URL: NULL and another length.
    Point,
    /// Copied into a buffer of so many characters.
    Copy(usize),
    /// A buffer of length 0.
    Invalid,
}

impl Want {
    /// From the two members: whether the pointer is not NULL, and the length.
    pub(crate) fn of(has_buffer: bool, len: u32) -> Want {
        match (has_buffer, len) {
            (false, 0) => Want::No,
            (false, _) => Want::Point,
            (true, 0) => Want::Invalid,
            (true, len) => Want::Copy(usize::try_from(len).unwrap_or(usize::MAX)),
        }
    }
}

/// What the two members become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fill<'a> {
    /// Left as they are.
    Leave,
    /// NULL and 0: the URL has no such component.
    Null,
    /// A pointer to this part of the caller's URL, and its length.
    Point(Part),
    /// This text and a NUL into the caller's buffer, where both fit; length without the NUL.
    Copy(Cow<'a, [u16]>),
    /// Too small: the length becomes this, NUL included; the call fails with
    /// `INSUFFICIENT_BUFFER`.
    Short(usize),
}

/// The `ICU_*` flags that matter here; others are ignored (URL spec 4.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct CrackFlags {
    escape: bool,
    decode: bool,
    reject_credentials: bool,
}

impl CrackFlags {
    /// From `dwFlags`. With both `ICU_ESCAPE` and `ICU_DECODE`, escaping wins.
    pub(crate) const fn from_bits(flags: u32) -> CrackFlags {
        let escape = flags & 0x8000_0000 != 0;
        CrackFlags {
            escape,
            decode: !escape && flags & 0x1000_0000 != 0,
            reject_credentials: flags & 0x0000_4000 != 0,
        }
    }
}

/// Why `WinHttpCrackUrl` fails with nothing written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CrackError {
    /// The URL is refused.
    Url(UrlError),
    /// The request is: `INVALID_PARAMETER`.
    InvalidParameter,
}

/// What to write. When any component is [`Fill::Short`] the others are still written, and the call
/// fails with `INSUFFICIENT_BUFFER`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CrackAnswer<'a> {
    /// `nScheme`: 1 for http, 2 for https.
    pub(crate) scheme_number: u32,
    /// `nPort`.
    pub(crate) port: u16,
    /// The text members.
    pub(crate) fills: Components<Fill<'a>>,
    /// Whether a component is short.
    pub(crate) is_short: bool,
}

/// Cracks `url` and decides what becomes of each member. First the URL is judged, then the
/// requests, so that a refusal of either leaves the structure alone.
pub(crate) fn answer<'a>(
    url: &'a [u16],
    flags: CrackFlags,
    wants: &Components<Want>,
) -> Result<CrackAnswer<'a>, CrackError> {
    let parts = crack(url).map_err(CrackError::Url)?;
    if flags.reject_credentials && parts.user.is_some() {
        return Err(CrackError::Url(UrlError::Invalid));
    }
    let path = if wants.extra == Want::No { parts.path_and_extra() } else { parts.path };
    let plain = Transform { changes: flags.decode || flags.escape, escape: false, decode: flags.decode };
    let object = Transform { escape: flags.escape, ..plain };
    let fills = Components {
        scheme: plain.fill(url, Some(parts.scheme), wants.scheme)?,
        host: plain.fill(url, Some(parts.host), wants.host)?,
        user: plain.fill(url, parts.user, wants.user)?,
        password: plain.fill(url, parts.password, wants.password)?,
        path: object.fill(url, Some(path), wants.path)?,
        extra: object.fill(url, Some(parts.extra), wants.extra)?,
    };
    let each = [&fills.scheme, &fills.host, &fills.user, &fills.password, &fills.path, &fills.extra];
    let is_short = each.iter().any(|fill| matches!(fill, Fill::Short(_)));
    Ok(CrackAnswer { scheme_number: if parts.secure { 2 } else { 1 }, port: parts.port, fills, is_short })
}

/// What a flag does to a component.
#[derive(Clone, Copy)]
struct Transform {
    /// The call escapes or decodes, so pointers into the URL cannot be given.
    changes: bool,
    escape: bool,
    decode: bool,
}

impl Transform {
    fn fill<'a>(self, url: &'a [u16], part: Option<Part>, want: Want) -> Result<Fill<'a>, CrackError> {
        let text = part.map_or(&[][..], |part| part.of(url));
        match want {
            Want::No => Ok(Fill::Leave),
            Want::Invalid => Err(CrackError::InvalidParameter),
            Want::Point if self.changes && !text.is_empty() => Err(CrackError::InvalidParameter),
            Want::Point => Ok(part.map_or(Fill::Null, Fill::Point)),
            Want::Copy(capacity) => {
                let text = self.apply(text);
                Ok(if text.len() < capacity { Fill::Copy(text) } else { Fill::Short(text.len() + 1) })
            }
        }
    }

    fn apply(self, text: &[u16]) -> Cow<'_, [u16]> {
        if self.escape {
            Cow::Owned(escape::icu(text))
        } else if self.decode {
            Cow::Owned(escape::icu_decode(text))
        } else {
            Cow::Borrowed(text)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::wide;
    use super::*;

    const ESCAPE: u32 = 0x8000_0000;
    const DECODE: u32 = 0x1000_0000;
    const REJECT: u32 = 0x0000_4000;
    const URL: &str = "http://www.example.org:81/dir/page?query";

    fn every(want: Want) -> Components<Want> {
        Components { scheme: want, host: want, user: want, password: want, path: want, extra: want }
    }

    fn try_answer(url: &[u16], flags: u32, wants: Components<Want>) -> Result<CrackAnswer<'_>, CrackError> {
        answer(url, CrackFlags::from_bits(flags), &wants)
    }

    fn copy(text: &str) -> Fill<'static> {
        Fill::Copy(Cow::Owned(wide(text)))
    }

    #[test]
    fn rows_of_spec_4_2() {
        assert_eq!(Want::of(false, 0), Want::No);
        assert_eq!(Want::of(false, 1), Want::Point);
        assert_eq!(Want::of(false, u32::MAX), Want::Point);
        assert_eq!(Want::of(true, 7), Want::Copy(7));
        assert_eq!(Want::of(true, 0), Want::Invalid);
    }

    #[test]
    fn pointers_into_the_url() {
        let url = wide(URL);
        let got = try_answer(&url, 0, every(Want::Point)).unwrap();
        assert_eq!((got.scheme_number, got.port, got.is_short), (1, 81, false));
        assert_eq!(got.fills.scheme, Fill::Point(Part { start: 0, len: 4 }));
        assert_eq!(got.fills.host, Fill::Point(Part { start: 7, len: 15 }));
        assert_eq!((got.fills.user, got.fills.password), (Fill::Null, Fill::Null));
        assert_eq!(got.fills.path, Fill::Point(Part { start: 25, len: 9 }));
        assert_eq!(got.fills.extra, Fill::Point(Part { start: 34, len: 6 }));
        let bare = wide("https://host");
        let got = try_answer(&bare, 0, every(Want::Point)).unwrap();
        let end = Fill::Point(Part { start: 12, len: 0 });
        assert_eq!((got.scheme_number, &got.fills.path, &got.fills.extra), (2, &end, &end));
    }

    #[test]
    fn copies_need_room_for_the_terminator() {
        let url = wide(URL);
        let got = try_answer(&url, 0, every(Want::Copy(16))).unwrap();
        assert!(!got.is_short);
        assert_eq!((got.fills.host, got.fills.user), (copy("www.example.org"), copy("")));
        let got = try_answer(&url, 0, every(Want::Copy(15))).unwrap();
        assert!(got.is_short);
        assert_eq!((got.fills.host, got.fills.path), (Fill::Short(16), copy("/dir/page")));
        let wants = Components { scheme: Want::Copy(4), host: Want::Copy(1), ..every(Want::Copy(99)) };
        let got = try_answer(&url, 0, wants).unwrap();
        assert_eq!((got.fills.scheme, got.fills.host), (Fill::Short(5), Fill::Short(16)));
        assert_eq!(got.fills.extra, copy("?query"));
    }

    #[test]
    fn without_extra_the_query_stays_in_the_path() {
        let url = wide(URL);
        let wants = Components { path: Want::Copy(99), ..every(Want::No) };
        let got = try_answer(&url, 0, wants).unwrap();
        assert_eq!((got.fills.path, got.fills.extra), (copy("/dir/page?query"), Fill::Leave));
        assert_eq!((got.fills.scheme, got.port), (Fill::Leave, 81));
    }

    #[test]
    fn refusals() {
        let (url, bad) = (wide(URL), wide("www"));
        let wants = Components { scheme: Want::Invalid, ..every(Want::Copy(99)) };
        assert_eq!(try_answer(&url, 0, wants), Err(CrackError::InvalidParameter));
        assert_eq!(try_answer(&bad, 0, wants), Err(CrackError::Url(UrlError::UnrecognizedScheme)));
        let secret = wide("http://user@host/");
        assert!(try_answer(&secret, 0, every(Want::Point)).is_ok());
        assert_eq!(try_answer(&secret, REJECT, every(Want::Point)), Err(CrackError::Url(UrlError::Invalid)));
        assert!(try_answer(&url, REJECT, every(Want::Point)).is_ok());
    }

    #[test]
    fn changed_text_cannot_be_pointed_at() {
        let url = wide(URL);
        for flags in [ESCAPE, DECODE] {
            assert_eq!(try_answer(&url, flags, every(Want::Point)), Err(CrackError::InvalidParameter));
            let wants = Components { user: Want::Point, password: Want::Point, ..every(Want::Copy(99)) };
            let got = try_answer(&url, flags, wants).unwrap();
            assert_eq!((got.fills.user, got.fills.path), (Fill::Null, copy("/dir/page")));
        }
    }

    #[test]
    fn escaping_and_decoding() {
        let url = wide("http://u%41:p%42@h%43st/a b%20\u{23}c?d e");
        let decoded = try_answer(&url, DECODE, every(Want::Copy(99))).unwrap().fills;
        assert_eq!((decoded.user, decoded.password, decoded.host), (copy("uA"), copy("pB"), copy("hCst")));
        assert_eq!((decoded.path, decoded.extra), (copy("/a b "), copy("#c?d e")));
        for flags in [ESCAPE, ESCAPE | DECODE] {
            let escaped = try_answer(&url, flags, every(Want::Copy(99))).unwrap().fills;
            assert_eq!((escaped.user, escaped.host), (copy("u%41"), copy("h%43st")));
            assert_eq!((escaped.path, escaped.extra), (copy("/a%20b%2520"), copy("%23c?d%20e")));
        }
    }

    #[test]
    fn a_decoded_number_sign_does_not_split() {
        let url = wide("http://host/a%23b?c");
        let got = try_answer(&url, DECODE, every(Want::Copy(99))).unwrap().fills;
        assert_eq!((got.path, got.extra), (copy("/a#b"), copy("?c")));
        let short = Components { path: Want::Copy(4), ..every(Want::Copy(99)) };
        assert_eq!(try_answer(&url, DECODE, short).unwrap().fills.path, Fill::Short(5));
    }
}
