//! The programs of the benchmark: a server, and clients that do one task each and print what it used.
//! `benches/run.py` runs them, round by round, and writes the report.

/// The library's C types and constants, from its sources: it is loaded, not linked, so that what it depends on is
/// nothing to this package.
#[allow(clippy::upper_case_acronyms, dead_code, missing_docs, unreachable_pub, unused_imports)]
#[path = "../../../src/abi"]
mod abi {
    pub(crate) mod constants;
    pub(crate) mod types;
}

mod api;
mod callbacks;
mod curl;
mod handles;
mod meter;
mod peer;
mod raw;
mod server;
mod sync;
mod system;
mod task;
mod tokio_peers;
mod wire;

use std::process::exit;

use task::Task;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["server", certificates] => server::serve(certificates),
        ["client", port, task @ ..] => match (port.parse(), Task::parse(task)) {
            (Ok(port), Some(task)) => print!("{}", task.run(port)),
            _ => refuse(),
        },
        _ => refuse(),
    }
}

fn refuse() -> ! {
    eprint!("{HELP}");
    exit(2)
}

const HELP: &str = "\
speed server CERTIFICATES
    Prints two ports, plain and TLS; ends with its standard input.
speed client PORT WHO JOB SIZE CONNECTIONS OPERATIONS [tls]
    WHO  raw, epoll, sync, async, tungstenite, fastwebsockets, tokiotungstenite, curl,
         hyper, hyperpool
    JOB  echo, receive, send, sleepers, idle, get, download; for `sync` also handles, start; for `async` also threads
    SPEED_CORE=N pins it, SPEED_LIBRARY names the libwinhttp.so.
";
