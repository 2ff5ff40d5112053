//! The receive side: the server's bytes in, data for the pending Receive and control frames out.

use crate::base::OutBuf;
use crate::proto::ws::control::CloseFrame;
use crate::proto::ws::control::ControlPayload;
use crate::proto::ws::frame;
use crate::proto::ws::frame::Family;
use crate::proto::ws::frame::FrameHeader;
use crate::proto::ws::frame::MAX_CONTROL;
use crate::proto::ws::frame::Opcode;
use crate::proto::ws::input::Input;
use crate::proto::ws::utf8::Utf8Checker;
use crate::proto::ws::violation::Violation;

/// The receive side of one connection.
///
/// The owner calls [`advance`](Receiver::advance) until it says `NeedInput` (or there is nobody to
/// deliver to), reads what the socket has into [`space`](Receiver::space), tells
/// [`received`](Receiver::received), and goes on. After a violation the connection is dead and the
/// engine must not be called again.
///
/// A Receive returns data of one frame at most, so the bytes filled in so far always belong to the
/// frame that comes next, and no control frame can stand between them.
#[derive(Debug)]
pub(crate) struct Receiver {
    fill_limit: usize,
    input: Input,
    state: State,
    utf8: Utf8Checker,
    discarding: bool,
}

/// What the owner has to do next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// Read more bytes of the server, then advance again.
    NeedInput,
    /// Complete the Receive with what is filled, perhaps nothing. `last`: it ends exactly at the end
    /// of the final frame of the message.
    Data { family: Family, last: bool },
    /// The server's next bytes, read or not, are data, and no Receive is pending to take them.
    DataWaiting,
    /// Answer with a pong of the same payload, then advance again.
    Ping(ControlPayload),
    /// The close frame arrived: see `close`. It comes again with every call from now on.
    Close,
}

/// Where the server's byte stream stands.
#[derive(Debug)]
enum State {
    /// Between two messages.
    Between,
    /// Between two frames of a message.
    Inside(Family),
    /// In a data frame whose header has been consumed.
    Frame(DataFrame),
    /// Behind the close frame; whatever follows is thrown away.
    Closed(CloseFrame),
}

#[derive(Clone, Copy, Debug)]
struct DataFrame {
    family: Family,
    fin: bool,
    /// Bytes of payload not consumed yet. May be 0: then only the end has to be reported.
    rest: u64,
}

/// The free part of the pending Receive's room, `free[..used]` written by now.
struct Room<'a> {
    free: &'a mut [u8],
    used: usize,
}

impl Receiver {
    /// A connection right after the handshake.
    ///
    /// `fill_limit` is `WEB_SOCKET_RECEIVE_BUFFER_SIZE`, in bytes: what a Receive waits for, rather
    /// than to complete with a part of a frame. It limits nothing else.
    pub(crate) fn new(fill_limit: usize) -> Receiver {
        Receiver {
            fill_limit,
            input: Input::default(),
            state: State::Between,
            utf8: Utf8Checker::default(),
            discarding: false,
        }
    }

    /// Goes on with the bytes at hand. `into` is the room of the pending Receive, with what earlier
    /// calls filled in still there; without one only control frames are consumed, up to the first
    /// data.
    #[inline]
    pub(crate) fn advance(&mut self, into: Option<&mut OutBuf>) -> Result<Event, Violation> {
        let Some(into) = into else { return self.run(None) };
        let mut room = Room { free: into.spare(), used: 0 };
        let event = self.run(Some(&mut room));
        let used = room.used;
        into.advance(used);
        event
    }

    /// The socket has no more for now: whether the pending Receive completes with the part of a
    /// frame that it has. It does when it has something, and could not have all of its room or of
    /// the frame's rest filled within the fill limit.
    pub(crate) fn settle(&self, into: &OutBuf) -> Option<Event> {
        self.settle_at(into.filled(), into.remaining())
    }

    /// There is no buffer to read into: `attach` one before `space`.
    pub(crate) fn needs_buffer(&self) -> bool {
        self.input.needs_buffer()
    }

    /// Lends a buffer, at least [`MIN_BUFFER`] bytes long; only when one is needed.
    pub(crate) fn attach(&mut self, buffer: Box<[u8]>) {
        debug_assert!(buffer.len() >= MIN_BUFFER);
        self.input.attach(buffer);
    }

    /// Gives the buffer back, if one is attached and nothing waits in it.
    pub(crate) fn detach(&mut self) -> Option<Box<[u8]>> {
        self.input.detach()
    }

    /// Where the next bytes of the server go. Not empty after `advance` said `NeedInput`, provided
    /// a buffer is attached.
    pub(crate) fn space(&mut self) -> &mut [u8] {
        self.input.space()
    }

    /// The first `n` bytes of `space` have been written.
    pub(crate) fn received(&mut self, n: usize) {
        self.input.received(n);
    }

    /// How many bytes may be read from the socket straight into the room of the pending Receive,
    /// which saves copying them; 0: read into `space`. Only for big pieces of one frame: a small one
    /// would cost a read of its own.
    pub(crate) fn direct(&self, into: &OutBuf) -> usize {
        self.direct_at(into.remaining())
    }

    /// `n` bytes, at most what `direct` allowed, have been read into the room, and `into` has been
    /// advanced by them. Then advance.
    pub(crate) fn received_direct(&mut self, into: &mut OutBuf, n: usize) -> Result<(), Violation> {
        self.pass_direct(into.last_filled(n))
    }

    /// From now on data is thrown away instead of waiting for a Receive, as Close does while it
    /// waits for the close frame. It is still checked. `advance` is to be called without room.
    pub(crate) fn discard(&mut self) {
        self.discarding = true;
    }

    /// The server's close frame, once it has arrived.
    pub(crate) fn close(&self) -> Option<&CloseFrame> {
        match &self.state {
            State::Closed(close) => Some(close),
            _ => None,
        }
    }

    /// A message has begun and its end has not been delivered.
    pub(crate) fn mid_message(&self) -> bool {
        matches!(self.state, State::Inside(_) | State::Frame(_))
    }

    #[inline]
    fn run(&mut self, mut room: Option<&mut Room<'_>>) -> Result<Event, Violation> {
        if let Some(room) = &mut room
            && let Some(event) = self.deliver_whole_message(room)
        {
            return event;
        }
        self.run_any(room)
    }

    /// The hot path: a short message that is all there and fits. `None` if it is anything else.
    #[inline]
    fn deliver_whole_message(&mut self, room: &mut Room<'_>) -> Option<Result<Event, Violation>> {
        let State::Between = self.state else { return None };
        let (family, payload) = frame::whole_message(self.input.pending())?;
        let to = room.free.get_mut(..payload.len())?;
        if family == Family::Text && self.utf8.check(payload).and_then(|()| self.utf8.finish()).is_err() {
            return Some(Err(Violation::InvalidUtf8));
        }
        to.copy_from_slice(payload);
        room.used = payload.len();
        let used = 2 + payload.len();
        self.input.consume(used);
        Some(Ok(Event::Data { family, last: true }))
    }

    fn run_any(&mut self, room: Option<&mut Room<'_>>) -> Result<Event, Violation> {
        loop {
            match self.state {
                State::Between | State::Inside(_) => {
                    if let Some(event) = self.next_frame()? {
                        return Ok(event);
                    }
                }
                State::Frame(frame) => match room {
                    Some(room) => return self.deliver(frame, room),
                    None if self.discarding => {
                        if !self.throw_away(frame)? {
                            return Ok(Event::NeedInput);
                        }
                    }
                    None => return Ok(Event::DataWaiting),
                },
                State::Closed(_) => {
                    self.input.clear();
                    return Ok(Event::Close);
                }
            }
        }
    }

    /// Consumes a control frame, or the header of a data frame (`None`, as after a pong).
    fn next_frame(&mut self) -> Result<Option<Event>, Violation> {
        let Some((header, used)) = frame::parse(self.input.pending())? else {
            return Ok(Some(Event::NeedInput));
        };
        let family = match (header.opcode, &self.state) {
            (Opcode::Close | Opcode::Ping | Opcode::Pong, _) => return self.control(header, used),
            (Opcode::Text, State::Between) => Family::Text,
            (Opcode::Binary, State::Between) => Family::Binary,
            (Opcode::Text | Opcode::Binary, _) => return Err(Violation::DataInsideMessage),
            (Opcode::Continuation, State::Inside(family)) => *family,
            (Opcode::Continuation, _) => return Err(Violation::ContinuationWithoutStart),
        };
        self.input.consume(used);
        self.state = State::Frame(DataFrame { family, fin: header.fin, rest: header.len });
        Ok(None)
    }

    fn control(&mut self, header: FrameHeader, used: usize) -> Result<Option<Event>, Violation> {
        let end = used + header.len as usize;
        let Some(payload) = self.input.pending().get(used..end) else {
            return Ok(Some(Event::NeedInput));
        };
        let event = match header.opcode {
            Opcode::Ping => Some(Event::Ping(ControlPayload::new(payload))),
            Opcode::Close => {
                self.state = State::Closed(CloseFrame::parse(payload)?);
                None
            }
            _ => None,
        };
        self.input.consume(end);
        Ok(event)
    }

    /// Copies what is there of the frame, and fits, to the pending Receive.
    fn deliver(&mut self, mut frame: DataFrame, room: &mut Room<'_>) -> Result<Event, Violation> {
        let n = frame.within(self.input.pending().len().min(room.free.len()));
        let payload = &self.input.pending()[..n];
        frame.pass(payload, &mut self.utf8)?;
        room.free[..n].copy_from_slice(payload);
        room.used = n;
        self.input.consume(n);
        if self.keep(frame)? {
            return Ok(Event::Data { family: frame.family, last: frame.fin });
        }
        if n == room.free.len() {
            return Ok(Event::Data { family: frame.family, last: false });
        }
        Ok(Event::NeedInput)
    }

    /// Consumes what is there of the frame; says whether that was all of it.
    fn throw_away(&mut self, mut frame: DataFrame) -> Result<bool, Violation> {
        let n = frame.within(self.input.pending().len());
        frame.pass(&self.input.pending()[..n], &mut self.utf8)?;
        self.input.consume(n);
        self.keep(frame)
    }

    /// Stays in `frame`, or moves on behind it: says whether it is over.
    fn keep(&mut self, frame: DataFrame) -> Result<bool, Violation> {
        if frame.rest != 0 {
            self.state = State::Frame(frame);
            return Ok(false);
        }
        self.state = if frame.fin {
            self.utf8.finish()?;
            State::Between
        } else {
            State::Inside(frame.family)
        };
        Ok(true)
    }

    fn settle_at(&self, filled: usize, free: usize) -> Option<Event> {
        let State::Frame(frame) = self.state else { return None };
        // All that is filled came from this frame: this is what the Receive could hope for when it
        // began.
        let whole = filled + frame.within(free);
        let settled = filled > 0 && whole > self.fill_limit;
        settled.then_some(Event::Data { family: frame.family, last: false })
    }

    fn direct_at(&self, free: usize) -> usize {
        let State::Frame(frame) = self.state else { return 0 };
        let n = frame.within(free);
        if n > WORTH_A_READ && self.input.is_empty() { n } else { 0 }
    }

    fn pass_direct(&mut self, bytes: &[u8]) -> Result<(), Violation> {
        match &mut self.state {
            State::Frame(frame) => frame.pass(bytes, &mut self.utf8),
            _ => {
                debug_assert!(false, "direct allowed nothing");
                Ok(())
            }
        }
    }
}

impl DataFrame {
    /// `n`, or the rest of the frame if that is less.
    fn within(&self, n: usize) -> usize {
        usize::try_from(self.rest).map_or(n, |rest| rest.min(n))
    }

    /// Consumes the next `bytes` of the frame, checking them if they are text.
    fn pass(&mut self, bytes: &[u8], utf8: &mut Utf8Checker) -> Result<(), Violation> {
        debug_assert!(bytes.len() as u64 <= self.rest);
        self.rest = self.rest.saturating_sub(bytes.len() as u64);
        match self.family {
            Family::Text => utf8.check(bytes),
            Family::Binary => Ok(()),
        }
    }
}

/// The shortest buffer that works: a whole control frame has to fit, to be read with its payload.
pub(crate) const MIN_BUFFER: usize = 2 + MAX_CONTROL;

/// From this size on a read of its own costs less than copying.
const WORTH_A_READ: usize = 16 * 1024;
