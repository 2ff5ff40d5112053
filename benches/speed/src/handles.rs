//! Handles made and closed by several threads at once; and what the start costs.

use std::thread;
use std::time::Instant;

use crate::api::Api;
use crate::system::Usage;
use crate::task::Job;
use crate::task::Sample;
use crate::task::Task;

pub(super) fn run(task: &Task, port: u16) -> Sample {
    if task.job == Job::Start {
        return start(task, port);
    }
    let api = Api::get();
    let server = api.server(port, None, 0).0 as usize;
    let each = task.operations / task.connections;
    let begin = Usage::now();
    thread::scope(|scope| {
        for _ in 0..task.connections {
            scope.spawn(move || {
                for _ in 0..each {
                    api.close(api.open_request(crate::abi::types::HINTERNET(server as *mut _), task));
                }
            });
        }
    });
    begin.to(&Usage::now(), task)
}

/// `p50`: until the library is loaded; `worst`: until the first answer is there, in milliseconds.
fn start(task: &Task, port: u16) -> Sample {
    let begin = Instant::now();
    let api = Api::get();
    let loaded = begin.elapsed();
    let server = api.server(port, None, 0);
    let request = api.request(server, task, 0);
    api.receive_response(request);
    Sample { p50: loaded.as_nanos() as f64, worst: begin.elapsed().as_secs_f64() * 1e3, ..Sample::NONE }
}
