//! A proxy resolver: asks for the proxies of one URL after the other and tells by a callback.

use std::sync::Arc;
use std::sync::Weak;
use std::time::Instant;

use parking_lot::Mutex;

use crate::api::Handle;
use crate::api::Notice;
use crate::api::Object;
use crate::api::Session;
use crate::api::handles;
use crate::api::handles::Lease;
use crate::api::node::Node;
use crate::api::proxy::script;
use crate::api::proxy::script::Lookup;
use crate::api::proxy::script::Question;
use crate::base::Code;
use crate::base::Result;
use crate::net::engine::Alarm;
use crate::net::engine::Engine;
use crate::net::engine::Reactive;
use crate::net::thread;
use crate::proto::proxy::ProxyList;

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
        lookup: Arc<Lookup>,
        until: Instant,
        /// Ends when the application has been told.
        lease: Lease,
    },
    Answered(ProxyList),
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

    /// Begins a look-up, which ends with a notice.
    pub(in crate::api) fn ask(self: &Arc<Self>, question: Question, context: usize) -> Result<()> {
        let lease = self.node.lease()?;
        let lookup = Arc::new(Lookup::new());
        let until = Instant::now() + script::LONGEST;
        {
            let mut state = self.state.lock();
            if matches!(*state, State::Pending { .. }) {
                return Err(Code::INCORRECT_HANDLE_STATE);
            }
            *state = State::Pending { lookup: lookup.clone(), until, lease };
        }
        self.node.set_context(context);
        let this = self.clone();
        let started = thread::spawn(script::THREAD, move || {
            let answer = this.session.scripts().ask(&question, &lookup);
            this.end(&lookup, answer);
        });
        if let Err(error) = started {
            log::error!("no thread for a proxy script: {error}");
            let ended = std::mem::replace(&mut *self.state.lock(), State::Idle);
            drop(ended);
            return Err(Code::NOT_ENOUGH_MEMORY);
        }
        self.engine.set_alarm(&(self.clone() as Arc<dyn Reactive>), Some(until));
        Ok(())
    }

    /// The answer of the last look-up.
    pub(crate) fn answer(&self) -> Result<ProxyList> {
        match &*self.state.lock() {
            State::Answered(ways) => Ok(ways.clone()),
            State::Idle | State::Pending { .. } => Err(Code::INCORRECT_HANDLE_STATE),
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
    fn end(&self, lookup: &Arc<Lookup>, answer: Result<ProxyList>) {
        let (ended, notice) = {
            let mut state = self.state.lock();
            if !matches!(&*state, State::Pending { lookup: pending, .. } if Arc::ptr_eq(pending, lookup)) {
                return;
            }
            let (next, notice) = match answer {
                Ok(ways) => (State::Answered(ways), Notice::GotProxyForUrl),
                Err(error) => (State::Idle, Notice::RequestError { api: API_GET_PROXY_FOR_URL, error }),
            };
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
    fn run(self: Arc<Self>) {
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

/// `API_GET_PROXY_FOR_URL`.
const API_GET_PROXY_FOR_URL: u32 = 6;
