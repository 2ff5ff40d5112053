//! `WinHttpWriteData`.

use std::sync::Arc;

use crate::api::request::Request;
use crate::api::request::broken;
use crate::api::request::deadline;
use crate::api::request::measures::Moment;
use crate::api::request::state::Phase;
use crate::api::request::state::Upload;
use crate::api::request::task::Api;
use crate::api::request::task::Begin;
use crate::api::request::task::Done;
use crate::api::request::task::Operation;
use crate::api::request::task::Side;
use crate::base::Code;
use crate::base::InBuf;
use crate::base::Result;

impl Request {
    /// Writes more of the body. Gives the count on a synchronous session.
    pub(crate) fn write(self: &Arc<Self>, data: InBuf) -> Result<Option<u32>> {
        {
            let mut state = self.state.lock();
            let open = match state.upload {
                Upload::Open(_) | Upload::Nowhere => true,
                Upload::Over => state.phase == Phase::Sent,
                Upload::Broken { .. } => false,
            };
            if !open || state.ended || !self.lane(Side::Upload).is_idle() {
                return Err(Code::INCORRECT_HANDLE_STATE);
            }
            let len = data.len() as u64;
            if len > state.owed && !matches!(state.upload, Upload::Nowhere) {
                return Err(Code::INVALID_PARAMETER);
            }
            state.written |= len > 0;
            if len == 0 && state.leg.as_ref().is_some_and(|leg| leg.chunked) {
                state.ended = true;
                state.owed = 0;
            } else if state.owed != u64::MAX {
                state.owed = state.owed.saturating_sub(len);
            }
        }
        if !self.is_async() {
            return match self.run_blocking(Side::Upload, self.any_write(data))? {
                Done::Written(bytes) => Ok(Some(bytes)),
                _ => Err(Code::INTERNAL_ERROR),
            };
        }
        let this = self.clone();
        let operation =
            Operation::new(&self.node, Api::WriteData, async move { this.any_write(data).await })?;
        self.start(Side::Upload, Begin::Here, operation).map(|_| None)
    }

    async fn any_write(&self, data: InBuf) -> Result<Done> {
        let written = Done::Written(u32::try_from(data.len()).unwrap_or(u32::MAX));
        let done = match self.upload {
            Some(_) => self.upload_operation(data).await,
            None => self.write_operation(data).await,
        };
        done.map(|()| written)
    }

    async fn write_operation(&self, data: InBuf) -> Result<()> {
        self.check()?;
        let goes_nowhere = {
            let state = self.state.lock();
            // The proxy's response says that there is nobody to send it to, or it will be asked for again
            // (http spec 3.4).
            state.refused || state.leg.as_ref().is_some_and(|leg| leg.withheld)
        };
        if goes_nowhere {
            return Ok(());
        }
        let exchange = self.state.lock().exchange.take().ok_or(Code::INCORRECT_HANDLE_STATE)?;
        let until = deadline(self.settings.lock().timeouts.send);
        match exchange.connection.send(&self.main.waiting, data.as_slice(), until).await {
            Ok(()) => {
                let mut state = self.state.lock();
                state.exchange = Some(exchange);
                state.measures.mark(Moment::SendEnd);
                if let Some(chunks) = &mut state.chunks {
                    chunks.pass(data.as_slice());
                }
                Ok(())
            }
            Err(fault) => self.fail(broken(fault)),
        }
    }
}
