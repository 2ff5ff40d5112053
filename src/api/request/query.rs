//! `WinHttpQueryHeaders`, without its buffer rules.

use crate::api::request::HeaderSide;
use crate::api::request::Request;
use crate::api::request::leg::Leg;
use crate::api::request::state::Phase;
use crate::api::request::state::State;
use crate::base::Code;
use crate::base::Result;
use crate::proto::h1::ResponseHead;
use crate::proto::h1::trailer_lines;
use crate::proto::headers::Header;
use crate::proto::headers::Headers;

/// What is asked for.
pub(crate) struct HeaderQuery<'a> {
    /// `WINHTTP_QUERY_*` without modifiers.
    pub(crate) level: u32,
    pub(crate) side: HeaderSide,
    /// The name, for `WINHTTP_QUERY_CUSTOM`.
    pub(crate) name: Option<&'a [u8]>,
    /// Which of several fields of one name.
    pub(crate) index: u32,
}

/// What there is.
pub(crate) struct HeaderAnswer {
    /// Bytes as on the wire (Latin-1).
    pub(crate) value: Vec<u8>,
    /// Whether the caller's index moves on to the next field of the name.
    pub(crate) indexed: bool,
}

impl Request {
    pub(crate) fn query_headers(&self, query: &HeaderQuery<'_>) -> Result<HeaderAnswer> {
        let state = self.state.lock();
        let special = |value| Ok(HeaderAnswer { value, indexed: false });
        if query.level == LEVEL_REQUEST_METHOD {
            return special(state.method.clone());
        }
        if query.level == LEVEL_CUSTOM && query.name.is_none() {
            return Err(Code::INVALID_PARAMETER);
        }
        let name = match query.level {
            LEVEL_CUSTOM => query.name,
            LEVEL_VERSION | LEVEL_STATUS_CODE | LEVEL_STATUS_TEXT | LEVEL_RAW | LEVEL_RAW_CRLF => None,
            level => Some(known_name(level)?),
        };
        match query.side {
            HeaderSide::Request => {
                let leg = state.leg.clone().unwrap_or_else(|| Leg::unsent(&state));
                match name {
                    Some(name) => find(&leg.headers, name, query.index),
                    None => special(match query.level {
                        LEVEL_RAW => leg.head().raw_nul(),
                        LEVEL_RAW_CRLF => leg.head().raw_crlf(),
                        LEVEL_VERSION => state.version.to_string().into_bytes(),
                        _ => return Err(Code::HEADER_NOT_FOUND),
                    }),
                }
            }
            HeaderSide::Trailers => {
                let trailers = trailers(&state)?;
                match (query.level, name) {
                    (_, Some(name)) => find(trailers, name, query.index),
                    (LEVEL_RAW, None) => special(trailer_lines(trailers, b"\0")),
                    (LEVEL_RAW_CRLF, None) => special(trailer_lines(trailers, b"\r\n")),
                    _ => Err(Code::INVALID_PARAMETER),
                }
            }
            HeaderSide::Response => {
                let head = response(&state)?;
                match name {
                    Some(name) => find(&head.headers, name, query.index),
                    None => special(match query.level {
                        LEVEL_RAW => head.raw_nul(),
                        LEVEL_RAW_CRLF => head.raw_crlf(),
                        LEVEL_VERSION => head.version.to_string().into_bytes(),
                        LEVEL_STATUS_CODE => head.status.to_string().into_bytes(),
                        _ => head.reason.clone(),
                    }),
                }
            }
        }
    }
}

/// The levels that `WinHttpQueryHeadersEx` knows beside the plain look-ups.
impl Request {
    /// The fields asked for with their names: all, or one and that the index moves on.
    pub(crate) fn query_fields(&self, query: &HeaderQuery<'_>) -> Result<Vec<Header>> {
        let _lease = self.node.lease()?;
        let state = self.state.lock();
        let headers = match query.side {
            HeaderSide::Request => match &state.leg {
                Some(leg) => &leg.headers,
                None => &state.headers,
            },
            HeaderSide::Trailers => trailers(&state)?,
            HeaderSide::Response => &response(&state)?.headers,
        };
        let name = match query.level {
            LEVEL_RAW => return Ok(headers.iter().cloned().collect()),
            LEVEL_CUSTOM => query.name.ok_or(Code::INVALID_PARAMETER)?,
            LEVEL_VERSION | LEVEL_STATUS_CODE | LEVEL_STATUS_TEXT | LEVEL_RAW_CRLF | LEVEL_REQUEST_METHOD => {
                return Err(Code::INVALID_PARAMETER);
            }
            level => known_name(level)?,
        };
        let mut fields = headers.iter().filter(|field| field.name().eq_ignore_ascii_case(name));
        let field = fields.nth(query.index as usize).ok_or(Code::HEADER_NOT_FOUND)?;
        Ok(vec![field.clone()])
    }
}

/// The name of a level that is a plain look-up.
fn known_name(level: u32) -> Result<&'static [u8]> {
    let (_, name) = NAMES.iter().find(|(known, _)| *known == level).ok_or(Code::INVALID_PARAMETER)?;
    Ok(name.as_bytes())
}

/// The response's head, once it is the application's to see. While receiving: a redirect that is being told
/// of. Failed: what the body, which could not be read to its end, belongs to.
fn response(state: &State) -> Result<&ResponseHead> {
    match (&state.response, state.phase) {
        (Some(head), Phase::Response | Phase::Upgraded | Phase::Receiving | Phase::Failed) => Ok(head),
        _ => Err(Code::INCORRECT_HANDLE_STATE),
    }
}

/// What came behind the body, once its end has been read; no trailers are no headers.
fn trailers(state: &State) -> Result<&Headers> {
    let trailers = state.trailers.as_ref().ok_or(Code::INCORRECT_HANDLE_STATE)?;
    if trailers.iter().next().is_none() { Err(Code::HEADER_NOT_FOUND) } else { Ok(trailers) }
}

fn find(headers: &Headers, name: &[u8], index: u32) -> Result<HeaderAnswer> {
    let value = headers.find(name, index as usize).ok_or(Code::HEADER_NOT_FOUND)?;
    Ok(HeaderAnswer { value: value.to_vec(), indexed: true })
}

const LEVEL_VERSION: u32 = 18;
const LEVEL_STATUS_CODE: u32 = 19;
const LEVEL_STATUS_TEXT: u32 = 20;
const LEVEL_RAW: u32 = 21;
const LEVEL_RAW_CRLF: u32 = 22;
const LEVEL_REQUEST_METHOD: u32 = 45;
const LEVEL_CUSTOM: u32 = 65535;

/// The levels that are plain look-ups.
const NAMES: &[(u32, &str)] = &[
    (0, "MIME-Version"),
    (1, "Content-Type"),
    (2, "Content-Transfer-Encoding"),
    (3, "Content-ID"),
    (4, "Content-Description"),
    (5, "Content-Length"),
    (6, "Content-Language"),
    (7, "Allow"),
    (8, "Public"),
    (9, "Date"),
    (10, "Expires"),
    (11, "Last-Modified"),
    (12, "Message-ID"),
    (13, "URI"),
    (14, "Derived-From"),
    (15, "Cost"),
    (16, "Link"),
    (17, "Pragma"),
    (23, "Connection"),
    (24, "Accept"),
    (25, "Accept-Charset"),
    (26, "Accept-Encoding"),
    (27, "Accept-Language"),
    (28, "Authorization"),
    (29, "Content-Encoding"),
    (30, "Forwarded"),
    (31, "From"),
    (32, "If-Modified-Since"),
    (33, "Location"),
    (34, "Orig-URI"),
    (35, "Referer"),
    (36, "Retry-After"),
    (37, "Server"),
    (38, "Title"),
    (39, "User-Agent"),
    (40, "WWW-Authenticate"),
    (41, "Proxy-Authenticate"),
    (42, "Accept-Ranges"),
    (43, "Set-Cookie"),
    (44, "Cookie"),
    (46, "Refresh"),
    (47, "Content-Disposition"),
    (48, "Age"),
    (49, "Cache-Control"),
    (50, "Content-Base"),
    (51, "Content-Location"),
    (52, "Content-MD5"),
    (53, "Content-Range"),
    (54, "ETag"),
    (55, "Host"),
    (56, "If-Match"),
    (57, "If-None-Match"),
    (58, "If-Range"),
    (59, "If-Unmodified-Since"),
    (60, "Max-Forwards"),
    (61, "Proxy-Authorization"),
    (62, "Range"),
    (63, "Transfer-Encoding"),
    (64, "Upgrade"),
    (65, "Vary"),
    (66, "Via"),
    (67, "Warning"),
    (68, "Expect"),
    (69, "Proxy-Connection"),
    (70, "Unless-Modified-Since"),
    (75, "Proxy-Support"),
    (76, "Authentication-Info"),
    (77, "PassportURLs"),
    (78, "PassportConfig"),
];
