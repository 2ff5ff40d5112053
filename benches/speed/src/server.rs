//! The other end: one thread, epoll, core 0, plain and TLS. What the path names it does: `/echo`,
//! `/flood/SIZE` of a message, `/sink/BYTES` of the wire, after which it sends an empty message, and,
//! without an upgrade, `/get/BYTES` of a body.

use std::fs::File;
use std::io;
use std::io::Read;
use std::io::Write;
use std::io::stdin;
use std::net::TcpListener;
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use rustls::ServerConfig;
use rustls::ServerConnection;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use sha1::Digest;
use sha1::Sha1;

use crate::system;
use crate::system::Epoll;
use crate::wire;

pub(super) fn serve(certificates: &str) {
    system::pin(0);
    system::raise_descriptor_limit();
    let config = Arc::new(config(Path::new(certificates)));
    let listen = || TcpListener::bind("127.0.0.1:0").expect("listen");
    let listeners = [listen(), listen()];
    let [plain, tls] = listeners.each_ref().map(|listener| listener.local_addr().expect("address").port());
    println!("{plain} {tls}");
    let epoll = Epoll::new();
    for (at, listener) in listeners.iter().enumerate() {
        epoll.add(listener, LISTENER + at, libc::EPOLLIN);
    }
    epoll.add(&stdin(), END, libc::EPOLLIN);
    let mut peers: Vec<Option<Peer>> = Vec::new();
    let mut free: Vec<usize> = Vec::new();
    let (mut events, mut scratch) = (system::events(), vec![0; SCRATCH]);
    loop {
        for token in epoll.wait(&mut events) {
            match token {
                END => return,
                LISTENER.. => {
                    let (socket, _) = listeners[token - LISTENER].accept().expect("accept");
                    socket.set_nodelay(true).expect("no delay");
                    socket.set_nonblocking(true).expect("no blocking");
                    let at = free.pop().unwrap_or(peers.len());
                    epoll.add(&socket, at, libc::EPOLLIN);
                    let tls = (token != LISTENER).then(|| {
                        let mut tls = ServerConnection::new(config.clone()).expect("TLS");
                        tls.set_buffer_limit(None);
                        Box::new(tls)
                    });
                    let peer = Some(Peer { link: Link { socket, tls }, role: Role::Http, input: Vec::new() });
                    if at == peers.len() { peers.push(peer) } else { peers[at] = peer }
                }
                at => {
                    let ready = peers[at].as_mut().map(|peer| peer.ready(&epoll, at, &mut scratch));
                    if let Some(Err(_)) = ready {
                        peers[at] = None;
                        free.push(at);
                    }
                }
            }
        }
    }
}

/// One certificate, one cipher: what most clients would choose.
fn config(certificates: &Path) -> ServerConfig {
    let mut provider = rustls::crypto::ring::default_provider();
    provider.cipher_suites.retain(|suite| format!("{:?}", suite.suite()).contains("AES_128_GCM"));
    let open = |name| File::open(certificates.join(name)).expect("certificates");
    let chain = CertificateDer::pem_reader_iter(open("server.pem")).map(|one| one.expect("a certificate"));
    let key = PrivateKeyDer::from_pem_reader(open("server.key")).expect("a key");
    let versions =
        ServerConfig::builder_with_provider(Arc::new(provider)).with_safe_default_protocol_versions();
    let builder = versions.expect("versions").with_no_client_auth();
    builder.with_single_cert(chain.collect(), key).expect("a certificate with its key")
}

struct Peer {
    link: Link,
    role: Role,
    /// Bytes of a frame, or of the request, whose rest has not come yet.
    input: Vec<u8>,
}

enum Role {
    Http,
    Body { left: usize },
    Echo,
    Flood { frames: Vec<u8>, at: usize },
    Sink { left: usize },
}

struct Link {
    socket: TcpStream,
    tls: Option<Box<ServerConnection>>,
}

impl Link {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let Some(tls) = &mut self.tls else { return self.socket.read(into) };
        if tls.read_tls(&mut self.socket)? == 0 {
            return Ok(0);
        }
        tls.process_new_packets().map_err(io::Error::other)?;
        while tls.wants_write() {
            tls.write_tls(&mut self.socket)?;
        }
        tls.reader().read(into)
    }

    /// Takes some, or all.
    fn write(&mut self, from: &[u8]) -> io::Result<usize> {
        let Some(tls) = &mut self.tls else { return self.socket.write(from) };
        let taken = if tls.wants_write() { 0 } else { tls.writer().write(from)? };
        while tls.wants_write() {
            match tls.write_tls(&mut self.socket) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                written => written?,
            };
        }
        Ok(taken)
    }

    /// All at once: the peer has to take it.
    fn write_all(&mut self, from: &[u8]) -> io::Result<()> {
        let mut sent = 0;
        while sent < from.len() || self.tls.as_ref().is_some_and(|tls| tls.wants_write()) {
            match self.write(&from[sent..]) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                taken => sent += taken?,
            }
        }
        Ok(())
    }
}

impl Peer {
    /// Goes on; an error ends the connection.
    fn ready(&mut self, epoll: &Epoll, token: usize, scratch: &mut [u8]) -> io::Result<()> {
        // What a record of a kilobyte costs is not what is measured: as much as TLS takes at once.
        let most = if self.link.tls.is_some() { 64 * 1024 } else { SCRATCH };
        match &mut self.role {
            Role::Flood { frames, at } => {
                let end = frames.len().min(*at + most);
                *at += self.link.write(&frames[*at..end])?;
                *at %= frames.len();
                return Ok(());
            }
            Role::Body { left } => {
                let n = most.min(*left);
                *left -= self.link.write(&scratch[..n])?;
                if *left == 0 && self.link.tls.as_ref().is_none_or(|tls| !tls.wants_write()) {
                    self.role = Role::Http;
                    epoll.change(&self.link.socket, token, libc::EPOLLIN);
                }
                return Ok(());
            }
            _ => {}
        }
        let n = match self.link.read(scratch) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
            read => read?,
        };
        match &mut self.role {
            Role::Sink { left } => {
                *left = left.saturating_sub(n);
                if *left == 0 {
                    self.link.write_all(&wire::server_frame(0))?;
                }
                Ok(())
            }
            Role::Echo if self.input.is_empty() => {
                let used = echo(&mut self.link, &mut scratch[..n])?;
                self.input.extend_from_slice(&scratch[used..n]);
                Ok(())
            }
            Role::Echo => {
                self.input.extend_from_slice(&scratch[..n]);
                let used = echo(&mut self.link, &mut self.input)?;
                self.input.drain(..used);
                Ok(())
            }
            Role::Http => {
                self.input.extend_from_slice(&scratch[..n]);
                self.answer(epoll, token)
            }
            Role::Flood { .. } | Role::Body { .. } => Ok(()),
        }
    }

    fn answer(&mut self, epoll: &Epoll, token: usize) -> io::Result<()> {
        if !self.input.ends_with(b"\r\n\r\n") {
            return Ok(());
        }
        if let Some(rest) = self.input.strip_prefix(b"GET /get/") {
            let digits = rest.iter().take_while(|byte| byte.is_ascii_digit());
            let size = digits.fold(0, |size, digit| size * 10 + usize::from(digit - b'0'));
            self.input.clear();
            let mut answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n").into_bytes();
            if size <= 1024 {
                answer.resize(answer.len() + size, b'x');
                return self.link.write_all(&answer);
            }
            self.link.write_all(&answer)?;
            self.role = Role::Body { left: size };
            epoll.change(&self.link.socket, token, libc::EPOLLOUT);
            return Ok(());
        }
        let request = String::from_utf8_lossy(&std::mem::take(&mut self.input)).into_owned();
        let role = request.split(' ').nth(1).and_then(Role::of_path);
        let key = request.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("Sec-WebSocket-Key").then(|| value.trim())
        });
        let (Some(role), Some(key)) = (role, key) else { return Err(io::ErrorKind::InvalidData.into()) };
        let accept = Sha1::digest(format!("{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
        let accept = BASE64_STANDARD.encode(accept);
        let answer = format!(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Accept: {accept}\r\n\r\n"
        );
        self.link.write_all(answer.as_bytes())?;
        if let Role::Flood { .. } = role {
            epoll.change(&self.link.socket, token, libc::EPOLLOUT);
        }
        self.role = role;
        Ok(())
    }
}

impl Role {
    fn of_path(path: &str) -> Option<Role> {
        let (role, number) = path.trim_start_matches('/').split_once('/').unwrap_or((&path[1..], "0"));
        let number: usize = number.parse().ok()?;
        Some(match role {
            "echo" => Role::Echo,
            "sink" => Role::Sink { left: number },
            "flood" => {
                let frame = wire::server_frame(number);
                let frames = frame.repeat((SCRATCH / frame.len()).max(1));
                Role::Flood { frames, at: 0 }
            }
            _ => return None,
        })
    }
}

/// Sends back every whole frame in `input`, unmasked, in one write; says how long they were. The
/// peer has to take it: nothing is kept for it.
fn echo(link: &mut Link, input: &mut [u8]) -> io::Result<usize> {
    let (mut used, mut output) = (0, Vec::new());
    while let Some((header, key, size)) = wire::parse(&input[used..]) {
        let Some(frame) = input.get_mut(used..used + header + size) else { break };
        let (head, payload) = frame.split_at_mut(header);
        for (at, byte) in payload.iter_mut().enumerate() {
            *byte ^= key[at % 4];
        }
        output.extend_from_slice(&[wire::BINARY, head[1] & !wire::MASKED]);
        output.extend_from_slice(&head[2..header - key.len()]);
        output.extend_from_slice(payload);
        used += header + size;
    }
    link.write_all(&output)?;
    Ok(used)
}

/// The plain one; TLS has the next number.
const LISTENER: usize = usize::MAX - 1;
const END: usize = usize::MAX - 2;
/// How much one read or write moves at most.
const SCRATCH: usize = 256 * 1024;
