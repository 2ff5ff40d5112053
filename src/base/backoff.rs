//! Looking again until something is there, without a place where a thread is known to sleep.

use std::hint::spin_loop;
use std::thread::sleep;
use std::thread::yield_now;
use std::time::Duration;

use super::ending::no_endless_wait;

/// Repeats `attempt` until it has a result: first at once, then after giving up the processor, then
/// after naps that become longer.
#[cold]
pub(super) fn look_again<T>(mut attempt: impl FnMut() -> Option<T>) -> T {
    let mut tries = 0u32;
    let mut nap = SHORTEST;
    loop {
        match tries {
            0..SPINS => spin_loop(),
            SPINS..YIELDS => yield_now(),
            _ => {
                no_endless_wait();
                sleep(nap);
                nap = (nap * 2).min(LONGEST);
            }
        }
        tries = tries.saturating_add(1);
        if let Some(found) = attempt() {
            return found;
        }
    }
}

const SPINS: u32 = 50;
const YIELDS: u32 = 100;
const SHORTEST: Duration = Duration::from_micros(20);
const LONGEST: Duration = Duration::from_millis(1);
