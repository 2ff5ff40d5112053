//! `WinHttpQueryDataAvailable` and `WinHttpReadData`.

use std::sync::Arc;
use std::time::Instant;

use crate::api::errors;
use crate::api::request::Request;
use crate::api::request::broken;
use crate::api::request::deadline;
use crate::api::request::input::Exchange;
use crate::api::request::state::Phase;
use crate::api::request::task::Api;
use crate::api::request::task::Begin;
use crate::api::request::task::Done;
use crate::api::request::task::Operation;
use crate::api::request::task::Side;
use crate::base::Code;
use crate::base::OutBuf;
use crate::base::Result;
use crate::proto::h1::Step;

/// What a read call came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// The result, on a synchronous session.
    Result(u32),
    /// The application has been told on this thread.
    Told,
    /// It will be told on another thread.
    Pending,
}

/// How much a read call wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Amount {
    /// The whole room full, or all to the end of the body.
    All,
    /// Whatever is there, but something.
    Some,
}

impl Request {
    /// How many bytes can be read at once; 0 at the end of the body.
    pub(crate) fn query_data_available(self: &Arc<Self>) -> Result<Progress> {
        self.check_readable()?;
        if !self.is_async() {
            return Request::progress(self.run_blocking(Side::Main, self.available_operation())?);
        }
        let this = self.clone();
        let operation =
            Operation::new(
                &self.node,
                Api::QueryDataAvailable,
                async move { this.available_operation().await },
            )?;
        self.start(Side::Main, Begin::Here, operation).map(told)
    }

    /// Fills the caller's room, or less at the end of the body or when less will do.
    pub(crate) fn read(self: &Arc<Self>, into: OutBuf, amount: Amount) -> Result<Progress> {
        self.check_readable()?;
        if !self.is_async() {
            return Request::progress(self.run_blocking(Side::Main, self.read_operation(into, amount))?);
        }
        let this = self.clone();
        let operation =
            Operation::new(
                &self.node,
                Api::ReadData,
                async move { this.read_operation(into, amount).await },
            )?;
        self.start(Side::Main, Begin::Here, operation).map(told)
    }

    /// The whole body, for requests of the library's own. Fails when there is more than `most` bytes of it,
    /// or when it takes longer than until then.
    pub(in crate::api) fn read_to_end(&self, most: usize, until: Instant) -> Result<Vec<u8>> {
        let _lease = self.node.lease()?;
        self.check_readable()?;
        let mut body = Vec::new();
        self.run_blocking(Side::Main, async {
            self.collect(&mut body, most, until).await.map(|()| Done::DataAvailable(0))
        })?;
        Ok(body)
    }

    async fn collect(&self, into: &mut Vec<u8>, most: usize, until: Instant) -> Result<()> {
        while let Some(mut exchange) = self.take_exchange() {
            let payload = self.payload(&mut exchange).await?;
            let ready = exchange.ready(payload);
            into.extend_from_slice(ready);
            let taken = ready.len();
            exchange.taken(taken);
            if into.len() > most {
                return Err(Code::INVALID_SERVER_RESPONSE);
            }
            if Instant::now() > until {
                return Err(Code::TIMEOUT);
            }
            self.put_back(exchange)?;
        }
        Ok(())
    }

    fn progress(done: Done) -> Result<Progress> {
        match done {
            Done::DataAvailable(bytes) | Done::Read { bytes, .. } => Ok(Progress::Result(bytes)),
            _ => Err(Code::INTERNAL_ERROR),
        }
    }

    fn check_readable(&self) -> Result<()> {
        match self.state.lock().phase {
            Phase::Response | Phase::Upgraded => Ok(()),
            _ => Err(Code::INCORRECT_HANDLE_STATE),
        }
    }

    async fn available_operation(&self) -> Result<Done> {
        self.check()?;
        let promised = self.state.lock().promised;
        if promised > 0 {
            return Ok(Done::DataAvailable(promised));
        }
        let Some(mut exchange) = self.take_exchange() else { return Ok(Done::DataAvailable(0)) };
        let payload = match self.payload(&mut exchange).await {
            Ok(payload) => self.put_back(exchange).map(|()| payload),
            Err(code) => Err(code),
        };
        match payload {
            Ok(payload) => {
                let promised = u32::try_from(payload).unwrap_or(u32::MAX).min(MOST_PROMISED);
                self.state.lock().promised = promised;
                Ok(Done::DataAvailable(promised))
            }
            Err(code) => self.fail(code),
        }
    }

    async fn read_operation(&self, mut into: OutBuf, amount: Amount) -> Result<Done> {
        self.check()?;
        let address = into.address();
        let done = |into: &OutBuf| Done::Read { buffer: address, bytes: into.filled() as u32 };
        if into.remaining() == 0 {
            return Ok(done(&into));
        }
        let Some(mut exchange) = self.take_exchange() else { return Ok(done(&into)) };
        let read = match self.read_body(&mut exchange, &mut into, amount).await {
            Ok(()) => {
                self.count(&exchange, into.filled() as u64);
                self.put_back(exchange)
            }
            Err(code) => Err(code),
        };
        match read {
            Ok(()) => {
                let mut state = self.state.lock();
                state.promised = state.promised.saturating_sub(into.filled() as u32);
                Ok(done(&into))
            }
            Err(code) => self.fail(code),
        }
    }

    fn count(&self, exchange: &Exchange, read: u64) {
        let measures = &mut self.state.lock().measures;
        measures.body += read;
        measures.coded_body = if exchange.decoder.is_some() { exchange.coded } else { measures.body };
    }

    /// None: the body has ended, or the connection went to a WebSocket.
    fn take_exchange(&self) -> Option<Exchange> {
        let mut state = self.state.lock();
        if state.phase == Phase::Response { state.exchange.take() } else { None }
    }

    async fn read_body(&self, exchange: &mut Exchange, into: &mut OutBuf, amount: Amount) -> Result<()> {
        while into.remaining() > 0 && (amount == Amount::All || into.filled() == 0) {
            let Exchange { connection, input, body, decoder, keep, .. } = &mut *exchange;
            let Some(body) = body else { return Err(Code::INTERNAL_ERROR) };
            let direct = usize::try_from(body.direct()).unwrap_or(usize::MAX).min(into.remaining());
            if direct >= DIRECT && input.unread().is_empty() && decoder.is_none() {
                let until = deadline(self.settings.lock().timeouts.receive);
                let room = &mut into.spare()[..direct];
                let n = connection.receive(&self.main.waiting, room, until).await.map_err(broken)?;
                if n == 0 {
                    *keep = false;
                    self.check_end()?;
                    body.eof().map_err(errors::body)?;
                    return Ok(());
                }
                into.advance(n);
                body.consumed(n);
                continue;
            }
            let payload = self.payload(exchange).await?;
            if payload == 0 {
                return Ok(());
            }
            exchange.take(payload, into);
        }
        Ok(())
    }

    /// Reads until something is ready for the application; how much of it there is, 0 at the body's end.
    async fn payload(&self, exchange: &mut Exchange) -> Result<usize> {
        loop {
            if let Some(decoder) = &exchange.decoder
                && !decoder.ready().is_empty()
            {
                return Ok(decoder.ready().len());
            }
            let coded = self.payload_as_sent(exchange).await?;
            let Exchange { input, body: Some(body), decoder: Some(decoder), coded: total, .. } =
                &mut *exchange
            else {
                return Ok(coded);
            };
            if coded == 0 {
                decoder.end().map_err(errors::coding)?;
                return Ok(decoder.ready().len());
            }
            let waiting = input.unread();
            let used = decoder.feed(waiting.get(..coded).unwrap_or(waiting)).map_err(errors::coding)?;
            input.consume(used);
            body.consumed(used);
            *total += used as u64;
        }
    }

    /// Reads until payload stands first in the input; how much of it there is, 0 at the body's end.
    async fn payload_as_sent(&self, exchange: &mut Exchange) -> Result<usize> {
        let Exchange { connection, input, body, keep, .. } = exchange;
        let Some(body) = body else { return Err(Code::INTERNAL_ERROR) };
        loop {
            match body.advance(input.unread()).map_err(errors::body)? {
                Step::Data { skip, len } => {
                    input.consume(skip);
                    return Ok(len);
                }
                Step::Done { used } => {
                    input.consume(used);
                    return Ok(0);
                }
                Step::NeedInput { used } => input.consume(used),
            }
            let until = deadline(self.settings.lock().timeouts.receive);
            if input.fill(connection, &self.main.waiting, until).await.map_err(broken)? == 0 {
                *keep = false;
                self.check_end()?;
                body.eof().map_err(errors::body)?;
                return Ok(0);
            }
        }
    }
}

fn told(ended: bool) -> Progress {
    if ended { Progress::Told } else { Progress::Pending }
}

/// QueryDataAvailable promises no more than this at once.
const MOST_PROMISED: u32 = 8192;
/// From this size on payload is read straight into the caller's room.
const DIRECT: usize = 4096;
