//! Proxy scripts: finding one, getting it, asking it, and what a session remembers of that.
//!
//! - `lookup.rs` how a look-up is ended from outside
//! - `detect.rs` WPAD
//! - `download.rs` from a URL to a script
//! - `options.rs` what a program asks for
//!
//! All of it blocks, and so runs on a thread of its own.

mod detect;
mod download;
mod lookup;
mod options;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;

pub(in crate::api) use detect::BOTH;
pub(in crate::api) use download::How;
pub(in crate::api) use lookup::Lookup;
use lookup::UntilDropped;
pub(crate) use options::AutoProxyOptions;

use crate::api::errors;
use crate::base::Code;
use crate::base::Condvar;
use crate::base::Mutex;
use crate::base::Result;
use crate::net::helper;
use crate::net::op::Waiting;
use crate::net::pac::Failure;
use crate::net::pac::Limits;
use crate::net::pac::find_proxy;
use crate::platform;
use crate::proto::pac;
use crate::proto::pac::Target;
use crate::proto::proxy::ProxyList;
use crate::proto::url::Url;
use crate::proto::url::UrlError;

/// What is asked, and whom.
#[derive(Clone, Debug)]
pub(in crate::api) struct Question {
    pub(in crate::api) target: Target,
    /// Which of [`BOTH`] ways: whether the network is asked for a script first.
    pub(in crate::api) detect: u32,
    /// Scripts, the next one for the case that one does not answer.
    pub(in crate::api) scripts: Vec<String>,
    /// What counts when no script has answered; without it that is a failure.
    pub(in crate::api) otherwise: Option<ProxyList>,
    pub(in crate::api) how: How,
    /// Nothing that is remembered counts.
    pub(in crate::api) afresh: bool,
    /// A failure that is not old counts, too.
    pub(in crate::api) patient: bool,
}

/// A session's proxy scripts: the last URL that the network gave and the last script, for as long as the
/// machine has the same addresses.
pub(crate) struct Scripts {
    /// Guards only itself; not held while anything is asked.
    memory: Mutex<Memory>,
    /// Somebody has found out what several wanted to know.
    learnt: Condvar,
}

#[derive(Default)]
struct Memory {
    network: Vec<IpAddr>,
    /// By the ways of finding it.
    detected: Option<Entry<String>>,
    /// By its URL.
    script: Option<Entry<Arc<str>>>,
    /// Somebody is finding out.
    busy: bool,
}

struct Entry<T> {
    key: String,
    result: Result<T>,
    since: Instant,
}

impl Scripts {
    pub(crate) fn new() -> Scripts {
        Scripts { memory: Mutex::new(Memory::default()), learnt: Condvar::new() }
    }

    /// The ways to the target, for an operation that can wait.
    pub(in crate::api) async fn find(
        self: &Arc<Self>,
        waiting: &Waiting,
        question: Question,
    ) -> Result<ProxyList> {
        let lookup = Arc::new(Lookup::new());
        let _end = UntilDropped(lookup.clone());
        let this = self.clone();
        let work = move || this.ask(&question, &lookup);
        match helper::elsewhere(waiting, THREAD, Some(Instant::now() + LONGEST), work).await {
            Ok(answer) => answer,
            Err(fault) => match errors::fault(&fault, Code::NOT_ENOUGH_MEMORY) {
                Code::TIMEOUT => Err(Code::AUTO_PROXY_SERVICE_ERROR),
                code => Err(code),
            },
        }
    }

    /// The ways to the target. Blocks.
    pub(in crate::api) fn ask(&self, question: &Question, lookup: &Lookup) -> Result<ProxyList> {
        self.look_around();
        let mut failure = Code::AUTODETECTION_FAILED;
        if question.detect != 0 {
            match self.detected(question, lookup).and_then(|url| self.ask_script(&url, question, lookup)) {
                Ok(ways) => return Ok(ways),
                Err(code) => failure = code,
            }
        }
        for url in &question.scripts {
            lookup.check()?;
            match self.ask_script(url, question, lookup) {
                Ok(ways) => return Ok(ways),
                Err(code) => failure = code,
            }
        }
        lookup.check()?;
        question.otherwise.clone().ok_or(failure)
    }

    /// Forgets what the network gave, or the script, or both.
    pub(in crate::api) fn forget(&self, detected: bool, script: bool) {
        let mut memory = self.memory.lock();
        if detected {
            memory.detected = None;
        }
        if script {
            memory.script = None;
        }
    }

    /// What was learnt in another network is worth nothing in this one.
    fn look_around(&self) {
        let network = platform::own_addresses();
        let mut memory = self.memory.lock();
        if memory.network != network {
            memory.network = network;
            memory.detected = None;
            memory.script = None;
        }
    }

    fn detected(&self, question: &Question, lookup: &Lookup) -> Result<String> {
        let ways = question.detect.to_string();
        self.remembered(
            |memory| &mut memory.detected,
            &ways,
            question,
            lookup,
            || detect::detect(question.detect, lookup),
        )
    }

    fn ask_script(&self, url: &str, question: &Question, lookup: &Lookup) -> Result<ProxyList> {
        let parsed = Url::parse(url.as_bytes()).map_err(|error| match error {
            UrlError::UnrecognizedScheme => Code::UNRECOGNIZED_SCHEME,
            UrlError::Invalid => Code::INVALID_URL,
        })?;
        let script = self.remembered(
            |memory| &mut memory.script,
            url,
            question,
            lookup,
            || download::download(&parsed, question.how, lookup).map(Arc::from),
        )?;
        let Target { text, host, .. } = &question.target;
        match find_proxy(&script, text, host, lookup.waiting(), Limits::USUAL) {
            Ok(answer) => Ok(pac::parse(&answer)),
            Err(Failure::Cancelled) => Err(Code::OPERATION_CANCELLED),
            Err(Failure::Script) => Err(Code::BAD_AUTO_PROXY_SCRIPT),
            Err(Failure::NoEngine) => Err(Code::AUTO_PROXY_SERVICE_ERROR),
        }
    }

    /// What is remembered under the key, or else what `learn` gives. Of several that want to know only
    /// one finds out at a time.
    fn remembered<T: Clone>(
        &self,
        place: fn(&mut Memory) -> &mut Option<Entry<T>>,
        key: &str,
        question: &Question,
        lookup: &Lookup,
        learn: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        let asked = Instant::now();
        {
            let mut memory = self.memory.lock();
            loop {
                if let Some(entry) = place(&mut memory).as_ref().filter(|entry| entry.key == key) {
                    let counts = match entry.result {
                        Ok(_) => !question.afresh || entry.since >= asked,
                        Err(_) => question.patient && entry.since.elapsed() < FAILURES_LAST,
                    };
                    if counts {
                        return entry.result.clone();
                    }
                }
                if !memory.busy {
                    break;
                }
                self.learnt.wait(&mut memory);
                lookup.check()?;
            }
            memory.busy = true;
        }
        let _busy = Busy(self);
        let result = learn();
        if lookup.check().is_ok() && !matches!(result, Err(Code::LOGIN_FAILURE)) {
            let entry = Entry { key: key.to_owned(), result: result.clone(), since: Instant::now() };
            *place(&mut self.memory.lock()) = Some(entry);
        }
        result
    }
}

/// The right to find something out.
struct Busy<'a>(&'a Scripts);

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.memory.lock().busy = false;
        self.0.learnt.notify_all();
    }
}

/// `WinHttpDetectAutoProxyConfigUrl`. Blocks.
pub(crate) fn detect_script_url(ways: u32) -> Result<String> {
    if ways & BOTH == 0 || ways & !BOTH != 0 {
        return Err(Code::INVALID_PARAMETER);
    }
    detect::detect(ways, &Lookup::new())
}

/// The name of the threads that do this.
pub(in crate::api) const THREAD: &str = "winhttp-pac";
/// Nobody waits longer for an answer. The steps have limits of their own; this is for the case that
/// their sum is too much, or that one does not keep to its own.
pub(in crate::api) const LONGEST: Duration = Duration::from_secs(150);
/// How long requests do without a script that could not be had, before it is tried again.
const FAILURES_LAST: Duration = Duration::from_secs(60);
