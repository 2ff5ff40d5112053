//! Bytes through an established session, in pieces as large as the socket gives and takes.

use std::io;
use std::io::IoSlice;
use std::io::Read;
use std::io::Write;

use rustls::ClientConnection;

use crate::net::Socket;
use crate::net::buffers;
use crate::net::tls::Session;

/// rustls asks for 4 KiB a read, a quarter of a full record, and takes 64 KiB a write. Where much comes,
/// ciphertext is read ahead of it into a borrowed buffer.
pub(super) struct Stream {
    tls: Box<ClientConnection>,
    ahead: Ahead,
}

/// Ciphertext that rustls has not seen yet.
#[derive(Default)]
struct Ahead {
    /// Borrowed only while something waits.
    buffer: Option<Box<[u8]>>,
    start: usize,
    end: usize,
    /// The last read from the carrier filled its room, or brought more than rustls would have asked for.
    much: bool,
}

impl Stream {
    /// A stream by a session whose handshake is over and whose messages have been sent.
    pub(super) fn new(mut tls: Box<ClientConnection>) -> Stream {
        // What waits is limited by what `write` takes.
        tls.set_buffer_limit(None);
        Stream { tls, ahead: Ahead::default() }
    }

    /// Reads plain bytes; 0 is the peer's end, with or without its saying so.
    pub(super) fn read(&mut self, carrier: &mut Raw<'_>, into: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.tls.reader().read(into) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                // An end without close_notify: the layer above knows whether that is too early.
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(0),
                done => return done,
            }
            self.fetch(carrier)?;
            if let Err(error) = self.tls.process_new_packets() {
                _ = self.tls.write_tls(carrier);
                return Err(io::Error::new(io::ErrorKind::InvalidData, error));
            }
        }
    }

    /// Takes plain bytes, and sends as much of them as the carrier takes.
    pub(super) fn write(&mut self, carrier: &mut Raw<'_>, from: &[u8]) -> io::Result<usize> {
        self.send(carrier).map_err(|error| self.why(carrier, error))?;
        let taken = self.tls.writer().write(&from[..from.len().min(buffers::SIZE)])?;
        match self.send(carrier) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(taken),
            Err(error) => Err(self.why(carrier, error)),
            Ok(()) => Ok(taken),
        }
    }

    /// Sends the ciphertext that waits.
    pub(super) fn send(&mut self, carrier: &mut Raw<'_>) -> io::Result<()> {
        while self.tls.wants_write() {
            self.tls.write_tls(carrier)?;
        }
        Ok(())
    }

    pub(super) fn wants_write(&self) -> bool {
        self.tls.wants_write()
    }

    /// Whether bytes, or the end, wait that no socket edge will announce.
    pub(super) fn has_news(&mut self) -> bool {
        if !self.ahead.is_empty() {
            return true;
        }
        self.tls
            .process_new_packets()
            .map_or(true, |state| state.plaintext_bytes_to_read() > 0 || state.peer_has_closed())
    }

    /// Tells the peer that nothing more will come, as far as that is possible without waiting.
    pub(super) fn close_notify(&mut self, carrier: &mut Raw<'_>) {
        self.tls.send_close_notify();
        _ = self.send(carrier);
    }

    /// Hands rustls more ciphertext: what waits, else what the carrier has.
    fn fetch(&mut self, carrier: &mut Raw<'_>) -> io::Result<()> {
        let Stream { tls, ahead } = self;
        if ahead.is_empty() {
            if !ahead.much {
                tls.read_tls(carrier)?;
                ahead.much = carrier.filled;
                return Ok(());
            }
            ahead.read(carrier)?;
        }
        // Nothing is the carrier's end, which rustls is told as well.
        let given = tls.read_tls(&mut ahead.waiting())?;
        ahead.consume(given);
        Ok(())
    }

    /// A peer that refuses says why before it closes: that is a better reason than the broken connection.
    fn why(&mut self, carrier: &mut Raw<'_>, error: io::Error) -> io::Error {
        if error.kind() == io::ErrorKind::WouldBlock {
            return error;
        }
        match self.fetch(carrier).ok().map(|()| self.tls.process_new_packets()) {
            Some(Err(alert)) => io::Error::new(io::ErrorKind::InvalidData, alert),
            _ => error,
        }
    }
}

impl Ahead {
    fn is_empty(&self) -> bool {
        self.start == self.end
    }

    fn waiting(&self) -> &[u8] {
        self.buffer.as_ref().map_or(&[], |buffer| &buffer[self.start..self.end])
    }

    /// Reads what there is; only when nothing waits.
    fn read(&mut self, carrier: &mut Raw<'_>) -> io::Result<()> {
        let buffer = self.buffer.get_or_insert_with(buffers::borrow);
        let read = carrier.read(&mut buffer[..buffers::READ]);
        (self.start, self.end) = (0, *read.as_ref().unwrap_or(&0));
        if read.as_ref().is_ok_and(|&n| n > 0) {
            self.much = self.end > LITTLE;
        } else {
            self.give_back();
        }
        read.map(drop)
    }

    fn consume(&mut self, n: usize) {
        self.start += n;
        if self.is_empty() {
            self.give_back();
        }
    }

    fn give_back(&mut self) {
        if let Some(buffer) = self.buffer.take() {
            buffers::give_back(buffer);
        }
    }
}

impl Drop for Ahead {
    fn drop(&mut self) {
        self.give_back();
    }
}

/// What carries a session, as rustls wants it: the socket, or the session with a proxy on it.
pub(super) struct Raw<'a> {
    socket: &'a Socket,
    below: Option<&'a Session>,
    /// The last read filled its room.
    filled: bool,
}

impl<'a> Raw<'a> {
    pub(super) fn new(socket: &'a Socket, below: Option<&'a Session>) -> Raw<'a> {
        Raw { socket, below, filled: false }
    }
}

impl Read for Raw<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = match self.below {
            Some(below) => below.read(self.socket, into),
            None => self.socket.read(into),
        };
        self.filled = read.as_ref().is_ok_and(|&n| n == into.len());
        read
    }
}

impl Write for Raw<'_> {
    fn write(&mut self, from: &[u8]) -> io::Result<usize> {
        match self.below {
            Some(below) => below.write(self.socket, from),
            None => self.socket.write(from),
        }
    }

    /// All records at once: rustls keeps each in memory of its own.
    fn write_vectored(&mut self, from: &[IoSlice<'_>]) -> io::Result<usize> {
        match self.below {
            Some(below) => {
                let first = from.iter().find(|part| !part.is_empty());
                below.write(self.socket, first.map_or(&[], |part| part))
            }
            None => self.socket.write_pieces(from),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.below.map_or(Ok(()), |below| below.flush(self.socket))
    }
}

/// What rustls asks for in one read.
const LITTLE: usize = 4096;
