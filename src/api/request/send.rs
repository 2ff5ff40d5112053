//! `WinHttpSendRequest`.

use std::sync::Arc;

use crate::api::AuthTarget;
use crate::api::Notice;
use crate::api::request::Request;
use crate::api::request::broken;
use crate::api::request::deadline;
use crate::api::request::dial::Acquired;
use crate::api::request::input::Exchange;
use crate::api::request::input::Held;
use crate::api::request::leg::Extras;
use crate::api::request::leg::Leg;
use crate::api::request::measures::Moment;
use crate::api::request::state::Phase;
use crate::api::request::state::Route;
use crate::api::request::state::State;
use crate::api::request::state::Upload;
use crate::api::request::task::Api;
use crate::api::request::task::Begin;
use crate::api::request::task::Done;
use crate::api::request::task::Operation;
use crate::api::request::task::Side;
use crate::api::settings::DISABLE_KEEP_ALIVE;
use crate::api::settings::RETRY_STALE;
use crate::api::settings::Retries;
use crate::api::settings::Settings;
use crate::base::Code;
use crate::base::InBuf;
use crate::base::Result;
use crate::net::pool;
use crate::net::pool::Via;
use crate::proto::h1::ChunkFrame;
use crate::proto::h1::Version;

/// What the application sends with the request.
pub(crate) struct Body {
    /// What it gives at once.
    pub(crate) optional: InBuf,
    /// The length of all of it; the rest comes by WriteData.
    pub(crate) total: u32,
    /// It ends where a WriteData of nothing says so.
    chunked: bool,
}

impl Body {
    pub(in crate::api) const NONE: Body = Body { optional: InBuf::EMPTY, total: 0, chunked: false };

    pub(crate) fn new(optional: InBuf, total: u32) -> Body {
        Body { optional, total, chunked: false }
    }

    /// As the head announces it; what is chunked has no length.
    fn length(&self) -> u64 {
        if self.chunked { 0 } else { u64::from(self.total).max(self.optional.len() as u64) }
    }
}

impl Request {
    /// Sends the request. `headers` are added to it for good, `context` replaces the present one
    /// unless it is 0.
    pub(crate) fn send(
        self: &Arc<Self>,
        headers: Option<&[u16]>,
        mut body: Body,
        context: usize,
    ) -> Result<()> {
        {
            let mut state = self.state.lock();
            if matches!(state.phase, Phase::Sending | Phase::Sent | Phase::Receiving) {
                return Err(Code::INCORRECT_HANDLE_STATE);
            }
            if state.upload.is_open() && !self.lane(Side::Upload).is_idle() {
                return Err(Code::INCORRECT_HANDLE_STATE);
            }
            body.chunked = self.upload.is_some() && body.total == 0 && state.version >= Version::HTTP_11;
            if let Some(headers) = headers {
                state.headers.upsert_block(headers)?;
            }
            if context != 0 {
                self.node.set_context(context);
            }
            state.begin(body);
        }
        if !self.is_async() {
            return self.run_blocking(Side::Main, self.send_operation()).map(|_| ());
        }
        let this = self.clone();
        let operation =
            Operation::new(&self.node, Api::SendRequest, async move { this.send_operation().await })?;
        self.start(Side::Main, Begin::Elsewhere, operation).map(|_| ())
    }

    async fn send_operation(&self) -> Result<Done> {
        let settings = self.settings.lock().clone();
        self.main.waiting.postpone(None);
        let (before, held) = {
            let mut state = self.state.lock();
            (state.exchange.take(), state.held.take())
        };
        if let Some(before) = before {
            self.leave(before, &settings).await;
        }
        match self.send_leg(held, &settings).await {
            Ok(()) => {
                self.state.lock().phase = Phase::Sent;
                Ok(Done::Sent)
            }
            Err(code) => self.fail(code),
        }
    }

    /// Sends one leg, on a connection that is held for it, that is at rest or that is new.
    pub(super) async fn send_leg(&self, mut held: Option<Held>, settings: &Settings) -> Result<()> {
        loop {
            let sent = self.send_leg_once(held.take(), settings).await;
            let stale = sent == Err(Code::CONNECTION_ERROR) && self.state.lock().measures.index > 0;
            if !stale || !self.may_try_again(RETRY_STALE, settings) {
                return sent;
            }
        }
    }

    /// Whether a failure of this kind is the program's to see, or a reason to send the leg anew.
    pub(super) fn may_try_again(&self, condition: u32, settings: &Settings) -> bool {
        let Retries { most, conditions } = settings.socket.retries;
        let mut state = self.state.lock();
        let may =
            conditions & condition != 0 && state.retries < most && !state.written && !state.upload.is_open();
        state.retries += u32::from(may);
        may
    }

    async fn send_leg_once(&self, held: Option<Held>, settings: &Settings) -> Result<()> {
        self.check()?;
        self.state.lock().measures.index = 0;
        let (url, body) = {
            let state = self.state.lock();
            if state.upgrade && settings.ws_send_buffer < LEAST_WS_SEND_BUFFER {
                return Err(Code::NOT_ENOUGH_MEMORY);
            }
            (state.url.clone(), state.body.clone())
        };
        let acquired = match held {
            Some(held) => Acquired::Ready(held),
            None => self.connection(&url, settings).await?,
        };
        let Held { mut connection, permit } = match acquired {
            Acquired::Ready(held) => held,
            Acquired::Refused(exchange, head) => {
                let mut state = self.state.lock();
                state.refused = true;
                state.owed = u64::MAX;
                state.response = Some(head);
                state.exchange = Some(exchange);
                if self.upload.is_some() {
                    state.upload = Upload::Nowhere;
                }
                return Ok(());
            }
        };
        // Whatever was wished for, this is HTTP/1.1.
        if settings.protocol.required && settings.protocol.wished != 0 {
            pool::put(connection);
            return Err(Code::HTTP_PROTOCOL_MISMATCH);
        }
        if connection.origin().via == Via::Proxy {
            self.open_authentication(AuthTarget::Proxy, &connection, settings).await?;
        }
        self.open_authentication(AuthTarget::Server, &connection, settings).await?;
        let leg = {
            let mut state = self.state.lock();
            let State { auth, method, .. } = &mut *state;
            let via = connection.origin().via.clone();
            let to_proxy = via == Via::Proxy;
            if auth.binds(&via) {
                connection.bind(auth.identity(&via));
            }
            let without_body = auth.withholds_body(&via);
            let session = self.connect.session();
            let target = if to_proxy { url.to_string() } else { url.target().to_owned() };
            let mut memory = session.auth_memory().lock();
            let authorization = auth.headers(method, target.as_bytes(), &via, &mut memory);
            let extras = Extras {
                agent: self.agent(settings),
                cookies: self.cookies(&url, settings),
                total: body.length(),
                automatic: body.chunked,
                keep_alive: settings.disabled & DISABLE_KEEP_ALIVE == 0,
                decompression: settings.decompression != 0,
                to_proxy,
                authorization,
                without_body,
            };
            Leg::build(&state, &extras)?
        };
        if let Some(guid) = settings.socket.guid {
            connection.mark(guid);
        }
        let optional = if leg.withheld { &[] } else { body.optional.as_slice() };
        let mut wire = Vec::with_capacity(1024);
        leg.head().write(&mut wire);
        let behind;
        {
            let mut state = self.state.lock();
            state.route = Some(Route::of(&connection));
            let is_secure = state.url.secure();
            state.tls = connection.tls().filter(|_| is_secure).map(|tls| tls.peer().clone());
            let channel = state.tls.as_ref().and_then(|peer| peer.channel);
            state.measures.resumed = channel.is_some_and(|channel| channel.resumed);
            state.measures.index = connection.begin_request();
            state.measures.request_head = wire.len() as u64;
            state.owed = leg.announced.saturating_sub(body.optional.len() as u64);
            state.chunks = leg.own_chunks();
            if let Some(chunks) = &mut state.chunks {
                chunks.pass(body.optional.as_slice());
            }
            if leg.chunked && state.ended {
                state.owed = 0;
            }
            let frame = (leg.chunked && !leg.withheld).then(|| ChunkFrame::of(optional.len(), state.ended));
            behind = frame.as_ref().map_or(&b""[..], |frame| frame.behind);
            wire.extend_from_slice(frame.as_ref().map_or(&[], |frame| frame.before.as_bytes()));
            state.leg = Some(leg);
        }
        // From here to the write nothing may come between: a handle closed in this callback must
        // not have sent anything.
        self.inform(&Notice::SendingRequest)?;
        let until = || deadline(settings.timeouts.send);
        self.mark(Moment::SendStart);
        let together = optional.len() <= TOGETHER;
        if together {
            wire.extend_from_slice(optional);
            wire.extend_from_slice(behind);
        }
        connection.send(&self.main.waiting, &wire, until()).await.map_err(broken)?;
        self.mark(Moment::HeadSent);
        if together {
            self.mark_with(Moment::SendEnd, Moment::HeadSent);
        } else {
            connection.send(&self.main.waiting, optional, until()).await.map_err(broken)?;
            if !behind.is_empty() {
                connection.send(&self.main.waiting, behind, until()).await.map_err(broken)?;
            }
            self.mark(Moment::SendEnd);
        }
        let sent = if together { wire.len() } else { wire.len() + optional.len() + behind.len() };
        self.inform(&Notice::RequestSent(u32::try_from(sent).unwrap_or(u32::MAX)))?;
        let exchange = Exchange::new(connection, permit);
        let mut state = self.state.lock();
        if self.upload.is_some() && state.owed > 0 {
            let withheld = state.leg.as_ref().is_some_and(|leg| leg.withheld);
            state.upload = if withheld { Upload::Nowhere } else { Upload::Open(exchange.connection.clone()) };
        }
        state.exchange = Some(exchange);
        Ok(())
    }
}

/// `WINHTTP_OPTION_WEB_SOCKET_SEND_BUFFER_SIZE` below this is noticed when sending.
const LEAST_WS_SEND_BUFFER: u32 = 16;
/// Up to this many bytes of body go out in one write with the head.
pub(super) const TOGETHER: usize = 16 * 1024;
