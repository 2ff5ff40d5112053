//! A request: one HTTP exchange after the other, and perhaps the beginning of a WebSocket.
//!
//! - `state.rs` what is known at each stage
//! - `leg.rs` the request as it goes on the wire, `cookies.rs` what the session's jar adds
//! - `auth/` what goes out to log on, and what follows a challenge
//! - `dial.rs` from a URL to a connection, `tunnel.rs` through a proxy
//! - `send.rs`, `receive.rs`, `read.rs`, `write.rs` the operations, as `async` code
//! - `upload.rs` a body that is written beside the response
//! - `end.rs` what becomes of the connection
//! - `task.rs` who drives them and how their end is told
//! - `measures.rs` when it happened, and how many bytes it took
//! - `query.rs` what the application can ask about headers
//! - `upgrade.rs` from a 101 to a WebSocket
//!
//! Locks: `state` may be held while the session's agent, cookies or memory of authentication, the request's settings
//! or the task's slot is locked, never the other way round; none is held across an await, a callback or a blocking call.

mod auth;
mod cookies;
mod dial;
mod end;
mod input;
mod leg;
mod measures;
mod query;
mod read;
mod receive;
mod send;
mod state;
mod task;
mod tunnel;
mod upgrade;
mod upload;
mod write;

use std::sync::Arc;
use std::sync::Weak;
use std::time::Duration;
use std::time::Instant;

use crate::api::Connect;
use crate::api::Handle;
use crate::api::Notice;
use crate::api::Object;
use crate::api::errors;
use crate::api::handles;
use crate::api::node::Node;
use crate::api::settings::Settings;
use crate::base::Code;
use crate::base::Mutex;
use crate::base::Result;
use crate::net::engine::Engine;
use crate::net::known::Guid;
use crate::net::op::Fault;
use crate::net::tls;
use crate::platform::TcpStatistics;
use crate::proto::h1::Version;
use crate::proto::h1::request_method;
use crate::proto::headers::AddFlags;
use crate::proto::headers::Headers;
use crate::proto::headers::narrow;
use crate::proto::url::ObjectRules;
use crate::proto::url::Url;
pub(super) use input::Input;
pub(super) use leg::Leg;
pub(crate) use measures::Measures;
pub(crate) use query::HeaderQuery;
pub(crate) use read::Amount;
pub(crate) use read::Progress;
pub(super) use receive::SWITCHING_PROTOCOLS;
pub(crate) use send::Body;
use state::Phase;
use state::State;
use task::Lane;
use task::Side;
use task::UploadLane;

pub(crate) struct Request {
    node: Node,
    connect: Arc<Connect>,
    /// Present on an asynchronous session.
    engine: Option<Arc<Engine>>,
    settings: Mutex<Arc<Settings>>,
    state: Mutex<State>,
    main: Lane,
    /// Present with `WINHTTP_FLAG_AUTOMATIC_CHUNKING`.
    upload: Option<Arc<UploadLane>>,
    this: Weak<Request>,
}

/// What `WinHttpOpenRequest` got; strings as C gave them, empty where it gave none.
pub(crate) struct Opening<'a> {
    pub(crate) verb: &'a [u16],
    pub(crate) object: &'a [u16],
    pub(crate) version: &'a [u16],
    pub(crate) referrer: Option<&'a [u16]>,
    pub(crate) accept: Vec<Vec<u16>>,
    pub(crate) flags: u32,
}

impl Request {
    /// `WinHttpOpenRequest`.
    pub(crate) fn open(connect: &Arc<Connect>, opening: &Opening<'_>) -> Result<Handle> {
        if opening.flags & !KNOWN_FLAGS != 0 {
            return Err(Code::INVALID_PARAMETER);
        }
        let secure = opening.flags & FLAG_SECURE != 0;
        let session = connect.session();
        let settings = session.settings().lock().clone();
        let rules = ObjectRules::from_bits(opening.flags).with_code_page(settings.request.code_page);
        let url = Url::of_request(secure, connect.host().clone(), connect.port(), opening.object, rules);
        let method = request_method(opening.verb).ok_or(Code::INVALID_PARAMETER)?;
        let version = Version::of_request(opening.version).ok_or(Code::INVALID_PARAMETER)?;
        let node = Node::below(connect.node())?;
        let mut state = State::new(method, url, version, node.handle().raw());
        state.leg_rules.referrer =
            opening.referrer.map(narrow).map(|text| text.ok_or(Code::INVALID_PARAMETER)).transpose()?;
        state.leg_rules.accept = join_accept(&opening.accept)?;
        state.leg_rules.refresh = opening.flags & FLAG_REFRESH != 0;
        let request = Arc::new_cyclic(|this| Request {
            node,
            connect: connect.clone(),
            engine: session.engine().cloned(),
            settings: Mutex::new(settings),
            state: Mutex::new(state),
            main: Lane::new(this, Side::Main),
            upload: (opening.flags & FLAG_AUTOMATIC_CHUNKING != 0).then(|| UploadLane::new(this)),
            this: this.clone(),
        });
        let handle = handles::publish(Object::Request(request.clone()))?;
        let _lease = request.node.lease()?;
        request.node.notify(&Notice::HandleCreated(handle));
        Ok(handle)
    }

    pub(crate) fn node(&self) -> &Node {
        &self.node
    }

    pub(crate) fn settings(&self) -> &Mutex<Arc<Settings>> {
        &self.settings
    }

    pub(crate) fn is_async(&self) -> bool {
        self.engine.is_some()
    }

    /// The `User-Agent` where the program's headers have none.
    pub(crate) fn agent(&self, settings: &Settings) -> Vec<u8> {
        settings.request.agent.clone().unwrap_or_else(|| self.connect.session().agent().lock().clone())
    }

    /// `WinHttpAddRequestHeaders`.
    pub(crate) fn add_headers(&self, block: &[u16], modifiers: u32) -> Result<()> {
        let mut state = self.state.lock();
        state.headers.add_block(block, AddFlags::from_bits(modifiers)).map_err(errors::header)
    }

    /// `WinHttpAddRequestHeadersEx`: all of them, or none when one is wrong.
    pub(crate) fn add_single_headers(&self, fields: &[(Vec<u8>, Vec<u8>)], modifiers: u32) -> Result<()> {
        let mut state = self.state.lock();
        let mut headers = state.headers.clone();
        for (name, value) in fields {
            headers.add_bytes(name, value, AddFlags::from_bits(modifiers)).map_err(errors::header)?;
        }
        state.headers = headers;
        Ok(())
    }

    /// The response's status, once there is one.
    pub(in crate::api) fn status(&self) -> Option<u16> {
        self.state.lock().response.as_ref().map(|head| head.status)
    }

    /// Where the next leg goes.
    pub(crate) fn target(&self) -> Url {
        self.state.lock().url.clone()
    }

    /// The effective URL; changes with each redirect.
    pub(crate) fn url(&self) -> String {
        self.state.lock().url.to_string()
    }

    /// Local and remote address of the connection, once there is one.
    pub(crate) fn addresses(&self) -> Result<(std::net::SocketAddr, std::net::SocketAddr)> {
        let state = self.state.lock();
        let route = state.route.as_ref().ok_or(Code::INCORRECT_HANDLE_STATE)?;
        Ok((route.local, route.peer))
    }

    /// The GUID of the connection, or what it is to be.
    pub(crate) fn guid(&self) -> Option<Guid> {
        let route = self.state.lock().route.and_then(|route| route.guid);
        route.or(self.settings.lock().socket.guid)
    }

    /// Marks the connection, the present one too.
    pub(crate) fn mark_connection(&self, guid: Guid) {
        let mut state = self.state.lock();
        if let Some(exchange) = &mut state.exchange {
            exchange.connection.mark(guid);
        }
        if let Some(route) = &mut state.route {
            route.guid = Some(guid);
        }
        Arc::make_mut(&mut self.settings.lock()).socket.guid = Some(guid);
    }

    /// Whether it has never been sent.
    pub(crate) fn is_unsent(&self) -> bool {
        self.state.lock().phase == Phase::Open
    }

    /// What the system knows of the connection, while the request has one and no operation uses it.
    pub(crate) fn statistics(&self) -> Result<TcpStatistics> {
        let state = self.state.lock();
        let exchange = state.exchange.as_ref().ok_or(Code::INCORRECT_HANDLE_STATE)?;
        exchange.connection.statistics().ok_or(Code::INVALID_OPTION)
    }

    /// Whether the connection has TLS, and it is up.
    pub(crate) fn secured(&self) -> bool {
        self.state.lock().route.is_some_and(|route| route.secure)
    }

    /// Whether the response is what a proxy said instead of making a tunnel.
    pub(crate) fn is_proxy_refusal(&self) -> bool {
        self.state.lock().refused
    }

    /// What TLS has told of the server, also of one that was refused.
    pub(crate) fn tls(&self) -> Result<Arc<tls::Peer>> {
        self.state.lock().tls.clone().ok_or(Code::INCORRECT_HANDLE_STATE)
    }

    /// Whether the URL it was opened for, or redirected to, is of `https`.
    pub(crate) fn is_secure(&self) -> bool {
        self.state.lock().url.secure()
    }

    /// Asks for the WebSocket upgrade (`WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET`).
    pub(crate) fn ask_for_upgrade(&self) {
        self.state.lock().upgrade = true;
    }

    /// Has the present connection closed when the request is done (`WINHTTP_OPTION_EXPIRE_CONNECTION`).
    pub(crate) fn expire_connection(&self) -> Result<()> {
        let mut state = self.state.lock();
        state.route.ok_or(Code::INCORRECT_HANDLE_STATE)?;
        state.expired = true;
        Ok(())
    }

    /// `WinHttpCloseHandle`: ends what is under way.
    pub(crate) fn cancel(&self) {
        let Some(this) = self.this.upgrade() else { return };
        if self.upload.is_some() {
            let lane = self.lane(Side::Upload);
            lane.waiting.cancel();
            if !lane.is_idle() {
                this.post(Side::Upload);
            }
        }
        self.main.waiting.cancel();
        if self.main.is_idle() {
            self.abandon();
        } else {
            this.post(Side::Main);
        }
    }

    /// Tells the application something on the way; afterwards the handle may have been closed.
    fn inform(&self, notice: &Notice<'_>) -> Result<()> {
        self.check()?;
        self.node.notify(notice);
        self.check()
    }

    fn check(&self) -> Result<()> {
        self.main.waiting.check().map_err(|fault| errors::fault(&fault, Code::INTERNAL_ERROR))
    }
}

/// When a step that may take `ms` milliseconds is over; 0 and `u32::MAX` are no limit.
pub(super) fn deadline(ms: u32) -> Option<Instant> {
    match ms {
        0 | u32::MAX => None,
        ms => Some(Instant::now() + Duration::from_millis(ms.into())),
    }
}

/// A broken connection is a connection error at most steps.
pub(super) fn broken(fault: Fault) -> Code {
    errors::fault(&fault, Code::CONNECTION_ERROR)
}

/// One `Accept` value of all types, in their order.
fn join_accept(types: &[Vec<u16>]) -> Result<Option<Vec<u8>>> {
    if types.is_empty() {
        return Ok(None);
    }
    let narrowed: Option<Vec<Vec<u8>>> = types.iter().map(|text| narrow(text)).collect();
    Ok(Some(narrowed.ok_or(Code::INVALID_PARAMETER)?.join(&b", "[..])))
}

const FLAG_SECURE: u32 = 0x0080_0000;
const FLAG_REFRESH: u32 = 0x0000_0100;
const FLAG_AUTOMATIC_CHUNKING: u32 = 0x0000_0200;
/// `SECURE`, `ESCAPE_PERCENT`, `NULL_CODEPAGE`, `ESCAPE_DISABLE`, `ESCAPE_DISABLE_QUERY`, `REFRESH`,
/// `AUTOMATIC_CHUNKING`. Unknown bits are refused, which is how clients probe for newer flags.
const KNOWN_FLAGS: u32 = FLAG_SECURE | 0x04 | 0x08 | 0x40 | 0x80 | FLAG_REFRESH | FLAG_AUTOMATIC_CHUNKING;

/// The side of the exchange whose headers are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HeaderSide {
    Request,
    Response,
    /// What came behind a chunked body.
    Trailers,
}

impl Headers {
    /// Adds the headers argument of `WinHttpSendRequest`: what is there already is replaced.
    fn upsert_block(&mut self, block: &[u16]) -> Result<()> {
        self.add_block(block, AddFlags::UPSERT).map_err(errors::header)
    }
}
