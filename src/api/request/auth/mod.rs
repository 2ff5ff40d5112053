//! Authentication of a request to its server and its proxy (http spec 8): which credentials go out when,
//! and what follows a challenge.
//!
//! - `party.rs` the server's or the proxy's side of it, without I/O
//!
//! The rules that matter most: credentials go to the place they were given for and nowhere else; a proxy
//! gets none before it has asked; a connection that carries an identity carries it in its pool key.

mod party;

use crate::api::auth_memory::AuthMemory;
use crate::api::auth_memory::AuthTarget;
use crate::api::auth_memory::Place;
use crate::api::errors;
use crate::api::request::Request;
use crate::api::request::deadline;
use crate::api::request::input::Exchange;
use crate::api::request::state::Phase;
use crate::api::settings::DISABLE_AUTHENTICATION;
use crate::api::settings::DISABLE_KEEP_ALIVE;
use crate::api::settings::Settings;
use crate::base::Code;
use crate::base::Result;
use crate::net::Connection;
use crate::net::helper;
use crate::net::pool::Identity;
use crate::net::pool::Via;
use crate::platform::LogOn;
use crate::platform::Package;
use crate::platform::SecurityContext;
use crate::platform::ServiceName;
use crate::platform::Token;
use crate::proto::auth::Credentials;
use crate::proto::auth::Scheme;
use crate::proto::auth::challenges;
use crate::proto::h1::ResponseHead;
use crate::proto::headers::Headers;
use crate::proto::proxy::ProxyEntry;
use crate::proto::url::Host;
use crate::proto::url::Url;
use party::Candidate;
use party::Given;
use party::Login;
use party::Need;
use party::Party;
use party::Policy;
use party::Verdict;

/// A request's authentication state; part of its [`super::state::State`].
pub(in crate::api) struct Authentication {
    server: Party,
    proxy: Party,
    /// The way to the server is direct because a bypass list says so.
    bypasses: bool,
}

impl Authentication {
    /// `owner` is the request's number.
    pub(super) fn new(owner: usize) -> Authentication {
        Authentication {
            server: Party::new(AuthTarget::Server, owner),
            proxy: Party::new(AuthTarget::Proxy, owner),
            bypasses: false,
        }
    }

    pub(super) fn party(&mut self, target: AuthTarget) -> &mut Party {
        match target {
            AuthTarget::Server => &mut self.server,
            AuthTarget::Proxy => &mut self.proxy,
        }
    }

    /// A send begins. True: it goes on where the last one stopped.
    pub(super) fn begin(&mut self) -> bool {
        let (server, proxy) = (self.server.begin(), self.proxy.begin());
        server && proxy
    }

    /// Whom a connection that goes that way has to be authenticated as, or `None` where that is not known to
    /// matter.
    pub(super) fn identity(&self, via: &Via) -> Option<Identity> {
        match (self.server.identity(), self.proxy_identity(via)) {
            (Some(server), Some(proxy)) => Some(server.with(proxy)),
            (one, other) => one.or(other),
        }
    }

    /// A tunnel is the identity's that it was made for, by whatever scheme.
    fn proxy_identity(&self, via: &Via) -> Option<Identity> {
        match via {
            Via::Nothing => None,
            Via::Proxy => self.proxy.identity(),
            Via::Tunnel(..) => self.proxy.any_identity(),
        }
    }

    /// Whose connections at rest are good for the next leg, the best first; then nobody's are.
    pub(super) fn identities(&self, via: &Via) -> [Option<Identity>; 2] {
        [self.identity(via), self.proxy_identity(via)]
    }

    /// Whether the next leg makes its connection that identity's.
    pub(super) fn binds(&self, via: &Via) -> bool {
        self.server.binds() || (*via == Via::Proxy && self.proxy.binds())
    }

    pub(super) fn withholds_body(&self, via: &Via) -> bool {
        self.server.withholds_body() || (*via == Via::Proxy && self.proxy.withholds_body())
    }

    /// The handshake under way is bound to the connection that it began on.
    pub(super) fn is_bound(&self) -> bool {
        self.server.is_bound() || self.proxy.is_bound()
    }

    /// The next send goes on where this one had to stop.
    pub(super) fn resume_later(&mut self) {
        self.server.resume_later();
        self.proxy.resume_later();
    }

    /// `Proxy-Authorization` of a CONNECT, and whom it makes the connection to the proxy that of.
    pub(super) fn for_tunnel(
        &mut self,
        authority: &str,
        memory: &mut AuthMemory,
    ) -> (Option<Vec<u8>>, Option<Identity>) {
        let identity = self.proxy.identity().filter(|_| self.proxy.binds());
        (self.proxy.authorization(b"CONNECT", authority.as_bytes(), memory), identity)
    }

    /// `Authorization` and `Proxy-Authorization` of the next leg. What goes through a tunnel has nothing for
    /// the proxy.
    pub(super) fn headers(
        &mut self,
        method: &[u8],
        target: &[u8],
        via: &Via,
        memory: &mut AuthMemory,
    ) -> Vec<(&'static [u8], Vec<u8>)> {
        let server = self.server.authorization(method, target, memory);
        let proxy = match via {
            Via::Proxy => self.proxy.authorization(method, target, memory),
            Via::Nothing | Via::Tunnel(..) => None,
        };
        let named = [(&b"Authorization"[..], server), (&b"Proxy-Authorization"[..], proxy)];
        named.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

/// Somebody wants to know who we are.
pub(super) struct Challenged<'a> {
    pub(super) target: AuthTarget,
    /// Of the 401 or 407.
    pub(super) headers: &'a Headers,
    /// The connection can be used again.
    pub(super) goes_on: bool,
    /// What ties an answer to the connection's TLS.
    pub(super) binding: Option<Vec<u8>>,
}

impl<'a> Challenged<'a> {
    pub(super) fn new(target: AuthTarget, head: &'a ResponseHead, exchange: &Exchange) -> Challenged<'a> {
        let binding = binding(target, &exchange.connection);
        Challenged { target, headers: &head.headers, goes_on: exchange.keep, binding }
    }
}

/// The channel binding of the connection's TLS, if that is TLS with the target: nobody between can then use
/// the answer elsewhere.
fn binding(target: AuthTarget, connection: &Connection) -> Option<Vec<u8>> {
    let is_with_target = target == AuthTarget::Proxy || connection.origin().via != Via::Proxy;
    connection.tls().filter(|_| is_with_target)?.peer().channel_binding()
}

/// What the challenge of the present response says, for `WinHttpQueryAuthSchemes`.
pub(crate) struct AuthSchemes {
    /// `WINHTTP_AUTH_SCHEME_*` bits.
    pub(crate) supported: u32,
    pub(crate) first: u32,
    /// `WINHTTP_AUTH_TARGET_*`.
    pub(crate) target: u32,
}

impl Request {
    /// `WinHttpQueryAuthSchemes`.
    pub(crate) fn auth_schemes(&self) -> Result<AuthSchemes> {
        let _lease = self.node.lease()?;
        let state = self.state.lock();
        let head = state.response.as_ref().filter(|_| state.phase == Phase::Response);
        let asked = head.and_then(|head| {
            let target = AuthTarget::of_status(head.status)?;
            Some((target, challenges(&head.headers, target.challenge())))
        });
        let (target, asked) = asked.ok_or(Code::INVALID_OPERATION)?;
        let first = asked.first().ok_or(Code::INVALID_OPERATION)?;
        Ok(AuthSchemes {
            supported: asked.iter().fold(0, |bits, challenge| bits | challenge.scheme().bit()),
            first: first.scheme().bit(),
            target: target as u32,
        })
    }

    /// `WinHttpSetCredentials`. No name and no password means the user's own (http spec 8.2).
    pub(crate) fn set_credentials(
        &self,
        target: u32,
        scheme: u32,
        user: Option<&[u16]>,
        password: Option<&[u16]>,
    ) -> Result<()> {
        let _lease = self.node.lease()?;
        let target = AuthTarget::of_number(target).ok_or(Code::INVALID_PARAMETER)?;
        let scheme = Scheme::of_bit(scheme).ok_or(Code::INVALID_PARAMETER)?;
        let login = match (user, password) {
            (Some(user), Some(password)) => Login::Named(Credentials {
                user: String::from_utf16_lossy(user),
                password: String::from_utf16_lossy(password),
            }),
            (None, None) if !matches!(scheme, Scheme::Basic | Scheme::Digest) => Login::Default,
            _ => return Err(Code::INVALID_PARAMETER),
        };
        if scheme == Scheme::Passport {
            log::warn!("Passport authentication is not supported");
            return Err(Code::NOT_SUPPORTED);
        }
        let mut state = self.state.lock();
        let place = Some(Place::of(&state.url));
        state.auth.party(target).give(Given { scheme, login, place });
        Ok(())
    }

    /// Name and password as the options have them.
    pub(crate) fn option_user(&self, target: AuthTarget) -> Vec<u16> {
        self.state.lock().auth.party(target).options().0.to_vec()
    }

    pub(crate) fn option_password(&self, target: AuthTarget) -> Vec<u16> {
        self.state.lock().auth.party(target).options().1.to_vec()
    }

    pub(crate) fn set_option_user(&self, target: AuthTarget, user: &[u16]) {
        let mut state = self.state.lock();
        let place = Some(Place::of(&state.url));
        state.auth.party(target).set_user(user, place);
    }

    pub(crate) fn set_option_password(&self, target: AuthTarget, password: &[u16]) {
        let mut state = self.state.lock();
        let place = Some(Place::of(&state.url));
        state.auth.party(target).set_password(password, place);
    }

    /// The service principal name that a security package was given.
    pub(crate) fn service_name(&self, target: AuthTarget) -> Result<String> {
        let mut state = self.state.lock();
        let service = state.auth.party(target).service().ok_or(Code::INCORRECT_HANDLE_STATE)?;
        Ok(service.to_string())
    }

    /// Whom the next leg goes to, and by which way.
    pub(super) fn aim(&self, url: &Url, way: &ProxyEntry, settings: &Settings) {
        let (proxy, login) = match way {
            ProxyEntry::Direct { .. } => (None, None),
            ProxyEntry::Proxy(proxy) => (Some(Place::of_proxy(proxy)), settings.proxy.login(proxy)),
        };
        let mut state = self.state.lock();
        state.auth.bypasses = matches!(way, ProxyEntry::Direct { bypassed: true });
        state.auth.server.aim(Some(Place::of(url)));
        state.auth.proxy.aim(proxy);
        state.auth.proxy.know(login);
    }

    /// Decides what is to go out before anybody has asked, and as whom the connection should be authenticated.
    pub(super) fn plan_authentication(&self, settings: &Settings) {
        if settings.disabled & DISABLE_AUTHENTICATION != 0 {
            return;
        }
        for target in [AuthTarget::Proxy, AuthTarget::Server] {
            let policy = self.policy(target, settings);
            let mut state = self.state.lock();
            state.auth.party(target).plan(policy, &self.connect.session().auth_memory().lock());
        }
    }

    /// Gets ready what is planned, for the connection that has been found.
    pub(super) async fn open_authentication(
        &self,
        target: AuthTarget,
        connection: &Connection,
        settings: &Settings,
    ) -> Result<()> {
        let (binding, is_his) = {
            let state = self.state.lock();
            let origin = connection.origin();
            let identity = state.auth.identity(&origin.via);
            (binding(target, connection), identity.is_some() && identity == origin.identity)
        };
        let planned = self.state.lock().auth.party(target).take_plan();
        if let Some((candidate, need)) = planned
            && (need == Need::EachRequest || !is_his)
        {
            self.open_handshake(target, &candidate, binding.as_deref(), settings).await?;
        }
        Ok(())
    }

    /// Whether another leg answers a 401 or 407; that leg then has what it needs.
    pub(super) async fn answer_challenge(&self, asked: Challenged<'_>, settings: &Settings) -> Result<bool> {
        let Challenged { target, headers, goes_on, binding } = asked;
        let asked = challenges(headers, target.challenge());
        let policy = self.policy(target, settings);
        let verdict = {
            let mut state = self.state.lock();
            let mut memory = self.connect.session().auth_memory().lock();
            let party = state.auth.party(target);
            let Some(place) = party.place().cloned() else { return Ok(false) };
            if target == AuthTarget::Proxy {
                memory.note_asking(&place);
            }
            if settings.disabled & DISABLE_AUTHENTICATION != 0 {
                return Ok(false);
            }
            if let Some(identity) = party.identity() {
                memory.refuse(target, &place, identity);
            }
            party.hear(&asked, policy, goes_on)
        };
        match verdict {
            Verdict::Refused => Ok(false),
            Verdict::Answered => Ok(true),
            Verdict::Step(context, said) => self.go_on_handshake(target, context, said, settings).await,
            Verdict::Choose(candidates) => {
                for candidate in candidates {
                    let answered = match candidate.scheme {
                        Scheme::Ntlm | Scheme::Negotiate => {
                            self.open_handshake(target, &candidate, binding.as_deref(), settings).await?
                        }
                        _ => self.state.lock().auth.party(target).answer_alone(&candidate),
                    };
                    if answered {
                        log::debug!("the {target} is answered by {}", candidate.scheme.name());
                        return Ok(true);
                    }
                }
                Ok(false)
            }
        }
    }

    /// The response is no challenge: what was tried has worked.
    pub(super) fn settle_authentication(&self, status: u16) {
        let mut state = self.state.lock();
        let mut memory = self.connect.session().auth_memory().lock();
        for target in [AuthTarget::Server, AuthTarget::Proxy] {
            if AuthTarget::of_status(status) != Some(target) {
                state.auth.party(target).settle(&mut memory);
            }
        }
    }

    /// The proxy has made a tunnel; whose it is.
    pub(super) fn settle_tunnel(&self, via: &Via) -> Option<Identity> {
        let mut state = self.state.lock();
        state.auth.proxy.settle(&mut self.connect.session().auth_memory().lock());
        state.auth.proxy_identity(via)
    }

    /// The first token of a handshake. False: this user cannot log on there by this scheme.
    async fn open_handshake(
        &self,
        target: AuthTarget,
        candidate: &Candidate,
        binding: Option<&[u8]>,
        settings: &Settings,
    ) -> Result<bool> {
        let package = match candidate.scheme {
            Scheme::Ntlm => Package::Ntlm,
            Scheme::Negotiate => Package::Negotiate,
            Scheme::Basic | Scheme::Digest | Scheme::Passport => return Ok(false),
        };
        let log_on = match &candidate.login {
            Login::Default => None,
            Login::Named(Credentials { user, password }) => {
                Some(LogOn { user: user.clone(), password: password.clone() })
            }
        };
        let Some(place) = self.state.lock().auth.party(target).place().cloned() else { return Ok(false) };
        let service = ServiceName { host: place.host, port: settings.spn_with_port.then_some(place.port) };
        // On this thread: on a synchronous session it is the thread's user who logs on.
        let context = match SecurityContext::new(package, log_on, &service, binding) {
            Ok(context) => context,
            Err(error) => {
                log::warn!("no {} for the {target}: {error}", candidate.scheme.name());
                return Ok(false);
            }
        };
        let Some((context, token)) = self.step(context, Vec::new(), settings).await? else {
            return Ok(false);
        };
        let mut state = self.state.lock();
        let party = state.auth.party(target);
        party.set_service(service);
        party.start_handshake(candidate, context, token);
        Ok(true)
    }

    async fn go_on_handshake(
        &self,
        target: AuthTarget,
        context: SecurityContext,
        said: Vec<u8>,
        settings: &Settings,
    ) -> Result<bool> {
        let stepped = self.step(context, said, settings).await?;
        let mut state = self.state.lock();
        let party = state.auth.party(target);
        match stepped {
            Some((context, token)) => {
                party.go_on(context, token);
                Ok(true)
            }
            None => {
                party.give_up();
                Ok(false)
            }
        }
    }

    /// One step of a handshake, which may ask a server of the network. `None`: it cannot be made.
    async fn step(
        &self,
        mut context: SecurityContext,
        said: Vec<u8>,
        settings: &Settings,
    ) -> Result<Option<(SecurityContext, Token)>> {
        let until = deadline(settings.timeouts.receive);
        let work = move || context.step(&said).map(|token| (context, token));
        let stepped = helper::elsewhere(&self.main.waiting, "winhttp-log-on", until, work).await;
        match stepped.map_err(|fault| errors::fault(&fault, Code::INTERNAL_ERROR))? {
            Ok((_, token)) if token.bytes.is_empty() => Ok(None),
            Ok(stepped) => Ok(Some(stepped)),
            Err(error) => {
                log::warn!("logging on failed: {error}");
                Ok(None)
            }
        }
    }

    /// What is allowed towards the target (http spec 8.5).
    fn policy(&self, target: AuthTarget, settings: &Settings) -> Policy {
        let default = match (settings.autologon_policy, target) {
            (AUTOLOGON_LOW, _) => true,
            (AUTOLOGON_HIGH, _) => false,
            (_, AuthTarget::Proxy) => true,
            (AUTOLOGON_MEDIUM, AuthTarget::Server) => self.is_near(),
            (_, AuthTarget::Server) => false,
        };
        let off = match target {
            AuthTarget::Server => 0,
            AuthTarget::Proxy => switched_off(settings.disabled_proxy_schemes),
        };
        Policy { default, connections: settings.disabled & DISABLE_KEEP_ALIVE == 0, off }
    }

    /// Whether the server counts as one of the intranet: it is on the bypass list, or its name has no dot.
    fn is_near(&self) -> bool {
        let state = self.state.lock();
        state.auth.bypasses || is_local_name(state.url.host())
    }
}

impl AuthTarget {
    /// `WINHTTP_AUTH_TARGET_*`.
    fn of_number(number: u32) -> Option<AuthTarget> {
        [AuthTarget::Server, AuthTarget::Proxy].into_iter().find(|target| *target as u32 == number)
    }

    /// Who asks for credentials by a status.
    pub(super) fn of_status(status: u16) -> Option<AuthTarget> {
        match status {
            401 => Some(AuthTarget::Server),
            407 => Some(AuthTarget::Proxy),
            _ => None,
        }
    }

    fn challenge(self) -> &'static [u8] {
        match self {
            AuthTarget::Server => b"WWW-Authenticate",
            AuthTarget::Proxy => b"Proxy-Authenticate",
        }
    }
}

impl std::fmt::Display for AuthTarget {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            AuthTarget::Server => "server",
            AuthTarget::Proxy => "proxy",
        })
    }
}

/// Whether a host is a name without a dot, and no address that is written without one.
fn is_local_name(host: &Host) -> bool {
    let name = host.name();
    let is_number = name.bytes().all(|byte| byte.is_ascii_digit())
        || name.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("0x"));
    !host.is_ipv6() && !name.contains('.') && !is_number
}

/// `WINHTTP_OPTION_DISABLE_PROXY_AUTH_SCHEMES`, whose bits are its own, as `WINHTTP_AUTH_SCHEME_*` bits.
fn switched_off(disabled: u32) -> u32 {
    [(1, Scheme::Basic), (2, Scheme::Digest), (4, Scheme::Ntlm), (0x10, Scheme::Negotiate)]
        .into_iter()
        .filter(|(bit, _)| disabled & bit != 0)
        .fold(0, |off, (_, scheme)| off | scheme.bit())
}

/// `WINHTTP_AUTOLOGON_SECURITY_LEVEL_*`; what is above is for proxies only.
const AUTOLOGON_MEDIUM: u32 = 0;
const AUTOLOGON_LOW: u32 = 1;
const AUTOLOGON_HIGH: u32 = 2;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_without_a_dot_are_local_and_numbers_are_not() {
        let is_local = |text: &str| {
            let wide: Vec<u16> = text.encode_utf16().collect();
            is_local_name(&Host::of_connect(&wide).unwrap())
        };
        for name in ["localhost", "intranet", "3com", "a-b"] {
            assert!(is_local(name), "{name}");
        }
        for name in ["127.0.0.1", "a.b", "2130706433", "0x7f000001", "[::1]", "::1"] {
            assert!(!is_local(name), "{name}");
        }
    }
}
