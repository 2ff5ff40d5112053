//! The answer to the upgrade, when a synchronous program did not wait for it: read and checked before
//! the first frame goes either way.

use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;

use crate::api::errors;
use crate::api::request::Input;
use crate::api::request::Leg;
use crate::api::request::SWITCHING_PROTOCOLS;
use crate::api::request::broken;
use crate::api::request::deadline;
use crate::api::settings::Settings;
use crate::api::websocket::WebSocket;
use crate::base::Code;
use crate::base::Mutex;
use crate::base::Result;
use crate::net::Connection;
use crate::net::op::Waiting;
use crate::proto::h1::HeadLimits;
use crate::proto::h1::HeadReader;
use crate::proto::h1::Parsed;

pub(in crate::api) struct Greeting {
    leg: Leg,
    limits: HeadLimits,
    receive_timeout: u32,
    waiting: Waiting,
    /// Held while one thread reads the answer; what came of it.
    outcome: Mutex<Option<Result<()>>>,
    /// `outcome` is there and good.
    welcome: AtomicBool,
}

impl Greeting {
    pub(in crate::api) fn new(leg: Leg, settings: &Settings) -> Greeting {
        Greeting {
            leg,
            limits: HeadLimits { bytes: settings.max_header_size as usize, ..HeadLimits::default() },
            receive_timeout: settings.timeouts.receive,
            waiting: Waiting::new(),
            outcome: Mutex::new(None),
            welcome: AtomicBool::new(false),
        }
    }

    /// Ends a thread that waits for the answer.
    pub(super) fn cancel(&self) {
        self.waiting.cancel();
    }

    /// Reads the answer; what follows its head is left in the input.
    async fn read(&self, connection: &Connection) -> Result<Input> {
        let mut input = Input::default();
        loop {
            let mut reader = HeadReader::new(self.limits);
            let head = loop {
                match reader.parse(input.unread()).map_err(errors::head)? {
                    Parsed::Complete { head, used } => {
                        input.consume(used);
                        break head;
                    }
                    Parsed::Incomplete => {
                        let until = deadline(self.receive_timeout);
                        if input.fill(connection, &self.waiting, until).await.map_err(broken)? == 0 {
                            return Err(Code::CONNECTION_ERROR);
                        }
                    }
                }
            };
            match head.status {
                SWITCHING_PROTOCOLS => {
                    self.leg.check_upgrade(&head)?;
                    return Ok(input);
                }
                100..200 => {}
                status => {
                    log::warn!("the server answered {status} to the WebSocket upgrade");
                    return Err(Code::INVALID_SERVER_RESPONSE);
                }
            }
        }
    }
}

impl WebSocket {
    /// Waits for the answer to the upgrade, if that has not been done. Every call that sends or
    /// receives does so first; the caller holds a lease and no lock.
    #[inline]
    pub(super) fn await_welcome(&self) -> Result<()> {
        match &self.greeting {
            Some(greeting) if !greeting.welcome.load(Ordering::Acquire) => self.read_welcome(greeting),
            _ => Ok(()),
        }
    }

    #[cold]
    fn read_welcome(&self, greeting: &Greeting) -> Result<()> {
        let mut outcome = greeting.outcome.lock();
        let outcome = outcome.get_or_insert_with(|| {
            let input = greeting.waiting.block_on(greeting.read(&self.connection))?;
            self.receive.lock().put_surplus(input.unread());
            greeting.welcome.store(true, Ordering::Release);
            Ok(())
        });
        *outcome
    }
}
