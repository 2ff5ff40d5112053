//! The automatic access type: the system's settings decide anew for each request.

use crate::api::Session;
use crate::api::proxy::system::user_settings;
use crate::base::Result;
use crate::net::op::Waiting;
use crate::proto::proxy::ProxyList;
use crate::proto::url::Url;

/// The ways to a URL's server, to be tried in their order until a connection comes about.
///
/// Proxy scripts belong here: the configured one and the one that is found on the network. A script
/// that cannot be had or asked is not an error; what the settings name otherwise is used then.
pub(crate) async fn resolve_proxies(_session: &Session, _waiting: &Waiting, url: &Url) -> Result<ProxyList> {
    Ok(user_settings().fixed_ways(url))
}
