//! Code for the processor at hand: what the compiler may assume is the oldest one of the architecture, which has
//! vectors half as wide as most have.

/// Does `work` with the widest vectors that are worth it. What it calls has to be inlined into it, or stays narrow;
/// and there should be enough of it, some hundred bytes, since to choose costs a few instructions.
#[inline]
pub(crate) fn widest<T>(work: impl FnOnce() -> T) -> T {
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the processor and the system have it.
        return unsafe { with_avx2(work) };
    }
    work()
}

#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
#[target_feature(enable = "avx2")]
fn with_avx2<T>(work: impl FnOnce() -> T) -> T {
    work()
}
