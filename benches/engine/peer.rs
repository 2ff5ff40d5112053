//! tungstenite, synchronous, behind a handshake of our own.

use std::io;
use std::net::TcpStream;
use std::time::Instant;

use tungstenite::Bytes;
use tungstenite::Message;
use tungstenite::WebSocket;
use tungstenite::protocol::Role;

use super::system::Usage;
use super::system::median_of;
use super::task::Job;
use super::task::Sample;
use super::task::Task;
use super::wire;

pub(super) fn run(task: &Task, port: u16) -> Sample {
    let (socket, surplus) = wire::connect(task, port);
    let mut socket = WebSocket::from_partially_read(socket, surplus, Role::Client, None);
    let message = Message::Binary(Bytes::from(vec![b'x'; task.size]));
    let mut times = Vec::with_capacity(task.total());
    let mut start = Usage::now();
    for n in 0..task.total() {
        if n == task.warm_up() {
            times.clear();
            start = Usage::now();
        }
        match task.job {
            Job::Echo => {
                let sent = Instant::now();
                socket.send(message.clone()).expect("send");
                receive(&mut socket, task.size);
                times.push(sent.elapsed().as_nanos() as u32);
            }
            Job::Receive => receive(&mut socket, task.size),
            Job::Send => socket.send(message.clone()).expect("send"),
            Job::Sleepers | Job::Idle => return Sample::NONE,
        }
    }
    if task.job == Job::Send {
        receive(&mut socket, 0);
    }
    Sample { p50: median_of(times), ..start.to(&Usage::now(), task) }
}

fn receive(socket: &mut WebSocket<TcpStream>, size: usize) {
    loop {
        match socket.read() {
            Ok(message) => return assert_eq!(message.len(), size),
            Err(tungstenite::Error::Io(error)) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => panic!("receive: {error}"),
        }
    }
}
