//! The bytes of the protocol, and the opening handshake by hand.

use std::env;
use std::io::Read;
use std::io::Write;
use std::net::TcpStream;
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::ClientConnection;
use rustls::RootCertStore;
use rustls::StreamOwned;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::task::Job;
use crate::task::Task;

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
        Job::Receive => format!("/flood/{}", task.size),
        Job::Send => format!("/sink/{}", client_frame(task.size).len() * task.total()),
        Job::Get | Job::Start => format!("/get/{}", task.size),
        Job::Download => format!("/get/{}", task.size * task.total()),
        _ => "/echo".into(),
    }
}

/// A connection, without delays.
pub(super) fn connect(port: u16) -> TcpStream {
    let socket = TcpStream::connect(("127.0.0.1", port)).expect("connect");
    socket.set_nodelay(true).expect("no delay");
    socket
}

/// A connection over TLS.
pub(super) fn connect_tls(port: u16) -> StreamOwned<ClientConnection, TcpStream> {
    let name = "127.0.0.1".try_into().expect("a name");
    let tls = ClientConnection::new(tls_config(), name).expect("TLS");
    StreamOwned::new(tls, connect(port))
}

/// Trusts the test authority only.
pub(super) fn tls_config() -> Arc<ClientConfig> {
    let file = env::var("SSL_CERT_FILE").expect("SSL_CERT_FILE");
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(file).expect("certificates") {
        roots.add(certificate.expect("a certificate")).expect("an authority");
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    Arc::new(versions.expect("versions").with_root_certificates(roots).with_no_client_auth())
}

pub(super) fn upgrade_request(task: &Task, port: u16) -> String {
    format!(
        "GET {} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        path(task)
    )
}

/// What a client of ours asks for, as long as what the library sends.
pub(super) fn get_request(task: &Task, port: u16) -> String {
    format!(
        "GET {} HTTP/1.1\r\nConnection: Keep-Alive\r\nUser-Agent: bench\r\nHost: 127.0.0.1:{port}\r\n\r\n",
        path(task)
    )
}

/// The opening handshake; nothing behind the answer's head is read.
pub(super) fn upgrade<S: Read + Write>(mut socket: S, task: &Task, port: u16) -> S {
    socket.write_all(upgrade_request(task, port).as_bytes()).expect("request");
    let head = read_head(&mut socket);
    assert!(head.starts_with(b"HTTP/1.1 101 "));
    socket
}

/// Reads byte by byte up to the end of a head.
pub(super) fn read_head(socket: &mut impl Read) -> Vec<u8> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        socket.read_exact(&mut byte).expect("answer");
        head.push(byte[0]);
    }
    head
}

pub(super) const BINARY: u8 = 0x82;
pub(super) const MASKED: u8 = 0x80;
