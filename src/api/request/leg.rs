//! One leg: the request as it goes on the wire. Rebuilt for every send and every redirect; the
//! application's own headers are never changed by it.

use crate::api::request::state::State;
use crate::base::Code;
use crate::base::Result;
use crate::proto::h1::OwnChunks;
use crate::proto::h1::RequestFraming;
use crate::proto::h1::RequestHead;
use crate::proto::h1::ResponseHead;
use crate::proto::h1::Version;
use crate::proto::headers::Headers;
use crate::proto::headers::elements;
use crate::proto::url::Url;
use crate::proto::ws;

/// What `WinHttpOpenRequest` asked to be added to every leg.
#[derive(Default)]
pub(super) struct LegRules {
    pub(super) referrer: Option<Vec<u8>>,
    pub(super) accept: Option<Vec<u8>>,
    /// `WINHTTP_FLAG_REFRESH`.
    pub(super) refresh: bool,
}

/// What the session and the settings add.
pub(super) struct Extras {
    pub(super) agent: Vec<u8>,
    /// What the jar has for this URL; comes behind the application's own cookies.
    pub(super) cookies: Option<Vec<u8>>,
    /// The length of the body; 0 where the library chunks it.
    pub(super) total: u64,
    /// The library chunks the body, unless the application's headers say otherwise.
    pub(super) automatic: bool,
    pub(super) keep_alive: bool,
    /// A proxy gets the request (http spec 9.2).
    pub(super) to_proxy: bool,
    /// Both codings are asked for, whatever the application asks for itself.
    pub(super) decompression: bool,
    /// Names and values of what logs on.
    pub(super) authorization: Vec<(&'static [u8], Vec<u8>)>,
    /// The head says that there is no body, since the answer will be another challenge (http spec 3.4).
    pub(super) without_body: bool,
}

#[derive(Clone)]
pub(in crate::api) struct Leg {
    pub(super) method: Vec<u8>,
    target: String,
    version: Version,
    pub(super) headers: Headers,
    /// How long the body is; `u64::MAX` where only the application knows.
    pub(super) announced: u64,
    /// The library chunks the body.
    pub(super) chunked: bool,
    /// A body there is, but it has not gone out with this leg.
    pub(super) withheld: bool,
    /// The `Sec-WebSocket-Key` of an upgrade.
    pub(super) key: Option<String>,
}

impl Leg {
    /// Builds the leg for the present state.
    pub(super) fn build(state: &State, extras: &Extras) -> Result<Leg> {
        let mut headers = state.headers.clone();
        let rules = &state.leg_rules;
        let (name, value): (&[u8], &[u8]) = match (extras.keep_alive, extras.to_proxy) {
            (true, false) => (b"Connection", b"Keep-Alive"),
            (true, true) => (b"Proxy-Connection", b"Keep-Alive"),
            (false, _) => (b"Connection", b"close"),
        };
        if !headers.contains(b"Connection") {
            headers.push_if_absent(name, value);
        }
        if rules.refresh {
            headers.set(b"Cache-Control", b"no-cache");
            headers.set(b"Pragma", b"no-cache");
        }
        if let Some(accept) = &rules.accept {
            headers.push_if_absent(b"Accept", accept);
        }
        if let Some(referrer) = &rules.referrer {
            headers.push_if_absent(b"Referer", referrer);
        }
        if extras.decompression {
            headers.set(b"Accept-Encoding", b"gzip, deflate");
        }
        if !extras.agent.is_empty() {
            headers.push_if_absent(b"User-Agent", &extras.agent);
        }
        for (name, value) in &extras.authorization {
            headers.set(name, value);
        }
        if let Some(cookies) = &extras.cookies {
            headers.push_joined(b"Cookie", b"; ", cookies);
        }
        headers.push_if_absent(b"Host", state.url.authority().as_bytes());
        let mut framing =
            RequestFraming::decide(&state.method, state.version, &headers, extras.total, extras.automatic);
        let mut key = None;
        if state.upgrade {
            // The automatic fields take the place of any that the application brought.
            let fresh = ws::new_key().map_err(|_| Code::INTERNAL_ERROR)?;
            // A body that nothing announces would be taken for frames.
            if extras.total == 0 {
                headers.remove(b"Content-Length");
                headers.remove(b"Transfer-Encoding");
                framing = RequestFraming::None;
            }
            headers.set(b"Connection", b"Upgrade");
            headers.set(b"Upgrade", b"websocket");
            headers.set(b"Sec-WebSocket-Key", fresh.as_bytes());
            headers.set(b"Sec-WebSocket-Version", b"13");
            key = Some(fresh);
        }
        framing.apply(&mut headers);
        let announced = announced(&framing, &headers);
        let withheld = extras.without_body && announced > 0;
        if withheld {
            headers.remove(b"Transfer-Encoding");
            headers.set(b"Content-Length", b"0");
        }
        Ok(Leg {
            method: state.method.clone(),
            target: if extras.to_proxy { state.url.to_string() } else { state.url.target().to_owned() },
            version: state.version,
            headers,
            announced,
            chunked: framing == RequestFraming::Chunked,
            withheld,
            key,
        })
    }

    /// Asks a proxy for a tunnel to the URL's server. Nothing that the application said to the server is
    /// in it.
    pub(super) fn connect(url: &Url, agent: &[u8], authorization: Option<&[u8]>) -> Leg {
        let mut headers = Headers::new();
        let authority = url.authority_with_port();
        headers.push(b"Proxy-Connection", b"Keep-Alive");
        if !agent.is_empty() {
            headers.push(b"User-Agent", agent);
        }
        if let Some(value) = authorization {
            headers.push(b"Proxy-Authorization", value);
        }
        headers.push(b"Content-Length", b"0");
        headers.push(b"Host", authority.as_bytes());
        Leg {
            method: b"CONNECT".to_vec(),
            target: authority,
            version: Version::HTTP_11,
            headers,
            announced: 0,
            chunked: false,
            withheld: false,
            key: None,
        }
    }

    /// What is known before the first send: only what the application added.
    pub(super) fn unsent(state: &State) -> Leg {
        Leg {
            method: state.method.clone(),
            target: state.url.target().to_owned(),
            version: state.version,
            headers: state.headers.clone(),
            announced: 0,
            chunked: false,
            withheld: false,
            key: None,
        }
    }

    /// For a body that the application chunks itself: looks for its end. Servers before HTTP/1.1 know no
    /// chunks, so that there nobody knows where they think that the body ends.
    pub(super) fn own_chunks(&self) -> Option<OwnChunks> {
        OwnChunks::of(&self.headers).filter(|_| self.version >= Version::HTTP_11 && !self.chunked)
    }

    /// The head as a value, for the wire and for queries.
    pub(super) fn head(&self) -> RequestHead<'_> {
        RequestHead {
            method: &self.method,
            target: &self.target,
            version: self.version,
            headers: &self.headers,
        }
    }

    /// Checks that a 101 accepts what this leg offered.
    pub(in crate::api) fn check_upgrade(&self, head: &ResponseHead) -> Result<()> {
        let offer = ws::Offer {
            key: self.key.as_deref().ok_or(Code::INTERNAL_ERROR)?,
            protocols: &self.offered(b"Sec-WebSocket-Protocol"),
            extensions: &self.offered(b"Sec-WebSocket-Extensions"),
        };
        let header = |name: &str| {
            let fields = head.headers.iter();
            fields
                .filter(|field| field.name().eq_ignore_ascii_case(name.as_bytes()))
                // A value that is no text is not what is looked for, but it is there.
                .map(|field| std::str::from_utf8(field.value()).unwrap_or("\u{fffd}"))
                .collect()
        };
        ws::check_response(&offer, &header).map_err(|error| {
            log::warn!("the server's WebSocket handshake is wrong: {error}");
            Code::INVALID_SERVER_RESPONSE
        })
    }

    /// The comma-separated elements of a request header, such as the sub-protocols offered.
    fn offered(&self, name: &[u8]) -> Vec<&str> {
        let values = self.headers.iter().filter(|header| header.name().eq_ignore_ascii_case(name));
        values
            .flat_map(|header| elements(header.value()))
            .filter_map(|element| std::str::from_utf8(element).ok())
            .collect()
    }
}

/// How long the body is; unbounded where only the application knows.
fn announced(framing: &RequestFraming, headers: &Headers) -> u64 {
    match framing {
        RequestFraming::Length(total) => *total,
        RequestFraming::AppContentLength => headers
            .get(b"Content-Length")
            .and_then(|value| std::str::from_utf8(value).ok()?.trim().parse().ok())
            .unwrap_or(0),
        RequestFraming::AppTransferEncoding | RequestFraming::Chunked => u64::MAX,
        RequestFraming::None => 0,
    }
}
