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

use rustls::AlertDescription;
use rustls::CertificateError;
use rustls::ClientConnection;
use rustls::Error;
use rustls::pki_types::ServerName;

use crate::base::Mutex;
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
    /// The session with a proxy, which carries this one.
    below: Option<Box<Session>>,
}

impl Session {
    /// Makes the handshake with `host` over a connected socket, or over a session with a proxy on it.
    pub(crate) async fn handshake(
        waiting: &Waiting,
        socket: &Socket,
        below: Option<Session>,
        host: &str,
        config: &Config,
        deadline: Option<Instant>,
    ) -> Result<Session, Failure> {
        let name = ServerName::try_from(host.to_owned()).map_err(|_| Failure::Channel)?;
        let tls = ClientConnection::new(config.tls.clone(), name).map_err(|error| failure(&error))?;
        let mut tls = Box::new(tls);
        let below = below.map(Box::new);
        let carrier = || Raw { socket, below: below.as_deref() };
        let mut problem = None;
        let mut authorities = None;
        while tls.is_handshaking() || tls.wants_write() {
            // Said before this client answers, and after the server has been judged.
            if config.may_be_asked && authorities.is_some() && tls.peer_certificates().is_some() {
                return Err(Failure::CertificateNeeded(Arc::new(Peer::of(&tls, authorities))));
            }
            let writes = tls.wants_write() || below.as_ref().is_some_and(|below| below.wants_write());
            let interest = if writes { Interest::Write } else { Interest::Read };
            let step = waiting.io(socket, interest, deadline, || {
                if tls.wants_write() {
                    return tls.write_tls(&mut carrier());
                }
                carrier().flush()?;
                let n = tls.read_tls(&mut carrier())?;
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
                _ = tls.write_tls(&mut carrier());
                return Err(problem);
            }
            if n == 0 {
                return Err(Failure::Transport(Fault::Io(io::ErrorKind::UnexpectedEof.into())));
            }
        }
        let peer = Arc::new(Peer::of(&tls, authorities));
        Ok(Session { tls: Mutex::new(tls), peer, below })
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
            tls.read_tls(&mut self.carrier(socket))?;
            if let Err(error) = tls.process_new_packets() {
                _ = tls.write_tls(&mut self.carrier(socket));
                return Err(io::Error::new(io::ErrorKind::InvalidData, error));
            }
        }
    }

    pub(super) fn write(&self, socket: &Socket, from: &[u8]) -> io::Result<usize> {
        let mut tls = self.tls.lock();
        let mut carrier = self.carrier(socket);
        send(&mut tls, &mut carrier).map_err(|error| why(&mut tls, &mut carrier, error))?;
        let taken = tls.writer().write(from)?;
        match send(&mut tls, &mut carrier) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(taken),
            Err(error) => Err(why(&mut tls, &mut carrier, error)),
            Ok(()) => Ok(taken),
        }
    }

    pub(super) fn flush(&self, socket: &Socket) -> io::Result<()> {
        let mut carrier = self.carrier(socket);
        send(&mut self.tls.lock(), &mut carrier)?;
        carrier.flush()
    }

    /// Whether decrypted bytes, or the end, wait that no socket edge will announce.
    pub(super) fn has_news(&self) -> bool {
        if self.below.as_ref().is_some_and(|below| below.has_news()) {
            return true;
        }
        let mut tls = self.tls.lock();
        tls.process_new_packets()
            .map_or(true, |state| state.plaintext_bytes_to_read() > 0 || state.peer_has_closed())
    }

    /// Tells the peer that nothing more will come, as far as that is possible without waiting.
    pub(crate) fn close_notify(&self, socket: &Socket) {
        let mut tls = self.tls.lock();
        tls.send_close_notify();
        _ = send(&mut tls, &mut self.carrier(socket));
        if let Some(below) = &self.below {
            below.close_notify(socket);
        }
    }

    fn wants_write(&self) -> bool {
        self.tls.lock().wants_write() || self.below.as_ref().is_some_and(|below| below.wants_write())
    }

    fn carrier<'a>(&'a self, socket: &'a Socket) -> Raw<'a> {
        Raw { socket, below: self.below.as_deref() }
    }
}

/// Sends the ciphertext that waits.
fn send(tls: &mut ClientConnection, carrier: &mut Raw<'_>) -> io::Result<()> {
    while tls.wants_write() {
        tls.write_tls(carrier)?;
    }
    Ok(())
}

/// A peer that refuses says why before it closes: that is a better reason than the broken connection.
fn why(tls: &mut ClientConnection, carrier: &mut Raw<'_>, error: io::Error) -> io::Error {
    if error.kind() == io::ErrorKind::WouldBlock {
        return error;
    }
    match tls.read_tls(carrier).ok().map(|_| tls.process_new_packets()) {
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

/// What carries a session, as rustls wants it: the socket, or the session with a proxy on it.
struct Raw<'a> {
    socket: &'a Socket,
    below: Option<&'a Session>,
}

impl Read for Raw<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self.below {
            Some(below) => below.read(self.socket, into),
            None => self.socket.read(into),
        }
    }
}

impl Write for Raw<'_> {
    fn write(&mut self, from: &[u8]) -> io::Result<usize> {
        match self.below {
            Some(below) => below.write(self.socket, from),
            None => self.socket.write(from),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.below.map_or(Ok(()), |below| below.flush(self.socket))
    }
}
