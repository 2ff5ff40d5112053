//! The other end: one thread, epoll, core 0. What the path names it does: `/echo`, `/flood/SIZE` of
//! a message, `/sink/BYTES` of the wire, after which it sends an empty message.

use std::io;
use std::io::Read;
use std::io::Write;
use std::io::stdin;
use std::net::TcpListener;
use std::net::TcpStream;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha1::Digest;
use sha1::Sha1;

use super::system;
use super::system::Epoll;
use super::wire;

pub(super) fn serve() {
    system::pin(0);
    system::raise_descriptor_limit();
    let listener = TcpListener::bind("127.0.0.1:0").expect("listen");
    println!("{}", listener.local_addr().expect("address").port());
    let epoll = Epoll::new();
    epoll.add(&listener, LISTENER, libc::EPOLLIN);
    epoll.add(&stdin(), END, libc::EPOLLIN);
    let mut peers: Vec<Option<Peer>> = Vec::new();
    let (mut events, mut scratch) = (system::events(), vec![0; SCRATCH]);
    loop {
        for token in epoll.wait(&mut events) {
            match token {
                END => return,
                LISTENER => {
                    let (socket, _) = listener.accept().expect("accept");
                    socket.set_nodelay(true).expect("no delay");
                    socket.set_nonblocking(true).expect("no blocking");
                    let at = peers.iter().position(Option::is_none).unwrap_or(peers.len());
                    epoll.add(&socket, at, libc::EPOLLIN);
                    let peer = Some(Peer { socket, role: Role::Handshake, input: Vec::new() });
                    if at == peers.len() { peers.push(peer) } else { peers[at] = peer }
                }
                at => {
                    let ready = peers[at].as_mut().map(|peer| peer.ready(&epoll, at, &mut scratch));
                    if let Some(Err(_)) = ready {
                        peers[at] = None;
                    }
                }
            }
        }
    }
}

struct Peer {
    socket: TcpStream,
    role: Role,
    /// Bytes of a frame, or of the request, whose rest has not come yet.
    input: Vec<u8>,
}

enum Role {
    Handshake,
    Echo,
    Flood { frames: Vec<u8>, at: usize },
    Sink { left: usize },
}

impl Peer {
    /// Goes on; an error ends the connection.
    fn ready(&mut self, epoll: &Epoll, token: usize, scratch: &mut [u8]) -> io::Result<()> {
        if let Role::Flood { frames, at } = &mut self.role {
            let end = frames.len().min(*at + SCRATCH);
            *at += self.socket.write(&frames[*at..end])?;
            *at %= frames.len();
            return Ok(());
        }
        let n = match self.socket.read(scratch) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
            read => read?,
        };
        match &mut self.role {
            Role::Sink { left } => {
                *left = left.saturating_sub(n);
                if *left == 0 {
                    self.socket.write_all(&wire::server_frame(0))?;
                }
                Ok(())
            }
            Role::Echo if self.input.is_empty() => {
                let used = echo(&self.socket, &mut scratch[..n])?;
                self.input.extend_from_slice(&scratch[used..n]);
                Ok(())
            }
            Role::Echo => {
                self.input.extend_from_slice(&scratch[..n]);
                let used = echo(&self.socket, &mut self.input)?;
                self.input.drain(..used);
                Ok(())
            }
            Role::Handshake => {
                self.input.extend_from_slice(&scratch[..n]);
                self.answer(epoll, token)
            }
            Role::Flood { .. } => Ok(()),
        }
    }

    fn answer(&mut self, epoll: &Epoll, token: usize) -> io::Result<()> {
        if !self.input.ends_with(b"\r\n\r\n") {
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
        self.socket.write_all(answer.as_bytes())?;
        if let Role::Flood { .. } = role {
            epoll.change(&self.socket, token, libc::EPOLLOUT);
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
fn echo(mut socket: &TcpStream, input: &mut [u8]) -> io::Result<usize> {
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
    socket.write_all(&output)?;
    Ok(used)
}

const LISTENER: usize = usize::MAX;
const END: usize = usize::MAX - 1;
/// How much one read or write moves at most.
const SCRATCH: usize = 256 * 1024;
