//! Idle connections of the whole process, for the next request to the same origin (http spec 5.2).
//!
//! A connection at rest belongs to no session and to no engine: an asynchronous one leaves the poll
//! loop when it comes here and joins that of its next user, so synchronous and asynchronous sessions
//! share what there is, and nothing here keeps an engine alive. No thread looks after the pool: a
//! connection is not used after its minute, and is closed by a later visit of anybody's. If nobody
//! visits any more, it stays open until its server closes it or the process ends.

use std::collections::HashMap;
use std::sync::OnceLock;
use std::time::Duration;
use std::time::Instant;

use parking_lot::Mutex;
use sha2::Digest;
use sha2::Sha256;

use crate::net::Connection;
use crate::net::tls;
use crate::proto::proxy::ProxyServer;

/// What must be equal for a connection to serve another request: where it goes, and all that decides
/// whom it trusts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Origin {
    /// As resolved, in lower case; the proxy's own when that gets the requests.
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) via: Via,
    /// The only user's number, for a session that shares with nobody.
    pub(crate) owner: Option<usize>,
    /// The network interface that it has to go by; 0 is any.
    pub(crate) interface: u32,
    /// Whom the connection itself is authenticated as, by NTLM or Negotiate.
    pub(crate) identity: Option<Identity>,
    /// On what terms TLS was made, for `https`.
    pub(crate) tls: Option<tls::Terms>,
}

/// What is between.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Via {
    Nothing,
    /// A proxy is at the other end, and gets requests to any server.
    Proxy,
    /// A tunnel through this proxy.
    Tunnel(ProxyServer),
}

/// Somebody whom a connection can be authenticated as. Says nothing but whether two are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Identity([u8; 32]);

impl Identity {
    /// Of all that tells it from others, secrets included: what is kept is a salted hash.
    pub(crate) fn new(parts: &[&[u8]]) -> Identity {
        static SALT: OnceLock<[u8; 16]> = OnceLock::new();
        let salt = SALT.get_or_init(|| {
            let mut salt = [0; 16];
            if let Err(error) = getrandom::fill(&mut salt) {
                log::error!("no random bytes: {error}");
            }
            salt
        });
        let mut hash = Sha256::new_with_prefix(salt);
        for part in parts {
            hash.update((part.len() as u64).to_ne_bytes());
            hash.update(part);
        }
        Identity(hash.finalize().into())
    }

    /// Both at once: a server's and a proxy's.
    pub(crate) fn with(self, other: Identity) -> Identity {
        Identity::new(&[&self.0, &other.0])
    }
}

/// Leaves a connection for the next request to its origin. All that the peer has to say has been
/// read, as far as the caller knows.
pub(crate) fn put(mut connection: Connection) {
    connection.rest();
    let stale = {
        let mut pool = POOL.lock();
        let pool = pool.get_or_insert_with(Pool::new);
        let stale = pool.sweep();
        let idle = Idle { connection, since: Instant::now() };
        pool.idle.entry(idle.connection.origin().clone()).or_default().push(idle);
        stale
    };
    drop(stale);
}

/// The connection to `origin` that came last, if there is one that is still good. Dead ones, and ones
/// on which the server has said something unasked, go silently (http spec 5.3).
pub(crate) fn take(origin: &Origin) -> Option<Connection> {
    loop {
        let (found, stale) = {
            let mut pool = POOL.lock();
            let pool = pool.as_mut()?;
            let stale = pool.sweep();
            (pool.pop(origin), stale)
        };
        drop(stale);
        let found = found?;
        if found.since.elapsed() < LIFETIME && found.connection.is_quiet() {
            return Some(found.connection);
        }
    }
}

struct Pool {
    /// By origin, the newest last.
    idle: HashMap<Origin, Vec<Idle>>,
    swept: Instant,
}

struct Idle {
    connection: Connection,
    since: Instant,
}

impl Pool {
    fn new() -> Pool {
        Pool { idle: HashMap::new(), swept: Instant::now() }
    }

    fn pop(&mut self, origin: &Origin) -> Option<Idle> {
        let list = self.idle.get_mut(origin)?;
        let newest = list.pop();
        if list.is_empty() {
            self.idle.remove(origin);
        }
        newest
    }

    /// Takes out what is too old, from time to time; the caller closes it without the lock.
    fn sweep(&mut self) -> Vec<Idle> {
        let mut stale = Vec::new();
        if self.swept.elapsed() >= LIFETIME {
            self.swept = Instant::now();
            self.idle.retain(|_, list| {
                stale.extend(list.extract_if(.., |idle| idle.since.elapsed() >= LIFETIME));
                !list.is_empty()
            });
        }
        stale
    }
}

/// Guards only itself; no system call is made under it.
static POOL: Mutex<Option<Pool>> = Mutex::new(None);
/// How long an idle connection is good for.
const LIFETIME: Duration = Duration::from_secs(60);
