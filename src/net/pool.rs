//! Idle connections of the whole process, for the next request to the same origin (http spec 5.2).
//!
//! A connection at rest belongs to no session. An asynchronous one stays registered with its engine, where
//! nobody is told of it, and joins that of its next user if that is another; synchronous and asynchronous
//! sessions share what there is. An engine that ends parts from those at rest, so nothing here keeps it alive.
//!
//! A connection is not used after its minute. While the process has a session and there is something at
//! rest, a small thread closes what is too old. After the last session the thread ends, since it would keep
//! the library in memory; what is left is closed by a later visit, by its server, or as the library is unloaded.

use std::collections::HashMap;
use std::hash::Hash;
use std::hash::Hasher;
use std::sync::Arc;
use std::sync::OnceLock;
use std::time::Duration;
use std::time::Instant;

use sha2::Digest;
use sha2::Sha256;

use crate::base::Condvar;
use crate::base::Mutex;
use crate::base::MutexGuard;
use crate::net::Connection;
use crate::net::engine::Engine;
use crate::net::known::Guid;
use crate::net::thread;
use crate::net::tls;
use crate::proto::proxy::ProxyServer;

/// What must be equal for a connection to serve another request: where it goes, and all that decides
/// whom it trusts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    /// As resolved, in lower case; the proxy's own when that gets the requests.
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) via: Via,
    /// The only user's number, for a session that shares with nobody.
    pub(crate) owner: Option<usize>,
    /// Another name that was resolved instead.
    pub(crate) resolved: Option<String>,
    /// The network interface that it has to go by; 0 is any.
    pub(crate) interface: u32,
    /// Whom the connection itself is authenticated as, by NTLM or Negotiate.
    pub(crate) identity: Option<Identity>,
    /// On what terms TLS was made, for `https`.
    pub(crate) tls: Option<tls::Terms>,
}

/// Host and port tell nearly all apart.
impl Hash for Origin {
    fn hash<H: Hasher>(&self, to: &mut H) {
        self.host.hash(to);
        self.port.hash(to);
    }
}

/// What is between.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Via {
    Nothing,
    /// A proxy is at the other end, and gets requests to any server.
    Proxy,
    /// A tunnel through this proxy, with which TLS is spoken on these terms. What goes through may be without.
    Tunnel(ProxyServer, Option<Box<tls::Terms>>),
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
pub(crate) fn put(connection: Connection) {
    connection.rest();
    let since = Instant::now();
    let stale = {
        let mut pool = POOL.lock();
        let pool = pool.get_or_insert_with(Pool::new);
        let stale = pool.sweep(since);
        pool.push(Idle { connection, since });
        stale
    };
    drop(stale);
    start_keeper();
}

/// The connection to `origin` that came last, if there is one that is still good. Dead ones, and ones
/// on which the server has said something unasked, go silently (http spec 5.3).
///
/// `wanted` prefers connections that bear its GUID.
pub(crate) fn take(origin: &Origin, wanted: Option<MatchGuid>) -> Option<Connection> {
    let now = Instant::now();
    loop {
        let (found, stale) = {
            let mut pool = POOL.lock();
            let pool = pool.as_mut()?;
            let stale = pool.sweep(now);
            (pool.pop(origin, wanted), stale)
        };
        drop(stale);
        let found = found?;
        if now.saturating_duration_since(found.since) < LIFETIME && found.connection.is_quiet() {
            return Some(found.connection);
        }
    }
}

struct Pool {
    /// By origin, the newest last. An origin whose connections are all in use stays for a while: one comes back.
    idle: HashMap<Origin, Vec<Idle>>,
    swept: Instant,
    /// Whose it is: a forked process has a copy.
    process: u32,
}

struct Idle {
    connection: Connection,
    since: Instant,
}

impl Pool {
    fn new() -> Pool {
        Pool { idle: HashMap::new(), swept: Instant::now(), process: std::process::id() }
    }

    fn push(&mut self, idle: Idle) {
        match self.idle.get_mut(idle.connection.origin()) {
            Some(list) => list.push(idle),
            None => _ = self.idle.insert(idle.connection.origin().clone(), vec![idle]),
        }
    }

    fn is_empty(&self) -> bool {
        self.idle.values().all(Vec::is_empty)
    }

    fn pop(&mut self, origin: &Origin, wanted: Option<MatchGuid>) -> Option<Idle> {
        let list = self.idle.get_mut(origin)?;
        let newest = |guid: Option<Guid>| list.iter().rposition(|idle| idle.connection.guid() == guid);
        let at = match wanted {
            None => list.len().checked_sub(1),
            Some(MatchGuid { guid, only_marked: true }) => newest(Some(guid)),
            Some(MatchGuid { guid, only_marked: false }) => newest(Some(guid)).or_else(|| newest(None)),
        }?;
        Some(list.remove(at))
    }

    /// Takes out what is too old, from time to time; the caller closes it without the lock.
    fn sweep(&mut self, now: Instant) -> Vec<Idle> {
        if now.saturating_duration_since(self.swept) < LIFETIME {
            return Vec::new();
        }
        self.swept = now;
        self.extract(|idle| now.saturating_duration_since(idle.since) >= LIFETIME)
    }

    fn extract(&mut self, which: impl Fn(&Idle) -> bool) -> Vec<Idle> {
        let mut taken = Vec::new();
        self.idle.retain(|_, list| {
            taken.extend(list.extract_if(.., |idle| which(idle)));
            !list.is_empty()
        });
        taken
    }

    /// When the next one is too old.
    fn next_end(&self) -> Option<Instant> {
        self.idle.values().flatten().map(|idle| idle.since + LIFETIME).min()
    }
}

/// The engine ends: the connections at rest with it go on without. They stay where they are meanwhile, or a
/// request that comes just then would not find them.
pub(super) fn part(engine: &Arc<Engine>) {
    if let Some(pool) = POOL.lock().as_mut() {
        pool.idle
            .values_mut()
            .flatten()
            .filter(|idle| idle.connection.is_with(engine))
            .for_each(|idle| idle.connection.part());
    }
}

/// The connections of one session only are nobody's after it.
pub(crate) fn forget(owner: usize) {
    let left =
        POOL.lock().as_mut().map(|pool| pool.extract(|idle| idle.connection.origin().owner == Some(owner)));
    drop(left);
}

/// Closes all that are at rest with no engine: nobody comes any more. At the end of a process others may still be
/// at work, and in a forked one any lock may be nobody's, those that a connection takes as it goes, too.
pub(crate) fn close_idle() {
    let left = POOL.try_lock().and_then(|mut pool| {
        let pool = pool.as_mut().filter(|pool| pool.process == std::process::id())?;
        Some(pool.extract(|idle| !idle.connection.is_registered()))
    });
    drop(left);
}

/// That there is a session, for as long as this lives.
pub(crate) struct Presence(());

impl Presence {
    pub(crate) fn new() -> Presence {
        KEEPER.lock().sessions += 1;
        start_keeper();
        Presence(())
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        let mut keeper = KEEPER.lock();
        keeper.sessions -= 1;
        if keeper.sessions == 0 && keeper.running {
            LAST_HAS_GONE.notify_all();
        }
    }
}

/// Who closes idle connections that are too old.
struct Keeper {
    sessions: usize,
    running: bool,
}

/// Starts the thread where one is wanted. Not under the lock: on Windows that may wait for the loader, whose own lock
/// a DLL of the program's has that closes its session as it is unloaded.
fn start_keeper() {
    {
        let mut keeper = KEEPER.lock();
        let wanted = || POOL.lock().as_ref().is_some_and(|pool| !pool.is_empty());
        if keeper.running || keeper.sessions == 0 || !wanted() {
            return;
        }
        keeper.running = true;
    }
    if let Err(error) = thread::spawn("winhttp-idle", keep) {
        log::warn!("idle connections are closed late: {error}");
        KEEPER.lock().running = false;
    }
}

/// The thread's life. A pool that is empty for a moment, while its only connection serves, does not end it.
fn keep() {
    let mut keeper = KEEPER.lock();
    let mut was_empty = false;
    loop {
        let next = POOL.lock().as_ref().and_then(Pool::next_end);
        if keeper.sessions == 0 || (next.is_none() && was_empty) {
            keeper.running = false;
            return;
        }
        was_empty = next.is_none();
        let left = next.map_or(PATIENCE, |next| next.saturating_duration_since(Instant::now()));
        LAST_HAS_GONE.wait_for(&mut keeper, left);
        let stale = POOL.lock().as_mut().map(|pool| pool.extract(|idle| idle.since.elapsed() >= LIFETIME));
        MutexGuard::unlocked(&mut keeper, || drop(stale));
    }
}

/// Which connections may serve a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MatchGuid {
    pub(crate) guid: Guid,
    /// Unmarked ones may not.
    pub(crate) only_marked: bool,
}

/// Guards only itself; the pool's lock may be taken under it.
static KEEPER: Mutex<Keeper> = Mutex::new(Keeper { sessions: 0, running: false });
static LAST_HAS_GONE: Condvar = Condvar::new();

/// Guards only itself; no system call is made under it, but for those that part from an engine.
static POOL: Mutex<Option<Pool>> = Mutex::new(None);
/// How long an idle connection is good for.
const LIFETIME: Duration = if cfg!(test) { Duration::from_millis(200) } else { Duration::from_secs(60) };

/// How long the thread stays with an empty pool.
const PATIENCE: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::net::TcpListener;

    use super::*;
    use crate::net::Dialing;
    use crate::net::Socket;

    #[test]
    fn idle_connections_end_though_nobody_visits() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let peer = listener.local_addr().unwrap();
        let _session = Presence::new();
        let socket = Socket::connect(peer, Dialing::default(), None).unwrap();
        let mut server = listener.accept().unwrap().0;
        let origin = Origin {
            host: "tests.invalid".into(),
            port: peer.port(),
            via: Via::Nothing,
            owner: None,
            resolved: None,
            interface: 0,
            identity: None,
            tls: None,
        };
        put(Connection::new(origin, socket, None, peer).unwrap());
        assert!(KEEPER.lock().running);
        server.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        assert_eq!(server.read(&mut [0]).unwrap(), 0);
    }
}
