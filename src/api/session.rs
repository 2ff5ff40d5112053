//! A session: what its requests share.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;

use crate::api::Deliver;
use crate::api::Handle;
use crate::api::Notice;
use crate::api::Object;
use crate::api::auth_memory::AuthMemory;
use crate::api::handles;
use crate::api::node::Node;
use crate::api::proxy::ProxyAccess;
use crate::api::proxy::ProxyInfo;
use crate::api::proxy::Scripts;
use crate::api::settings::Settings;
use crate::base::Code;
use crate::base::Mutex;
use crate::base::Result;
use crate::net;
use crate::net::engine::Engine;
use crate::net::engine::EngineOwner;
use crate::net::limits::Limits;
use crate::net::pool;
use crate::net::tls;
use crate::platform;
use crate::proto::cookies::Jar;
use crate::proto::headers::narrow;
use crate::proto::headers::narrow_lossy;
use crate::proto::url::Url;

pub(crate) struct Session {
    node: Node,
    secure_defaults: bool,
    /// Guards only itself: what new requests share until one of the two changes.
    settings: Mutex<Arc<Settings>>,
    /// Guards only itself: the `User-Agent` of requests that bring none.
    agent: Mutex<Vec<u8>>,
    tls: tls::Configs,
    limits: Arc<Limits>,
    has_children: AtomicBool,
    _presence: pool::Presence,
    /// Guards only itself.
    cookies: Mutex<Jar>,
    /// Guards only itself.
    auth_memory: Mutex<AuthMemory>,
    scripts: Arc<Scripts>,
    /// Guards only itself: a Win32 event that is set when all is over.
    unload_event: Mutex<Option<usize>>,
    /// Present in an asynchronous session.
    engine: Option<Arc<EngineOwner>>,
}

/// How a session begins.
pub(crate) struct Start {
    /// As C gave it.
    pub(crate) agent: Vec<u16>,
    pub(crate) is_async: bool,
    /// `WINHTTP_FLAG_SECURE_DEFAULTS`: nothing below TLS 1.2, ever.
    pub(crate) secure_defaults: bool,
    pub(crate) proxy: ProxyInfo,
    /// How notices of the session and of everything below it reach the application.
    pub(crate) deliver: Deliver,
}

impl Session {
    /// Opens a session.
    pub(crate) fn open(start: Start) -> Result<Handle> {
        let settings = Settings { proxy: ProxyAccess::new(start.proxy)?, ..Settings::default() };
        let engine = if start.is_async {
            let owner = EngineOwner::shared().inspect_err(|error| log::error!("no engine: {error}"));
            Some(owner.map_err(|_| Code::NOT_ENOUGH_MEMORY)?)
        } else {
            None
        };
        handles::publish(Object::Session(Arc::new(Session {
            node: Node::root(start.deliver),
            secure_defaults: start.secure_defaults,
            settings: Mutex::new(Arc::new(settings)),
            agent: Mutex::new(narrow_lossy(&start.agent)),
            tls: tls::Configs::new(),
            limits: Arc::new(Limits::new()),
            has_children: AtomicBool::new(false),
            _presence: pool::Presence::new(),
            cookies: Mutex::new(Jar::new()),
            auth_memory: Mutex::default(),
            scripts: Arc::new(Scripts::new()),
            unload_event: Mutex::new(None),
            engine,
        })))
    }

    pub(crate) fn node(&self) -> &Node {
        &self.node
    }

    pub(crate) fn secure_defaults(&self) -> bool {
        self.secure_defaults
    }

    pub(crate) fn settings(&self) -> &Mutex<Arc<Settings>> {
        &self.settings
    }

    pub(crate) fn agent(&self) -> &Mutex<Vec<u8>> {
        &self.agent
    }

    pub(crate) fn tls(&self) -> &tls::Configs {
        &self.tls
    }

    /// Whether it has, or has ever had, a child.
    pub(crate) fn has_children(&self) -> bool {
        self.has_children.load(Ordering::Relaxed)
    }

    pub(crate) fn limits(&self) -> &Arc<Limits> {
        &self.limits
    }

    pub(crate) fn cookies(&self) -> &Mutex<Jar> {
        &self.cookies
    }

    /// Clears the cookies that would go to a URL, in the program's words; what is none has none.
    pub(crate) fn forget_cookies(&self, url: &[u16]) {
        if let Some(url) = narrow(url).and_then(|url| Url::parse(&url).ok()) {
            self.cookies.lock().forget(&url);
        }
    }

    pub(crate) fn auth_memory(&self) -> &Mutex<AuthMemory> {
        &self.auth_memory
    }

    /// The proxy scripts that the session has asked.
    pub(crate) fn scripts(&self) -> &Arc<Scripts> {
        &self.scripts
    }

    pub(crate) fn unload_event(&self) -> &Mutex<Option<usize>> {
        &self.unload_event
    }

    pub(crate) fn engine(&self) -> Option<&Arc<Engine>> {
        self.engine.as_ref().map(|owner| owner.engine())
    }

    /// Tells the application about a new child, on the calling thread.
    pub(crate) fn announce(&self, child: Handle) -> Result<()> {
        let _lease = self.node.lease()?;
        self.has_children.store(true, Ordering::Relaxed);
        self.node.notify(&Notice::HandleCreated(child));
        Ok(())
    }
}

impl Drop for Session {
    /// Every object below has given up its share, so the last callback has returned.
    fn drop(&mut self) {
        pool::forget(self.node.handle().raw());
        net::release_pools();
        if let Some(event) = *self.unload_event.get_mut() {
            platform::signal_event(event);
        }
    }
}
