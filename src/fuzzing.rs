//! Fuzz targets: one for each parser of what a network, a file or the application gives. Built only for the tests, which
//! run the seeds in `fuzz/corpus`, and with `--cfg fuzzing`, for the fuzzer in `fuzz/`. A target panics when a rule of
//! its parser is broken; any bytes are good input.

use std::net::IpAddr;
use std::net::Ipv4Addr;

use crate::base::OutBuf;
use crate::net::tls::fuzzing as tls;
use crate::proto::auth;
use crate::proto::coding::Decoder;
use crate::proto::cookies::Jar;
use crate::proto::date::Date;
use crate::proto::h1;
use crate::proto::headers;
use crate::proto::headers::AddFlags;
use crate::proto::headers::Headers;
use crate::proto::headers::narrow;
use crate::proto::headers::widen;
use crate::proto::pac;
use crate::proto::proxy;
use crate::proto::url;
use crate::proto::url::Host;
use crate::proto::url::ObjectRules;
use crate::proto::url::Url;
use crate::proto::ws;

/// A target takes any bytes.
pub type Target = fn(&[u8]);

/// All of them, by the names of their folders in `fuzz/corpus`.
pub const TARGETS: [(&str, Target); 18] = [
    ("auth_challenge", auth_challenge),
    ("body", body),
    ("certificate", tls::certificate),
    ("coding", coding),
    ("cookie", cookie),
    ("date", date),
    ("pac_answer", pac_answer),
    ("pac_functions", pac_functions),
    ("proxy_settings", proxy_settings),
    ("request_headers", request_headers),
    ("response_head", response_head),
    ("revocation_list", tls::revocation_list),
    ("stapled_response", tls::stapled_response),
    ("url", url_parts),
    ("url_location", url_location),
    ("websocket_frames", websocket_frames),
    ("websocket_handshake", websocket_handshake),
    ("wpad", wpad),
];

/// A response's head is the same however it arrives, and what is written of it reads as it did.
fn response_head(bytes: &[u8]) {
    let limits = h1::HeadLimits { bytes: 4096, fields: 64 };
    let whole = h1::HeadReader::new(limits).parse(bytes);
    let mut slow = h1::HeadReader::new(limits);
    let parts = (0..=bytes.len()).map(|end| slow.parse(&bytes[..end]));
    let piecewise = parts.into_iter().find(|parsed| !matches!(parsed, Ok(h1::Parsed::Incomplete)));
    let Some(piecewise) = piecewise else {
        assert!(matches!(whole, Ok(h1::Parsed::Incomplete)), "{whole:?}");
        return;
    };
    let (Ok(h1::Parsed::Complete { head, used }), Ok(h1::Parsed::Complete { head: other, used: end })) =
        (whole, piecewise)
    else {
        return;
    };
    assert_eq!((&head, used), (&other, end));
    assert!(used <= limits.bytes && head.headers.iter().count() <= limits.fields && head.status < 1000);
    for method in [&b"GET"[..], b"HEAD", b"CONNECT"] {
        if let Ok(framing) = h1::BodyFraming::decide(method, &head) {
            let exchange = h1::keep_alive::Exchange {
                request: &Headers::new(),
                response: &head,
                framing,
                through_proxy: true,
            };
            assert!(!exchange.keeps_alive() || framing != h1::BodyFraming::UntilClose);
        }
    }
    let text = head.raw_crlf();
    assert_eq!(text.iter().filter(|byte| **byte == b'\n').count(), head.headers.iter().count() + 2);
    let zeros = head.raw_nul().iter().filter(|byte| **byte == 0).count();
    assert_eq!(zeros, head.headers.iter().count() + 1);
    match h1::HeadReader::new(h1::HeadLimits::default()).parse(&text) {
        Ok(h1::Parsed::Complete { head: again, .. }) => assert_eq!(again, head),
        other => panic!("{other:?} of {:?}", String::from_utf8_lossy(&text)),
    }
}

/// A chunked body's payload and its end are the same however it arrives.
fn body(bytes: &[u8]) {
    let whole = read_body(bytes, bytes.len());
    assert_eq!(read_body(bytes, 1), whole);
    assert_eq!(read_body(bytes, 7), whole);
}

fn read_body(bytes: &[u8], piece: usize) -> (Vec<u8>, Result<usize, h1::BodyError>) {
    let mut reader = h1::BodyReader::new(h1::BodyFraming::Chunked, 256);
    let (mut buffer, mut payload, mut dropped) = (Vec::new(), Vec::new(), 0);
    let mut pieces = bytes.chunks(piece.max(1));
    loop {
        match reader.advance(&buffer) {
            Ok(h1::Step::NeedInput { used }) => {
                assert_eq!(used, buffer.len());
                dropped += used;
                match pieces.next() {
                    Some(more) => buffer = more.to_vec(),
                    None => return (payload, reader.eof().map(|()| dropped)),
                }
            }
            Ok(h1::Step::Data { skip, len }) => {
                assert!(len > 0);
                payload.extend_from_slice(&buffer[skip..skip + len]);
                reader.consumed(len);
                buffer.drain(..skip + len);
                dropped += skip + len;
            }
            Ok(h1::Step::Done { used }) => {
                assert!(reader.is_done() && reader.trailers().is_some());
                return (payload, Ok(dropped + used));
            }
            Err(error) => {
                assert_eq!(reader.advance(&[]), Err(error), "an error stays");
                return (payload, Err(error));
            }
        }
    }
}

/// A coded body becomes the same however it arrives, and never much at once. The first byte chooses the coding.
fn coding(bytes: &[u8]) {
    let Some((first, bytes)) = bytes.split_first() else { return };
    let name: &[u8] = if first % 2 == 0 { b"gzip" } else { b"deflate" };
    let (whole, ended) = decode(name, bytes, bytes.len());
    let (pieces, ended_too) = decode(name, bytes, 3);
    if whole.len() < MOST_DECODED && pieces.len() < MOST_DECODED {
        assert_eq!(ended, ended_too);
        assert!(!ended || whole == pieces);
    }
}

fn decode(name: &[u8], bytes: &[u8], piece: usize) -> (Vec<u8>, bool) {
    let mut fields = Headers::new();
    fields.push(b"Content-Encoding", name);
    let mut decoder = Decoder::of_response(&mut fields).expect("a known coding");
    assert_eq!(fields.iter().count(), 0);
    let mut decoded = Vec::new();
    for mut piece in bytes.chunks(piece.max(1)) {
        while !piece.is_empty() && decoded.len() < MOST_DECODED {
            let Ok(used) = decoder.feed(piece) else {
                assert!(decoder.feed(b"x").is_err() && decoder.end().is_err(), "an error stays");
                return (decoded, false);
            };
            assert!(used > 0 && decoder.ready().len() < MOST_DECODED, "{}", decoder.ready().len());
            piece = &piece[used..];
            decoded.extend_from_slice(decoder.ready());
            let n = decoder.ready().len();
            decoder.taken(n);
        }
    }
    let ended = decoder.end().is_ok();
    decoded.extend_from_slice(decoder.ready());
    (decoded, ended)
}

/// What a WebSocket server sends comes out the same, whatever pieces it arrives in and whatever room there is for it.
fn websocket_frames(bytes: &[u8]) {
    let (whole, ended) = receive(bytes, bytes.len().max(1), 4096);
    for (piece, room) in [(1, 3), (5, 1), (2, 4096)] {
        let (other, ended_too) = receive(bytes, piece, room);
        assert_eq!(ended, ended_too);
        // What was filled when a breach was seen belongs to nobody.
        assert!(ended.is_err() || whole == other, "{whole:?} {other:?}");
    }
}

/// The messages, with families and control frames as text, and whether they were sound.
fn receive(bytes: &[u8], piece: usize, room: usize) -> (Vec<u8>, Result<bool, u16>) {
    let mut receiver = ws::Receiver::new(0);
    receiver.attach(vec![0; 512].into());
    let mut room = vec![0; room];
    let (mut rest, mut seen) = (bytes, Vec::new());
    loop {
        let event = OutBuf::within(&mut room, |into| {
            loop {
                let event = match receiver.take_message(into) {
                    Some(event) => event,
                    None => receiver.advance(Some(into)),
                }
                .map_err(|violation| violation.close_code())?;
                let event = match event {
                    ws::Event::NeedInput => receiver.settle(into).unwrap_or(ws::Event::NeedInput),
                    other => other,
                };
                match event {
                    ws::Event::NeedInput if rest.is_empty() => {
                        return Ok((event, into.last_filled(into.filled()).to_vec()));
                    }
                    ws::Event::NeedInput => {
                        let space = receiver.space();
                        assert!(!space.is_empty());
                        let n = piece.min(space.len()).min(rest.len());
                        space[..n].copy_from_slice(&rest[..n]);
                        receiver.received(n);
                        rest = &rest[n..];
                    }
                    ws::Event::Ping(payload) => {
                        let pong = ws::pong(payload.as_slice(), [1, 2, 3, 4]);
                        assert_eq!(pong.as_slice().len(), payload.as_slice().len() + 6);
                    }
                    event => return Ok((event, into.last_filled(into.filled()).to_vec())),
                }
            }
        });
        let (event, data) = match event {
            Ok(pair) => pair,
            Err(code) => return (seen, Err(code)),
        };
        seen.extend(data);
        match event {
            ws::Event::Data { family, last: true } => {
                seen.push(if family == ws::Family::Text { b'T' } else { b'B' })
            }
            ws::Event::Close => {
                let close = receiver.close().expect("it has arrived");
                assert!(close.reason().len() <= 123 && std::str::from_utf8(close.reason()).is_ok());
                seen.extend(close.code().to_be_bytes());
                seen.extend(close.reason());
                return (seen, Ok(true));
            }
            ws::Event::NeedInput => return (seen, Ok(false)),
            _ => {}
        }
    }
}

/// A 101 opens a WebSocket or does not. The bytes are header lines.
fn websocket_handshake(bytes: &[u8]) {
    let key = "dGhlIHNhbXBsZSBub25jZQ==";
    let mut fields = Headers::new();
    for line in bytes.split(|byte| *byte == b'\n') {
        let mut parts = line.splitn(2, |byte| *byte == b':');
        fields.push(parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    }
    let find = |name: &str| {
        let named = fields.iter().filter(|field| field.name().eq_ignore_ascii_case(name.as_bytes()));
        named.map(|field| std::str::from_utf8(field.value()).unwrap_or("\u{fffd}")).collect()
    };
    for protocols in [&[][..], &["chat, superchat"]] {
        let offer = ws::Offer { key, protocols, extensions: &["permessage-deflate; client_max_window_bits"] };
        if ws::check_response(&offer, &find).is_ok() {
            assert_eq!(fields.all(b"Sec-WebSocket-Accept").count(), 1);
            assert!(
                fields
                    .get(b"Sec-WebSocket-Accept")
                    .is_some_and(|accept| accept == b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
            );
        }
    }
}

/// Cookies, one a line, come back in one line and to their own kind of server only.
fn cookie(bytes: &[u8]) {
    let site = |host: &str| Url::parse(format!("http://{host}/a/b").as_bytes()).expect("a URL");
    let (here, elsewhere) = (site("www.a.example"), site("www.b.example"));
    let mut jar = Jar::new();
    for (now, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        let mut fields = Headers::new();
        fields.push(b"Set-Cookie", line);
        jar.store(&here, fields.get(b"set-cookie").unwrap_or_default(), now as u64);
    }
    assert_eq!(jar.header(&elsewhere, 0), None);
    for now in [0, 1 << 40] {
        let sent = jar.header(&here, now).unwrap_or_default();
        assert!(!sent.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)));
    }
}

/// A date that can be read can be written, if its year has four digits, and is the same then.
fn date(bytes: &[u8]) {
    let Some(date) = Date::parse(bytes) else { return };
    _ = date.since_1970();
    let text = date.format();
    assert_eq!(text.is_some(), date.year <= 9999, "{date:?}");
    if let Some(text) = text {
        assert_eq!(Date::parse(text.as_bytes()), Some(date), "{text}");
    }
}

/// What a server asks for, one field a line; answers are one line.
fn auth_challenge(bytes: &[u8]) {
    let mut fields = Headers::new();
    for line in bytes.split(|byte| *byte == b'\n') {
        fields.push(b"WWW-Authenticate", line);
    }
    let challenges = auth::challenges(&fields, b"www-authenticate");
    for challenge in &challenges {
        _ = (challenge.scheme().name(), challenge.parameter("realm"));
        if let Some(token) = challenge.token().and_then(auth::token_bytes) {
            _ = auth::is_ntlm_opening(&token);
            let value = auth::token_value(challenge.scheme(), &token);
            let mut again = Headers::new();
            again.push(b"A", &value);
            let again = auth::challenges(&again, b"a");
            assert_eq!(
                again.first().and_then(|again| again.token()).and_then(auth::token_bytes).unwrap_or_default(),
                token
            );
        }
    }
    if let Some(digest) = auth::Digest::strongest(&challenges) {
        let credentials =
            auth::Credentials { user: "J\u{e4}ne \"x\"".to_owned(), password: "secret".to_owned() };
        let subject = auth::Subject { method: b"GET", target: b"/", count: 1, client_nonce: "0123" };
        let answer = digest.answer(&credentials, subject);
        assert!(
            answer.starts_with(b"Digest ") && !answer.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0))
        );
        assert!(
            !answer.windows(6).any(|part| part == b"secret")
                || bytes.windows(6).any(|part| part == b"secret")
        );
        _ = digest.is_stale();
    }
}

/// Header lines of the application: what is taken goes out as one line each.
fn request_headers(bytes: &[u8]) {
    let Some((first, bytes)) = bytes.split_first() else { return };
    let flags = AddFlags::from_bits(u32::from(*first) << 24);
    let mut fields = Headers::new();
    fields.push(b"Accept", b"*/*");
    let wide = widen(bytes);
    _ = fields.add_block(&wide, flags);
    let (name, value) = wide.split_at(wide.len() / 2);
    if let (Some(name), Some(value)) = (narrow(name), narrow(value)) {
        _ = fields.add_bytes(&name, &value, flags);
    }
    for field in &fields {
        assert!(headers::is_token(field.name()));
        assert!(!field.value().iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)));
        assert!(fields.contains(field.name()) && fields.find(field.name(), 0).is_some());
    }
    let method = h1::request_method(name).unwrap_or_else(|| b"GET".to_vec());
    let version = h1::Version::of_request(value).unwrap_or(h1::Version::HTTP_11);
    let head = h1::RequestHead { method: &method, target: "/", version, headers: &fields };
    assert_eq!(head.raw_crlf().iter().filter(|byte| **byte == b'\n').count(), fields.iter().count() + 2);
}

/// A URL of the application, in UTF-16, taken apart and put together; as the object of a request, too.
fn url_parts(bytes: &[u8]) {
    let Some((first, bytes)) = bytes.split_first() else { return };
    let text: Vec<u16> = match first % 2 {
        0 => String::from_utf8_lossy(bytes).encode_utf16().collect(),
        _ => bytes
            .chunks(2)
            .map(|pair| u16::from(pair[0]) | u16::from(pair.get(1).copied().unwrap_or(0)) << 8)
            .collect(),
    };
    let flags = (u32::from(*first) << 24) | (0x4000 * u32::from(first & 2 != 0));
    let copy = url::Want::Copy(usize::from(*first) * 4);
    for want in [copy, url::Want::Point, url::Want::No] {
        let wants =
            url::Components { scheme: want, host: want, user: want, password: want, path: want, extra: want };
        let Ok(answer) = url::answer(&text, url::CrackFlags::from_bits(flags), &wants) else { continue };
        for fill in [&answer.fills.host, &answer.fills.user, &answer.fills.path, &answer.fills.extra] {
            match fill {
                url::Fill::Point(part) => assert!(part.start + part.len <= text.len()),
                url::Fill::Copy(copied) => assert!(copied.len() < usize::from(*first) * 4),
                url::Fill::Short(needed) => assert!(*needed > usize::from(*first) * 4),
                url::Fill::Leave | url::Fill::Null => {}
            }
        }
        let part = |fill: &url::Fill<'_>| match fill {
            url::Fill::Point(part) => Some(part.of(&text).to_vec()),
            url::Fill::Copy(text) => Some(text.to_vec()),
            _ => None,
        };
        let texts = [
            part(&answer.fills.scheme),
            part(&answer.fills.host),
            part(&answer.fills.user),
            part(&answer.fills.password),
            part(&answer.fills.path),
            part(&answer.fills.extra),
        ];
        let [scheme, host, user, password, path, extra] = texts.each_ref().map(Option::as_deref);
        let parts = url::UrlParts {
            scheme,
            scheme_number: answer.scheme_number,
            user,
            password,
            host,
            port: answer.port,
            path,
            extra,
        };
        _ = url::create(&parts, url::CreateFlags::from_bits(flags));
    }
    for rules in [ObjectRules::default(), ObjectRules::from_bits(u32::MAX)] {
        let host = Host::of_connect(&text)
            .unwrap_or_else(|_| Host::of_connect(&widen(b"a.example")).expect("a host"));
        let url = Url::of_request(first & 4 != 0, host, u16::from(*first), &text, rules);
        assert!(url.target().starts_with('/') || url.target() == "*", "{}", url.target());
        if rules == ObjectRules::default() {
            assert!(!url.target().chars().any(|c| c.is_ascii_control() || c == ' '), "{}", url.target());
        }
    }
}

/// Where a redirect leads.
fn url_location(bytes: &[u8]) {
    let base = Url::parse(b"https://www.a.example:8443/a/b/c?d").expect("a URL");
    _ = url::names_a_user(bytes);
    let Ok(there) = base.resolve(bytes) else { return };
    assert!(there.target().starts_with('/') && there.port() != 0);
    let text = format!("{}{}", there.authority(), there.target());
    assert!(
        text.bytes().all(|byte| byte.is_ascii_graphic()) || !there.host().to_string().is_ascii(),
        "{text}"
    );
    // Its text leads to the same place.
    assert_eq!(
        Url::parse(there.to_string().as_bytes()).map(|again| again.to_string()),
        Ok(there.to_string())
    );
}

/// What a proxy script is, and what it returns.
fn pac_answer(bytes: &[u8]) {
    let text = pac::decode(bytes);
    let list = pac::parse(&text);
    assert!((1..=64).contains(&list.entries().len()));
    assert!(pac::proxies_only(&list).len() <= list.entries().len());
    for lower in [false, true] {
        if let Ok(target) = pac::Target::parse(&text, lower) {
            assert_eq!(pac::Target::of(&target.url).host, target.host);
        }
    }
}

/// The functions that a script may call: the first byte chooses one, lines are its arguments.
fn pac_functions(bytes: &[u8]) {
    let Some((first, bytes)) = bytes.split_first() else { return };
    let text = pac::decode(bytes);
    let words: Vec<_> = text.split('\n').map(|word| (word != "null").then(|| word.to_owned())).collect();
    let (_, function) = &pac::FUNCTIONS[usize::from(*first) % pac::FUNCTIONS.len()];
    _ = pac::call(function, &Nowhere, &words);
}

/// A machine on which every name is an address, or none.
struct Nowhere;

impl pac::World for Nowhere {
    fn resolve(&self, host: &str) -> Vec<IpAddr> {
        host.parse().into_iter().collect()
    }

    fn own_addresses(&self) -> Vec<IpAddr> {
        vec![Ipv4Addr::new(10, 0, 0, 1).into()]
    }

    fn outbound_ipv4(&self) -> Option<Ipv4Addr> {
        None
    }

    fn now(&self, _utc: bool) -> Date {
        Date::parse(b"Thu, 26 Nov 2026 07:30:00 GMT").expect("a date")
    }
}

/// Proxy strings, bypass lists, and what systems keep them in.
fn proxy_settings(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let url = Url::parse(b"http://a.example/").expect("a URL");
    if let Ok(proxies) = proxy::NamedProxies::parse(&text) {
        assert_eq!(proxies, proxy::NamedProxies::parse_leniently(&text));
    }
    _ = proxy::Bypass::parse(&text).holds(&url);
    _ = proxy::environment::settings(&|_| Some(text.clone())).fixed_ways(&url);
    let file = proxy::file::settings(bytes);
    for settings in [Some(file), proxy::registry::connection(bytes), proxy::registry::machine(bytes)]
        .into_iter()
        .flatten()
    {
        assert!(!settings.fixed_ways(&url).entries().is_empty());
        _ = (settings.proxy_url(false), settings.bypasses().count());
    }
}

/// The names that may serve a script lie below a domain that somebody owns; what DHCP says is text.
fn wpad(bytes: &[u8]) {
    assert!(pac::announced_url(bytes).is_none_or(|url| !url.is_empty() && url.is_ascii()));
    for name in pac::server_names(&[String::from_utf8_lossy(bytes).into_owned()]) {
        assert!(name.starts_with("wpad.") && name.matches('.').count() >= 2, "{name}");
    }
}

/// More is not decoded of one input.
const MOST_DECODED: usize = 1 << 20;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn seeds_pass() {
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
        let folders: BTreeSet<_> = fs::read_dir(&corpus)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        assert_eq!(folders, TARGETS.map(|(name, _)| name.to_owned()).into(), "each target has seeds");
        for (name, target) in TARGETS {
            let mut seeds = 0;
            for seed in fs::read_dir(corpus.join(name)).unwrap() {
                let path = seed.unwrap().path();
                println!("{}", path.display());
                target(&fs::read(path).unwrap());
                seeds += 1;
            }
            assert!(seeds >= 2, "{name}");
        }
    }
}
