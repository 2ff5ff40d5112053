//! What a request knows at each stage. Guarded by [`super::Request::state`].

use std::net::SocketAddr;
use std::sync::Arc;

use crate::api::request::Body;
use crate::api::request::auth::Authentication;
use crate::api::request::input::Exchange;
use crate::api::request::input::Held;
use crate::api::request::leg::Leg;
use crate::api::request::leg::LegRules;
use crate::api::request::measures::Measures;
use crate::base::Code;
use crate::net::Connection;
use crate::net::known::Guid;
use crate::net::pool::Via;
use crate::net::tls;
use crate::proto::h1::OwnChunks;
use crate::proto::h1::ResponseHead;
use crate::proto::h1::Version;
use crate::proto::headers::Headers;
use crate::proto::url::Url;

pub(super) struct State {
    pub(super) method: Vec<u8>,
    /// Where the next leg goes; a redirect changes it.
    pub(super) url: Url,
    pub(super) version: Version,
    /// What the application added.
    pub(super) headers: Headers,
    pub(super) leg_rules: LegRules,
    pub(super) auth: Authentication,
    pub(super) phase: Phase,
    pub(super) measures: Measures,
    /// The leg as it went out last.
    pub(super) leg: Option<Leg>,
    pub(super) response: Option<ResponseHead>,
    /// What came behind the body, once all of it has been read.
    pub(super) trailers: Option<Headers>,
    /// What queries tell of the connection, also when it serves somebody else already.
    pub(super) route: Option<Route>,
    /// What TLS has told of the server, also of one that was refused.
    pub(super) tls: Option<Arc<tls::Peer>>,
    /// The connection with what has been read from it; an operation takes it while it runs.
    pub(super) exchange: Option<Exchange>,
    /// The connection that the next send has to go on with: a handshake on it waits for the application's
    /// body.
    pub(super) held: Option<Held>,
    /// How many bytes a QueryDataAvailable has promised and no ReadData has taken yet.
    pub(super) promised: u32,
    /// How many bytes of the request's body may still be written.
    pub(super) owed: u64,
    /// Looks for the end of a body that the application chunks itself.
    pub(super) chunks: Option<OwnChunks>,
    /// What the application gave with the send, for legs that send it again. Its memory stays valid
    /// until ReceiveResponse has ended (http spec 3.1).
    pub(super) body: Arc<Body>,
    /// WriteData has been used: that part of the body cannot be sent again.
    pub(super) written: bool,
    /// What becomes of the rest of a body that may be written beside the response.
    pub(super) upload: Upload,
    /// The application has said that the body, which the library chunks, ends here.
    pub(super) ended: bool,
    /// How often the request has been sent anew, by `WINHTTP_OPTION_FAILED_CONNECTION_RETRIES`.
    pub(super) retries: u32,
    /// The connection is not to be used again (`WINHTTP_OPTION_EXPIRE_CONNECTION`).
    pub(super) expired: bool,
    /// A proxy makes no tunnel: the response is what it said instead, and is there since the send.
    pub(super) refused: bool,
    /// The WebSocket upgrade was asked for.
    pub(super) upgrade: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Never sent.
    Open,
    Sending,
    /// Header and optional data are out; a body may be owed.
    Sent,
    Receiving,
    /// The final response head is there.
    Response,
    /// A send, a receive or a read failed.
    Failed,
    /// The connection belongs to a WebSocket now.
    Upgraded,
}

/// What becomes of the rest of a body that may be written beside the response.
pub(super) enum Upload {
    /// There is none, or all of it is out.
    Over,
    /// It goes out on this connection.
    Open(Arc<Connection>),
    /// It is taken and forgotten: nobody wants it, or it will come again with the next send.
    Nowhere,
    /// It cannot be written. `reset`: the peer has broken the connection off, so that what was read from it
    /// may lack its end.
    Broken { reset: bool },
}

impl Upload {
    /// Ends what is open in another way.
    fn leave(&mut self, for_: Upload) -> Option<Arc<Connection>> {
        match std::mem::replace(self, for_) {
            Upload::Open(connection) => Some(connection),
            _ => None,
        }
    }

    pub(super) fn is_open(&self) -> bool {
        matches!(self, Upload::Open(_))
    }

    pub(super) fn is_over(&self) -> bool {
        matches!(self, Upload::Over)
    }

    /// Whether it goes out on this very connection.
    pub(super) fn goes_by(&self, connection: &Arc<Connection>) -> bool {
        matches!(self, Upload::Open(present) if Arc::ptr_eq(present, connection))
    }
}

/// The ends of a connection; with a proxy, the far one is the proxy's.
#[derive(Clone, Copy)]
pub(super) struct Route {
    pub(super) local: SocketAddr,
    pub(super) peer: SocketAddr,
    /// There is TLS with the server.
    pub(super) secure: bool,
    pub(super) guid: Option<Guid>,
}

impl Route {
    pub(super) fn of(connection: &Connection) -> Route {
        let origin = connection.origin();
        let secure = origin.tls.is_some() && origin.via != Via::Proxy;
        Route { local: connection.local(), peer: connection.peer(), secure, guid: connection.guid() }
    }
}

impl State {
    /// `number` is the request's own.
    pub(super) fn new(method: Vec<u8>, url: Url, version: Version, number: usize) -> State {
        State {
            method,
            url,
            version,
            headers: Headers::new(),
            leg_rules: LegRules::default(),
            auth: Authentication::new(number),
            phase: Phase::Open,
            measures: Measures::NONE,
            leg: None,
            response: None,
            trailers: None,
            route: None,
            tls: None,
            exchange: None,
            held: None,
            promised: 0,
            owed: 0,
            chunks: None,
            body: Arc::new(Body::NONE),
            written: false,
            upload: Upload::Over,
            ended: false,
            retries: 0,
            expired: false,
            refused: false,
            upgrade: false,
        }
    }

    /// Forgets the last exchange and begins the next: nothing of it can be queried or read any more. Its
    /// connection is for the caller to deal with.
    pub(super) fn begin(&mut self, body: Body) {
        self.phase = Phase::Sending;
        self.expired = false;
        self.measures = Measures::NONE;
        self.route = None;
        self.tls = None;
        self.promised = 0;
        self.response = None;
        self.trailers = None;
        self.leg = None;
        self.body = Arc::new(body);
        self.written = false;
        self.upload = Upload::Over;
        self.ended = false;
        self.chunks = None;
        self.retries = 0;
        self.refused = false;
        if !self.auth.begin() {
            self.held = None;
        }
    }

    /// A send, a receive or a read failed; of a response whose body is read the head stays. What is left of an
    /// upload has no response to go with; where the application has to bring the body again, it may as well end
    /// what it was at. Gives the connection that a write beside it may still be using.
    pub(super) fn fail(&mut self, code: Code) -> Option<Arc<Connection>> {
        self.exchange = None;
        if self.phase != Phase::Response {
            self.response = None;
        }
        self.route = None;
        self.promised = 0;
        self.phase = Phase::Failed;
        match self.upload {
            Upload::Over => None,
            _ if code == Code::RESEND_REQUEST => self.discard_upload(),
            _ => self.upload.leave(Upload::Broken { reset: false }),
        }
    }

    /// What is still written of the body goes nowhere. Gives the connection that a write may still be using.
    pub(super) fn discard_upload(&mut self) -> Option<Arc<Connection>> {
        self.upload.leave(Upload::Nowhere)
    }

    /// Whether the connection has got all of the body.
    pub(super) fn body_is_out(&self) -> bool {
        let chunks_over = self.chunks.as_ref().is_some_and(OwnChunks::have_ended);
        match self.upload {
            Upload::Broken { .. } => false,
            Upload::Open(_) => chunks_over,
            Upload::Over | Upload::Nowhere => {
                self.owed == 0 || chunks_over || self.leg.as_ref().is_some_and(|leg| leg.withheld)
            }
        }
    }

    /// Whether all of the body is at hand, to be sent once more.
    pub(super) fn has_body(&self) -> bool {
        let announced = self.leg.as_ref().map_or(0, |leg| leg.announced);
        let chunks_over = self.chunks.as_ref().is_some_and(OwnChunks::have_ended);
        !self.written && (self.ended || chunks_over || announced <= self.body.optional.len() as u64)
    }
}
