//! libcurl: HTTP by its easy interface, and its WebSocket functions.

use std::ffi::CString;
use std::ffi::c_char;
use std::ffi::c_int;
use std::ffi::c_long;
use std::ffi::c_uint;
use std::ffi::c_void;
use std::ptr;
use std::time::Instant;

use curl_sys::CURL;
use curl_sys::CURLE_AGAIN;
use curl_sys::CURLE_OK;
use curl_sys::CURLcode;
use curl_sys::CURLoption;

use crate::system;
use crate::system::Usage;
use crate::system::median_of;
use crate::task::Job;
use crate::task::Sample;
use crate::task::Task;
use crate::wire;

pub(super) fn run(task: &Task, port: u16) -> Sample {
    match task.job {
        Job::Get | Job::Download => http(task, port),
        Job::Echo | Job::Receive | Job::Send => web_socket(task, port),
        _ => Sample::NONE,
    }
}

/// A transfer handle.
struct Easy(*mut CURL);

impl Easy {
    fn new(scheme: &str, task: &Task, port: u16) -> Easy {
        // SAFETY: nothing is asked of the caller.
        let easy = Easy(unsafe { curl_sys::curl_easy_init() });
        assert!(!easy.0.is_null());
        let url = CString::new(format!("{scheme}://127.0.0.1:{port}{}", wire::path(task))).expect("no NUL");
        easy.set_text(curl_sys::CURLOPT_URL, &url);
        easy.set_text(curl_sys::CURLOPT_USERAGENT, c"bench");
        easy
    }

    fn set_text(&self, option: CURLoption, text: &std::ffi::CStr) {
        // SAFETY: these options take a C string, which libcurl copies.
        check(unsafe { curl_sys::curl_easy_setopt(self.0, option, text.as_ptr()) });
    }

    fn set_long(&self, option: CURLoption, value: c_long) {
        // SAFETY: these options take a long.
        check(unsafe { curl_sys::curl_easy_setopt(self.0, option, value) });
    }

    fn perform(&self) {
        // SAFETY: the handle is good, and what its options name lives.
        check(unsafe { curl_sys::curl_easy_perform(self.0) });
    }

    /// The socket, after the handshake.
    fn socket(&self) -> c_int {
        let mut socket: curl_sys::curl_socket_t = -1;
        // SAFETY: this piece of information is a socket.
        check(unsafe { curl_sys::curl_easy_getinfo(self.0, CURLINFO_ACTIVESOCKET, &raw mut socket) });
        socket
    }

    fn send(&self, socket: c_int, mut message: &[u8]) {
        loop {
            let (mut sent, at) = (0, message.as_ptr().cast());
            // SAFETY: the message is readable for its length.
            let code = unsafe { curl_ws_send(self.0, at, message.len(), &raw mut sent, 0, CURLWS_BINARY) };
            message = &message[sent..];
            match code {
                CURLE_OK if message.is_empty() => return,
                CURLE_OK => {}
                CURLE_AGAIN => system::wait_for(socket, libc::POLLOUT),
                code => check(code),
            }
        }
    }

    /// Some bytes of a message, perhaps none.
    fn receive(&self, socket: c_int, room: &mut [u8]) -> usize {
        loop {
            let (mut read, mut frame) = (0, ptr::null());
            // SAFETY: the room is writable for its length, the results are, too.
            let code = unsafe {
                curl_ws_recv(self.0, room.as_mut_ptr().cast(), room.len(), &raw mut read, &raw mut frame)
            };
            match code {
                CURLE_OK => return read,
                CURLE_AGAIN => system::wait_for(socket, libc::POLLIN),
                code => check(code),
            }
        }
    }
}

/// Bytes of bodies that have come.
struct Seen {
    bytes: usize,
    /// When so many are there, the measured part begins.
    measure_from: usize,
    start: Option<Usage>,
}

extern "C" fn take(_: *mut c_char, size: usize, count: usize, seen: *mut c_void) -> usize {
    // SAFETY: `http` passes its own, which lives as long as the transfer, and this is its only use.
    let seen = unsafe { &mut *seen.cast::<Seen>() };
    if seen.start.is_none() && seen.bytes >= seen.measure_from {
        seen.start = Some(Usage::now());
    }
    seen.bytes += size * count;
    size * count
}

fn http(task: &Task, port: u16) -> Sample {
    let easy = Easy::new("http", task, port);
    let mut seen = Seen { bytes: 0, measure_from: task.warm_up() * task.size, start: None };
    let at = (&raw mut seen).cast::<c_void>();
    // SAFETY: this option takes a pointer for the function.
    check(unsafe { curl_sys::curl_easy_setopt(easy.0, curl_sys::CURLOPT_WRITEDATA, at) });
    let function: curl_sys::curl_write_callback = take;
    // SAFETY: this option takes a function.
    check(unsafe { curl_sys::curl_easy_setopt(easy.0, curl_sys::CURLOPT_WRITEFUNCTION, function) });
    if task.job == Job::Download {
        easy.set_long(curl_sys::CURLOPT_BUFFERSIZE, 64 * 1024);
        easy.perform();
        assert_eq!(seen.bytes, task.total() * task.size);
        return seen.start.expect("there is a warm-up").to(&Usage::now(), task);
    }
    repeat(task, || easy.perform())
}

fn web_socket(task: &Task, port: u16) -> Sample {
    let easy = Easy::new("ws", task, port);
    // The handshake only.
    easy.set_long(curl_sys::CURLOPT_CONNECT_ONLY, 2);
    easy.perform();
    let socket = easy.socket();
    let message = vec![b'x'; task.size];
    let mut room = vec![0; task.size.max(4096)];
    let sample = repeat(task, || {
        if task.job != Job::Receive {
            easy.send(socket, &message);
        }
        let mut left = if task.job == Job::Send { 0 } else { task.size };
        while left > 0 {
            left -= easy.receive(socket, &mut room[..left]);
        }
    });
    if task.job == Job::Send {
        easy.receive(socket, &mut room);
    }
    sample
}

/// Counts and takes the time of each `one`.
fn repeat(task: &Task, mut one: impl FnMut()) -> Sample {
    let mut times = Vec::with_capacity(task.total());
    let mut start = Usage::now();
    for n in 0..task.total() {
        if n == task.warm_up() {
            times.clear();
            start = Usage::now();
        }
        let began = Instant::now();
        one();
        times.push(began.elapsed().as_nanos() as u32);
    }
    Sample { p50: median_of(times), ..start.to(&Usage::now(), task) }
}

fn check(code: CURLcode) {
    assert_eq!(code, CURLE_OK, "libcurl");
}

const CURLWS_BINARY: c_uint = 1 << 1;
/// `CURLINFO_SOCKET + 44`.
const CURLINFO_ACTIVESOCKET: curl_sys::CURLINFO = 0x50_0000 + 44;

// What the crate does not declare (curl/websockets.h).
unsafe extern "C" {
    fn curl_ws_send(
        curl: *mut CURL,
        buffer: *const c_void,
        len: usize,
        sent: *mut usize,
        fragment: i64,
        flags: c_uint,
    ) -> CURLcode;
    fn curl_ws_recv(
        curl: *mut CURL,
        buffer: *mut c_void,
        len: usize,
        read: *mut usize,
        frame: *mut *const c_void,
    ) -> CURLcode;
}
