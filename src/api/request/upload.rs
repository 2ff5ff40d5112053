//! A body that is written while the response comes (http spec 10.6): WriteData of a request with
//! `WINHTTP_FLAG_AUTOMATIC_CHUNKING`, which has a lane of its own.
//!
//! Only this file writes on a connection that the request's other operations may be reading from. What a
//! write finds when it is done may be another state than that in which it began: the response may have
//! failed, led elsewhere, or have been sent for anew.

use std::io;
use std::sync::Arc;
use std::time::Instant;

use crate::api::request::Request;
use crate::api::request::broken;
use crate::api::request::deadline;
use crate::api::request::measures::Moment;
use crate::api::request::send::TOGETHER;
use crate::api::request::state::Upload;
use crate::api::request::task::Side;
use crate::base::Code;
use crate::base::InBuf;
use crate::base::Result;
use crate::net::Connection;
use crate::net::op::Fault;
use crate::net::op::Waiting;
use crate::proto::h1::ChunkFrame;

impl Request {
    /// A send or a receive failed. `code`, as an error.
    pub(super) fn fail<T>(&self, code: Code) -> Result<T> {
        let given_up = self.state.lock().fail(code);
        self.give_up(given_up);
        Err(code)
    }

    /// Ends the write that may be under way on the connection: its leg is over.
    pub(super) fn give_up(&self, connection: Option<Arc<Connection>>) {
        let Some(connection) = connection else { return };
        connection.abort();
        self.lane(Side::Upload).waiting.wake();
        if let Some(this) = self.this.upgrade() {
            this.post(Side::Upload);
        }
    }

    /// At the peer's end: a write may have been told how it really ended.
    pub(super) fn check_end(&self) -> Result<()> {
        match self.state.lock().upload {
            Upload::Broken { reset: true } => Err(Code::CONNECTION_ERROR),
            _ => Ok(()),
        }
    }

    pub(super) async fn upload_operation(&self, data: InBuf) -> Result<()> {
        let waiting = &self.lane(Side::Upload).waiting;
        waiting.check().map_err(broken)?;
        let (connection, frame) = {
            let mut state = self.state.lock();
            let ends = state.ended;
            match &state.upload {
                Upload::Open(connection) => {
                    let chunked = state.leg.as_ref().is_some_and(|leg| leg.chunked);
                    (connection.clone(), chunked.then(|| ChunkFrame::of(data.len(), ends)))
                }
                Upload::Nowhere => {
                    if ends {
                        state.upload = Upload::Over;
                    }
                    return Ok(());
                }
                Upload::Over => return Ok(()),
                Upload::Broken { .. } => return Err(Code::CONNECTION_ERROR),
            }
        };
        self.be_patient();
        let until = deadline(self.settings.lock().timeouts.send);
        let sent = match frame {
            Some(frame) => send_chunk(&connection, waiting, frame, data.as_slice(), until).await,
            None => connection.send(waiting, data.as_slice(), until).await,
        };
        self.be_patient();
        let mut state = self.state.lock();
        if !state.upload.goes_by(&connection) {
            return match (&state.upload, sent) {
                (_, Err(Fault::Cancelled)) => Err(Code::OPERATION_CANCELLED),
                (Upload::Broken { .. }, Err(fault)) => Err(broken(fault)),
                (Upload::Nowhere, _) if state.ended => {
                    state.upload = Upload::Over;
                    Ok(())
                }
                _ => Ok(()),
            };
        }
        // Before the state says that the connection is nobody else's.
        drop(connection);
        match sent {
            Ok(()) => {
                state.measures.mark(Moment::SendEnd);
                if let Some(chunks) = &mut state.chunks {
                    chunks.pass(data.as_slice());
                }
                if state.owed == 0 {
                    state.upload = Upload::Over;
                }
                Ok(())
            }
            // The response may be there all the same.
            Err(fault) => {
                let reset =
                    matches!(&fault, Fault::Io(error) if error.kind() == io::ErrorKind::ConnectionReset);
                state.upload = Upload::Broken { reset };
                Err(broken(fault))
            }
        }
    }

    /// A server that is being sent to need not answer yet: the time for that begins anew.
    fn be_patient(&self) {
        let receive = self.settings.lock().timeouts.receive;
        self.main.waiting.postpone(deadline(receive));
    }
}

/// Each chunk goes out whole, and at once.
async fn send_chunk(
    connection: &Connection,
    waiting: &Waiting,
    frame: ChunkFrame,
    data: &[u8],
    until: Option<Instant>,
) -> std::result::Result<(), Fault> {
    let (first, rest) = data.split_at(data.len().min(TOGETHER));
    let mut wire = frame.before.into_bytes();
    wire.extend_from_slice(first);
    if rest.is_empty() {
        wire.extend_from_slice(frame.behind);
        return connection.send(waiting, &wire, until).await;
    }
    connection.send(waiting, &wire, until).await?;
    connection.send(waiting, rest, until).await?;
    connection.send(waiting, frame.behind, until).await
}
