//! From a URL to a connection: one of the pool, or a new one, telling the application about every step.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use crate::api::Notice;
use crate::api::errors;
use crate::api::request::Request;
use crate::api::request::deadline;
use crate::api::request::measures::Moment;
use crate::api::settings::Settings;
use crate::base::Code;
use crate::base::Result;
use crate::net;
use crate::net::Connection;
use crate::net::Socket;
use crate::net::engine::Reactive;
use crate::net::limits::Permit;
use crate::net::op::Fault;
use crate::net::op::Interest;
use crate::net::pool;
use crate::net::pool::Origin;
use crate::net::tls;
use crate::proto::url::Url;

impl Request {
    /// A connection to the URL's server: one at rest, which nobody is told of, or a new one.
    pub(super) async fn connection(
        &self,
        url: &Url,
        settings: &Settings,
    ) -> Result<(Connection, Option<Permit>)> {
        let origin = self.origin(url, settings);
        self.mark(Moment::AcquireStart);
        let permit = self.permit(&origin, settings).await?;
        self.mark(Moment::AcquireWaitEnd);
        while let Some(mut connection) = pool::take(&origin) {
            match connection.join(self.engine.as_ref()) {
                Ok(()) => {
                    self.mark(Moment::AcquireEnd);
                    self.listen(connection.socket());
                    return Ok((connection, permit));
                }
                Err(error) => log::debug!("{error}"),
            }
        }
        let connection = self.dial(url, origin, settings).await?;
        self.mark(Moment::AcquireEnd);
        Ok((connection, permit))
    }

    /// Waits while the session has as many connections in use as it may have.
    async fn permit(&self, origin: &Origin, settings: &Settings) -> Result<Option<Permit>> {
        let most = settings.max_conns_per_server;
        if most == u32::MAX {
            return Ok(None);
        }
        let until = deadline(settings.timeouts.connect);
        let permit = self.connect.session().limits().permit(&self.waiting, origin, most, until).await;
        permit.map(Some).map_err(|fault| errors::fault(&fault, Code::CANNOT_CONNECT))
    }

    fn origin(&self, url: &Url, settings: &Settings) -> Origin {
        let tls = url.secure().then(|| {
            let wish = self.connect.session().settings().lock().secure_protocols;
            (protocols(wish), forgive(settings.security_flags))
        });
        let owner = settings.own_pool.then(|| self.connect.session().node().handle().raw());
        Origin { host: url.host().dial_name().to_ascii_lowercase(), port: url.port(), owner, tls }
    }

    /// From now on this request runs when something happens on the socket.
    fn listen(&self, socket: &Socket) {
        if let (Some(registration), Some(this)) = (socket.registration(), self.this.upgrade()) {
            registration.set_target(&(this as Arc<dyn Reactive>));
        }
    }

    async fn dial(&self, url: &Url, origin: Origin, settings: &Settings) -> Result<Connection> {
        let host = url.host().dial_name();
        self.inform(&Notice::ResolvingName(url.host().name()))?;
        self.mark(Moment::ResolveStart);
        let until = deadline(settings.timeouts.resolve);
        let addresses = net::resolve(&self.waiting, &host, url.port(), until)
            .await
            .map_err(|fault| errors::fault(&fault, Code::NAME_NOT_RESOLVED))?;
        self.mark(Moment::ResolveEnd);
        let first = addresses.first().ok_or(Code::NAME_NOT_RESOLVED)?;
        self.inform(&Notice::NameResolved(&first.ip().to_string()))?;

        let mut failure = Code::CANNOT_CONNECT;
        for address in addresses.iter().take(settings.connect_retries.max(1) as usize) {
            let ip = address.ip().to_string();
            self.inform(&Notice::ConnectingToServer(&ip))?;
            self.mark(Moment::ConnectStart);
            match self.connect_to(*address, settings).await {
                Ok((socket, peer)) => {
                    self.mark(Moment::ConnectEnd);
                    self.inform(&Notice::ConnectedToServer(&ip))?;
                    let tls = match origin.tls {
                        Some(how) => Some(self.secure(&socket, url, how, settings).await?),
                        None => None,
                    };
                    return Connection::new(origin, socket, tls, peer).map_err(|error| {
                        log::debug!("{error}");
                        Code::CONNECTION_ERROR
                    });
                }
                Err(Fault::Cancelled) => return Err(Code::OPERATION_CANCELLED),
                Err(fault) => {
                    self.state.lock().measures.connect_failures += 1;
                    failure = errors::fault(&fault, Code::CANNOT_CONNECT);
                }
            }
        }
        Err(failure)
    }

    async fn connect_to(
        &self,
        address: SocketAddr,
        settings: &Settings,
    ) -> std::result::Result<(Socket, SocketAddr), Fault> {
        let until = deadline(settings.timeouts.connect);
        let socket = Socket::connect(address, self.engine.as_ref()).map_err(Fault::Io)?;
        self.listen(&socket);
        let connected = self.waiting.io(&socket, Interest::Write, until, || socket.connected()).await;
        match connected {
            Ok(peer) => Ok((socket, peer)),
            Err(Fault::Io(error)) if error.kind() == io::ErrorKind::TimedOut => Err(Fault::TimedOut),
            Err(fault) => Err(fault),
        }
    }

    async fn secure(
        &self,
        socket: &Socket,
        url: &Url,
        (protocols, forgive): (tls::Protocols, tls::Forgive),
        settings: &Settings,
    ) -> Result<tls::Session> {
        let config = self.connect.session().tls().get(protocols, forgive);
        let failure = match config {
            None => tls::Failure::Channel,
            Some(config) => {
                let until = deadline(settings.timeouts.receive);
                self.mark(Moment::TlsStart);
                match tls::Session::handshake(&self.waiting, socket, url.host().name(), config, until).await {
                    Ok(tls) => {
                        self.mark(Moment::TlsEnd);
                        return Ok(tls);
                    }
                    Err(failure) => failure,
                }
            }
        };
        let flags = match failure {
            tls::Failure::Transport(fault) => return Err(errors::fault(&fault, Code::CONNECTION_ERROR)),
            tls::Failure::Certificate(problems) => errors::certificate_flags(problems),
            tls::Failure::Channel => errors::CHANNEL_ERROR,
        };
        self.inform(&Notice::SecureFailure(flags))?;
        Err(Code::SECURE_FAILURE)
    }
}

/// `WINHTTP_FLAG_SECURE_PROTOCOL_*`: what of the wish exists here. 0 is the default.
fn protocols(wish: u32) -> tls::Protocols {
    const TLS1_2: u32 = 0x0800;
    const TLS1_3: u32 = 0x2000;
    let wish = if wish == 0 { TLS1_2 | TLS1_3 } else { wish };
    tls::Protocols { tls12: wish & TLS1_2 != 0, tls13: wish & TLS1_3 != 0 }
}

/// `SECURITY_FLAG_IGNORE_*`.
fn forgive(flags: u32) -> tls::Forgive {
    tls::Forgive {
        unknown_ca: flags & 0x0100 != 0,
        usage: flags & 0x0200 != 0,
        name: flags & 0x1000 != 0,
        date: flags & 0x2000 != 0,
    }
}
