//! What a session remembers of authentication: never a password, only what has worked for whom.

use std::collections::HashMap;
use std::collections::HashSet;

use crate::net::pool::Identity;
use crate::proto::auth::Scheme;
use crate::proto::proxy::ProxyScheme;
use crate::proto::proxy::ProxyServer;
use crate::proto::url::Url;

/// The two who may ask for credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum AuthTarget {
    Server,
    Proxy,
}

/// A server or a proxy, as far as credentials are concerned: they never go from one to another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    pub(crate) secure: bool,
    /// In lower case.
    pub(crate) host: String,
    pub(crate) port: u16,
}

impl Place {
    pub(crate) fn of(url: &Url) -> Place {
        Place { secure: url.secure(), host: url.host().name().to_ascii_lowercase(), port: url.port() }
    }

    pub(crate) fn of_proxy(proxy: &ProxyServer) -> Place {
        Place {
            secure: proxy.scheme == ProxyScheme::Https,
            host: proxy.host.name().to_ascii_lowercase(),
            port: proxy.port,
        }
    }
}

/// What a server or a proxy has accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Accepted {
    pub(crate) scheme: Scheme,
    /// One token was enough, as Kerberos' is, so each request may bring its own.
    pub(crate) at_once: bool,
}

#[derive(Default)]
pub(crate) struct AuthMemory {
    accepted: HashMap<(AuthTarget, Place, Identity), Accepted>,
    /// Proxies that have asked for credentials.
    asking: HashSet<Place>,
    /// How often each nonce of a Digest has been used.
    nonces: HashMap<Vec<u8>, u32>,
}

impl AuthMemory {
    pub(crate) fn accept(
        &mut self,
        target: AuthTarget,
        place: &Place,
        identity: Identity,
        accepted: Accepted,
    ) {
        if self.accepted.len() >= MOST {
            self.accepted.clear();
        }
        self.accepted.insert((target, place.clone(), identity), accepted);
    }

    /// These credentials are not good any more.
    pub(crate) fn refuse(&mut self, target: AuthTarget, place: &Place, identity: Identity) {
        self.accepted.remove(&(target, place.clone(), identity));
    }

    /// What has worked there for this identity.
    pub(crate) fn accepted(&self, target: AuthTarget, place: &Place, identity: Identity) -> Option<Accepted> {
        self.accepted.get(&(target, place.clone(), identity)).copied()
    }

    pub(crate) fn note_asking(&mut self, proxy: &Place) {
        if self.asking.len() >= MOST {
            self.asking.clear();
        }
        self.asking.insert(proxy.clone());
    }

    pub(crate) fn is_asking(&self, proxy: &Place) -> bool {
        self.asking.contains(proxy)
    }

    /// Counts one more use of a nonce; how many there are now.
    pub(crate) fn count_nonce(&mut self, nonce: &[u8]) -> u32 {
        // A count that begins anew is refused as stale at worst, and answered with another nonce.
        if self.nonces.len() >= MOST && !self.nonces.contains_key(nonce) {
            self.nonces.clear();
        }
        let count = self.nonces.entry(nonce.to_vec()).or_default();
        *count = count.saturating_add(1);
        *count
    }
}

/// A peer that makes up names or nonces cannot make us keep more than this.
const MOST: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    fn place(port: u16) -> Place {
        Place { secure: false, host: "peer.test".to_owned(), port }
    }

    #[test]
    fn remembers_by_place_target_and_identity() {
        let (one, two) = (Identity::new(&[b"one"]), Identity::new(&[b"two"]));
        let accepted = Accepted { scheme: Scheme::Basic, at_once: true };
        let mut memory = AuthMemory::default();
        memory.accept(AuthTarget::Server, &place(1), one, accepted);
        assert_eq!(memory.accepted(AuthTarget::Server, &place(1), one), Some(accepted));
        assert_eq!(memory.accepted(AuthTarget::Server, &place(1), two), None);
        assert_eq!(memory.accepted(AuthTarget::Server, &place(2), one), None);
        assert_eq!(memory.accepted(AuthTarget::Proxy, &place(1), one), None);
        memory.refuse(AuthTarget::Server, &place(1), two);
        assert_eq!(memory.accepted(AuthTarget::Server, &place(1), one), Some(accepted));
        memory.refuse(AuthTarget::Server, &place(1), one);
        assert_eq!(memory.accepted(AuthTarget::Server, &place(1), one), None);
    }

    #[test]
    fn nonces_are_counted_and_bounded() {
        let mut memory = AuthMemory::default();
        assert_eq!((memory.count_nonce(b"a"), memory.count_nonce(b"a"), memory.count_nonce(b"b")), (1, 2, 1));
        for n in 0..10_000u32 {
            memory.count_nonce(&n.to_ne_bytes());
            memory.note_asking(&place(n as u16));
        }
        assert!(memory.nonces.len() <= MOST && memory.asking.len() <= MOST);
    }
}
