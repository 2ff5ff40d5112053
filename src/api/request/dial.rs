//! From a URL to a connection: one of the pool, or a new one, telling the application about every step.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;

use crate::api::Notice;
use crate::api::errors;
use crate::api::proxy::ProxyAccess;
use crate::api::proxy::resolve_proxies;
use crate::api::request::Request;
use crate::api::request::deadline;
use crate::api::request::input::Exchange;
use crate::api::request::input::Held;
use crate::api::request::measures::Moment;
use crate::api::settings::RETRY_HANDSHAKE;
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
use crate::net::pool::Via;
use crate::net::tls;
use crate::proto::h1::ResponseHead;
use crate::proto::proxy::ProxyEntry;
use crate::proto::proxy::ProxyList;
use crate::proto::proxy::ProxyScheme;
use crate::proto::proxy::ProxyServer;
use crate::proto::url::Host;
use crate::proto::url::Url;

/// What came of asking for a connection.
pub(super) enum Acquired {
    Ready(Held),
    /// The proxy makes no tunnel, and what it says instead is for the application.
    Refused(Exchange, ResponseHead),
}

impl Acquired {
    pub(super) fn ready(connection: Connection, permit: Option<Permit>) -> Acquired {
        Acquired::Ready(Held { connection, permit })
    }
}

impl Request {
    /// A connection for a request to the URL: one at rest, which nobody is told of, or a new one.
    pub(super) async fn connection(&self, url: &Url, settings: &Settings) -> Result<Acquired> {
        let ways = self.ways(url, settings).await?;
        let mut failure = Code::CANNOT_CONNECT;
        for way in ways.entries() {
            match self.connection_by(way, url, settings).await {
                Ok(acquired) => return Ok(acquired),
                Err(Failure::Unreachable(code)) => failure = code,
                Err(Failure::Other(code)) => return Err(code),
            }
            if matches!(way, ProxyEntry::Proxy(_)) {
                self.state.lock().measures.proxy_failures += 1;
            }
        }
        Err(failure)
    }

    /// The ways to the URL's server; a redirect may find others.
    async fn ways(&self, url: &Url, settings: &Settings) -> Result<ProxyList> {
        match &settings.proxy {
            ProxyAccess::Direct => Ok(ProxyList::direct()),
            ProxyAccess::Named(named) => Ok(named.way(url)),
            ProxyAccess::Entry(entry) => Ok(entry.clone().into()),
            ProxyAccess::Automatic => {
                self.mark(Moment::ProxyDetectionStart);
                let ways = Box::pin(resolve_proxies(self.connect.session(), &self.main.waiting, url)).await?;
                self.mark(Moment::ProxyDetectionEnd);
                Ok(ways)
            }
        }
    }

    async fn connection_by(
        &self,
        way: &ProxyEntry,
        url: &Url,
        settings: &Settings,
    ) -> std::result::Result<Acquired, Failure> {
        let tls = url.secure().then(|| self.terms(url, settings));
        let mut origin = match way {
            ProxyEntry::Direct { .. } => Origin {
                resolved: settings.request.resolution_host.clone(),
                ..self.origin(url.host(), url.port(), Via::Nothing, tls, settings)
            },
            ProxyEntry::Proxy(proxy) if self.needs_tunnel(url) => {
                let via = Via::Tunnel(proxy.clone(), self.tls_with(proxy, settings).map(Box::new));
                self.origin(url.host(), url.port(), via, tls, settings)
            }
            ProxyEntry::Proxy(proxy) => self.proxy_origin(proxy, settings),
        };
        self.aim(url, way, settings);
        self.plan_authentication(settings);
        self.mark(Moment::AcquireStart);
        let permit = self.permit(&origin, settings).await?;
        match &permit {
            Some(_) => self.mark(Moment::AcquireWaitEnd),
            None => self.mark_with(Moment::AcquireWaitEnd, Moment::AcquireStart),
        }
        while let Some(mut connection) = self.at_rest(&mut origin, settings) {
            match connection.join(self.engine.as_ref()) {
                Ok(()) => {
                    self.mark(Moment::AcquireEnd);
                    self.listen(connection.socket());
                    return Ok(Acquired::ready(connection, permit));
                }
                Err(error) => log::debug!("{error}"),
            }
        }
        // Apart, so that a request that finds a connection does not carry the room for making one about.
        let acquired = Box::pin(self.new_connection(way, permit, origin, url, settings)).await?;
        self.mark(Moment::AcquireEnd);
        Ok(acquired)
    }

    async fn new_connection(
        &self,
        way: &ProxyEntry,
        permit: Option<Permit>,
        origin: Origin,
        url: &Url,
        settings: &Settings,
    ) -> std::result::Result<Acquired, Failure> {
        Ok(match way {
            ProxyEntry::Direct { .. } => loop {
                let (socket, peer) =
                    self.dial(url.host(), url.port(), origin.resolved.as_deref(), settings).await?;
                match self.secure(&socket, None, url.host(), origin.tls.as_ref(), settings).await {
                    Ok(tls) => break Acquired::ready(connection(origin, socket, tls, peer)?, permit),
                    Err(Code::CONNECTION_ERROR) if self.may_try_again(RETRY_HANDSHAKE, settings) => {}
                    Err(code) => return Err(code.into()),
                }
            },
            ProxyEntry::Proxy(proxy) => match origin.via {
                Via::Tunnel(..) => self.tunnel(proxy, permit, origin, url, settings).await?,
                Via::Nothing | Via::Proxy => Acquired::ready(self.dial_proxy(proxy, settings).await?, permit),
            },
        })
    }

    /// Whether a proxy must not see the request: it is encrypted, or will not stay HTTP.
    fn needs_tunnel(&self, url: &Url) -> bool {
        url.secure() || self.state.lock().upgrade
    }

    /// Waits while the session has as many connections in use as it may have.
    pub(super) async fn permit(&self, origin: &Origin, settings: &Settings) -> Result<Option<Permit>> {
        let most = (settings.max_conns_per_server, settings.max_conns_per_1_0_server);
        if most == (u32::MAX, u32::MAX) {
            return Ok(None);
        }
        let until = deadline(settings.timeouts.connect);
        let permit = self.connect.session().limits().permit(&self.main.waiting, origin, most, until).await;
        permit.map(Some).map_err(|fault| errors::fault(&fault, Code::CANNOT_CONNECT))
    }

    /// The pool's key; of a connection that is authenticated as nobody.
    fn origin(
        &self,
        host: &Host,
        port: u16,
        via: Via,
        tls: Option<tls::Terms>,
        settings: &Settings,
    ) -> Origin {
        let owner = settings.own_pool.then(|| self.connect.session().node().handle().raw());
        let interface = settings.socket.how.interface;
        let host = host.dial_name().to_ascii_lowercase();
        Origin { host, port, via, owner, interface, resolved: None, identity: None, tls }
    }

    /// A connection at rest; one that is authenticated as it will be needed, rather than another.
    /// `origin` is nobody's, before and afterwards.
    fn at_rest(&self, origin: &mut Origin, settings: &Settings) -> Option<Connection> {
        let identities = self.state.lock().auth.identities(&origin.via);
        let mut found = None;
        for identity in identities.into_iter().flatten() {
            origin.identity = Some(identity);
            found = found.or_else(|| pool::take(origin, settings.socket.match_guid));
        }
        origin.identity = None;
        found.or_else(|| pool::take(origin, settings.socket.match_guid))
    }

    /// A connection to a proxy serves requests to any server.
    fn proxy_origin(&self, proxy: &ProxyServer, settings: &Settings) -> Origin {
        self.origin(&proxy.host, proxy.port, Via::Proxy, self.tls_with(proxy, settings), settings)
    }

    /// On what terms TLS is made with the URL's server.
    fn terms(&self, url: &Url, settings: &Settings) -> tls::Terms {
        let mut terms = self.any_terms(settings);
        let is_own = url.is_at(self.connect.host(), self.connect.port());
        // A certificate is for the server that the application has named, not for where that sends it.
        if !is_own && matches!(terms.client, tls::Client::Identity(_)) {
            terms.client = tls::Client::Unsaid;
        }
        terms
    }

    /// On what terms TLS is made with a proxy, if it is; it is nobody's to be shown a certificate.
    fn tls_with(&self, proxy: &ProxyServer, settings: &Settings) -> Option<tls::Terms> {
        let terms = || tls::Terms { client: tls::Client::Unsaid, ..self.any_terms(settings) };
        (proxy.scheme == ProxyScheme::Https).then(terms)
    }

    fn any_terms(&self, settings: &Settings) -> tls::Terms {
        settings.tls.terms(self.connect.session().settings().lock().tls.protocols)
    }

    /// From now on this request runs when something happens on the socket.
    fn listen(&self, socket: &Socket) {
        if let (Some(registration), Some(this)) = (socket.registration(), self.this.upgrade()) {
            registration.set_target(&(this as Arc<dyn Reactive>));
        }
    }

    /// A connection that speaks HTTP with a proxy.
    pub(super) async fn dial_proxy(
        &self,
        proxy: &ProxyServer,
        settings: &Settings,
    ) -> std::result::Result<Connection, Failure> {
        if proxy.scheme == ProxyScheme::Socks {
            log::error!("{proxy}: SOCKS is not supported");
            return Err(Failure::Unreachable(Code::CANNOT_CONNECT));
        }
        let origin = self.proxy_origin(proxy, settings);
        let (socket, peer) = self.dial(&proxy.host, proxy.port, None, settings).await?;
        let tls =
            self.secure(&socket, None, &proxy.host, origin.tls.as_ref(), settings).await.map_err(|code| {
                // Queries are of the server's certificate.
                self.state.lock().tls = None;
                errors::of_proxy(code)
            })?;
        Ok(connection(origin, socket, tls, peer)?)
    }

    /// A TCP connection. `resolved` is looked up instead of the host.
    async fn dial(
        &self,
        host: &Host,
        port: u16,
        resolved: Option<&str>,
        settings: &Settings,
    ) -> std::result::Result<(Socket, SocketAddr), Failure> {
        let unreachable = |fault, code| match fault {
            Fault::Cancelled => Failure::Other(Code::OPERATION_CANCELLED),
            fault => Failure::Unreachable(errors::fault(&fault, code)),
        };
        self.inform(&Notice::ResolvingName(resolved.unwrap_or(host.name())))?;
        self.mark(Moment::ResolveStart);
        let until = deadline(settings.timeouts.resolve);
        let addresses = net::resolve(&self.main.waiting, resolved.unwrap_or(&host.dial_name()), port, until)
            .await
            .map_err(|fault| unreachable(fault, Code::NAME_NOT_RESOLVED))?;
        self.mark(Moment::ResolveEnd);
        let first = addresses.first().ok_or(Failure::Unreachable(Code::NAME_NOT_RESOLVED))?;
        self.inform(&Notice::NameResolved(&first.ip().to_string()))?;

        let mut failure = Failure::Unreachable(Code::CANNOT_CONNECT);
        let most = (settings.connect_retries.max(1) as usize).min(addresses.len());
        for attempt in attempts(&addresses[..most], settings.socket.fast_fallback) {
            let ip = attempt.address.ip().to_string();
            self.inform(&Notice::ConnectingToServer(&ip))?;
            self.mark(Moment::ConnectStart);
            match self.connect_to(attempt, settings).await {
                Ok(connected) => {
                    self.mark(Moment::ConnectEnd);
                    self.inform(&Notice::ConnectedToServer(&ip))?;
                    return Ok(connected);
                }
                Err(Fault::Cancelled) => return Err(Code::OPERATION_CANCELLED.into()),
                Err(fault) => {
                    self.state.lock().measures.connect_failures += 1;
                    failure = unreachable(fault, Code::CANNOT_CONNECT);
                }
            }
        }
        Err(failure)
    }

    async fn connect_to(
        &self,
        Attempt { address, most }: Attempt,
        settings: &Settings,
    ) -> std::result::Result<(Socket, SocketAddr), Fault> {
        let full = deadline(settings.timeouts.connect);
        let until = match most {
            Some(most) => Some(full.unwrap_or(Instant::now() + most).min(Instant::now() + most)),
            None => full,
        };
        let socket =
            Socket::connect(address, settings.socket.how, self.engine.as_ref()).map_err(Fault::Io)?;
        self.listen(&socket);
        let connected = self.main.waiting.io(&socket, Interest::Connect, until, || socket.connected()).await;
        match connected {
            Ok(peer) => Ok((socket, peer)),
            Err(Fault::Io(error)) if error.kind() == io::ErrorKind::TimedOut => Err(Fault::TimedOut),
            Err(fault) => Err(fault),
        }
    }

    /// TLS with `host` over the socket, when there is to be TLS; over `below`, when there is TLS with a proxy.
    pub(super) async fn secure(
        &self,
        socket: &Socket,
        below: Option<tls::Session>,
        host: &Host,
        terms: Option<&tls::Terms>,
        settings: &Settings,
    ) -> Result<Option<tls::Session>> {
        let Some(terms) = terms else { return Ok(below) };
        let failure = match self.connect.session().tls().get(terms) {
            Err(tls::NoConfig::Protocols) => tls::Failure::Channel,
            Err(tls::NoConfig::Key(trouble)) => return Err(errors::key(trouble)),
            Ok(config) => {
                let until = deadline(settings.timeouts.receive);
                self.mark(Moment::TlsStart);
                match tls::Session::handshake(&self.main.waiting, socket, below, host.name(), &config, until)
                    .await
                {
                    Ok(tls) => {
                        self.mark(Moment::TlsEnd);
                        return Ok(Some(tls));
                    }
                    Err(failure) => failure,
                }
            }
        };
        let flags = match failure {
            tls::Failure::Transport(fault) => return Err(errors::fault(&fault, Code::CONNECTION_ERROR)),
            tls::Failure::Version => return Err(Code::CONNECTION_ERROR),
            tls::Failure::CertificateNeeded(peer) => {
                self.state.lock().tls = Some(peer);
                return Err(Code::CLIENT_AUTH_CERT_NEEDED);
            }
            tls::Failure::Certificate(problems, peer) => {
                self.state.lock().tls = peer;
                errors::certificate_flags(problems)
            }
            tls::Failure::Channel => errors::CHANNEL_ERROR,
        };
        self.inform(&Notice::SecureFailure(flags))?;
        Err(Code::SECURE_FAILURE)
    }
}

/// One address to try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Attempt {
    address: SocketAddr,
    /// No longer than this, whatever the connect timeout is.
    most: Option<Duration>,
}

/// The addresses in the order to try them. With the fast fallback a first IPv6 address that does not answer
/// at once gives way to IPv4, and gets its full time afterwards (options spec 2.2).
fn attempts(addresses: &[SocketAddr], fast_fallback: bool) -> Vec<Attempt> {
    let full = |address: &SocketAddr| Attempt { address: *address, most: None };
    let first = |v6: bool| addresses.iter().position(|address| address.is_ipv6() == v6);
    let (Some(v6), Some(v4), true) = (first(true), first(false), fast_fallback) else {
        return addresses.iter().map(full).collect();
    };
    let [first_v6, first_v4] = [v6, v4].map(|at| addresses[at]);
    let head = [Attempt { address: first_v6, most: Some(FALLBACK) }, full(&first_v4), full(&first_v6)];
    let rest = addresses.iter().enumerate().filter(|(at, _)| *at != v6 && *at != v4);
    head.into_iter().chain(rest.map(|(_, address)| full(address))).collect()
}

/// How long the first IPv6 address has with the fast fallback.
const FALLBACK: Duration = Duration::from_millis(300);

/// Why there is no connection.
pub(super) enum Failure {
    /// Nobody is there, by this way.
    Unreachable(Code),
    /// Another way would not help.
    Other(Code),
}

impl From<Code> for Failure {
    fn from(code: Code) -> Failure {
        Failure::Other(code)
    }
}

fn connection(
    origin: Origin,
    socket: Socket,
    tls: Option<tls::Session>,
    peer: SocketAddr,
) -> Result<Connection> {
    Connection::new(origin, socket, tls, peer).map_err(|error| {
        log::debug!("{error}");
        Code::CONNECTION_ERROR
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fast_fallback_tries_ipv4_second() {
        let all = ["[::1]:1", "[::2]:1", "127.0.0.1:1", "127.0.0.2:1"].map(|text| text.parse().unwrap());
        let order = |addresses: &[SocketAddr], fast| {
            let tried = attempts(addresses, fast).into_iter();
            tried.map(|attempt| (attempt.address, attempt.most.is_some())).collect::<Vec<_>>()
        };
        let [a6, b6, a4, b4] = all;
        assert_eq!(order(&all, true), [(a6, true), (a4, false), (a6, false), (b6, false), (b4, false)]);
        assert_eq!(order(&all, false), all.map(|address| (address, false)));
        assert_eq!(order(&[a4, a6], true), [(a6, true), (a4, false), (a6, false)]);
        assert_eq!(order(&[a6, b6], true), [(a6, false), (b6, false)]);
        assert_eq!(order(&[a4], true), [(a4, false)]);
    }
}
