//! What the engine costs beside bare sockets: `cargo bench --bench engine -- --help`.
//!
//! Every figure is taken in a process of its own, a fresh copy of this program that does one task
//! and says what it used, against a server in another process, both on one core. A round measures
//! the limit (bare sockets, the same bytes on the wire) and then each subject; what is shown is the
//! median of the rounds' ratios.

#[cfg(target_os = "linux")]
#[path = "engine/mod.rs"]
mod engine;

fn main() {
    #[cfg(target_os = "linux")]
    engine::main();
    #[cfg(not(target_os = "linux"))]
    eprintln!("this benchmark measures Linux's poll loop");
}
