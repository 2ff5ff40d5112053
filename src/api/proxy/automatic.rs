//! The automatic access type: the system's settings decide anew for each request.

use crate::api::Session;
use crate::api::proxy::script::BOTH;
use crate::api::proxy::script::How;
use crate::api::proxy::script::Question;
use crate::api::proxy::system::user_settings;
use crate::base::Code;
use crate::base::Result;
use crate::net::op::Waiting;
use crate::proto::pac::Target;
use crate::proto::proxy::ProxyList;
use crate::proto::url::Url;

/// The ways to a URL's server, to be tried in their order until a connection comes about.
///
/// A script that is found on the network comes first, then the one that the settings name. A script that
/// cannot be had or asked is not an error; what the settings name otherwise is used then.
pub(crate) async fn resolve_proxies(session: &Session, waiting: &Waiting, url: &Url) -> Result<ProxyList> {
    let settings = user_settings();
    let otherwise = settings.fixed_ways(url);
    if !settings.auto_detect && settings.script.is_none() {
        return Ok(otherwise);
    }
    let question = Question {
        target: Target::of(url),
        detect: if settings.auto_detect { BOTH } else { 0 },
        scripts: settings.script.into_iter().collect(),
        otherwise: Some(otherwise.clone()),
        how: How { timeouts: session.settings().lock().timeouts, autologon: false },
        afresh: false,
        patient: true,
    };
    match session.scripts().find(waiting, question).await {
        Err(Code::OPERATION_CANCELLED) => Err(Code::OPERATION_CANCELLED),
        Err(_) => Ok(otherwise),
        ways => ways,
    }
}
