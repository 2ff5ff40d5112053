//! TLS by rustls over our non-blocking sockets.

mod chain;
mod config;
mod fetch;
mod identity;
mod peer;
mod problems;
mod revocation;
mod verify;

use std::io;
use std::io::Read;
use std::io::Write;
use std::sync::Arc;
use std::time::Instant;

use parking_lot::Mutex;
use rustls::AlertDescription;
use rustls::CertificateError;
use rustls::ClientConnection;
use rustls::Error;
use rustls::pki_types::ServerName;

use crate::net::Socket;
use crate::net::op::Fault;
use crate::net::op::Interest;
use crate::net::op::Waiting;
use verify::Verdict;

pub(crate) use config::Building;
pub(crate) use config::Config;
pub(crate) use config::Configs;
pub(crate) use config::NoConfig;
pub(crate) use config::Protocols;
pub(crate) use config::Terms;
pub(crate) use identity::Client;
pub(crate) use identity::Identity;
pub(crate) use peer::Channel;
pub(crate) use peer::Cipher;
pub(crate) use peer::Peer;
pub(crate) use problems::Forgive;
pub(crate) use problems::Problems;
pub(crate) use revocation::Revocation;

/// Why there is no TLS session.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The certificate was rejected, for these reasons.
    Certificate(Problems, Option<Arc<Peer>>),
    /// The server asks for a client certificate, and the application has not decided on one.
    CertificateNeeded(Arc<Peer>),
    /// The two have no protocol version in common.
    Version,
    /// Any other TLS failure: an alert, garbage.
    Channel,
    /// The connection broke, or time was up.
    Transport(Fault),
}

/// An established session. rustls needs one lock for both directions; its state is large, and this is
/// moved about.
pub(crate) struct Session {
    tls: Mutex<Box<ClientConnection>>,
    peer: Arc<Peer>,
}

impl Session {
    /// Makes the handshake with `host` over a connected socket.
    pub(crate) async fn handshake(
        waiting: &Waiting,
        socket: &Socket,
        host: &str,
        config: &Config,
        deadline: Option<Instant>,
    ) -> Result<Session, Failure> {
        let name = ServerName::try_from(host.to_owned()).map_err(|_| Failure::Channel)?;
        let tls = ClientConnection::new(config.tls.clone(), name).map_err(|error| failure(&error))?;
        let mut tls = Box::new(tls);
        let mut problem = None;
        let mut authorities = None;
        while tls.is_handshaking() || tls.wants_write() {
            // Said before this client answers, and after the server has been judged.
            if config.may_be_asked && authorities.is_some() && tls.peer_certificates().is_some() {
                return Err(Failure::CertificateNeeded(Arc::new(Peer::of(&tls, authorities))));
            }
            let interest = if tls.wants_write() { Interest::Write } else { Interest::Read };
            let step = waiting.io(socket, interest, deadline, || {
                if tls.wants_write() {
                    return tls.write_tls(&mut Raw(socket));
                }
                let n = tls.read_tls(&mut Raw(socket))?;
                let (done, asked) = config.resolver.watch(|| tls.process_new_packets());
                if asked.is_some() {
                    authorities = asked;
                }
                if let Err(error) = done {
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
        let peer = Arc::new(Peer::of(&tls, authorities));
        Ok(Session { tls: Mutex::new(tls), peer })
    }

    /// What the handshake told of the server.
    pub(crate) fn peer(&self) -> &Arc<Peer> {
        &self.peer
    }

    pub(super) fn read(&self, socket: &Socket, into: &mut [u8]) -> io::Result<usize> {
        let mut tls = self.tls.lock();
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
        let mut tls = self.tls.lock();
        send(&mut tls, socket).map_err(|error| why(&mut tls, socket, error))?;
        let taken = tls.writer().write(from)?;
        match send(&mut tls, socket) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(taken),
            Err(error) => Err(why(&mut tls, socket, error)),
            Ok(()) => Ok(taken),
        }
    }

    pub(super) fn flush(&self, socket: &Socket) -> io::Result<()> {
        send(&mut self.tls.lock(), socket)
    }

    /// Whether decrypted bytes, or the end, wait that no socket edge will announce.
    pub(super) fn has_news(&self) -> bool {
        let mut tls = self.tls.lock();
        tls.process_new_packets()
            .map_or(true, |state| state.plaintext_bytes_to_read() > 0 || state.peer_has_closed())
    }

    /// Tells the peer that nothing more will come, as far as that is possible without waiting.
    pub(crate) fn close_notify(&self, socket: &Socket) {
        let mut tls = self.tls.lock();
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

/// A peer that refuses says why before it closes: that is a better reason than the broken connection.
fn why(tls: &mut ClientConnection, socket: &Socket, error: io::Error) -> io::Error {
    if error.kind() == io::ErrorKind::WouldBlock {
        return error;
    }
    match tls.read_tls(&mut Raw(socket)).ok().map(|_| tls.process_new_packets()) {
        Some(Err(alert)) => io::Error::new(io::ErrorKind::InvalidData, alert),
        _ => error,
    }
}

/// What a rustls error is to the layers above.
fn failure(error: &Error) -> Failure {
    log::debug!("TLS: {error}");
    if let Some(verdict) = Verdict::of(error) {
        return Failure::Certificate(verdict.problems, Some(Arc::new(verdict.peer.clone())));
    }
    match error {
        // Not the certificate is bad, but what was signed with its key.
        Error::InvalidCertificate(CertificateError::BadSignature) => Failure::Channel,
        Error::InvalidCertificate(_) => Failure::Certificate(Problems::INVALID, None),
        Error::AlertReceived(AlertDescription::ProtocolVersion) | Error::PeerIncompatible(_) => {
            Failure::Version
        }
        _ => Failure::Channel,
    }
}

/// What the server has said of this client's certificate after the handshake, where that is why a
/// read or a write failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It wants one.
    Needed,
    /// It does not take this one.
    Rejected,
}

impl Refusal {
    pub(crate) fn of(error: &io::Error) -> Option<Refusal> {
        let Error::AlertReceived(alert) = error.get_ref()?.downcast_ref::<Error>()? else { return None };
        match alert {
            AlertDescription::CertificateRequired => Some(Refusal::Needed),
            AlertDescription::BadCertificate
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateUnknown
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied => Some(Refusal::Rejected),
            _ => None,
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
