//! Libraries on tokio, each on a runtime of one thread: their best case.

use std::future::poll_fn;
use std::sync::Arc;
use std::time::Instant;

use fastwebsockets::Frame;
use fastwebsockets::OpCode;
use fastwebsockets::Payload;
use futures_util::SinkExt;
use futures_util::Stream;
use http_body_util::BodyExt;
use http_body_util::Empty;
use hyper::Request;
use hyper::body::Bytes;
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use hyper_util::rt::TokioIo;
use tokio::io::AsyncRead;
use tokio::io::AsyncReadExt;
use tokio::io::AsyncWrite;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tungstenite::Message;
use tungstenite::protocol::Role;

use crate::meter::Meter;
use crate::system;
use crate::task::Job;
use crate::task::Sample;
use crate::task::Task;
use crate::task::Who;
use crate::wire;

pub(super) fn run(task: &Task, port: u16) -> Sample {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("runtime");
    runtime.block_on(async {
        match (task.who, task.job, task.tls) {
            (Who::Hyper, Job::Get | Job::Download, false) => hyper(task, port).await,
            (Who::HyperPool, Job::Get, false) => hyper_pool(task, port).await,
            (Who::FastWebSockets, Job::Idle, false) => idle(task, || plain(task, port)).await,
            (Who::FastWebSockets, Job::Idle, true) => idle(task, || secure(task, port)).await,
            (Who::FastWebSockets, _, false) => fast(task, plain(task, port).await).await,
            (Who::FastWebSockets, _, true) => fast(task, secure(task, port).await).await,
            (Who::TokioTungstenite, _, false) => tungstenite(task, plain(task, port).await).await,
            (Who::TokioTungstenite, _, true) => tungstenite(task, secure(task, port).await).await,
            _ => Sample::NONE,
        }
    })
}

async fn plain(task: &Task, port: u16) -> TcpStream {
    let socket = TcpStream::connect(("127.0.0.1", port)).await.expect("connect");
    socket.set_nodelay(true).expect("no delay");
    upgrade(socket, task, port).await
}

async fn secure(task: &Task, port: u16) -> tokio_rustls::client::TlsStream<TcpStream> {
    let socket = TcpStream::connect(("127.0.0.1", port)).await.expect("connect");
    socket.set_nodelay(true).expect("no delay");
    thread_local!(static CONFIG: Arc<rustls::ClientConfig> = wire::tls_config());
    let connector = tokio_rustls::TlsConnector::from(CONFIG.with(Arc::clone));
    let tls = connector.connect("127.0.0.1".try_into().expect("a name"), socket).await.expect("TLS");
    upgrade(tls, task, port).await
}

async fn upgrade<S: AsyncRead + AsyncWrite + Unpin>(mut socket: S, task: &Task, port: u16) -> S {
    socket.write_all(wire::upgrade_request(task, port).as_bytes()).await.expect("request");
    socket.flush().await.expect("request");
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(socket.read_u8().await.expect("answer"));
    }
    assert!(head.starts_with(b"HTTP/1.1 101 "));
    socket
}

/// Counts each `one`, and takes its time where it goes there and back.
async fn repeat(task: &Task, mut one: impl AsyncFnMut()) -> Meter<'_> {
    let mut meter = Meter::of_operations(task);
    while meter.go_on() {
        let began = Instant::now();
        one().await;
        match task.job {
            Job::Receive | Job::Send => meter.count(1),
            _ => meter.time(began),
        }
    }
    meter
}

async fn fast<S: AsyncRead + AsyncWrite + Unpin>(task: &Task, socket: S) -> Sample {
    let mut socket = fastwebsockets::WebSocket::after_handshake(socket, fastwebsockets::Role::Client);
    socket.set_max_message_size(usize::MAX);
    let message = vec![b'x'; task.size];
    let meter = repeat(task, async || {
        if task.job != Job::Receive {
            // A client masks in place, so each message needs memory of its own.
            let frame = Frame::new(true, OpCode::Binary, None, Payload::Owned(message.clone()));
            socket.write_frame(frame).await.expect("send");
        }
        if task.job != Job::Send {
            assert_eq!(socket.read_frame().await.expect("receive").payload.len(), task.size);
        }
    })
    .await;
    if task.job == Job::Send {
        socket.flush().await.expect("send");
        socket.read_frame().await.expect("receive");
    }
    meter.end()
}

async fn idle<S: AsyncRead + AsyncWrite + Unpin>(task: &Task, connect: impl AsyncFn() -> S) -> Sample {
    let one = async || {
        let mut socket =
            fastwebsockets::WebSocket::after_handshake(connect().await, fastwebsockets::Role::Client);
        let frame = Frame::new(true, OpCode::Binary, None, Payload::Owned(vec![b'x'; task.size]));
        socket.write_frame(frame).await.expect("send");
        assert_eq!(socket.read_frame().await.expect("receive").payload.len(), task.size);
        socket
    };
    let _first = one().await;
    let mut all = Vec::with_capacity(task.connections);
    let before = system::resident();
    for _ in 0..task.connections {
        all.push(one().await);
    }
    Sample { resident: (system::resident() - before) / 1024.0 / all.len() as f64, ..Sample::NONE }
}

async fn tungstenite<S: AsyncRead + AsyncWrite + Unpin>(task: &Task, socket: S) -> Sample {
    let mut socket = WebSocketStream::from_raw_socket(socket, Role::Client, None).await;
    let message = Message::Binary(Bytes::from(vec![b'x'; task.size]));
    let meter = repeat(task, async || {
        if task.job != Job::Receive {
            socket.send(message.clone()).await.expect("send");
        }
        if task.job != Job::Send {
            assert_eq!(next(&mut socket).await.len(), task.size);
        }
    })
    .await;
    if task.job == Job::Send {
        next(&mut socket).await;
    }
    meter.end()
}

async fn next<S: AsyncRead + AsyncWrite + Unpin>(socket: &mut WebSocketStream<S>) -> Message {
    poll_fn(|context| std::pin::Pin::new(&mut *socket).poll_next(context))
        .await
        .expect("a message")
        .expect("receive")
}

async fn hyper(task: &Task, port: u16) -> Sample {
    let socket = TcpStream::connect(("127.0.0.1", port)).await.expect("connect");
    socket.set_nodelay(true).expect("no delay");
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(socket)).await.expect("handshake");
    tokio::spawn(connection);
    let request = || {
        Request::get(wire::path(task))
            .header("Host", format!("127.0.0.1:{port}"))
            .header("User-Agent", "bench")
            .body(Empty::<Bytes>::new())
            .expect("request")
    };
    if task.job == Job::Download {
        let mut answer = sender.send_request(request()).await.expect("answer").into_body();
        let mut meter = Meter::of_bytes(task, task.size);
        while meter.go_on() {
            let frame = answer.frame().await.expect("more of the body").expect("a frame");
            meter.count(frame.data_ref().map_or(0, Bytes::len));
        }
        return meter.end();
    }
    let meter = repeat(task, async || {
        let answer = sender.send_request(request()).await.expect("answer");
        read(answer.into_body(), task.size).await;
    })
    .await;
    meter.end()
}

async fn hyper_pool(task: &Task, port: u16) -> Sample {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    let client: Client<_, Empty<Bytes>> = Client::builder(TokioExecutor::new()).build(connector);
    let uri: hyper::Uri = format!("http://127.0.0.1:{port}{}", wire::path(task)).parse().expect("address");
    let meter = repeat(task, async || {
        let answer = client.get(uri.clone()).await.expect("answer");
        read(answer.into_body(), task.size).await;
    })
    .await;
    meter.end()
}

async fn read(mut body: Incoming, size: usize) {
    let mut seen = 0;
    while let Some(frame) = body.frame().await {
        seen += frame.expect("a frame").data_ref().map_or(0, Bytes::len);
    }
    assert_eq!(seen, size);
}
