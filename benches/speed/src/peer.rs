//! tungstenite, synchronous, behind a handshake of our own.

use std::io;
use std::io::Read;
use std::io::Write;
use std::time::Instant;

use tungstenite::Bytes;
use tungstenite::Message;
use tungstenite::WebSocket;
use tungstenite::protocol::Role;

use crate::meter::Meter;
use crate::task::Job;
use crate::task::Sample;
use crate::task::Task;
use crate::wire;

pub(super) fn run(task: &Task, port: u16) -> Sample {
    if task.tls {
        work(task, wire::upgrade(wire::connect_tls(port), task, port))
    } else {
        work(task, wire::upgrade(wire::connect(port), task, port))
    }
}

fn work<S: Read + Write>(task: &Task, socket: S) -> Sample {
    let mut socket = WebSocket::from_raw_socket(socket, Role::Client, None);
    let message = Message::Binary(Bytes::from(vec![b'x'; task.size]));
    let mut meter = Meter::of_operations(task);
    while meter.go_on() {
        match task.job {
            Job::Echo => {
                let sent = Instant::now();
                socket.send(message.clone()).expect("send");
                receive(&mut socket, task.size);
                meter.time(sent);
                continue;
            }
            Job::Receive => receive(&mut socket, task.size),
            Job::Send => socket.send(message.clone()).expect("send"),
            _ => return Sample::NONE,
        }
        meter.count(1);
    }
    if task.job == Job::Send {
        receive(&mut socket, 0);
    }
    meter.end()
}

fn receive<S: Read + Write>(socket: &mut WebSocket<S>, size: usize) {
    loop {
        match socket.read() {
            Ok(message) => return assert_eq!(message.len(), size),
            Err(tungstenite::Error::Io(error)) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => panic!("receive: {error}"),
        }
    }
}
