//! The library, synchronous.

use std::time::Instant;

use crate::abi::types::HINTERNET;

use crate::api::Api;
use crate::meter::Meter;
use crate::system;
use crate::task::Job;
use crate::task::Sample;
use crate::task::Task;

pub(super) fn run(task: &Task, port: u16) -> Sample {
    let api = Api::get();
    let server = api.server(port, None, 0);
    let connect = || {
        let request = api.request(server, task, 0);
        api.receive_response(request);
        api.upgrade(request, 0)
    };
    let message: &'static [u8] = vec![b'x'; task.size].leak();
    match task.job {
        Job::Echo => echo(task, api, connect(), message),
        Job::Receive => receive(task, api, connect()),
        Job::Send => send(task, api, connect(), message),
        Job::Idle => idle(task, || {
            let socket = connect();
            api.send(socket, message);
            api.receive(socket, &mut vec![0; task.size]);
        }),
        Job::Get => get(task, api, server),
        Job::Download => download(task, api, server),
        _ => Sample::NONE,
    }
}

/// One request as a program makes it: open, send, answer, body to its end, close.
fn exchange(task: &Task, api: &Api, server: HINTERNET, room: &mut [u8]) {
    let request = api.request(server, task, 0);
    api.receive_response(request);
    let mut seen = 0;
    loop {
        // SAFETY: the session is synchronous.
        match unsafe { api.read_data(request, room.as_mut_ptr(), room.len()) } {
            0 => break,
            n => seen += n,
        }
    }
    assert_eq!(seen, task.size);
    api.close(request);
}

fn get(task: &Task, api: &Api, server: HINTERNET) -> Sample {
    let mut room = vec![0; ROOM];
    let mut meter = Meter::of_operations(task);
    while meter.go_on() {
        let sent = Instant::now();
        exchange(task, api, server, &mut room);
        meter.time(sent);
    }
    meter.end()
}

fn download(task: &Task, api: &Api, server: HINTERNET) -> Sample {
    let mut room = vec![0; task.size];
    let request = api.request(server, task, 0);
    api.receive_response(request);
    let mut meter = Meter::of_bytes(task, task.size);
    while meter.go_on() {
        // SAFETY: the session is synchronous.
        match unsafe { api.read_data(request, room.as_mut_ptr(), room.len()) } {
            0 => break,
            n => meter.count(n),
        }
    }
    meter.end()
}

fn echo(task: &Task, api: &Api, socket: HINTERNET, message: &'static [u8]) -> Sample {
    let mut room = vec![0; task.size.max(ROOM)];
    let mut meter = Meter::of_operations(task);
    while meter.go_on() {
        let sent = Instant::now();
        api.send(socket, message);
        assert_eq!(api.receive(socket, &mut room), task.size);
        meter.time(sent);
    }
    meter.end()
}

fn receive(task: &Task, api: &Api, socket: HINTERNET) -> Sample {
    let mut room = vec![0; task.size.max(ROOM)];
    let mut meter = Meter::of_bytes(task, task.size);
    while meter.go_on() {
        meter.count(api.receive(socket, &mut room));
    }
    meter.end()
}

fn send(task: &Task, api: &Api, socket: HINTERNET, message: &'static [u8]) -> Sample {
    let mut meter = Meter::of_operations(task);
    while meter.go_on() {
        api.send(socket, message);
        meter.count(1);
    }
    assert_eq!(api.receive(socket, &mut [0; ROOM]), 0);
    meter.end()
}

fn idle(task: &Task, one: impl Fn()) -> Sample {
    one();
    let before = system::resident();
    for _ in 0..task.connections {
        one();
    }
    Sample { resident: (system::resident() - before) / 1024.0 / task.connections as f64, ..Sample::NONE }
}

/// What an application gives at least.
const ROOM: usize = 4096;
