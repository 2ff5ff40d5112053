//! A proxy resolver: asks for the proxies of a URL or for the system's settings, one question after the other, and
//! tells by a callback.

use std::sync::Arc;
use std::sync::Weak;
use std::time::Instant;

use crate::api::Handle;
use crate::api::Notice;
use crate::api::Object;
use crate::api::Session;
use crate::api::handles;
use crate::api::handles::Lease;
use crate::api::node::Node;
use crate::api::proxy::changes;
use crate::api::proxy::script;
use crate::api::proxy::script::Lookup;
use crate::api::proxy::script::Question;
use crate::base::Code;
use crate::base::Mutex;
use crate::base::Result;
use crate::net::engine::Alarm;
use crate::net::engine::Engine;
use crate::net::engine::Reactive;
use crate::net::engine::Turn;
use crate::net::thread;
use crate::proto::proxy::ProxyList;
use crate::proto::proxy::ProxySettings;

pub(crate) struct Resolver {
    node: Node,
    session: Arc<Session>,
    engine: Arc<Engine>,
    /// Guards only itself.
    state: Mutex<State>,
    /// Goes off when the look-up has taken too long.
    alarm: Alarm,
    this: Weak<Resolver>,
}

enum State {
    /// Nothing asked, or the last look-up has failed.
    Idle,
    Pending {
        /// The call that asks: its `API_*` number.
        api: u32,
        lookup: Arc<Lookup>,
        until: Instant,
        /// Ends when the application has been told.
        lease: Lease,
    },
    Answered(Answer),
}

enum Answer {
    Ways(ProxyList),
    /// And their version.
    Settings(ProxySettings, u32),
}

impl Resolver {
    /// `WinHttpCreateProxyResolver`.
    pub(crate) fn open(session: &Arc<Session>) -> Result<Handle> {
        let engine = session.engine().ok_or(Code::INCORRECT_HANDLE_TYPE)?.clone();
        let node = Node::below(session.node())?;
        handles::publish(Object::Resolver(Arc::new_cyclic(|this| Resolver {
            node,
            session: session.clone(),
            engine,
            state: Mutex::new(State::Idle),
            alarm: Alarm::new(),
            this: this.clone(),
        })))
    }

    pub(crate) fn node(&self) -> &Node {
        &self.node
    }

    pub(crate) fn session(&self) -> &Arc<Session> {
        &self.session
    }

    /// Begins to ask for the ways to a URL's server.
    pub(in crate::api) fn ask(self: &Arc<Self>, question: Question, context: usize) -> Result<()> {
        self.begin(API_GET_PROXY_FOR_URL, script::THREAD, context, move |this, lookup| {
            this.session.scripts().ask(&question, lookup).map(Answer::Ways)
        })
    }

    /// `WinHttpGetProxySettingsEx`: begins to read the user's settings.
    pub(crate) fn read_settings(self: &Arc<Self>, context: usize) -> Result<()> {
        self.begin(API_GET_PROXY_SETTINGS, "winhttp-settings", context, |_, _| {
            let (settings, version) = changes::user_settings();
            Ok(Answer::Settings(settings, version))
        })
    }

    /// Begins a look-up on a thread of its own; it ends with a notice.
    fn begin(
        self: &Arc<Self>,
        api: u32,
        thread_name: &'static str,
        context: usize,
        work: impl FnOnce(&Resolver, &Arc<Lookup>) -> Result<Answer> + Send + 'static,
    ) -> Result<()> {
        let lease = self.node.lease()?;
        let lookup = Arc::new(Lookup::new());
        let until = Instant::now() + script::LONGEST;
        {
            let mut state = self.state.lock();
            if matches!(*state, State::Pending { .. }) {
                return Err(Code::INCORRECT_HANDLE_STATE);
            }
            *state = State::Pending { api, lookup: lookup.clone(), until, lease };
        }
        self.node.set_context(context);
        let this = self.clone();
        let started = thread::spawn(thread_name, move || {
            let answer = work(&this, &lookup);
            this.end(&lookup, answer);
        });
        if let Err(error) = started {
            log::error!("no thread to look for proxies: {error}");
            let ended = std::mem::replace(&mut *self.state.lock(), State::Idle);
            drop(ended);
            return Err(Code::NOT_ENOUGH_MEMORY);
        }
        self.engine.set_alarm(&(self.clone() as Arc<dyn Reactive>), Some(until));
        Ok(())
    }

    /// The answer, if the last question was for the ways to a server.
    pub(crate) fn answer(&self) -> Result<ProxyList> {
        match &*self.state.lock() {
            State::Answered(Answer::Ways(ways)) => Ok(ways.clone()),
            _ => Err(Code::INCORRECT_HANDLE_STATE),
        }
    }

    /// The answer and its version, if the last question was for the settings.
    pub(crate) fn settings(&self) -> Result<(ProxySettings, u32)> {
        match &*self.state.lock() {
            State::Answered(Answer::Settings(settings, version)) => Ok((settings.clone(), *version)),
            _ => Err(Code::INCORRECT_HANDLE_STATE),
        }
    }

    /// `WinHttpCloseHandle`: ends what is under way.
    pub(crate) fn cancel(&self) {
        let pending = match &*self.state.lock() {
            State::Pending { lookup, .. } => lookup.clone(),
            State::Idle | State::Answered(_) => return,
        };
        pending.cancel();
        if let Some(this) = self.this.upgrade() {
            self.engine.post(this);
        }
    }

    /// Ends a look-up, if it has not ended already, and tells.
    fn end(&self, lookup: &Arc<Lookup>, answer: Result<Answer>) {
        let (ended, notice) = {
            let mut state = self.state.lock();
            let api = match &*state {
                State::Pending { api, lookup: pending, .. } if Arc::ptr_eq(pending, lookup) => *api,
                _ => return,
            };
            let notice = match &answer {
                Ok(Answer::Ways(_)) => Notice::GotProxyForUrl,
                Ok(Answer::Settings(..)) => Notice::GotProxySettings,
                Err(error) => Notice::RequestError { api, error: *error },
            };
            let next = answer.map_or(State::Idle, State::Answered);
            (std::mem::replace(&mut *state, next), notice)
        };
        if let Some(this) = self.this.upgrade() {
            self.engine.set_alarm(&(this as Arc<dyn Reactive>), None);
        }
        self.node.notify(&notice);
        if let State::Pending { lease, .. } = ended {
            drop(lease);
        }
    }
}

impl Reactive for Resolver {
    /// The handle was closed, or the look-up has taken too long: its thread is not waited for.
    fn run(self: Arc<Self>, _turn: &mut Turn<'_>) {
        let (lookup, late) = match &*self.state.lock() {
            State::Pending { lookup, until, .. } => (lookup.clone(), Instant::now() >= *until),
            State::Idle | State::Answered(_) => return,
        };
        if self.node.is_closing() {
            self.end(&lookup, Err(Code::OPERATION_CANCELLED));
        } else if late {
            lookup.cancel();
            self.end(&lookup, Err(Code::AUTO_PROXY_SERVICE_ERROR));
        }
    }

    fn alarm(&self) -> &Alarm {
        &self.alarm
    }
}

// `API_*`.
const API_GET_PROXY_FOR_URL: u32 = 6;
const API_GET_PROXY_SETTINGS: u32 = 7;
