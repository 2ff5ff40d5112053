//! The limits: bare sockets, the same bytes on the wire, no library.

use std::hint::black_box;
use std::io::Read;
use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;
use std::time::Instant;

use crate::meter::Meter;
use crate::system;
use crate::system::Epoll;
use crate::system::Usage;
use crate::system::median_of;
use crate::task::Job;
use crate::task::Sample;
use crate::task::Task;
use crate::wire;

/// One thread, blocking calls.
pub(super) fn run(task: &Task, port: u16) -> Sample {
    if task.tls { work(task, port, wire::connect_tls) } else { work(task, port, wire::connect) }
}

fn work<S: Read + Write>(task: &Task, port: u16, connect: fn(u16) -> S) -> Sample {
    let upgraded = || wire::upgrade(connect(port), task, port);
    match task.job {
        Job::Echo => echo(task, upgraded()),
        Job::Receive if task.size < SMALL => flood(task, upgraded()),
        Job::Receive => receive(task, upgraded(), wire::server_frame(task.size).len()),
        Job::Send => send(task, upgraded()),
        Job::Idle => idle(task, upgraded),
        Job::Get => get(task, connect(port), port),
        Job::Download => {
            let mut socket = connect(port);
            socket.write_all(wire::get_request(task, port).as_bytes()).expect("request");
            wire::read_head(&mut socket);
            receive(task, socket, task.size)
        }
        _ => Sample::NONE,
    }
}

fn get(task: &Task, mut socket: impl Read + Write, port: u16) -> Sample {
    let request = wire::get_request(task, port);
    let mut answer = vec![0; 64 * 1024];
    socket.write_all(request.as_bytes()).expect("request");
    let length = wire::read_head(&mut socket).len() + task.size;
    socket.read_exact(&mut answer[..task.size]).expect("body");
    let mut meter = Meter::of_operations(task);
    while meter.go_on() {
        let sent = Instant::now();
        socket.write_all(request.as_bytes()).expect("request");
        let mut seen = 0;
        while seen < length {
            seen += socket.read(&mut answer).expect("answer");
        }
        meter.time(sent);
    }
    meter.end()
}

fn echo(task: &Task, mut socket: impl Read + Write) -> Sample {
    let frame = wire::client_frame(task.size);
    let mut answer = wire::server_frame(task.size);
    let mut meter = Meter::of_operations(task);
    while meter.go_on() {
        let sent = Instant::now();
        socket.write_all(&frame).expect("send");
        socket.read_exact(&mut answer).expect("receive");
        meter.time(sent);
    }
    meter.end()
}

/// Small messages: reads as much as there is, looks at each header, copies the payload out.
fn flood(task: &Task, mut socket: impl Read) -> Sample {
    let mut buffer = vec![0; 64 * 1024];
    let mut end = 0;
    let mut message = vec![0; task.size];
    let mut meter = Meter::of_operations(task);
    while meter.go_on() {
        end += socket.read(&mut buffer[end..]).expect("receive");
        let mut used = 0;
        while let Some((header, _, size)) = wire::parse(&buffer[used..end]) {
            let Some(payload) = buffer[..end].get(used + header..used + header + size) else { break };
            message[..size].copy_from_slice(payload);
            black_box(&mut message);
            used += header + size;
            meter.count(1);
        }
        buffer.copy_within(used..end, 0);
        end -= used;
    }
    meter.end()
}

/// Large messages: reads them into a buffer of a message's size, without a look.
fn receive(task: &Task, mut socket: impl Read, frame: usize) -> Sample {
    let mut buffer = vec![0; task.size];
    let mut meter = Meter::of_bytes(task, frame);
    while meter.go_on() {
        meter.count(socket.read(&mut buffer).expect("receive"));
    }
    meter.end()
}

/// Writes ready-made frames, unmasked (the key is 0), until the server has them all.
fn send(task: &Task, mut socket: impl Read + Write) -> Sample {
    let frame = wire::client_frame(task.size);
    let mut meter = Meter::of_operations(task);
    while meter.go_on() {
        socket.write_all(&frame).expect("send");
        meter.count(1);
    }
    socket.read_exact(&mut wire::server_frame(0)).expect("receive");
    meter.end()
}

fn idle<S: Read + Write>(task: &Task, connect: impl Fn() -> S) -> Sample {
    let one = || {
        let mut socket = connect();
        socket.write_all(&wire::client_frame(task.size)).expect("send");
        socket.read_exact(&mut wire::server_frame(task.size)).expect("receive");
        socket
    };
    let _first = one();
    let mut all = Vec::with_capacity(task.connections);
    let before = system::resident();
    all.extend((0..task.connections).map(|_| one()));
    Sample { resident: (system::resident() - before) / 1024.0 / all.len() as f64, ..Sample::NONE }
}

/// Echo on many connections by one thread and an edge-triggered epoll: one wait for what is ready,
/// then one read and one write each.
pub(super) fn run_epoll(task: &Task, port: u16) -> Sample {
    let epoll = Epoll::new();
    let links: Vec<TcpStream> = (0..task.connections)
        .map(|token| {
            let socket = wire::upgrade(wire::connect(port), task, port);
            socket.set_nonblocking(true).expect("no blocking");
            epoll.add(&socket, token, libc::EPOLLIN | libc::EPOLLOUT | libc::EPOLLET);
            socket
        })
        .collect();
    let frame = wire::client_frame(task.size);
    let expected = wire::server_frame(task.size).len();
    let mut answer = vec![0; 64 * 1024];
    let timed = task.job == Job::Sleepers;
    let (warm_up, total) = if timed { (0, usize::MAX) } else { (task.warm_up(), task.total()) };
    let end = Instant::now() + Duration::from_millis(task.operations as u64);
    let mut times = Vec::with_capacity(if timed { 1 << 20 } else { total });
    let mut start = Usage::now();
    let mut sent_at = vec![Instant::now(); links.len()];
    for (mut link, sent_at) in links.iter().zip(&mut sent_at) {
        *sent_at = Instant::now();
        link.write_all(&frame).expect("send");
    }
    let (mut events, mut seen) = (system::events(), 0);
    while seen < total && !(timed && Instant::now() >= end) {
        for token in epoll.wait(&mut events) {
            let mut link = &links[token];
            let Ok(n) = link.read(&mut answer) else { continue };
            assert_eq!(n, expected);
            times.push(sent_at[token].elapsed().as_nanos() as u32);
            seen += 1;
            if seen == warm_up {
                times.clear();
                start = Usage::now();
            }
            sent_at[token] = Instant::now();
            link.write_all(&frame).expect("send");
        }
    }
    Sample {
        worst: times.iter().copied().max().map_or(f64::NAN, |ns| f64::from(ns) / 1e6),
        p50: median_of(times),
        ..start.to(&Usage::now(), task)
    }
}

/// From this size on the limit of receiving does not parse: it would read into the caller's room.
const SMALL: usize = 4096;
