//! The bytes of the protocol, and the opening handshake by hand.

use std::io::Read;
use std::io::Write;
use std::net::TcpStream;

use super::task::Job;
use super::task::Task;

/// A binary message of a client's, the same bytes (but for the key) as any client library sends.
pub(super) fn client_frame(size: usize) -> Vec<u8> {
    let mut frame = header(size, MASKED);
    frame.extend_from_slice(&[0; 4]);
    frame.resize(frame.len() + size, b'x');
    frame
}

/// A binary message of a server's.
pub(super) fn server_frame(size: usize) -> Vec<u8> {
    let mut frame = header(size, 0);
    frame.resize(frame.len() + size, b'x');
    frame
}

fn header(size: usize, masked: u8) -> Vec<u8> {
    let mut header = vec![BINARY];
    match size {
        0..126 => header.push(masked | size as u8),
        126..65536 => {
            header.push(masked | 126);
            header.extend_from_slice(&(size as u16).to_be_bytes());
        }
        _ => {
            header.push(masked | 127);
            header.extend_from_slice(&(size as u64).to_be_bytes());
        }
    }
    header
}

/// A frame at the beginning of `bytes`, if its header is there: length of header, mask (none: 0),
/// length of payload.
pub(super) fn parse(bytes: &[u8]) -> Option<(usize, [u8; 4], usize)> {
    let (&short, mut used) = (bytes.get(1)?, 2);
    let mut payload = usize::from(short & !MASKED);
    if payload >= 126 {
        let wide = if payload == 126 { 2 } else { 8 };
        payload = bytes.get(2..2 + wide)?.iter().fold(0, |length, &byte| length << 8 | usize::from(byte));
        used += wide;
    }
    if short & MASKED == 0 {
        return Some((used, [0; 4], payload));
    }
    let key = bytes.get(used..used + 4)?.try_into().ok()?;
    Some((used + 4, key, payload))
}

/// Where on the server a task goes.
pub(super) fn path(task: &Task) -> String {
    match task.job {
        Job::Echo | Job::Sleepers | Job::Idle => "/echo".into(),
        Job::Receive => format!("/flood/{}", task.size),
        Job::Send => format!("/sink/{}", client_frame(task.size).len() * task.total()),
    }
}

/// A connection after the handshake, and what the server has sent behind it.
pub(super) fn connect(task: &Task, port: u16) -> (TcpStream, Vec<u8>) {
    let mut socket = TcpStream::connect(("127.0.0.1", port)).expect("connect");
    socket.set_nodelay(true).expect("no delay");
    let request = format!(
        "GET {} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        path(task)
    );
    socket.write_all(request.as_bytes()).expect("request");
    let mut answer = Vec::new();
    loop {
        let mut room = [0; 1024];
        let n = socket.read(&mut room).expect("answer");
        assert!(n > 0, "the server hung up");
        answer.extend_from_slice(&room[..n]);
        if let Some(end) = answer.windows(4).position(|end| end == b"\r\n\r\n") {
            assert!(answer.starts_with(b"HTTP/1.1 101 "));
            return (socket, answer.split_off(end + 4));
        }
    }
}

pub(super) const BINARY: u8 = 0x82;
pub(super) const MASKED: u8 = 0x80;
