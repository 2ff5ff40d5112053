//! TLS by rustls over our non-blocking sockets.

mod chain;
mod config;
mod fetch;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod identity;
mod old;
mod peer;
mod problems;
mod revocation;
mod signed;
mod stapled;
mod stream;
mod verify;

use std::io;
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
use stream::Raw;
use stream::Stream;
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

/// An established session. rustls needs one lock for both directions.
pub(crate) struct Session {
    stream: Mutex<Stream>,
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
        // Its state is large, and this is moved about.
        let mut tls = Box::new(tls);
        let below = below.map(Box::new);
        let carrier = || Raw::new(socket, below.as_deref());
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
        Ok(Session { stream: Mutex::new(Stream::new(tls)), peer, below })
    }

    /// What the handshake told of the server.
    pub(crate) fn peer(&self) -> &Arc<Peer> {
        &self.peer
    }

    pub(super) fn read(&self, socket: &Socket, into: &mut [u8]) -> io::Result<usize> {
        self.stream.lock().read(&mut self.carrier(socket), into)
    }

    pub(super) fn write(&self, socket: &Socket, from: &[u8]) -> io::Result<usize> {
        self.stream.lock().write(&mut self.carrier(socket), from)
    }

    pub(super) fn flush(&self, socket: &Socket) -> io::Result<()> {
        let mut carrier = self.carrier(socket);
        self.stream.lock().send(&mut carrier)?;
        carrier.flush()
    }

    /// Whether decrypted bytes, or the end, wait that no socket edge will announce.
    pub(super) fn has_news(&self) -> bool {
        self.below.as_ref().is_some_and(|below| below.has_news()) || self.stream.lock().has_news()
    }

    /// Tells the peer that nothing more will come, as far as that is possible without waiting.
    pub(crate) fn close_notify(&self, socket: &Socket) {
        self.stream.lock().close_notify(&mut self.carrier(socket));
        if let Some(below) = &self.below {
            below.close_notify(socket);
        }
    }

    fn wants_write(&self) -> bool {
        self.stream.lock().wants_write() || self.below.as_ref().is_some_and(|below| below.wants_write())
    }

    fn carrier<'a>(&'a self, socket: &'a Socket) -> Raw<'a> {
        Raw::new(socket, self.below.as_deref())
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
