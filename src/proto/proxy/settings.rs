//! What a system knows about proxies, however it keeps that.

use super::Bypass;
use super::NamedProxies;
use super::ProxyEntry;
use super::ProxyList;
use super::ProxyServer;
use super::entries;
use crate::proto::auth::Credentials;
use crate::proto::url::Url;

/// A user's or a machine's settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ProxySettings {
    /// A script is looked for on the network.
    pub(crate) auto_detect: bool,
    /// The script's URL.
    pub(crate) script: Option<String>,
    /// A proxy string.
    pub(crate) proxy: Option<String>,
    /// Its bypass list.
    pub(crate) bypass: Option<String>,
    /// What the settings have for proxies that ask who is there.
    pub(crate) credentials: Vec<(ProxyServer, Credentials)>,
}

impl ProxySettings {
    /// The ways that the proxy string and the bypass list leave to a URL's server. Detection and scripts
    /// are not looked at.
    pub(crate) fn fixed_ways(&self, url: &Url) -> ProxyList {
        let Some(proxy) = &self.proxy else { return ProxyList::direct() };
        if self.bypass.as_deref().is_some_and(|list| Bypass::parse(list).holds(url)) {
            return ProxyEntry::Direct { bypassed: true }.into();
        }
        let proxies = NamedProxies::parse_leniently(proxy);
        ProxyList::new(proxies.of(url.secure()).cloned().map(ProxyEntry::Proxy).collect())
    }

    /// The first proxy for http or for https (`secure`) requests, as a URL.
    pub(crate) fn proxy_url(&self, secure: bool) -> Option<String> {
        let proxies = NamedProxies::parse_leniently(self.proxy.as_deref()?);
        proxies.of(secure).next().map(ProxyServer::url)
    }

    /// The entries of the bypass list, as they are written.
    pub(crate) fn bypasses(&self) -> impl Iterator<Item = &str> {
        entries(self.bypass.as_deref().unwrap_or_default())
    }

    /// What to say when this proxy asks who is there.
    pub(crate) fn login(&self, proxy: &ProxyServer) -> Option<&Credentials> {
        self.credentials.iter().find(|(server, _)| server == proxy).map(|(_, login)| login)
    }

    /// With these texts, of which an empty one is none.
    pub(super) fn with_fixed(self, proxy: String, bypass: String) -> ProxySettings {
        let some = |text: String| (!text.is_empty()).then_some(text);
        ProxySettings { proxy: some(proxy), bypass: some(bypass), ..self }
    }
}
