//! `WinHttpReceiveResponse`: interim responses, redirects, the final head.

use std::sync::Arc;
use std::time::Instant;

use crate::api::Notice;
use crate::api::auth_memory::AuthTarget;
use crate::api::errors;
use crate::api::request::Body;
use crate::api::request::Request;
use crate::api::request::auth::Challenged;
use crate::api::request::broken;
use crate::api::request::deadline;
use crate::api::request::input::Exchange;
use crate::api::request::input::Held;
use crate::api::request::measures::Moment;
use crate::api::request::state::Phase;
use crate::api::request::task::Api;
use crate::api::request::task::Begin;
use crate::api::request::task::Done;
use crate::api::request::task::Operation;
use crate::api::request::task::Side;
use crate::api::settings::DISABLE_KEEP_ALIVE;
use crate::api::settings::DISABLE_REDIRECTS;
use crate::api::settings::REDIRECT_ALWAYS;
use crate::api::settings::REDIRECT_NEVER;
use crate::api::settings::RETRY_408;
use crate::api::settings::RETRY_STALE;
use crate::api::settings::Settings;
use crate::base::Code;
use crate::base::Result;
use crate::net::pool::Via;
use crate::proto::coding::Decoder;
use crate::proto::h1::BodyFraming;
use crate::proto::h1::BodyReader;
use crate::proto::h1::HeadLimits;
use crate::proto::h1::HeadReader;
use crate::proto::h1::Parsed;
use crate::proto::h1::ResponseHead;
use crate::proto::h1::Version;
use crate::proto::h1::keep_alive;
use crate::proto::url::Url;
use crate::proto::url::UrlError;
use crate::proto::url::names_a_user;

impl Request {
    /// Receives the response's head. In the wrong state an asynchronous request still accepts the
    /// call and says so by the callback, as Windows does.
    pub(crate) fn receive_response(self: &Arc<Self>) -> Result<()> {
        if !self.is_async() {
            return self.run_blocking(Side::Main, self.receive_operation()).map(|_| ());
        }
        let this = self.clone();
        let operation =
            Operation::new(&self.node, Api::ReceiveResponse, async move { this.receive_operation().await })?;
        self.start(Side::Main, Begin::Here, operation).map(|_| ())
    }

    async fn receive_operation(&self) -> Result<Done> {
        self.check()?;
        let exchange = {
            let mut state = self.state.lock();
            let exchange = if state.phase == Phase::Sent { state.exchange.take() } else { None };
            let exchange = exchange.ok_or(Code::INCORRECT_HANDLE_STATE)?;
            state.phase = Phase::Receiving;
            exchange
        };
        let settings = self.settings.lock().clone();
        let received = match self.final_response(exchange, &settings).await {
            Ok((exchange, head)) => {
                self.state.lock().response = Some(head);
                self.put_back(exchange)
            }
            Err(code) => Err(code),
        };
        match received {
            Ok(()) => {
                self.state.lock().phase = Phase::Response;
                Ok(Done::HeadersAvailable)
            }
            Err(code) => self.fail(code),
        }
    }

    /// Reads heads, following redirects, until one is for the application.
    async fn final_response(
        &self,
        mut exchange: Exchange,
        settings: &Settings,
    ) -> Result<(Exchange, ResponseHead)> {
        let upgrade = self.state.lock().upgrade;
        // For all heads together, interim ones and those that redirect included.
        let whole = deadline(settings.timeouts.response_effective());
        let mut redirects = 0;
        loop {
            if let Some(refusal) = self.refusal() {
                return Ok((exchange, refusal));
            }
            let mut head = match self.next_final_head(&mut exchange, upgrade, whole, settings).await {
                Err(Code::CONNECTION_ERROR)
                    if exchange.is_stale() && self.may_try_again(RETRY_STALE, settings) =>
                {
                    drop(exchange);
                    exchange = self.another_leg(None, settings).await?;
                    continue;
                }
                head => head?,
            };
            if head.status == REQUEST_TIMEOUT && self.may_try_again(RETRY_408, settings) {
                drop(exchange);
                exchange = self.another_leg(None, settings).await?;
                continue;
            }
            if head.version < Version::HTTP_11 && settings.max_conns_per_1_0_server != u32::MAX {
                self.connect.session().limits().learn_1_0(exchange.connection.origin());
            }
            self.keep_cookies(&head, settings);
            self.settle_authentication(head.status);
            if let Some(url) = self.redirect_target(&head, settings)? {
                if redirects == settings.max_redirects {
                    return Err(Code::REDIRECT_FAILED);
                }
                redirects += 1;
                match self.begin_body(&mut exchange, &head, settings) {
                    Ok(()) => self.leave(exchange, settings).await,
                    // A body whose end cannot be found ends the connection, not the request.
                    Err(_) => drop(exchange),
                }
                // The application may look at this response inside the notice, and only there.
                let status = head.status;
                self.state.lock().response = Some(head);
                self.inform(&Notice::Redirect(&url.to_string()))?;
                self.state.lock().response = None;
                self.follow(url, status)?;
                // What follows is told on another thread than the one in the call, as on Windows.
                self.go_elsewhere().await;
                exchange = self.another_leg(None, settings).await?;
                continue;
            }
            self.begin_body(&mut exchange, &head, settings)?;
            let asked = challenged(&head, &exchange);
            if self.goes_again(asked, settings).await? {
                let held = self.hold(exchange, settings).await;
                let held = self.again(held)?;
                exchange = self.another_leg(held, settings).await?;
                continue;
            }
            if head.status == SWITCHING_PROTOCOLS {
                let leg = self.state.lock().leg.clone().ok_or(Code::INTERNAL_ERROR)?;
                leg.check_upgrade(&head)?;
            }
            let has_body = exchange.body.as_ref().is_some_and(|body| !body.is_done());
            if settings.decompression != 0 && has_body {
                exchange.decoder = Decoder::of_response(&mut head.headers);
            }
            return Ok((exchange, head));
        }
    }

    async fn another_leg(&self, held: Option<Held>, settings: &Settings) -> Result<Exchange> {
        // Apart, as few responses ask for it.
        Box::pin(self.send_leg(held, settings)).await?;
        self.state.lock().exchange.take().ok_or(Code::INTERNAL_ERROR)
    }

    /// Whether the request goes out again before the application sees a response (http spec 8.4).
    async fn goes_again(&self, asked: Option<Challenged<'_>>, settings: &Settings) -> Result<bool> {
        match asked {
            Some(asked) => Box::pin(self.answer_challenge(asked, settings)).await,
            // The server did not want to know more than the first message, which came without the body.
            None => Ok(self.state.lock().leg.as_ref().is_some_and(|leg| leg.withheld)),
        }
    }

    /// The same request once more. A body of which we do not have everything is the application's to
    /// bring, who then finds the connection as it is.
    fn again(&self, held: Option<Held>) -> Result<Option<Held>> {
        let mut state = self.state.lock();
        if held.is_none() && state.auth.is_bound() {
            // The rest of the challenge did not come to its end, and the handshake cannot move.
            return Err(Code::RESPONSE_DRAIN_OVERFLOW);
        }
        if state.has_body() {
            return Ok(held);
        }
        state.held = held;
        state.auth.resume_later();
        Err(Code::RESEND_REQUEST)
    }

    /// Decides where the body ends and whether the connection can be used again (http spec 4.4, 5.1).
    pub(super) fn begin_body(
        &self,
        exchange: &mut Exchange,
        head: &ResponseHead,
        settings: &Settings,
    ) -> Result<()> {
        let state = self.state.lock();
        let leg = state.leg.as_ref().ok_or(Code::INTERNAL_ERROR)?;
        let framing = BodyFraming::decide(&leg.method, head).map_err(errors::body)?;
        exchange.body = Some(BodyReader::new(framing, settings.max_header_size as usize));
        let through_proxy = exchange.connection.origin().via == Via::Proxy;
        let heads = keep_alive::Exchange { request: &leg.headers, response: head, framing, through_proxy };
        // A server before HTTP/1.1 knows no chunks.
        let in_chunks = (leg.chunked || state.chunks.is_some()) && !leg.withheld;
        let understood = !in_chunks || head.version >= Version::HTTP_11;
        let keep = understood && settings.disabled & DISABLE_KEEP_ALIVE == 0 && heads.keeps_alive();
        // A request whose body is not out yet, or whose end only the application knows, is not over.
        exchange.keep = keep && state.body_is_out();
        exchange.keep_when_sent = keep && state.upload.is_open();
        exchange.tell_end = leg.headers.has_token(b"Connection", b"close");
        Ok(())
    }

    /// The answer of a proxy that makes no tunnel, when that is what the send has met with.
    fn refusal(&self) -> Option<ResponseHead> {
        let mut state = self.state.lock();
        if state.refused { state.response.take() } else { None }
    }

    /// Reads heads until one is not interim. 101 is final when an upgrade was asked for. At `whole` all of
    /// it is to be over.
    pub(super) async fn next_final_head(
        &self,
        exchange: &mut Exchange,
        upgrade: bool,
        whole: Option<Instant>,
        settings: &Settings,
    ) -> Result<ResponseHead> {
        let mut interim = 0;
        loop {
            let head = self.next_head(exchange, whole, settings).await?;
            let is_final = match head.status {
                SWITCHING_PROTOCOLS => upgrade,
                100..200 => false,
                _ => true,
            };
            if is_final {
                return Ok(head);
            }
            interim += 1;
            if interim > settings.max_status_continue {
                return Err(Code::INVALID_SERVER_RESPONSE);
            }
            self.inform(&Notice::IntermediateResponse(head.status.into()))?;
        }
    }

    async fn next_head(
        &self,
        exchange: &mut Exchange,
        whole: Option<Instant>,
        settings: &Settings,
    ) -> Result<ResponseHead> {
        let limits = HeadLimits { bytes: settings.max_header_size as usize, ..HeadLimits::default() };
        let mut reader = HeadReader::new(limits);
        self.inform(&Notice::ReceivingResponse)?;
        self.mark(Moment::ReceiveStart);
        loop {
            match reader.parse(exchange.input.unread()).map_err(errors::head)? {
                Parsed::Complete { head, used } => {
                    exchange.input.consume(used);
                    exchange.heard = true;
                    {
                        let mut state = self.state.lock();
                        state.measures.mark(Moment::HeadReceived);
                        state.measures.response_head = used as u64;
                    }
                    self.inform(&Notice::ResponseReceived(u32::try_from(used).unwrap_or(u32::MAX)))?;
                    return Ok(head);
                }
                Parsed::Incomplete => {
                    let until = deadline(settings.timeouts.receive);
                    let Exchange { connection, input, .. } = exchange;
                    if input.fill(connection, &self.main.waiting, until).await.map_err(broken)? == 0 {
                        return Err(Code::CONNECTION_ERROR);
                    }
                    // Looked at when data arrives, as Windows does.
                    if whole.is_some_and(|whole| self.main.waiting.left(whole).is_none()) {
                        return Err(Code::TIMEOUT);
                    }
                }
            }
        }
    }

    /// Where a response sends us, when it does and may (http spec 6.1, 6.2).
    fn redirect_target(&self, head: &ResponseHead, settings: &Settings) -> Result<Option<Url>> {
        let state = self.state.lock();
        let off = settings.redirect_policy == REDIRECT_NEVER || settings.disabled & DISABLE_REDIRECTS != 0;
        if off || !matches!(head.status, 300..=303 | 307 | 308) {
            return Ok(None);
        }
        let location = head.headers.get(b"Location").ok_or(Code::HEADER_NOT_FOUND)?;
        if settings.request.reject_user_info && names_a_user(location) {
            return Err(Code::INVALID_URL);
        }
        let url = state.url.resolve(location).map_err(|error| match error {
            UrlError::UnrecognizedScheme => Code::UNRECOGNIZED_SCHEME,
            UrlError::Invalid => Code::INVALID_URL,
        })?;
        let weaker = state.url.secure() && !url.secure();
        Ok((!weaker || settings.redirect_policy == REDIRECT_ALWAYS).then_some(url))
    }

    /// Turns the request to its new target. A body that came through WriteData is gone: the
    /// application sends the request again, to the new target (http spec 6.2).
    fn follow(&self, url: Url, status: u16) -> Result<()> {
        let mut state = self.state.lock();
        let mut given_up = None;
        // Where only the application knows the length, what came with the send may be all.
        let owes = state.leg.as_ref().is_some_and(|leg| leg.announced != u64::MAX || leg.chunked);
        let to_get = match (&state.method[..], status) {
            (b"HEAD", _) => false,
            (b"POST", 300..=303) | (_, 303) => true,
            _ => false,
        };
        if to_get {
            state.method = b"GET".to_vec();
            state.headers.remove(b"Content-Length");
            state.headers.remove(b"Transfer-Encoding");
            state.body = Arc::new(Body::NONE);
            given_up = state.discard_upload();
        }
        if !state.url.host().is_same(url.host()) {
            state.headers.remove(b"Host");
        }
        state.url = url;
        state.route = None;
        let gone = !to_get && (state.written || !state.upload.is_over() || (owes && !state.has_body()));
        drop(state);
        self.give_up(given_up);
        if gone { Err(Code::RESEND_REQUEST) } else { Ok(()) }
    }
}

/// Who asks for credentials by this response. A server has no say in what the proxy gets.
fn challenged<'a>(head: &'a ResponseHead, exchange: &Exchange) -> Option<Challenged<'a>> {
    let target = AuthTarget::of_status(head.status)?;
    let may_ask = target == AuthTarget::Server || exchange.connection.origin().via == Via::Proxy;
    may_ask.then(|| Challenged::new(target, head, exchange))
}

pub(in crate::api) const SWITCHING_PROTOCOLS: u16 = 101;
const REQUEST_TIMEOUT: u16 = 408;
