//! `report.rs` runs the rows of `rows.rs`; `server.rs` is the other end; `raw.rs`, `peer.rs`,
//! `sync.rs` and `callbacks.rs` are the clients.

mod allocations;
mod api;
mod callbacks;
mod peer;
mod raw;
mod report;
mod rows;
mod server;
mod sync;
mod system;
mod task;
mod wire;

use std::process::exit;

use report::Options;
use task::Task;

pub(crate) fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["--help" | "-h"] => print!("{HELP}"),
        ["server"] => server::serve(),
        ["client", port, task @ ..] => match (port.parse(), Task::parse(task)) {
            (Ok(port), Some(task)) => print!("{}", task.run(port)),
            _ => refuse(),
        },
        options => match Options::parse(options) {
            Some(options) => report::run(&options),
            None => refuse(),
        },
    }
}

fn refuse() -> ! {
    eprint!("{HELP}");
    exit(2)
}

const HELP: &str = "\
cargo bench --bench engine -- [--short] [--rounds N] [--two-cores] [--library FILE] [ROW]...

  --short         a tenth of the work, three rounds: under two minutes
  --rounds N      how many rounds (7)
  --two-cores     clients may use every core; the server keeps to core 0
  --library FILE  measure this libwinhttp.so instead of the code linked in
  ROW             only rows whose name contains this

By hand, for a profiler:

  server                              prints its port; ends with its standard input
  client PORT WHO JOB SIZE CONNECTIONS OPERATIONS
     WHO  raw, epoll, sync, async, tungstenite    JOB  echo, receive, send, sleepers, idle
  WINHTTP_BENCH_CORE=N pins a client, WINHTTP_BENCH_LIBRARY=FILE is --library.
";
