//! The rows. To add an option, add a row (in the order of the numbers) and a test of its effect.

use std::net::SocketAddr;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering;

use crate::api::Measures;
use crate::api::Object;
use crate::api::options::Access;
use crate::api::options::Kinds;
use crate::api::options::Row;
use crate::api::settings::Settings;
use crate::base::Code;
use crate::base::Result;
use crate::platform;
use crate::proto::headers::narrow;
use crate::proto::headers::widen;

const S: Kinds = Kinds::SESSION;
const R: Kinds = Kinds::REQUEST;
const SR: Kinds = S.or(R);
const SCR: Kinds = SR.or(Kinds::CONNECT);
const RW: Kinds = R.or(Kinds::WEBSOCKET);

pub(super) static OPTIONS: &[Row] = &[
    Row {
        id: 1,
        name: "CALLBACK",
        set_on: Kinds::NONE,
        query_on: Kinds::ANY,
        access: Access::Pointer {
            get: |object| Ok(object.node().callback().map_or(0, |callback| callback.function)),
            set: |_, _| Err(Code::OPTION_NOT_SETTABLE),
        },
    },
    Row {
        id: 2,
        name: "RESOLVE_TIMEOUT",
        set_on: SR,
        query_on: SCR,
        access: dword(
            |object| plain(object, |settings| settings.timeouts.resolve),
            |object, ms| change(object, |settings| settings.timeouts.resolve = ms),
        ),
    },
    Row {
        id: 3,
        name: "CONNECT_TIMEOUT",
        set_on: SR,
        query_on: SCR,
        access: dword(
            |object| plain(object, |settings| settings.timeouts.connect),
            |object, ms| change(object, |settings| settings.timeouts.connect = ms),
        ),
    },
    Row {
        id: 4,
        name: "CONNECT_RETRIES",
        set_on: SR,
        query_on: SR,
        access: dword(
            |object| plain(object, |settings| settings.connect_retries),
            |object, count| change(object, |settings| settings.connect_retries = count),
        ),
    },
    Row {
        id: 5,
        name: "SEND_TIMEOUT",
        set_on: SR.or(Kinds::WEBSOCKET),
        query_on: Kinds::ANY,
        access: dword(
            |object| match object {
                Object::WebSocket(socket) => Ok(socket.send_timeout().load(Ordering::Relaxed)),
                object => plain(object, |settings| settings.timeouts.send),
            },
            |object, ms| match object {
                Object::WebSocket(socket) => store(socket.send_timeout(), ms),
                object => change(object, |settings| settings.timeouts.send = ms),
            },
        ),
    },
    Row {
        id: 6,
        name: "RECEIVE_TIMEOUT",
        set_on: SR.or(Kinds::WEBSOCKET),
        query_on: Kinds::ANY,
        access: dword(
            |object| match object {
                Object::WebSocket(socket) => Ok(socket.receive_timeout().load(Ordering::Relaxed)),
                object => plain(object, |settings| settings.timeouts.receive),
            },
            |object, ms| match object {
                Object::WebSocket(socket) => store(socket.receive_timeout(), ms),
                object => change(object, |settings| settings.timeouts.receive = ms),
            },
        ),
    },
    Row {
        id: 7,
        name: "RECEIVE_RESPONSE_TIMEOUT",
        set_on: SR,
        query_on: SCR,
        access: dword(
            |object| plain(object, |settings| settings.timeouts.response_effective()),
            |object, ms| change(object, |settings| settings.timeouts.response = ms),
        ),
    },
    Row {
        id: 9,
        name: "HANDLE_TYPE",
        set_on: Kinds::NONE,
        query_on: Kinds::ANY,
        access: dword(
            |object| {
                Ok(match object {
                    Object::Session(_) => 1,
                    Object::Connect(_) => 2,
                    Object::Request(_) => 3,
                    Object::WebSocket(_) => 5,
                })
            },
            |_, _| Err(Code::OPTION_NOT_SETTABLE),
        ),
    },
    Row {
        id: 21,
        name: "PARENT_HANDLE",
        set_on: Kinds::NONE,
        query_on: Kinds::ANY,
        access: Access::Pointer {
            get: |object| Ok(object.node().parent().map_or(0, |parent| parent.node().handle().raw())),
            set: |_, _| Err(Code::OPTION_NOT_SETTABLE),
        },
    },
    Row {
        id: 31,
        name: "SECURITY_FLAGS",
        set_on: R,
        query_on: R,
        access: dword(
            |object| {
                let set = plain(object, |settings| settings.security_flags)?;
                let Object::Request(request) = object else { return Err(Code::INTERNAL_ERROR) };
                Ok(if request.secured() { set | SECURITY_FLAG_SECURE } else { set })
            },
            |object, flags| {
                if flags & !SECURITY_FLAGS_IGNORE != 0 {
                    return Err(Code::INVALID_PARAMETER);
                }
                change(object, |settings| settings.security_flags = flags)
            },
        ),
    },
    Row {
        id: 34,
        name: "URL",
        set_on: Kinds::NONE,
        query_on: R,
        access: Access::Text {
            get: |object| match object {
                Object::Request(request) => Ok(request.url().encode_utf16().collect()),
                _ => Err(Code::INTERNAL_ERROR),
            },
            set: |_, _| Err(Code::OPTION_NOT_SETTABLE),
        },
    },
    Row {
        id: 41,
        name: "USER_AGENT",
        set_on: S,
        query_on: S,
        access: Access::Text {
            get: |object| match object {
                Object::Session(session) => Ok(widen(&session.agent().lock())),
                _ => Err(Code::INTERNAL_ERROR),
            },
            set: |object, text| match object {
                Object::Session(session) => {
                    *session.agent().lock() = narrow(text).ok_or(Code::INVALID_PARAMETER)?;
                    Ok(())
                }
                _ => Err(Code::INTERNAL_ERROR),
            },
        },
    },
    Row {
        id: 45,
        name: "CONTEXT_VALUE",
        set_on: Kinds::ANY,
        query_on: Kinds::ANY,
        access: Access::Pointer {
            get: |object| Ok(object.node().context()),
            set: |object, context| {
                object.node().set_context(context);
                Ok(())
            },
        },
    },
    Row {
        id: 63,
        name: "DISABLE_FEATURE",
        set_on: R,
        query_on: Kinds::NONE,
        // Bits accumulate.
        access: dword(
            |_| Err(Code::INVALID_PARAMETER),
            |object, features| change(object, |settings| settings.disabled |= features),
        ),
    },
    Row {
        id: 73,
        name: "MAX_CONNS_PER_SERVER",
        set_on: S,
        query_on: S,
        access: dword(
            |object| plain(object, |settings| settings.max_conns_per_server),
            |object, count| change(object, |settings| settings.max_conns_per_server = at_least_two(count)),
        ),
    },
    Row {
        id: 74,
        name: "MAX_CONNS_PER_1_0_SERVER",
        set_on: S,
        query_on: S,
        access: dword(
            |object| plain(object, |settings| settings.max_conns_per_1_0_server),
            |object, count| {
                change(object, |settings| settings.max_conns_per_1_0_server = at_least_two(count))
            },
        ),
    },
    Row {
        id: 80,
        name: "WORKER_THREAD_COUNT",
        set_on: Kinds::NONE,
        query_on: SCR,
        access: dword(|_| Ok(0), |_, _| Err(Code::OPTION_NOT_SETTABLE)),
    },
    Row {
        id: 84,
        name: "SECURE_PROTOCOLS",
        set_on: S,
        query_on: Kinds::NONE,
        access: dword(
            |_| Err(Code::INVALID_PARAMETER),
            |object, protocols| {
                let Object::Session(session) = object else { return Err(Code::INTERNAL_ERROR) };
                if protocols & !SECURE_PROTOCOLS_KNOWN != 0 {
                    return Err(Code::INVALID_PARAMETER);
                }
                if session.secure_defaults() && protocols & SECURE_PROTOCOLS_WEAK != 0 {
                    return Err(Code::ACCESS_DENIED);
                }
                change(object, |settings| settings.secure_protocols = protocols)
            },
        ),
    },
    Row {
        id: 88,
        name: "REDIRECT_POLICY",
        set_on: SR,
        query_on: SR,
        access: dword(
            |object| plain(object, |settings| settings.redirect_policy),
            |object, policy| match policy {
                0..=2 => change(object, |settings| settings.redirect_policy = policy),
                _ => Err(Code::INVALID_PARAMETER),
            },
        ),
    },
    Row {
        id: 89,
        name: "MAX_HTTP_AUTOMATIC_REDIRECTS",
        set_on: SR,
        query_on: SR,
        access: Access::U32 {
            get: |object| plain(object, |settings| settings.max_redirects),
            set: |object, count| change(object, |settings| settings.max_redirects = count),
            wrong_size: Code::INVALID_PARAMETER,
        },
    },
    Row {
        id: 90,
        name: "MAX_HTTP_STATUS_CONTINUE",
        set_on: SR,
        query_on: SR,
        access: dword(
            |object| plain(object, |settings| settings.max_status_continue),
            |object, count| change(object, |settings| settings.max_status_continue = count),
        ),
    },
    Row {
        id: 91,
        name: "MAX_RESPONSE_HEADER_SIZE",
        set_on: SR,
        query_on: SR,
        access: dword(
            |object| plain(object, |settings| settings.max_header_size),
            |object, bytes| change(object, |settings| settings.max_header_size = bytes),
        ),
    },
    Row {
        id: 92,
        name: "MAX_RESPONSE_DRAIN_SIZE",
        set_on: SR,
        query_on: SR,
        access: dword(
            |object| plain(object, |settings| settings.max_drain_size),
            |object, bytes| change(object, |settings| settings.max_drain_size = bytes),
        ),
    },
    Row {
        id: 93,
        name: "CONNECTION_INFO",
        set_on: Kinds::NONE,
        query_on: R,
        access: Access::Struct {
            size: CONNECTION_INFO_SIZE,
            get: |object| match object {
                Object::Request(request) => {
                    request.addresses().map(|(local, peer)| connection_info(local, peer))
                }
                _ => Err(Code::INTERNAL_ERROR),
            },
        },
    },
    Row {
        id: 99,
        name: "UNLOAD_NOTIFY_EVENT",
        set_on: S,
        query_on: Kinds::NONE,
        access: Access::Pointer {
            get: |_| Err(Code::INVALID_PARAMETER),
            set: |object, event| {
                let Object::Session(session) = object else { return Err(Code::INTERNAL_ERROR) };
                // A program without event objects cannot have one to be set.
                if !platform::event_support() {
                    return Err(Code::INVALID_OPTION);
                }
                *session.unload_event().lock() = Some(event).filter(|event| *event != 0);
                Ok(())
            },
        },
    },
    Row {
        id: 111,
        name: "ASSURED_NON_BLOCKING_CALLBACKS",
        set_on: S,
        query_on: Kinds::NONE,
        // A promise of the application's that makes no difference: the engine copes either way.
        access: dword(|_| Err(Code::INVALID_PARAMETER), |_, _| Ok(())),
    },
    Row {
        id: 114,
        name: "UPGRADE_TO_WEB_SOCKET",
        set_on: R,
        query_on: Kinds::NONE,
        access: Access::Flag {
            set: |object| {
                let Object::Request(request) = object else { return Err(Code::INTERNAL_ERROR) };
                request.ask_for_upgrade();
                Ok(())
            },
        },
    },
    Row {
        id: 115,
        name: "WEB_SOCKET_CLOSE_TIMEOUT",
        set_on: RW,
        query_on: RW,
        access: dword(
            |object| match object {
                Object::WebSocket(socket) => Ok(socket.close_timeout().load(Ordering::Relaxed)),
                object => plain(object, |settings| settings.ws_close_timeout),
            },
            |object, ms| match object {
                Object::WebSocket(socket) => store(socket.close_timeout(), ms),
                object => change(object, |settings| settings.ws_close_timeout = ms),
            },
        ),
    },
    Row {
        id: 116,
        name: "WEB_SOCKET_KEEPALIVE_INTERVAL",
        set_on: Kinds::WEBSOCKET,
        query_on: Kinds::NONE,
        access: Access::U32 {
            get: |_| Err(Code::INVALID_PARAMETER),
            set: |object, ms| {
                let Object::WebSocket(socket) = object else { return Err(Code::INTERNAL_ERROR) };
                if ms < LEAST_KEEPALIVE {
                    return Err(Code::INVALID_PARAMETER);
                }
                socket.set_keepalive(ms);
                Ok(())
            },
            wrong_size: Code::INVALID_PARAMETER,
        },
    },
    Row {
        id: 118,
        name: "DECOMPRESSION",
        set_on: SR,
        query_on: Kinds::NONE,
        access: dword(
            |_| Err(Code::INVALID_PARAMETER),
            |object, codings| match codings {
                0..=3 => change(object, |settings| settings.decompression = codings),
                _ => Err(Code::INVALID_PARAMETER),
            },
        ),
    },
    Row {
        id: 122,
        name: "WEB_SOCKET_RECEIVE_BUFFER_SIZE",
        set_on: SR,
        query_on: SR,
        access: dword(
            |object| plain(object, |settings| settings.ws_receive_buffer),
            |object, bytes| change(object, |settings| settings.ws_receive_buffer = bytes),
        ),
    },
    Row {
        id: 123,
        name: "WEB_SOCKET_SEND_BUFFER_SIZE",
        set_on: SR,
        query_on: SR,
        // Any value is taken; one that is too small is noticed when the request is sent.
        access: dword(
            |object| plain(object, |settings| settings.ws_send_buffer),
            |object, bytes| change(object, |settings| settings.ws_send_buffer = bytes),
        ),
    },
    Row {
        id: 142,
        name: "REQUEST_TIMES",
        set_on: Kinds::NONE,
        query_on: R,
        access: Access::Struct {
            size: REQUEST_TIMES_SIZE,
            get: |object| match object {
                Object::Request(request) => Ok(request_times(&request.measures()?)),
                _ => Err(Code::INTERNAL_ERROR),
            },
        },
    },
    Row {
        id: 143,
        name: "EXPIRE_CONNECTION",
        set_on: R,
        query_on: Kinds::NONE,
        access: Access::Flag {
            set: |object| match object {
                Object::Request(request) => request.expire_connection(),
                _ => Err(Code::INTERNAL_ERROR),
            },
        },
    },
    Row {
        id: 146,
        name: "REQUEST_STATS",
        set_on: Kinds::NONE,
        query_on: R,
        access: Access::Struct {
            size: REQUEST_STATS_SIZE,
            get: |object| match object {
                Object::Request(request) => Ok(request_stats(&request.measures()?)),
                _ => Err(Code::INTERNAL_ERROR),
            },
        },
    },
    Row {
        id: 195,
        name: "DISABLE_GLOBAL_POOLING",
        set_on: S,
        query_on: Kinds::NONE,
        access: dword(
            |_| Err(Code::INVALID_PARAMETER),
            |object, yes| change(object, |settings| settings.own_pool = yes != 0),
        ),
    },
];

/// A DWORD whose wrong size is `INSUFFICIENT_BUFFER`, too large as well as too small.
const fn dword(get: fn(&Object) -> Result<u32>, set: fn(&Object, u32) -> Result<()>) -> Access {
    Access::U32 { get, set, wrong_size: Code::INSUFFICIENT_BUFFER }
}

/// A knob of a session, of a request, or of the session above a connection.
fn plain(object: &Object, get: impl Fn(&Settings) -> u32) -> Result<u32> {
    match object {
        Object::Session(session) => Ok(get(&session.settings().lock())),
        Object::Connect(connect) => Ok(get(&connect.session().settings().lock())),
        Object::Request(request) => Ok(get(&request.settings().lock())),
        Object::WebSocket(_) => Err(Code::INTERNAL_ERROR),
    }
}

fn change(object: &Object, change: impl Fn(&mut Settings)) -> Result<()> {
    match object {
        Object::Session(session) => change(&mut session.settings().lock()),
        Object::Request(request) => change(&mut request.settings().lock()),
        Object::Connect(_) | Object::WebSocket(_) => return Err(Code::INTERNAL_ERROR),
    }
    Ok(())
}

fn store(place: &AtomicU32, value: u32) -> Result<()> {
    place.store(value, Ordering::Relaxed);
    Ok(())
}

/// 0 connections means 2.
fn at_least_two(count: u32) -> u32 {
    if count == 0 { 2 } else { count }
}

/// `WINHTTP_CONNECTION_INFO`: its size, then the local and the remote `SOCKADDR_STORAGE`.
fn connection_info(local: SocketAddr, peer: SocketAddr) -> Vec<u8> {
    let mut info = vec![0; CONNECTION_INFO_SIZE];
    info[..4].copy_from_slice(&(CONNECTION_INFO_SIZE as u32).to_ne_bytes());
    let first = CONNECTION_INFO_SIZE - 2 * SOCKADDR_STORAGE_SIZE;
    for (at, address) in [(first, local), (first + SOCKADDR_STORAGE_SIZE, peer)] {
        let bytes = platform::socket_address(address);
        info[at..at + bytes.len()].copy_from_slice(&bytes);
    }
    info
}

/// `WINHTTP_REQUEST_TIMES`: how many are in use, then the times.
fn request_times(measures: &Measures) -> Vec<u8> {
    let mut times = vec![0; REQUEST_TIMES_SIZE];
    times[..4].copy_from_slice(&(measures.times().len() as u32).to_ne_bytes());
    put_numbers(&mut times[REQUEST_TIMES_SIZE - 64 * 8..], measures.times());
    times
}

/// `WINHTTP_REQUEST_STATS`: flags, number of the request on its connection, how many counters are in
/// use, then those.
fn request_stats(measures: &Measures) -> Vec<u8> {
    let counters = measures.stats();
    let mut stats = vec![0; REQUEST_STATS_SIZE];
    let flags = if measures.index == 0 { REQUEST_STAT_FLAG_FIRST_REQUEST } else { 0 };
    stats[..8].copy_from_slice(&flags.to_ne_bytes());
    stats[8..12].copy_from_slice(&measures.index.to_ne_bytes());
    stats[12..16].copy_from_slice(&(counters.len() as u32).to_ne_bytes());
    put_numbers(&mut stats[16..], &counters);
    stats
}

fn put_numbers(to: &mut [u8], numbers: &[u64]) {
    for (place, number) in to.chunks_exact_mut(8).zip(numbers) {
        place.copy_from_slice(&number.to_ne_bytes());
    }
}

#[cfg(target_pointer_width = "64")]
const REQUEST_TIMES_SIZE: usize = 520;
#[cfg(target_pointer_width = "32")]
const REQUEST_TIMES_SIZE: usize = 516;
const REQUEST_STATS_SIZE: usize = 272;
const REQUEST_STAT_FLAG_FIRST_REQUEST: u64 = 0x20;
const SOCKADDR_STORAGE_SIZE: usize = 128;
#[cfg(target_pointer_width = "64")]
const CONNECTION_INFO_SIZE: usize = 264;
#[cfg(target_pointer_width = "32")]
const CONNECTION_INFO_SIZE: usize = 260;

const SECURITY_FLAG_SECURE: u32 = 1;
/// `SECURITY_FLAG_IGNORE_*`: unknown CA, wrong usage, name, date, weak signature.
const SECURITY_FLAGS_IGNORE: u32 = 0x0001_3300;
/// `WINHTTP_FLAG_SECURE_PROTOCOL_*`: SSL 2 and 3, TLS 1.0 to 1.3.
const SECURE_PROTOCOLS_KNOWN: u32 = 0x2AA8;
const SECURE_PROTOCOLS_WEAK: u32 = 0x02A8;
/// `WINHTTP_WEB_SOCKET_MIN_KEEPALIVE_VALUE`, milliseconds.
const LEAST_KEEPALIVE: u32 = 15_000;
