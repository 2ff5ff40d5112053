//! The library, synchronous.

use std::time::Instant;

use crate::abi::types::HINTERNET;

use crate::api::Api;
use crate::system;
use crate::system::Usage;
use crate::system::median_of;
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
    let mut times = Vec::with_capacity(task.total());
    let mut start = Usage::now();
    for n in 0..task.total() {
        if n == task.warm_up() {
            times.clear();
            start = Usage::now();
        }
        let sent = Instant::now();
        exchange(task, api, server, &mut room);
        times.push(sent.elapsed().as_nanos() as u32);
    }
    Sample { p50: median_of(times), ..start.to(&Usage::now(), task) }
}

fn download(task: &Task, api: &Api, server: HINTERNET) -> Sample {
    let mut room = vec![0; task.size];
    let request = api.request(server, task, 0);
    api.receive_response(request);
    let (mut seen, mut start) = (0, None);
    loop {
        if start.is_none() && seen >= task.warm_up() * task.size {
            start = Some(Usage::now());
        }
        // SAFETY: the session is synchronous.
        match unsafe { api.read_data(request, room.as_mut_ptr(), room.len()) } {
            0 => break,
            n => seen += n,
        }
    }
    assert_eq!(seen, task.total() * task.size);
    start.expect("there is a warm-up").to(&Usage::now(), task)
}

fn echo(task: &Task, api: &Api, socket: HINTERNET, message: &'static [u8]) -> Sample {
    let mut room = vec![0; task.size.max(ROOM)];
    let mut times = Vec::with_capacity(task.total());
    let mut start = Usage::now();
    for n in 0..task.total() {
        if n == task.warm_up() {
            times.clear();
            start = Usage::now();
        }
        let sent = Instant::now();
        api.send(socket, message);
        assert_eq!(api.receive(socket, &mut room), task.size);
        times.push(sent.elapsed().as_nanos() as u32);
    }
    Sample { p50: median_of(times), ..start.to(&Usage::now(), task) }
}

fn receive(task: &Task, api: &Api, socket: HINTERNET) -> Sample {
    let mut room = vec![0; task.size.max(ROOM)];
    let (mut seen, mut start) = (0, None);
    while seen < task.total() * task.size {
        if start.is_none() && seen >= task.warm_up() * task.size {
            start = Some(Usage::now());
        }
        seen += api.receive(socket, &mut room);
    }
    start.expect("there is a warm-up").to(&Usage::now(), task)
}

fn send(task: &Task, api: &Api, socket: HINTERNET, message: &'static [u8]) -> Sample {
    let mut start = Usage::now();
    for n in 0..task.total() {
        if n == task.warm_up() {
            start = Usage::now();
        }
        api.send(socket, message);
    }
    assert_eq!(api.receive(socket, &mut [0; ROOM]), 0);
    start.to(&Usage::now(), task)
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
