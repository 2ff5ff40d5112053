//! Noticing that the system's proxy settings change. A thread watches while anybody wants to know.

use std::cell::Cell;
use std::io;
use std::sync::Arc;

use crate::api::proxy::system;
use crate::base::Code;
use crate::base::Condvar;
use crate::base::Mutex;
use crate::base::Result;
use crate::base::is_ending;
use crate::base::promise;
use crate::net;
use crate::platform::ProxyWatch;
use crate::proto::proxy::ProxySettings;

/// Calls the application.
pub(crate) type Notify = Box<dyn Fn() + Send + Sync>;

/// Has `notify` called, on a thread of the library's, after each change from now on. Gives the number to
/// end that with.
pub(crate) fn register(notify: Notify) -> Result<usize> {
    let mut watching = WATCHING.lock();
    if watching.watch.is_none() {
        watching.watch = Some(start().map_err(|error| {
            log::error!("proxy settings cannot be watched: {error}");
            Code::NOT_ENOUGH_MEMORY
        })?);
    }
    watching.last_number += 1;
    let number = watching.last_number;
    watching.listeners.push(Arc::new(Listener {
        number,
        notify,
        state: Mutex::new(State::default()),
        done: Condvar::new(),
    }));
    Ok(number)
}

/// Ends it. A call that runs on another thread has returned afterwards.
pub(crate) fn unregister(number: usize) -> Result<()> {
    let listener = {
        let mut watching = WATCHING.lock();
        let at = watching.listeners.iter().position(|listener| listener.number == number);
        let listener = watching.listeners.swap_remove(at.ok_or(Code::INVALID_HANDLE)?);
        if watching.listeners.is_empty()
            && let Some(watch) = watching.watch.take()
        {
            watch.stop();
        }
        listener
    };
    let mut state = listener.state.lock();
    state.is_over = true;
    while state.is_calling && CALLING.get() != number && !is_ending() {
        listener.done.wait(&mut state);
    }
    Ok(())
}

/// A number that grows when somebody asks and the settings are not what they were the last time.
pub(crate) fn version() -> u32 {
    user_settings().1
}

/// The user's settings, and [`version`].
pub(crate) fn user_settings() -> (ProxySettings, u32) {
    static SEEN: Mutex<(Option<Both>, u32)> = Mutex::new((None, 0));
    let now = both();
    let user = now.1.clone();
    let mut seen = SEEN.lock();
    if seen.0.as_ref() != Some(&now) {
        *seen = (Some(now), seen.1.wrapping_add(1));
    }
    (user, seen.1)
}

struct Watching {
    listeners: Vec<Arc<Listener>>,
    /// Present while there are listeners.
    watch: Option<Arc<ProxyWatch>>,
    last_number: usize,
}

struct Listener {
    number: usize,
    notify: Notify,
    /// Guards only itself; not held while the application runs.
    state: Mutex<State>,
    done: Condvar,
}

#[derive(Default)]
struct State {
    /// The thread that watches is inside the application's function.
    is_calling: bool,
    is_over: bool,
}

impl Listener {
    fn call(&self) {
        {
            let mut state = self.state.lock();
            if state.is_over {
                return;
            }
            state.is_calling = true;
        }
        CALLING.set(self.number);
        (self.notify)();
        CALLING.set(0);
        self.state.lock().is_calling = false;
        self.done.notify_all();
    }
}

/// Starts the thread; what changes from now on is noticed.
fn start() -> io::Result<Arc<ProxyWatch>> {
    let (ready, is_ready) = promise();
    net::spawn("winhttp-proxies", move || {
        let watch = match ProxyWatch::new() {
            Ok(watch) => Arc::new(watch),
            Err(error) => {
                ready.give(Err(error));
                return;
            }
        };
        let mut before = both();
        ready.give(Ok(watch.clone()));
        loop {
            match watch.wait() {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => {
                    log::error!("watching proxy settings: {error}");
                    return;
                }
            }
            let now = both();
            if now == before {
                continue;
            }
            before = now;
            let mine =
                |watching: &Watching| watching.watch.as_ref().is_some_and(|it| Arc::ptr_eq(it, &watch));
            let listeners = {
                let watching = WATCHING.lock();
                if mine(&watching) { watching.listeners.clone() } else { Vec::new() }
            };
            listeners.iter().for_each(|listener| listener.call());
        }
    })?;
    is_ready.wait().unwrap_or_else(|| Err(io::ErrorKind::Other.into()))
}

fn both() -> Both {
    (system::machine_settings(), system::user_settings())
}

/// The machine's and the user's.
type Both = (ProxySettings, ProxySettings);

// The listener that this thread is telling. (Not the thread's name: asking the standard library for that leaves
// a destructor with a thread of the application.)
thread_local!(static CALLING: Cell<usize> = const { Cell::new(0) });

/// Guards only itself.
static WATCHING: Mutex<Watching> =
    Mutex::new(Watching { listeners: Vec::new(), watch: None, last_number: 0 });
