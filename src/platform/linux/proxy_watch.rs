//! Waiting for the file with proxy settings to change, by inotify.

use std::ffi::CString;
use std::io;
use std::os::fd::AsRawFd;
use std::os::fd::FromRawFd;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::platform::linux::proxy::proxy_files;

/// Tells one thread when proxy settings may have changed.
pub(crate) struct ProxyWatch {
    inotify: OwnedFd,
    stop: OwnedFd,
}

impl ProxyWatch {
    /// Watches from now on.
    pub(crate) fn new() -> io::Result<ProxyWatch> {
        // SAFETY: a plain system call.
        let inotify = owned(unsafe { libc::inotify_init1(libc::IN_NONBLOCK | libc::IN_CLOEXEC) })?;
        // SAFETY: as above.
        let stop = owned(unsafe { libc::eventfd(0, libc::EFD_NONBLOCK | libc::EFD_CLOEXEC) })?;
        let watch = ProxyWatch { inotify, stop };
        watch.arm();
        Ok(watch)
    }

    /// Blocks until something may have changed; false when it is to stop.
    pub(crate) fn wait(&self) -> io::Result<bool> {
        let entry = |fd: &OwnedFd| libc::pollfd { fd: fd.as_raw_fd(), events: libc::POLLIN, revents: 0 };
        let mut entries = [entry(&self.inotify), entry(&self.stop)];
        loop {
            // SAFETY: two entries, which only this call writes.
            let ready = unsafe { libc::poll(entries.as_mut_ptr(), 2, -1) };
            if ready < 0 {
                let error = io::Error::last_os_error();
                if error.kind() != io::ErrorKind::Interrupted {
                    return Err(error);
                }
            } else if entries[1].revents != 0 {
                return Ok(false);
            } else if ready > 0 {
                self.drain();
                // Folders may have come into being.
                self.arm();
                return Ok(true);
            }
        }
    }

    /// Ends the wait, from any thread.
    pub(crate) fn stop(&self) {
        // SAFETY: a plain system call; the eight bytes are what an eventfd takes.
        unsafe { libc::write(self.stop.as_raw_fd(), (&raw const ONE).cast(), 8) };
    }

    /// Watches the folder of each file, or what there is of the way to it.
    fn arm(&self) {
        for path in proxy_files() {
            let exists = |folder: &&Path| self.add(folder).is_ok();
            _ = path.ancestors().skip(1).find(exists);
        }
    }

    fn add(&self, folder: &Path) -> io::Result<()> {
        const EVENTS: u32 = libc::IN_CLOSE_WRITE
            | libc::IN_MOVED_TO
            | libc::IN_MOVED_FROM
            | libc::IN_CREATE
            | libc::IN_DELETE;
        let name = CString::new(folder.as_os_str().as_bytes())?;
        // SAFETY: the name ends in a NUL.
        let watch = unsafe { libc::inotify_add_watch(self.inotify.as_raw_fd(), name.as_ptr(), EVENTS) };
        if watch < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
    }

    fn drain(&self) {
        let mut scrap = [0u8; 4096];
        // SAFETY: the room is as large as is said; the descriptor does not block.
        while unsafe { libc::read(self.inotify.as_raw_fd(), scrap.as_mut_ptr().cast(), scrap.len()) } > 0 {}
    }
}

fn owned(fd: i32) -> io::Result<OwnedFd> {
    if fd < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the system has just given the descriptor to us alone.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

static ONE: u64 = 1;
