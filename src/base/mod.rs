//! What every layer may use: the error code, the caller's buffers, numbered objects, locks.

mod backoff;
#[allow(unsafe_code)]
mod brief;
mod code;
#[allow(unsafe_code)]
mod ending;
#[allow(unsafe_code)]
mod futex;
#[allow(unsafe_code)]
mod lock;
mod promise;
#[allow(unsafe_code)]
mod rawbuf;
#[allow(unsafe_code)]
mod slots;
#[allow(unsafe_code)]
mod wide;

pub(crate) use brief::Brief;
pub(crate) use brief::BriefGuard;
pub(crate) use brief::let_others;
pub(crate) use code::Code;
pub(crate) use code::Result;
pub(crate) use ending::NotAtTheEnd;
pub(crate) use ending::give_way;
pub(crate) use ending::is_ending;
pub(crate) use lock::Condvar;
pub(crate) use lock::Mutex;
pub(crate) use lock::MutexGuard;
#[cfg(target_os = "linux")]
pub(crate) use promise::Giver;
pub(crate) use promise::promise;
pub(crate) use rawbuf::InBuf;
pub(crate) use rawbuf::OutBuf;
pub(crate) use slots::Key;
pub(crate) use slots::Occupant;
pub(crate) use slots::SlotTable;
pub(crate) use slots::Use;
pub(crate) use wide::widest;
