//! A small WebSocket echo server for the demo: `echo_server [PORT]`.
//!
//! Prints the address it listens on and serves until its standard input ends.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use tungstenite::Message;

fn main() -> std::io::Result<()> {
    let port = std::env::args().nth(1).and_then(|port| port.parse().ok()).unwrap_or(0);
    let listener = TcpListener::bind(("127.0.0.1", port))?;
    println!("ws://{}/", listener.local_addr()?);
    std::io::stdout().flush()?;
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || serve(stream));
        }
    });
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

/// Sends every message back until the peer closes.
fn serve(stream: TcpStream) {
    let Ok(mut socket) = tungstenite::accept(stream) else { return };
    while let Ok(message) = socket.read() {
        let answered = match message {
            Message::Text(_) | Message::Binary(_) => socket.send(message),
            _ => socket.flush(), // pings and closes are answered inside
        };
        if answered.is_err() {
            break;
        }
    }
}
