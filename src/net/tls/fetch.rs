//! Fetching a revocation list: one plain GET, to be waited for.

use std::io;
use std::time::Duration;
use std::time::Instant;

use crate::net;
use crate::net::Dialing;
use crate::net::Socket;
use crate::net::connection::retry;
use crate::net::op::Fault;
use crate::net::op::Interest;
use crate::net::op::Waiting;
use crate::proto::h1::BodyFraming;
use crate::proto::h1::BodyReader;
use crate::proto::h1::HeadLimits;
use crate::proto::h1::HeadReader;
use crate::proto::h1::Parsed;
use crate::proto::h1::Step;

/// The body of the answer to a GET of an `http` URL. Redirects are not followed, and no proxy is asked.
pub(super) fn fetch(url: &str) -> io::Result<Vec<u8>> {
    let waiting = Waiting::new();
    let until = Instant::now() + PATIENCE;
    waiting.block_on(get(&waiting, url, until)).map_err(|fault| match fault {
        Fault::Io(error) => error,
        Fault::TimedOut | Fault::Cancelled => io::ErrorKind::TimedOut.into(),
    })
}

async fn get(waiting: &Waiting, url: &str, until: Instant) -> Result<Vec<u8>, Fault> {
    let until = Some(until);
    let (authority, target) = split(url).ok_or_else(bad)?;
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port.parse().map_err(|_| bad())?),
        _ => (authority, 80),
    };
    let name = host.trim_start_matches('[').trim_end_matches(']');
    let addresses = net::resolve(waiting, name, port, until).await?;
    let address = *addresses.first().ok_or_else(bad)?;
    let socket = Socket::connect(address, Dialing::default(), None).map_err(Fault::Io)?;
    waiting.io(&socket, Interest::Connect, until, || retry(|| socket.connected())).await?;
    let request =
        format!("GET {target} HTTP/1.1\r\nHost: {authority}\r\nAccept: */*\r\nConnection: close\r\n\r\n");
    let mut rest = request.as_bytes();
    while !rest.is_empty() {
        let n = waiting.io(&socket, Interest::Write, until, || retry(|| socket.write(rest))).await?;
        rest = rest.get(n..).unwrap_or_default();
    }
    let mut reader = HeadReader::new(HeadLimits::default());
    let mut body: Option<BodyReader> = None;
    let (mut input, mut found) = (Vec::new(), Vec::new());
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let n = waiting.io(&socket, Interest::Read, until, || retry(|| socket.read(&mut buffer))).await?;
        input.extend_from_slice(buffer.get(..n).unwrap_or_default());
        if body.is_none() {
            let Parsed::Complete { head, used } = reader.parse(&input).map_err(|_| bad())? else {
                if n == 0 {
                    return Err(bad());
                }
                continue;
            };
            if head.status != 200 {
                return Err(Fault::Io(io::Error::other(format!("status {}", head.status))));
            }
            input.drain(..used);
            let framing = BodyFraming::decide(b"GET", &head).map_err(|_| bad())?;
            body = Some(BodyReader::new(framing, 64 * 1024));
        }
        let Some(body) = body.as_mut() else { return Err(bad()) };
        loop {
            match body.advance(&input).map_err(|_| bad())? {
                Step::Data { skip, len } => {
                    found.extend_from_slice(input.get(skip..skip + len).ok_or_else(bad)?);
                    body.consumed(len);
                    input.drain(..skip + len);
                }
                Step::NeedInput { used } => {
                    input.drain(..used);
                    break;
                }
                Step::Done { .. } => return Ok(found),
            }
        }
        if found.len() > MOST_BYTES {
            return Err(bad());
        }
        if n == 0 {
            body.eof().map_err(|_| bad())?;
            return Ok(found);
        }
    }
}

/// Authority and target of an `http` URL that can stand in a request as it is.
fn split(url: &str) -> Option<(&str, &str)> {
    let rest = url.get("http://".len()..)?;
    let (authority, target) = match rest.find('/') {
        Some(at) => rest.split_at(at),
        None => (rest, "/"),
    };
    let target = target.split('#').next()?;
    let is_plain = url.bytes().all(|byte| byte.is_ascii_graphic()) && !authority.contains(['@', '?', '#']);
    (is_plain && !authority.is_empty()).then_some((authority, target))
}

fn bad() -> Fault {
    Fault::Io(io::ErrorKind::InvalidData.into())
}

/// For all of it.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
/// A list that is longer is not read.
const MOST_BYTES: usize = 16 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_urls_that_are_plain_are_asked() {
        assert_eq!(split("http://a.test/list?x=1#y"), Some(("a.test", "/list?x=1")));
        assert_eq!(split("HTTP://a.test:8080"), Some(("a.test:8080", "/")));
        for bad in [
            "http://",
            "http:///x",
            "http://user@a.test/",
            "http://a.test/x y",
            "http://a.test/\r\nX: y",
            "http://a.test?x",
        ] {
            assert_eq!(split(bad), None, "{bad}");
        }
    }
}
