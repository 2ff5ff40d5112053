//! The library as an application has it: C functions of a library that is loaded.

use std::env;
use std::ffi::CString;
use std::ptr;

use crate::abi::constants::WINHTTP_FLAG_ASYNC;
use crate::abi::constants::WINHTTP_FLAG_SECURE;
use crate::abi::constants::WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET;
use crate::abi::types::*;

use crate::task::Job;
use crate::task::Task;
use crate::wire;

/// Names the library.
const LIBRARY: &str = "SPEED_LIBRARY";

macro_rules! functions {
    ($($field:ident: $name:ident($($argument:ty),*) -> $result:ty;)*) => {
        /// The functions that the clients call.
        pub(super) struct Api {
            $($field: unsafe extern "system" fn($($argument),*) -> $result,)*
        }

        impl Api {
            fn load(file: &str) -> Api {
                let file = CString::new(file).expect("a file's name");
                // SAFETY: the name is a C string; the library's initialisers do nothing.
                let library = unsafe { libc::dlopen(file.as_ptr(), libc::RTLD_NOW) };
                assert!(!library.is_null(), "cannot load {file:?}");
                $(
                    let name = CString::new(stringify!($name)).expect("a function's name");
                    // SAFETY: the library is open, the name is a C string.
                    let found = unsafe { libc::dlsym(library, name.as_ptr()) };
                    assert!(!found.is_null(), "no {name:?}");
                    // SAFETY: a WinHTTP function of this name has this type.
                    let $field = unsafe {
                        std::mem::transmute::<*mut libc::c_void, unsafe extern "system" fn($($argument),*) -> $result>(found)
                    };
                )*
                Api { $($field,)* }
            }
        }
    };
}

functions! {
    open: WinHttpOpen(LPCWSTR, DWORD, LPCWSTR, LPCWSTR, DWORD) -> HINTERNET;
    connect: WinHttpConnect(HINTERNET, LPCWSTR, INTERNET_PORT, DWORD) -> HINTERNET;
    open_request: WinHttpOpenRequest(HINTERNET, LPCWSTR, LPCWSTR, LPCWSTR, LPCWSTR, *mut LPCWSTR, DWORD) -> HINTERNET;
    set_option: WinHttpSetOption(HINTERNET, DWORD, LPVOID, DWORD) -> BOOL;
    set_callback: WinHttpSetStatusCallback(HINTERNET, WINHTTP_STATUS_CALLBACK, DWORD, DWORD_PTR) -> WINHTTP_STATUS_CALLBACK;
    send_request: WinHttpSendRequest(HINTERNET, LPCWSTR, DWORD, LPVOID, DWORD, DWORD, DWORD_PTR) -> BOOL;
    receive_response: WinHttpReceiveResponse(HINTERNET, LPVOID) -> BOOL;
    complete_upgrade: WinHttpWebSocketCompleteUpgrade(HINTERNET, DWORD_PTR) -> HINTERNET;
    send: WinHttpWebSocketSend(HINTERNET, WINHTTP_WEB_SOCKET_BUFFER_TYPE, PVOID, DWORD) -> DWORD;
    receive: WinHttpWebSocketReceive(HINTERNET, PVOID, DWORD, *mut DWORD, *mut WINHTTP_WEB_SOCKET_BUFFER_TYPE) -> DWORD;
    read_data: WinHttpReadData(HINTERNET, LPVOID, DWORD, LPDWORD) -> BOOL;
    close: WinHttpCloseHandle(HINTERNET) -> BOOL;
}

impl Api {
    /// The library that the environment names. Lives as long as the process.
    pub(super) fn get() -> &'static Api {
        Box::leak(Box::new(Api::load(&env::var(LIBRARY).expect("SPEED_LIBRARY"))))
    }

    /// A connection handle for the server, on a new session; with a callback it is asynchronous.
    pub(super) fn server(&self, port: u16, callback: WINHTTP_STATUS_CALLBACK, mask: DWORD) -> HINTERNET {
        let flags = if callback.is_some() { WINHTTP_FLAG_ASYNC } else { 0 };
        // SAFETY: the texts end in a NUL and live until the calls return, here and below.
        let session = unsafe { (self.open)(wide("bench").as_ptr(), NO_PROXY, NULL, NULL, flags) };
        assert_ne!(session, HINTERNET::NULL);
        // SAFETY: the callback lives as long as the process.
        unsafe { (self.set_callback)(session, callback, mask, 0) };
        // SAFETY: as above.
        let server = unsafe { (self.connect)(session, wide("127.0.0.1").as_ptr(), port, 0) };
        assert_ne!(server, HINTERNET::NULL);
        server
    }

    /// A request for what `task` needs, sent (synchronous) or on its way.
    pub(super) fn request(&self, server: HINTERNET, task: &Task, context: DWORD_PTR) -> HINTERNET {
        let request = self.open_request(server, task);
        // SAFETY: there are no more headers and no body; the context lives as long as the process.
        let sent = unsafe { (self.send_request)(request, NULL, 0, ptr::null_mut(), 0, 0, context) };
        assert_eq!(sent, TRUE);
        request
    }

    /// The same, not sent.
    pub(super) fn open_request(&self, server: HINTERNET, task: &Task) -> HINTERNET {
        let (verb, path) = (wide("GET"), wide(&wire::path(task)));
        let secure = if task.tls { WINHTTP_FLAG_SECURE } else { 0 };
        // SAFETY: as in `server`.
        let request = unsafe {
            (self.open_request)(server, verb.as_ptr(), path.as_ptr(), NULL, NULL, ptr::null_mut(), secure)
        };
        assert_ne!(request, HINTERNET::NULL);
        if !matches!(task.job, Job::Get | Job::Download | Job::Start) {
            // SAFETY: the option has no value.
            let set = unsafe {
                (self.set_option)(request, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, ptr::null_mut(), 0)
            };
            assert_eq!(set, TRUE);
        }
        request
    }

    pub(super) fn receive_response(&self, request: HINTERNET) {
        // SAFETY: the parameter is reserved.
        let received = unsafe { (self.receive_response)(request, ptr::null_mut()) };
        assert_eq!(received, TRUE);
    }

    /// Makes a WebSocket of the request and closes the request.
    pub(super) fn upgrade(&self, request: HINTERNET, context: DWORD_PTR) -> HINTERNET {
        // SAFETY: the context lives as long as the process.
        let socket = unsafe { (self.complete_upgrade)(request, context) };
        assert_ne!(socket, HINTERNET::NULL);
        self.close(request);
        socket
    }

    pub(super) fn close(&self, handle: HINTERNET) {
        // SAFETY: nothing is asked of the caller.
        let closed = unsafe { (self.close)(handle) };
        assert_eq!(closed, TRUE);
    }

    /// Reads the body; gives the number of bytes of a synchronous call.
    ///
    /// # Safety
    ///
    /// On an asynchronous session the room is writable, and used by nobody else, until the completion.
    pub(super) unsafe fn read_data(&self, request: HINTERNET, room: *mut u8, len: usize) -> usize {
        let mut bytes = 0;
        // SAFETY: the caller's promise.
        let read = unsafe { (self.read_data)(request, room.cast(), len as DWORD, &raw mut bytes) };
        assert_eq!(read, TRUE);
        bytes as usize
    }

    pub(super) fn send(&self, socket: HINTERNET, message: &'static [u8]) {
        let at = message.as_ptr().cast_mut().cast();
        // SAFETY: the message is readable for ever; it is only read.
        let sent = unsafe { (self.send)(socket, BINARY_MESSAGE, at, message.len() as DWORD) };
        assert_eq!(sent, 0);
    }

    /// A synchronous Receive; gives the number of bytes.
    pub(super) fn receive(&self, socket: HINTERNET, room: &mut [u8]) -> usize {
        let (mut bytes, mut kind) = (0, 0);
        let (at, len) = (room.as_mut_ptr().cast(), room.len() as DWORD);
        // SAFETY: the room is writable until the call returns, and so are the results.
        let received = unsafe { (self.receive)(socket, at, len, &raw mut bytes, &raw mut kind) };
        assert_eq!(received, 0);
        bytes as usize
    }

    /// Posts an asynchronous Receive into `len` bytes at `room`.
    ///
    /// # Safety
    ///
    /// The room is writable, and used by nobody else, until the completion.
    pub(super) unsafe fn post_receive(&self, socket: HINTERNET, room: *mut u8, len: usize) {
        let nowhere = ptr::null_mut();
        // SAFETY: the caller's promise; the results come with the completion.
        let posted = unsafe { (self.receive)(socket, room.cast(), len as DWORD, nowhere, ptr::null_mut()) };
        assert_eq!(posted, 0);
    }
}

fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

const NULL: LPCWSTR = ptr::null();
const NO_PROXY: DWORD = 1;
const BINARY_MESSAGE: WINHTTP_WEB_SOCKET_BUFFER_TYPE = 0;
