//! Certificate chains: Linux has roots in files, and no judge.

use std::io;

use crate::platform::ChainBuilding;
use crate::platform::ChainProblems;

/// See [`chain_problems`].
pub(crate) const JUDGES_CHAINS: bool = false;

/// Never called.
pub(crate) fn chain_problems(
    _: &[u8],
    _: &[&[u8]],
    _: &[u8],
    _: ChainBuilding,
    _: u64,
) -> io::Result<ChainProblems> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Whether the program has more rights than the user who started it (set-user-id, capabilities).
pub(crate) fn has_more_rights() -> bool {
    // SAFETY: any number may be asked for.
    unsafe { libc::getauxval(libc::AT_SECURE) != 0 }
}
