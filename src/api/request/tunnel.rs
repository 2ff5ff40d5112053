//! A tunnel through a proxy: CONNECT and what the proxy says to it (http spec 9.3).

use crate::api::AuthTarget;
use crate::api::Notice;
use crate::api::request::Request;
use crate::api::request::auth::Challenged;
use crate::api::request::broken;
use crate::api::request::deadline;
use crate::api::request::dial::Acquired;
use crate::api::request::dial::Failure;
use crate::api::request::input::Exchange;
use crate::api::request::input::Held;
use crate::api::request::leg::Leg;
use crate::api::request::measures::Moment;
use crate::api::request::state::Route;
use crate::api::settings::Settings;
use crate::base::Code;
use crate::base::Result;
use crate::net::Connection;
use crate::net::limits::Permit;
use crate::net::pool::Origin;
use crate::proto::h1::ResponseHead;
use crate::proto::proxy::ProxyServer;
use crate::proto::url::Url;

impl Request {
    /// Has the proxy connect to the URL's server. What `origin` says of TLS is made through the tunnel.
    pub(super) async fn tunnel(
        &self,
        proxy: &ProxyServer,
        permit: Option<Permit>,
        origin: Origin,
        url: &Url,
        settings: &Settings,
    ) -> std::result::Result<Acquired, Failure> {
        self.mark(Moment::TunnelStart);
        let mut held = Held { connection: self.dial_proxy(proxy, settings).await?, permit };
        let exchange = loop {
            let Held { mut connection, permit } = held;
            self.open_authentication(AuthTarget::Proxy, &connection, settings).await?;
            let leg = self.connect_leg(&mut connection, url, settings);
            let mut exchange = Exchange::new(connection, permit);
            let head = self.ask_for_tunnel(&mut exchange, leg, settings).await?;
            if (200..300).contains(&head.status) {
                break exchange;
            }
            self.begin_body(&mut exchange, &head, settings)?;
            let is_challenge = head.status == PROXY_AUTHENTICATION_REQUIRED;
            let asked = Challenged::new(AuthTarget::Proxy, &head, &exchange);
            if !is_challenge || !self.answer_challenge(asked, settings).await? {
                return Ok(refused(exchange, head, settings)?);
            }
            held = match self.hold(exchange, settings).await {
                Some(held) => held,
                None if self.state.lock().auth.is_bound() => {
                    return Err(Code::RESPONSE_DRAIN_OVERFLOW.into());
                }
                None => {
                    let permit = self.permit(&origin, settings).await?;
                    Held { connection: self.dial_proxy(proxy, settings).await?, permit }
                }
            };
        };
        if !exchange.input.unread().is_empty() {
            log::warn!("the proxy has more to say than that there is a tunnel");
            return Err(Code::INVALID_SERVER_RESPONSE.into());
        }
        let Held { mut connection, permit } = exchange.hold().ok_or(Code::INTERNAL_ERROR)?;
        self.mark(Moment::TunnelEnd);
        let identity = self.settle_tunnel(&origin.via);
        let below = connection.take_tls();
        let tls = self.secure(connection.socket(), below, url.host(), origin.tls.as_ref(), settings).await?;
        Ok(Acquired::ready(connection.through(Origin { identity, ..origin }, tls), permit))
    }

    fn connect_leg(&self, connection: &mut Connection, url: &Url, settings: &Settings) -> Leg {
        let agent = self.agent(settings);
        let mut state = self.state.lock();
        let mut memory = self.connect.session().auth_memory().lock();
        let (authorization, identity) = state.auth.for_tunnel(&url.authority_with_port(), &mut memory);
        if identity.is_some() {
            connection.bind(identity);
        }
        Leg::connect(url, &agent, authorization.as_deref())
    }

    /// Sends a CONNECT; the head that comes back.
    async fn ask_for_tunnel(
        &self,
        exchange: &mut Exchange,
        leg: Leg,
        settings: &Settings,
    ) -> Result<ResponseHead> {
        let mut wire = Vec::with_capacity(256);
        leg.head().write(&mut wire);
        {
            let mut state = self.state.lock();
            state.route = Some(Route::of(&exchange.connection));
            state.owed = 0;
            state.leg = Some(leg);
        }
        self.inform(&Notice::SendingRequest)?;
        let until = deadline(settings.timeouts.send);
        exchange.connection.send(&self.main.waiting, &wire, until).await.map_err(broken)?;
        self.inform(&Notice::RequestSent(u32::try_from(wire.len()).unwrap_or(u32::MAX)))?;
        let whole = deadline(settings.timeouts.response_effective());
        self.next_final_head(exchange, false, whole, settings).await
    }
}

/// A proxy's answer must not look as if the server had given it: only one that asks for credentials is
/// the application's to see, unless it wants all of them.
fn refused(exchange: Exchange, head: ResponseHead, settings: &Settings) -> Result<Acquired> {
    if head.status == PROXY_AUTHENTICATION_REQUIRED || settings.proxy_refusals {
        return Ok(Acquired::Refused(exchange, head));
    }
    log::warn!("the proxy refuses a tunnel: {} {}", head.status, String::from_utf8_lossy(&head.reason));
    Err(Code::CANNOT_CONNECT)
}

const PROXY_AUTHENTICATION_REQUIRED: u16 = 407;
