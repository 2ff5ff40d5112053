//! What a program asks for: `WINHTTP_AUTOPROXY_OPTIONS` and a URL (options spec 6.6).

use std::sync::Arc;

use super::How;
use super::Question;
use super::detect::BOTH;
use crate::api::Session;
use crate::api::proxy::Resolver;
use crate::api::proxy::system::user_settings;
use crate::base::Code;
use crate::base::Result;
use crate::net::op::Waiting;
use crate::proto::pac::Target;
use crate::proto::proxy::ProxyList;
use crate::proto::url::UrlError;

/// `WINHTTP_AUTOPROXY_OPTIONS`.
#[derive(Clone, Debug)]
pub(crate) struct AutoProxyOptions {
    /// `WINHTTP_AUTOPROXY_*` bits.
    pub(crate) flags: u32,
    /// `WINHTTP_AUTO_DETECT_TYPE_*` bits.
    pub(crate) detect: u32,
    pub(crate) script_url: Option<String>,
    pub(crate) autologon: bool,
}

impl Default for AutoProxyOptions {
    /// What the resolver takes NULL for: all that the system's settings say (options spec 6.7).
    fn default() -> AutoProxyOptions {
        let flags = AUTO_DETECT | ALLOW_AUTOCONFIG | ALLOW_STATIC;
        AutoProxyOptions { flags, detect: BOTH, script_url: None, autologon: false }
    }
}

impl AutoProxyOptions {
    /// Fails for options that contradict themselves and for what is no URL.
    fn question(self, session: &Session, url: &[u16]) -> Result<Question> {
        let asks = |flag| self.flags & flag != 0;
        let detect = if asks(AUTO_DETECT) { self.detect & BOTH } else { 0 };
        if self.flags == 0
            || asks(AUTO_DETECT) && detect == 0
            || asks(CONFIG_URL) && self.script_url.as_ref().is_none_or(String::is_empty)
        {
            return Err(Code::INVALID_PARAMETER);
        }
        let lower = asks(HOST_LOWERCASE) && !asks(HOST_KEEPCASE);
        let target = Target::parse(&String::from_utf16_lossy(url), lower).map_err(|error| match error {
            UrlError::Invalid => Code::INVALID_URL,
            UrlError::UnrecognizedScheme => Code::UNRECOGNIZED_SCHEME,
        })?;
        let mut scripts = Vec::new();
        if asks(CONFIG_URL) {
            scripts.extend(self.script_url);
        }
        let mut otherwise = None;
        if self.flags & (ALLOW_AUTOCONFIG | ALLOW_STATIC) != 0 {
            let settings = user_settings();
            if self.flags & ALLOW_STATIC != 0 {
                otherwise = Some(settings.fixed_ways(&target.url));
            }
            if self.flags & ALLOW_AUTOCONFIG != 0 {
                scripts.extend(settings.script);
            }
        }
        Ok(Question {
            target,
            detect,
            scripts,
            otherwise,
            how: How { timeouts: session.settings().lock().timeouts, autologon: self.autologon },
            afresh: self.flags & (NO_CACHE_CLIENT | NO_CACHE_SVC) != 0,
            patient: false,
        })
    }
}

impl Session {
    /// `WinHttpGetProxyForUrl`: the ways to a URL's server. Blocks.
    pub(crate) fn proxies_for(&self, url: &[u16], options: AutoProxyOptions) -> Result<ProxyList> {
        let _lease = self.node().lease()?;
        let question = options.question(self, url)?;
        let waiting = Waiting::new();
        waiting.block_on(self.scripts().find(&waiting, question))
    }

    /// `WinHttpResetAutoProxy`: forgets what `flags` say.
    pub(crate) fn reset_proxies(&self, flags: u32) {
        let detected = RESET_STATE | RESET_CURRENT_NETWORK | RESET_ALL_NETWORKS | RESET_NETWORK_CHANGED;
        let scripts = RESET_STATE | RESET_SCRIPTS | RESET_NETWORK_CHANGED;
        self.scripts().forget(flags & detected != 0, flags & scripts != 0);
    }
}

impl Resolver {
    /// `WinHttpGetProxyForUrlEx`: the same, told by a notice with this context.
    pub(crate) fn look_up(
        self: &Arc<Self>,
        url: &[u16],
        options: AutoProxyOptions,
        context: usize,
    ) -> Result<()> {
        let question = options.question(self.session(), url)?;
        self.ask(question, context)
    }
}

// `WINHTTP_AUTOPROXY_*`. Where the script runs, and interfaces and connection managers, make no
// difference here.
const AUTO_DETECT: u32 = 0x0001;
const CONFIG_URL: u32 = 0x0002;
const HOST_KEEPCASE: u32 = 0x0004;
const HOST_LOWERCASE: u32 = 0x0008;
const ALLOW_AUTOCONFIG: u32 = 0x0100;
const ALLOW_STATIC: u32 = 0x0200;
const NO_CACHE_CLIENT: u32 = 0x0008_0000;
const NO_CACHE_SVC: u32 = 0x0010_0000;

// `WINHTTP_RESET_*`.
const RESET_STATE: u32 = 0x0001;
const RESET_CURRENT_NETWORK: u32 = 0x0002;
const RESET_ALL_NETWORKS: u32 = 0x0004;
const RESET_SCRIPTS: u32 = 0x0008;
const RESET_NETWORK_CHANGED: u32 = 0x0001_0000;
