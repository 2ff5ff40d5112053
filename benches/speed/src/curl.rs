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

use crate::meter::Meter;
use crate::system;
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

    fn write_to(
        &self,
        function: extern "C" fn(*mut c_char, usize, usize, *mut c_void) -> usize,
        data: *mut c_void,
    ) {
        let function: curl_sys::curl_write_callback = function;
        // SAFETY: this option takes a function.
        check(unsafe { curl_sys::curl_easy_setopt(self.0, curl_sys::CURLOPT_WRITEFUNCTION, function) });
        // SAFETY: this option takes a pointer for the function.
        check(unsafe { curl_sys::curl_easy_setopt(self.0, curl_sys::CURLOPT_WRITEDATA, data) });
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

extern "C" fn take(_: *mut c_char, size: usize, count: usize, meter: *mut c_void) -> usize {
    // SAFETY: `http` passes its own, which lives as long as the transfer, and this is its only use.
    let meter = unsafe { &mut *meter.cast::<Meter<'_>>() };
    meter.go_on();
    meter.count(size * count);
    size * count
}

extern "C" fn skip(_: *mut c_char, size: usize, count: usize, _: *mut c_void) -> usize {
    size * count
}

fn http(task: &Task, port: u16) -> Sample {
    let easy = Easy::new("http", task, port);
    if task.job == Job::Download {
        let mut meter = Meter::of_bytes(task, task.size);
        easy.write_to(take, (&raw mut meter).cast());
        easy.set_long(curl_sys::CURLOPT_BUFFERSIZE, 64 * 1024);
        easy.perform();
        return meter.end();
    }
    easy.write_to(skip, ptr::null_mut());
    let mut meter = Meter::of_operations(task);
    while meter.go_on() {
        let began = Instant::now();
        easy.perform();
        meter.time(began);
    }
    meter.end()
}

fn web_socket(task: &Task, port: u16) -> Sample {
    let easy = Easy::new("ws", task, port);
    // The handshake only.
    easy.set_long(curl_sys::CURLOPT_CONNECT_ONLY, 2);
    easy.perform();
    let socket = easy.socket();
    let message = vec![b'x'; task.size];
    let mut room = vec![0; task.size.max(4096)];
    let mut meter = Meter::of_operations(task);
    while meter.go_on() {
        let began = Instant::now();
        if task.job != Job::Receive {
            easy.send(socket, &message);
        }
        let mut left = if task.job == Job::Send { 0 } else { task.size };
        while left > 0 {
            left -= easy.receive(socket, &mut room[..left]);
        }
        meter.time(began);
    }
    if task.job == Job::Send {
        easy.receive(socket, &mut room);
    }
    meter.end()
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
