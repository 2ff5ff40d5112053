//! One door for all exported functions: no panic leaves, and every way of saying success or failure
//! is written once.

use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;

use crate::abi::last_error;
use crate::abi::types::BOOL;
use crate::abi::types::DWORD;
use crate::abi::types::FALSE;
use crate::abi::types::HINTERNET;
use crate::abi::types::TRUE;
use crate::api::Handle;
use crate::api::Progress;
use crate::base::Code;
use crate::base::Result;

/// How an exported function tells C how it went. The last error is written last: callbacks and
/// clean-up may have changed it.
pub(super) trait Reply<T> {
    fn done(value: T) -> Self;
    fn failed(code: Code) -> Self;
}

impl Reply<()> for BOOL {
    fn done((): ()) -> BOOL {
        last_error::set(0);
        TRUE
    }

    fn failed(code: Code) -> BOOL {
        last_error::set(code.get());
        FALSE
    }
}

/// The two calls that say whether the application has been told already.
impl Reply<Progress> for BOOL {
    fn done(progress: Progress) -> BOOL {
        const ERROR_IO_PENDING: u32 = 997;
        last_error::set(if progress == Progress::Pending { ERROR_IO_PENDING } else { 0 });
        TRUE
    }

    fn failed(code: Code) -> BOOL {
        <BOOL as Reply<()>>::failed(code)
    }
}

/// The newer functions: the code is the result.
impl Reply<()> for DWORD {
    fn done((): ()) -> DWORD {
        0
    }

    fn failed(code: Code) -> DWORD {
        code.get()
    }
}

/// An asynchronous call that is under way: `ERROR_IO_PENDING` is its success.
pub(super) struct Accepted;

impl Reply<Accepted> for DWORD {
    fn done(Accepted: Accepted) -> DWORD {
        const ERROR_IO_PENDING: u32 = 997;
        ERROR_IO_PENDING
    }

    fn failed(code: Code) -> DWORD {
        code.get()
    }
}

impl Reply<Handle> for HINTERNET {
    fn done(handle: Handle) -> HINTERNET {
        last_error::set(0);
        HINTERNET(handle.raw() as *mut _)
    }

    fn failed(code: Code) -> HINTERNET {
        last_error::set(code.get());
        HINTERNET::NULL
    }
}

/// Runs the body of the exported function `name`.
#[inline]
pub(super) fn entry<T, R: Reply<T>>(name: &str, body: impl FnOnce() -> Result<T>) -> R {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(value)) => R::done(value),
        Ok(Err(code)) => {
            log::debug!("{name}: {code:?}");
            R::failed(code)
        }
        Err(_) => {
            log::error!("{name} panicked");
            R::failed(Code::INTERNAL_ERROR)
        }
    }
}

/// The handle that C gave.
pub(super) fn handle(handle: HINTERNET) -> Handle {
    Handle::from_raw(handle.0 as usize)
}
