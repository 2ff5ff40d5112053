//! All fuzz targets in one program: the variable FUZZ_TARGET says which. `src/fuzzing.rs` has them.
#![no_main]

use std::env;
use std::sync::OnceLock;

use winhttp::fuzzing::TARGETS;
use winhttp::fuzzing::Target;

static CHOSEN: OnceLock<Target> = OnceLock::new();

libfuzzer_sys::fuzz_target!(
    init: {
        let name = env::var("FUZZ_TARGET").unwrap_or_default();
        match TARGETS.iter().find(|(known, _)| *known == name) {
            Some((_, target)) => _ = CHOSEN.set(*target),
            None => panic!("FUZZ_TARGET is none of {}", TARGETS.map(|(known, _)| known).join(" ")),
        }
    },
    |bytes: &[u8]| {
        if let Some(target) = CHOSEN.get() {
            target(bytes);
        }
    }
);
