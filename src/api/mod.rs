//! The objects behind the handles and what can be done with them, without C.

#![forbid(unsafe_code)]

mod auth_memory;
mod connect;
mod errors;
mod groups;
mod handles;
mod node;
mod notice;
pub(crate) mod options;
pub(crate) mod proxy;
mod request;
mod secure;
mod session;
mod settings;
mod websocket;

pub(crate) use crate::net::pool::close_idle as close_idle_connections;
pub(crate) use crate::platform::ClientCertificate;
#[cfg(windows)]
pub(crate) use crate::platform::certificate_context;
#[cfg(windows)]
pub(crate) use crate::platform::chain_context;
pub(crate) use auth_memory::AuthTarget;
pub(crate) use connect::Connect;
pub(crate) use groups::ConnectionGroups;
pub(crate) use groups::connection_groups;
pub(crate) use handles::Handle;
pub(crate) use handles::Lease;
pub(crate) use handles::Object;
pub(crate) use handles::close;
pub(crate) use handles::get;
pub(crate) use handles::object;
pub(crate) use handles::with;
pub(crate) use node::Callback;
pub(crate) use node::Deliver;
pub(crate) use notice::Notice;
pub(crate) use notice::WsOperation;
pub(crate) use proxy::AutoProxyOptions;
pub(crate) use proxy::Resolver;
pub(crate) use proxy::detect_script_url;
pub(crate) use request::Amount;
pub(crate) use request::Body;
pub(crate) use request::HeaderQuery;
pub(crate) use request::HeaderSide;
pub(crate) use request::Measures;
pub(crate) use request::Opening;
pub(crate) use request::Progress;
pub(crate) use request::Request;
pub(crate) use session::Session;
pub(crate) use session::Start;
pub(crate) use settings::Timeouts;
pub(crate) use websocket::BufferKind;
pub(crate) use websocket::WebSocket;
