//! A look-up on a thread of its own, as those who wait for it hold it.

use std::sync::Arc;

use crate::api::Handle;
use crate::api::handles;
use crate::base::Code;
use crate::base::Mutex;
use crate::base::Result;
use crate::net::op::Waiting;

/// Lets others end a look-up that works through its steps.
pub(in crate::api) struct Lookup {
    waiting: Arc<Waiting>,
    /// Guards only itself: the request that downloads a script at the moment.
    download: Mutex<Option<Handle>>,
}

impl Lookup {
    pub(in crate::api) fn new() -> Lookup {
        Lookup { waiting: Arc::new(Waiting::new()), download: Mutex::new(None) }
    }

    /// Ends the look-up soon, with `OPERATION_CANCELLED`.
    pub(in crate::api) fn cancel(&self) {
        self.waiting.cancel();
        self.end_download();
    }

    pub(super) fn check(&self) -> Result<()> {
        self.waiting.check().map_err(|_| Code::OPERATION_CANCELLED)
    }

    pub(super) fn waiting(&self) -> &Arc<Waiting> {
        &self.waiting
    }

    /// Has `cancel` close this request, too.
    pub(super) fn begin_download(&self, request: Handle) -> Result<()> {
        *self.download.lock() = Some(request);
        self.check()
    }

    /// Closes the request, unless `cancel` has.
    pub(super) fn end_download(&self) {
        let request = self.download.lock().take();
        if let Some(request) = request {
            _ = handles::close(request);
        }
    }
}

/// Ends the look-up when nobody waits for it any more.
pub(super) struct UntilDropped(pub(super) Arc<Lookup>);

impl Drop for UntilDropped {
    fn drop(&mut self) {
        self.0.cancel();
    }
}
