//! One of the two who may ask for credentials, as one request sees it: what it may be told, and how far
//! telling it has come. No I/O.

use crate::api::auth_memory::Accepted;
use crate::api::auth_memory::AuthMemory;
use crate::api::auth_memory::AuthTarget;
use crate::api::auth_memory::Place;
use crate::net::pool::Identity;
use crate::platform::SecurityContext;
use crate::platform::ServiceName;
use crate::platform::Token;
use crate::proto::auth;
use crate::proto::auth::Challenge;
use crate::proto::auth::Credentials;
use crate::proto::auth::Digest;
use crate::proto::auth::Scheme;
use crate::proto::auth::Subject;

pub(in crate::api) struct Party {
    target: AuthTarget,
    /// From `WinHttpSetCredentials`, for the next send.
    given: Option<Given>,
    /// The same, for the present one.
    using: Option<Given>,
    /// From the options for name and password.
    options: Options,
    /// From the system's proxy settings; the application's own beat them.
    known: Option<Credentials>,
    /// A request's number, which the user's own credentials are its own by.
    owner: usize,
    /// Who is talked to; what follows holds for them alone.
    place: Option<Place>,
    attempt: Attempt,
    next: Next,
    planned: Option<(Candidate, Need)>,
    /// Whom the connection is, or is to be, authenticated as.
    identity: Option<Identity>,
    /// The last Digest that was asked for: credentials for it that come later need no new one.
    digest: Option<Digest>,
    /// How many answers there were since something was accepted.
    rounds: u32,
    /// The present send goes on where the last one had to stop for its body.
    resumes: bool,
    service: Option<ServiceName>,
}

/// What `WinHttpSetCredentials` got.
pub(super) struct Given {
    pub(super) scheme: Scheme,
    pub(super) login: Login,
    /// For whom, where that is a server.
    pub(super) place: Option<Place>,
}

/// As whom to log on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Login {
    /// As the user that runs the program.
    Default,
    Named(Credentials),
}

#[derive(Default)]
struct Options {
    user: Vec<u16>,
    password: Vec<u16>,
    place: Option<Place>,
}

/// What is allowed at the moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Policy {
    /// `Login::Default` may be used.
    pub(super) default: bool,
    /// Connections are kept, so they can be authenticated.
    pub(super) connections: bool,
    /// The bits of schemes that are switched off.
    pub(super) off: u32,
}

enum Attempt {
    None,
    /// An answer that is complete by itself has gone out.
    Answered(Scheme),
    /// Tokens go to and fro.
    Handshake {
        scheme: Scheme,
        /// Away while a step is made.
        context: Option<SecurityContext>,
        tokens: u32,
        done: bool,
        /// The first one can be enough, which NTLM's never is.
        can_be_one: bool,
    },
    /// It was refused.
    Over,
}

/// What goes out with the next leg.
enum Next {
    Nothing,
    /// With every one.
    Basic(Credentials),
    Digest(Digest, Credentials),
    /// With the next one only.
    Token(Scheme, Vec<u8>),
}

/// What a challenge leads to.
pub(super) enum Verdict {
    /// It is for the application.
    Refused,
    /// The next leg has the answer.
    Answered,
    /// The handshake goes on.
    Step(SecurityContext, Vec<u8>),
    /// To be tried in this order.
    Choose(Vec<Candidate>),
}

/// What a token is needed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    EachRequest,
    /// A connection at rest that is authenticated already does without.
    EachConnection,
}

/// A way to answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) scheme: Scheme,
    pub(super) login: Login,
}

impl Party {
    pub(super) fn new(target: AuthTarget, owner: usize) -> Party {
        Party {
            target,
            given: None,
            using: None,
            options: Options::default(),
            known: None,
            owner,
            place: None,
            attempt: Attempt::None,
            next: Next::Nothing,
            planned: None,
            identity: None,
            digest: None,
            rounds: 0,
            resumes: false,
            service: None,
        }
    }

    /// `WinHttpSetCredentials`.
    pub(super) fn give(&mut self, given: Given) {
        self.given = Some(given);
    }

    /// The options' name and password. A server's are for the server that the request points to when they
    /// are set.
    pub(super) fn options(&self) -> (&[u16], &[u16]) {
        (&self.options.user, &self.options.password)
    }

    pub(super) fn set_user(&mut self, user: &[u16], place: Option<Place>) {
        self.options.user = user.to_vec();
        self.options.place = place;
    }

    pub(super) fn set_password(&mut self, password: &[u16], place: Option<Place>) {
        self.options.password = password.to_vec();
        self.options.place = place;
    }

    /// A send begins. True: it goes on where the last one stopped.
    pub(super) fn begin(&mut self) -> bool {
        let resumes = std::mem::take(&mut self.resumes);
        match self.given.take() {
            None if resumes => return true,
            given => self.using = given,
        }
        self.forget_progress();
        false
    }

    /// The next send goes on from here: only the application can bring the body.
    pub(super) fn resume_later(&mut self) {
        self.resumes = true;
    }

    /// Whom the next leg goes to.
    pub(super) fn aim(&mut self, place: Option<Place>) {
        if self.place != place {
            self.place = place;
            self.digest = None;
            self.forget_progress();
        }
    }

    /// What the system has for whom the next leg goes to.
    pub(super) fn know(&mut self, known: Option<Credentials>) {
        self.known = known;
    }

    fn forget_progress(&mut self) {
        self.attempt = Attempt::None;
        self.next = Next::Nothing;
        self.planned = None;
        self.identity = None;
        self.rounds = 0;
    }

    pub(super) fn place(&self) -> Option<&Place> {
        self.place.as_ref()
    }

    pub(super) fn identity(&self) -> Option<Identity> {
        self.identity
    }

    /// Whom the peer knows us as, be it by what each request brings.
    pub(super) fn any_identity(&self) -> Option<Identity> {
        match &self.next {
            Next::Basic(credentials) | Next::Digest(_, credentials) => {
                Some(self.identify(&Login::Named(credentials.clone())))
            }
            Next::Nothing | Next::Token(..) => self.identity,
        }
    }

    pub(super) fn service(&self) -> Option<&ServiceName> {
        self.service.as_ref()
    }

    /// Decides what to begin with, from what is known before anybody asks (http spec 8.3); a proxy that has
    /// not asked before gets nothing.
    pub(super) fn plan(&mut self, policy: Policy, memory: &AuthMemory) {
        self.planned = self.opening(policy, memory);
    }

    /// A handshake that is to begin, and what for.
    pub(super) fn take_plan(&mut self) -> Option<(Candidate, Need)> {
        self.planned.take()
    }

    fn opening(&mut self, policy: Policy, memory: &AuthMemory) -> Option<(Candidate, Need)> {
        let place = self.place.clone()?;
        if !matches!(self.next, Next::Nothing) || !matches!(self.attempt, Attempt::None) {
            return None;
        }
        if self.target == AuthTarget::Proxy && !memory.is_asking(&place) {
            return None;
        }
        let (login, wanted) = self.login(policy)?;
        let identity = self.identify(&login);
        let accepted = memory.accepted(self.target, &place, identity);
        let scheme = wanted.or(accepted.map(|accepted| accepted.scheme))?;
        if policy.off & scheme.bit() != 0 {
            return None;
        }
        match (scheme, &login) {
            (Scheme::Basic, Login::Named(credentials)) => {
                self.next = Next::Basic(credentials.clone());
                if wanted.is_some() {
                    self.attempt = Attempt::Answered(scheme);
                }
                None
            }
            // Without being asked only where this very request has been asked before.
            (Scheme::Digest, Login::Named(credentials)) => {
                if self.target == AuthTarget::Proxy && accepted.is_some() {
                    // A tunnel made so is still this identity's.
                    self.identity = Some(identity);
                }
                if let (Some(digest), true) = (&self.digest, wanted.is_some()) {
                    self.next = Next::Digest(digest.clone(), credentials.clone());
                }
                None
            }
            (Scheme::Ntlm | Scheme::Negotiate, _) if policy.connections => {
                self.identity = Some(identity);
                let need = match accepted {
                    Some(Accepted { at_once: true, .. }) => Need::EachRequest,
                    _ if wanted.is_none() => return None,
                    _ => Need::EachConnection,
                };
                Some((Candidate { scheme, login }, need))
            }
            _ => None,
        }
    }

    /// Decides what to make of the challenges of a 401 or 407 (http spec 8.4). `goes_on`: the connection
    /// lives on, and the handshake with it.
    pub(super) fn hear(&mut self, challenges: &[Challenge], policy: Policy, goes_on: bool) -> Verdict {
        self.rounds += 1;
        let digest = Digest::strongest(challenges);
        self.digest.clone_from(&digest);
        if self.rounds > MOST_ROUNDS {
            return self.refuse();
        }
        match (&mut self.attempt, digest) {
            (Attempt::Handshake { scheme, context, tokens, done, .. }, _) => {
                let scheme = *scheme;
                let said = challenges.iter().find(|challenge| challenge.scheme() == scheme);
                let said = said.and_then(Challenge::token).and_then(auth::token_bytes);
                let was_unasked = self.rounds == 1 && *tokens == 1 && said.is_none();
                match (said, context.take_if(|_| goes_on && !*done)) {
                    (Some(said), Some(context)) => Verdict::Step(context, said),
                    // Nobody had asked before it went out; now somebody does.
                    _ if was_unasked => {
                        self.attempt = Attempt::None;
                        self.next = Next::Nothing;
                        self.identity = None;
                        Verdict::Choose(self.candidates(challenges, policy))
                    }
                    _ => self.refuse(),
                }
            }
            (Attempt::Answered(Scheme::Digest), Some(digest)) if digest.is_stale() => {
                let Next::Digest(now, _) = &mut self.next else { return self.refuse() };
                *now = digest;
                Verdict::Answered
            }
            (Attempt::Answered(_) | Attempt::Over, _) => self.refuse(),
            (Attempt::None, _) => Verdict::Choose(self.candidates(challenges, policy)),
        }
    }

    fn refuse(&mut self) -> Verdict {
        self.attempt = Attempt::Over;
        self.next = Next::Nothing;
        Verdict::Refused
    }

    /// The ways to answer, the strongest first.
    fn candidates(&self, challenges: &[Challenge], policy: Policy) -> Vec<Candidate> {
        let Some((login, wanted)) = self.login(policy) else { return Vec::new() };
        let offered = |scheme: Scheme| {
            challenges.iter().any(|challenge| match scheme {
                // `Basic something` is no challenge that can be answered.
                Scheme::Basic => challenge.scheme() == scheme && challenge.token().is_none(),
                scheme => challenge.scheme() == scheme,
            })
        };
        let possible = |scheme: &Scheme| match scheme {
            // What has just gone out would only go out again.
            Scheme::Basic => login != Login::Default && !matches!(self.next, Next::Basic(_)),
            Scheme::Digest => login != Login::Default,
            Scheme::Ntlm | Scheme::Negotiate => policy.connections,
            Scheme::Passport => false,
        };
        [Scheme::Negotiate, Scheme::Ntlm, Scheme::Digest, Scheme::Basic]
            .into_iter()
            .filter(|scheme| wanted.is_none_or(|wanted| wanted == *scheme))
            .filter(|scheme| offered(*scheme) && policy.off & scheme.bit() == 0)
            .filter(possible)
            .map(|scheme| Candidate { scheme, login: login.clone() })
            .collect()
    }

    /// As whom to log on here, and by which scheme if the application has said so. What was set for another
    /// server is not for this one.
    fn login(&self, policy: Policy) -> Option<(Login, Option<Scheme>)> {
        let is_here = |place: &Option<Place>| self.target == AuthTarget::Proxy || *place == self.place;
        if let Some(given) = self.using.as_ref().filter(|given| is_here(&given.place)) {
            let allowed = given.login != Login::Default || policy.default;
            return allowed.then(|| (given.login.clone(), Some(given.scheme)));
        }
        if !self.options.user.is_empty() && is_here(&self.options.place) {
            let user = String::from_utf16_lossy(&self.options.user);
            let password = String::from_utf16_lossy(&self.options.password);
            return Some((Login::Named(Credentials { user, password }), None));
        }
        if let Some(known) = &self.known {
            return Some((Login::Named(known.clone()), None));
        }
        policy.default.then_some((Login::Default, None))
    }

    fn identify(&self, login: &Login) -> Identity {
        let place = self.place.as_ref();
        let host = place.map_or("", |place| &place.host);
        let port = place.map_or(0, |place| place.port).to_ne_bytes();
        let target = [self.target as u8];
        match login {
            // Who that is may differ from call to call.
            Login::Default => Identity::new(&[&target, host.as_bytes(), &port, &self.owner.to_ne_bytes()]),
            Login::Named(Credentials { user, password }) => {
                Identity::new(&[&target, host.as_bytes(), &port, user.as_bytes(), password.as_bytes()])
            }
        }
    }

    /// The next leg answers by a scheme that is complete by itself. False: it cannot.
    pub(super) fn answer_alone(&mut self, candidate: &Candidate) -> bool {
        let Login::Named(credentials) = &candidate.login else { return false };
        self.next = match (candidate.scheme, &self.digest) {
            (Scheme::Basic, _) => Next::Basic(credentials.clone()),
            (Scheme::Digest, Some(digest)) => Next::Digest(digest.clone(), credentials.clone()),
            _ => return false,
        };
        self.attempt = Attempt::Answered(candidate.scheme);
        self.identity = None;
        true
    }

    /// A handshake begins with this token.
    pub(super) fn start_handshake(&mut self, candidate: &Candidate, context: SecurityContext, token: Token) {
        let scheme = candidate.scheme;
        self.identity = Some(self.identify(&candidate.login));
        let can_be_one = !auth::is_ntlm_opening(&token.bytes);
        self.next = Next::Token(scheme, token.bytes);
        let (tokens, done) = (1, token.done);
        self.attempt = Attempt::Handshake { scheme, context: Some(context), tokens, done, can_be_one };
    }

    /// A handshake goes on with this token.
    pub(super) fn go_on(&mut self, context: SecurityContext, token: Token) {
        if let Attempt::Handshake { scheme, context: place, tokens, done, .. } = &mut self.attempt {
            *place = Some(context);
            *tokens += 1;
            *done = token.done;
            self.next = Next::Token(*scheme, token.bytes);
        }
    }

    /// The handshake cannot go on.
    pub(super) fn give_up(&mut self) {
        self.refuse();
    }

    pub(super) fn set_service(&mut self, service: ServiceName) {
        self.service = Some(service);
    }

    /// Whether the next leg has to go on the connection that brought the challenge.
    pub(super) fn is_bound(&self) -> bool {
        matches!(self.attempt, Attempt::Handshake { tokens: 2.., .. })
    }

    /// Whether the next leg brings a token, which makes the connection this identity's.
    pub(super) fn binds(&self) -> bool {
        matches!(self.next, Next::Token(..))
    }

    /// Whether a body would be sent in vain with the next leg: NTLM's first message is always answered
    /// by another 401 (http spec 3.4).
    pub(super) fn withholds_body(&self) -> bool {
        matches!(&self.next, Next::Token(_, token) if auth::is_ntlm_opening(token))
    }

    /// The header's value for the next leg, if it has one.
    pub(super) fn authorization(
        &mut self,
        method: &[u8],
        target: &[u8],
        memory: &mut AuthMemory,
    ) -> Option<Vec<u8>> {
        match &self.next {
            Next::Nothing => None,
            Next::Basic(credentials) => Some(auth::basic(credentials)),
            Next::Digest(digest, credentials) => {
                let count = memory.count_nonce(digest.nonce());
                let client_nonce = &client_nonce();
                Some(digest.answer(credentials, Subject { method, target, count, client_nonce }))
            }
            Next::Token(scheme, token) => {
                let value = auth::token_value(*scheme, token);
                self.next = Next::Nothing;
                Some(value)
            }
        }
    }

    /// The peer has not asked again: what was tried, if anything, has worked.
    pub(super) fn settle(&mut self, memory: &mut AuthMemory) {
        let Some(place) = &self.place else { return };
        let (scheme, at_once) = match &self.attempt {
            Attempt::None | Attempt::Over => return,
            Attempt::Answered(scheme) => (*scheme, true),
            Attempt::Handshake { scheme, tokens, can_be_one, .. } => (*scheme, *tokens == 1 && *can_be_one),
        };
        let Some(identity) = self.any_identity() else { return };
        memory.accept(self.target, place, identity, Accepted { scheme, at_once });
        self.attempt = Attempt::None;
        self.rounds = 0;
    }
}

/// 128 random bits in hex.
fn client_nonce() -> String {
    let mut bytes = [0; 16];
    // A nonce that can be guessed is still a nonce: only chosen-plaintext attacks get easier.
    if let Err(error) = getrandom::fill(&mut bytes) {
        log::error!("no random bytes: {error}");
    }
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Nobody needs more, whatever the peer says: NTLM takes two, a Digest that has become stale one more.
const MOST_ROUNDS: u32 = 8;
