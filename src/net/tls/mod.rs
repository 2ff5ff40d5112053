//! TLS by rustls over our non-blocking sockets.

mod config;
mod verify;

use std::io;
use std::io::Read;
use std::io::Write;
use std::sync::Arc;
use std::time::Instant;

use parking_lot::Mutex;
use rustls::ClientConnection;
use rustls::pki_types::ServerName;

use crate::net::Socket;
use crate::net::op::Fault;
use crate::net::op::Interest;
use crate::net::op::Waiting;
pub(crate) use config::Configs;
pub(crate) use config::Protocols;
pub(crate) use verify::Forgive;
pub(crate) use verify::Problems;

/// Why there is no TLS session.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The certificate was rejected, for these reasons.
    Certificate(Problems),
    /// Any other TLS failure: no common protocol version, an alert, garbage.
    Channel,
    /// The connection broke, or time was up.
    Transport(Fault),
}

/// An established session. rustls needs one lock for both directions; its state is large, and this is
/// moved about.
pub(crate) struct Session(Mutex<Box<ClientConnection>>);

impl Session {
    /// Makes the handshake with `host` over a connected socket.
    pub(crate) async fn handshake(
        waiting: &Waiting,
        socket: &Socket,
        host: &str,
        config: Arc<rustls::ClientConfig>,
        deadline: Option<Instant>,
    ) -> Result<Session, Failure> {
        let name = ServerName::try_from(host.to_owned()).map_err(|_| Failure::Channel)?;
        let mut tls = Box::new(ClientConnection::new(config, name).map_err(|error| failure(&error))?);
        let mut problem = None;
        while tls.is_handshaking() || tls.wants_write() {
            let interest = if tls.wants_write() { Interest::Write } else { Interest::Read };
            let step = waiting.io(socket, interest, deadline, || {
                if tls.wants_write() {
                    return tls.write_tls(&mut Raw(socket));
                }
                let n = tls.read_tls(&mut Raw(socket))?;
                if let Err(error) = tls.process_new_packets() {
                    problem = Some(failure(&error));
                }
                Ok(n)
            });
            let n = step.await.map_err(Failure::Transport)?;
            if let Some(problem) = problem.take() {
                // The alert that tells the peer why is worth one try and no waiting.
                _ = tls.write_tls(&mut Raw(socket));
                return Err(problem);
            }
            if n == 0 {
                return Err(Failure::Transport(Fault::Io(io::ErrorKind::UnexpectedEof.into())));
            }
        }
        Ok(Session(Mutex::new(tls)))
    }

    pub(super) fn read(&self, socket: &Socket, into: &mut [u8]) -> io::Result<usize> {
        let mut tls = self.0.lock();
        loop {
            match tls.reader().read(into) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                // An end without close_notify: the layer above knows whether that is too early.
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(0),
                done => return done,
            }
            tls.read_tls(&mut Raw(socket))?;
            if let Err(error) = tls.process_new_packets() {
                _ = tls.write_tls(&mut Raw(socket));
                return Err(io::Error::new(io::ErrorKind::InvalidData, error));
            }
        }
    }

    pub(super) fn write(&self, socket: &Socket, from: &[u8]) -> io::Result<usize> {
        let mut tls = self.0.lock();
        send(&mut tls, socket)?;
        let taken = tls.writer().write(from)?;
        match send(&mut tls, socket) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(taken),
            Err(error) => Err(error),
            Ok(()) => Ok(taken),
        }
    }

    pub(super) fn flush(&self, socket: &Socket) -> io::Result<()> {
        send(&mut self.0.lock(), socket)
    }

    /// Whether decrypted bytes, or the end, wait that no socket edge will announce.
    pub(super) fn has_news(&self) -> bool {
        let mut tls = self.0.lock();
        tls.process_new_packets()
            .map_or(true, |state| state.plaintext_bytes_to_read() > 0 || state.peer_has_closed())
    }

    /// Tells the peer that nothing more will come, as far as that is possible without waiting.
    pub(crate) fn close_notify(&self, socket: &Socket) {
        let mut tls = self.0.lock();
        tls.send_close_notify();
        _ = send(&mut tls, socket);
    }
}

/// Sends the ciphertext that waits.
fn send(tls: &mut ClientConnection, socket: &Socket) -> io::Result<()> {
    while tls.wants_write() {
        tls.write_tls(&mut Raw(socket))?;
    }
    Ok(())
}

/// What a rustls error is to the layers above.
fn failure(error: &rustls::Error) -> Failure {
    match verify::problems(error) {
        Some(problems) => Failure::Certificate(problems),
        None => {
            log::debug!("TLS: {error}");
            Failure::Channel
        }
    }
}

/// The socket as rustls wants it.
struct Raw<'a>(&'a Socket);

impl Read for Raw<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.0.read(into)
    }
}

impl Write for Raw<'_> {
    fn write(&mut self, from: &[u8]) -> io::Result<usize> {
        self.0.write(from)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
