//! The log: to the standard error stream when the environment variable `WINHTTP_LOG` names a level
//! (`error`, `warn`, `info`, `debug`, `trace`). Bodies and credentials are never logged.

use std::io::Write;
use std::sync::Once;

use log::LevelFilter;
use log::Log;
use log::Metadata;
use log::Record;

/// Looks at the variable, once.
pub(super) fn start() {
    static START: Once = Once::new();
    START.call_once(|| {
        let level = std::env::var("WINHTTP_LOG").ok().and_then(|level| level.parse::<LevelFilter>().ok());
        // A program in Rust that links us as a crate may have a logger of its own: it stays.
        if let Some(level) = level
            && log::set_logger(&StandardError).is_ok()
        {
            log::set_max_level(level);
        }
    });
}

struct StandardError;

impl Log for StandardError {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        // Whoever closed the stream does not want to know.
        _ = writeln!(std::io::stderr(), "winhttp {}: {}", record.level(), record.args());
    }

    fn flush(&self) {}
}
