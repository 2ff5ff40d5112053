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
    pub(crate) fn advance(&mut self, into: Option<&mut OutBuf>) -> Result<Event, Violation> {
        let Some(into) = into else { return self.run_any(None) };
        let mut room = Room { free: into.spare(), used: 0 };
        let event = self.run_any(Some(&mut room));
        let used = room.used;
        into.advance(used);
        event
    }

    /// The hot path, worth a try before `advance`: delivers a short message that is all there and fits.
    /// `None` if what comes next is anything else.
    #[inline]
    pub(crate) fn take_message(&mut self, into: &mut OutBuf) -> Option<Result<Event, Violation>> {
        let mut room = Room { free: into.spare(), used: 0 };
        let event = self.deliver_whole_message(&mut room)?;
        let used = room.used;
        into.advance(used);
        Some(event)
    }

    /// The socket has no more for now: whether the pending Receive completes with the part of a
    /// frame that it has. It does when it has something, and could not have all of its room or of
    /// the frame's rest filled within the fill limit.
    pub(crate) fn settle(&self, into: &OutBuf) -> Option<Event> {
        self.settle_at(into.filled(), into.remaining())
    }

    /// Whether a Receive posted now may complete, or learn something, without another byte of the
    /// server: bytes wait, or the end of an empty frame, or the close frame.
    pub(crate) fn has_input(&self) -> bool {
        let at_end = matches!(self.state, State::Frame(DataFrame { rest: 0, .. }) | State::Closed(_));
        at_end || !self.input.is_empty()
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
    pub(crate) fn received_direct(&mut self, into: &OutBuf, n: usize) -> Result<(), Violation> {
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
    #[cfg(test)]
    fn mid_message(&self) -> bool {
        matches!(self.state, State::Inside(_) | State::Frame(_))
    }

    /// Both, as an owner calls them.
    #[cfg(test)]
    fn run(&mut self, mut room: Option<&mut Room<'_>>) -> Result<Event, Violation> {
        if let Some(room) = &mut room
            && let Some(event) = self.deliver_whole_message(room)
        {
            return event;
        }
        self.run_any(room)
    }

    /// See `take_message`.
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

#[cfg(test)]
mod tests {
    use super::*;

    const HUGE: usize = 1 << 20;
    const DEFAULT_LIMIT: usize = 32768;

    /// What the owner saw, with the bytes each Receive got.
    #[derive(Clone, Debug, PartialEq, Eq)]
    enum Seen {
        Data(Family, bool, Vec<u8>),
        Ping(Vec<u8>),
        Close(u16, Vec<u8>),
        Failed(Violation),
    }

    /// How an owner drives the engine.
    #[derive(Clone, Copy)]
    struct Habits {
        room: usize,
        buffer: usize,
        /// Reads straight into the room where that is allowed.
        direct: bool,
        /// Advances without room before each Receive, as when none is pending for a while.
        idle: bool,
        /// Completes with what is there whenever that is allowed.
        settle: bool,
        fill_limit: usize,
    }

    const PLAIN: Habits = Habits {
        room: HUGE,
        buffer: 65536,
        direct: false,
        idle: false,
        settle: false,
        fill_limit: DEFAULT_LIMIT,
    };

    /// A small generator with a fixed seed (xorshift).
    struct Prng(u64);

    impl Prng {
        fn below(&mut self, limit: usize) -> usize {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            (self.0 % limit as u64) as usize
        }
    }

    fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
        let mut wire = vec![first];
        match payload.len() {
            len @ 0..=125 => wire.push(len as u8),
            len @ 126..=0xffff => {
                wire.push(126);
                wire.extend((len as u16).to_be_bytes());
            }
            len => {
                wire.push(127);
                wire.extend((len as u64).to_be_bytes());
            }
        }
        wire.extend_from_slice(payload);
        wire
    }

    /// Feeds `wire`, at most `chunk()` bytes a read, until it is used up and nothing more comes out.
    fn drive(wire: &[u8], habits: Habits, mut chunk: impl FnMut() -> usize) -> Vec<Seen> {
        let mut receiver = Receiver::new(habits.fill_limit);
        let mut wire = wire;
        let mut seen = Vec::new();
        let mut memory = vec![0; habits.room];
        let mut filled = 0;
        let mut idle = habits.idle;
        loop {
            let (event, used) = if idle {
                (receiver.run(None), 0)
            } else {
                let mut room = Room { free: &mut memory[filled..], used: 0 };
                let event = receiver.run(Some(&mut room));
                (event, room.used)
            };
            filled += used;
            let mut complete = None;
            match event {
                Ok(Event::DataWaiting) => {
                    assert!(idle);
                    idle = false;
                }
                Ok(Event::NeedInput) => {
                    if habits.settle && !idle {
                        complete = receiver.settle_at(filled, habits.room - filled);
                    }
                    if complete.is_none() {
                        let n = chunk().min(wire.len());
                        if n == 0 {
                            return seen;
                        }
                        let direct = if idle { 0 } else { receiver.direct_at(habits.room - filled) };
                        if receiver.needs_buffer() {
                            receiver.attach(vec![0; habits.buffer].into());
                        }
                        let n = if habits.direct && direct > 0 {
                            let n = n.min(direct);
                            memory[filled..filled + n].copy_from_slice(&wire[..n]);
                            filled += n;
                            if let Err(violation) = receiver.pass_direct(&wire[..n]) {
                                seen.push(Seen::Failed(violation));
                                return seen;
                            }
                            n
                        } else {
                            let space = receiver.space();
                            assert!(!space.is_empty());
                            let n = n.min(space.len());
                            space[..n].copy_from_slice(&wire[..n]);
                            receiver.received(n);
                            n
                        };
                        wire = &wire[n..];
                    }
                }
                Ok(Event::Ping(payload)) => {
                    assert_eq!(filled, 0, "no control frame inside a Receive");
                    seen.push(Seen::Ping(payload.as_slice().to_vec()));
                }
                Ok(Event::Close) => {
                    assert_eq!(filled, 0, "no control frame inside a Receive");
                    let close = receiver.close().unwrap();
                    seen.push(Seen::Close(close.code(), close.reason().to_vec()));
                    assert!(receiver.input.is_empty());
                    return seen;
                }
                Ok(data @ Event::Data { .. }) => complete = Some(data),
                Err(violation) => {
                    seen.push(Seen::Failed(violation));
                    return seen;
                }
            }
            if let Some(Event::Data { family, last }) = complete {
                seen.push(Seen::Data(family, last, memory[..filled].to_vec()));
                filled = 0;
                idle = habits.idle;
            }
            if receiver.input.is_empty() {
                receiver.detach();
                assert!(receiver.needs_buffer(), "an idle engine owns no buffer");
            }
        }
    }

    fn all_at_once(wire: &[u8], habits: Habits) -> Vec<Seen> {
        drive(wire, habits, || usize::MAX)
    }

    /// The same events for every cut in two, byte by byte, and with no Receive pending for a while.
    fn assert_seen(wire: &[u8], habits: Habits, expected: &[Seen]) {
        for idle in [false, true] {
            let habits = Habits { idle, ..habits };
            for cut in 0..=wire.len() {
                let mut cut = Some(cut.max(1));
                let seen = drive(wire, habits, || cut.take().unwrap_or(usize::MAX));
                assert_eq!(seen, expected, "cut, idle {idle}");
            }
            assert_eq!(drive(wire, habits, || 1), expected, "byte by byte, idle {idle}");
            let smallest = Habits { buffer: MIN_BUFFER, ..habits };
            assert_eq!(drive(wire, smallest, || 1000), expected, "smallest buffer, idle {idle}");
        }
    }

    fn text(last: bool, bytes: &[u8]) -> Seen {
        Seen::Data(Family::Text, last, bytes.to_vec())
    }

    fn binary(last: bool, bytes: &[u8]) -> Seen {
        Seen::Data(Family::Binary, last, bytes.to_vec())
    }

    /// Puts the pieces of messages together, whatever Receives they came in.
    fn messages(seen: &[Seen]) -> Vec<Seen> {
        let mut whole = Vec::new();
        let mut parts = Vec::new();
        for seen in seen {
            match seen {
                Seen::Data(family, last, bytes) => {
                    parts.extend_from_slice(bytes);
                    if *last {
                        whole.push(Seen::Data(*family, true, std::mem::take(&mut parts)));
                    }
                }
                other => whole.push(other.clone()),
            }
        }
        whole
    }

    #[test]
    fn rfc_examples() {
        assert_seen(b"\x81\x05Hello", PLAIN, &[text(true, b"Hello")]);
        assert_seen(b"\x01\x03Hel\x80\x02lo", PLAIN, &[text(false, b"Hel"), text(true, b"lo")]);
        assert_seen(b"\x89\x05Hello", PLAIN, &[Seen::Ping(b"Hello".to_vec())]);
        assert_seen(b"\x8a\x05Hello", PLAIN, &[]);
        assert_seen(&frame(0x82, &[7; 256]), PLAIN, &[binary(true, &[7; 256])]);
        assert_eq!(all_at_once(&frame(0x82, &[7; 65536]), PLAIN), [binary(true, &[7; 65536])]);
    }

    #[test]
    fn room_smaller_than_the_frame() {
        let wire = frame(0x82, &[7; 256]);
        let halves = [binary(false, &[7; 128]), binary(true, &[7; 128])];
        assert_seen(&wire, Habits { room: 128, ..PLAIN }, &halves);
        assert_seen(&wire, Habits { room: 256, ..PLAIN }, &[binary(true, &[7; 256])]);
        let uneven = [binary(false, &[7; 255]), binary(true, &[7])];
        assert_seen(&wire, Habits { room: 255, ..PLAIN }, &uneven);
        let bytes = [text(false, b"a"), text(false, b"b"), text(true, b"c"), text(true, b"d")];
        assert_seen(b"\x81\x03abc\x81\x01d", Habits { room: 1, ..PLAIN }, &bytes);
    }

    #[test]
    fn empty_frames_complete_a_receive() {
        assert_seen(b"\x81\x00\x82\x00", PLAIN, &[text(true, b""), binary(true, b"")]);
        let wire = b"\x02\x00\x00\x00\x00\x01x\x80\x00\x81\x01y";
        let expected = [
            binary(false, b""),
            binary(false, b""),
            binary(false, b"x"),
            binary(true, b""),
            text(true, b"y"),
        ];
        for room in [1, 128, HUGE] {
            assert_seen(wire, Habits { room, ..PLAIN }, &expected);
        }
    }

    #[test]
    fn pings_and_pongs_between_fragments() {
        let wire = b"\x01\x02ab\x89\x01p\x8a\x01q\x00\x01c\x89\x00\x80\x01d\x89\x01r\x88\x05\x03\xe8bye";
        let expected = [
            text(false, b"ab"),
            Seen::Ping(b"p".to_vec()),
            text(false, b"c"),
            Seen::Ping(b"".to_vec()),
            text(true, b"d"),
            Seen::Ping(b"r".to_vec()),
            Seen::Close(1000, b"bye".to_vec()),
        ];
        assert_seen(wire, PLAIN, &expected);
        assert_seen(&frame(0x89, &[1; 125]), PLAIN, &[Seen::Ping(vec![1; 125])]);
    }

    #[test]
    fn close_ends_everything() {
        assert_seen(b"\x88\x00\x81\x01x\xff", PLAIN, &[Seen::Close(1005, vec![])]);
        assert_seen(b"\x88\x02\x03\xe9\x88\x02\x03\xe9", PLAIN, &[Seen::Close(1001, vec![])]);
        let inside = [text(false, b"ab"), Seen::Close(1000, vec![])];
        assert_seen(b"\x01\x02ab\x88\x02\x03\xe8", PLAIN, &inside);

        let mut receiver = fed(b"\x88\x00");
        assert_eq!(receiver.close(), None);
        for _ in 0..3 {
            assert_eq!(receiver.run(None), Ok(Event::Close));
            receiver.space()[..5].copy_from_slice(b"\xffjunk");
            receiver.received(5);
        }
        assert_eq!(receiver.run(None), Ok(Event::Close));
        assert!(receiver.detach().is_some());
        assert!(!receiver.mid_message());
    }

    #[test]
    fn violations() {
        let cases: &[(&[u8], &[Seen], Violation)] = &[
            (b"\xc1\x00", &[], Violation::RsvBits),
            (b"\x81\x85", &[], Violation::MaskedByServer),
            (b"\x83\x00", &[], Violation::ReservedOpcode(3)),
            (b"\x8f\x00", &[], Violation::ReservedOpcode(15)),
            (b"\x09\x00", &[], Violation::FragmentedControl),
            (b"\x89\x7e", &[], Violation::ControlTooLong),
            (b"\x82\x7f\xff", &[], Violation::LengthTooBig),
            (b"\x80\x00", &[], Violation::ContinuationWithoutStart),
            (b"\x00\x01a", &[], Violation::ContinuationWithoutStart),
            (b"\x81\x01a\x80\x01b", &[text(true, b"a")], Violation::ContinuationWithoutStart),
            (b"\x01\x01a\x81\x01b", &[text(false, b"a")], Violation::DataInsideMessage),
            (b"\x02\x01a\x02\x01b", &[binary(false, b"a")], Violation::DataInsideMessage),
            (b"\x88\x01\x03", &[], Violation::CloseOfOneByte),
            (b"\x88\x02\x03\xed", &[], Violation::BadCloseCode(1005)),
            (b"\x88\x03\x03\xe8\xff", &[], Violation::BadCloseReason),
            (b"\x81\x02a\xff", &[], Violation::InvalidUtf8),
            (b"\x81\x01\xe2", &[], Violation::InvalidUtf8),
            (b"\x01\x01\xe2\x80\x01a", &[text(false, b"\xe2")], Violation::InvalidUtf8),
            (b"\x01\x01\xe2\x80\x00", &[text(false, b"\xe2")], Violation::InvalidUtf8),
        ];
        for (wire, before, violation) in cases {
            let expected = [*before, &[Seen::Failed(*violation)]].concat();
            assert_seen(wire, PLAIN, &expected);
        }
        assert_seen(b"\x82\x02a\xff", PLAIN, &[binary(true, b"a\xff")]);
    }

    #[test]
    fn wrong_text_fails_before_its_frame_is_whole() {
        let mut receiver = fed(b"\x81\x7d\xce\xba\xf4\x90");
        let mut memory = [0; 128];
        let mut room = Room { free: &mut memory, used: 0 };
        assert_eq!(receiver.run(Some(&mut room)), Err(Violation::InvalidUtf8));
    }

    #[test]
    fn characters_split_at_every_byte() {
        let message = "aé€𐍈\u{10ffff}z";
        for cut in 0..=message.len() {
            let (one, two) = message.as_bytes().split_at(cut);
            let wire = [frame(0x01, one), frame(0x89, b"!"), frame(0x80, two)].concat();
            let expected = [text(false, one), Seen::Ping(b"!".to_vec()), text(true, two)];
            assert_seen(&wire, PLAIN, &expected);
        }
        let single = frame(0x81, message.as_bytes());
        let seen = drive(&single, Habits { room: 1, ..PLAIN }, || 3);
        assert_eq!(messages(&seen), [text(true, message.as_bytes())]);
    }

    #[test]
    fn without_room_data_waits_and_control_frames_do_not() {
        let mut receiver = fed(b"\x8a\x00\x89\x01p\x82\x02ab\x89\x00");
        assert_eq!(receiver.run(None), Ok(Event::Ping(ControlPayload::new(b"p"))));
        assert!(!receiver.mid_message());
        assert_eq!(receiver.run(None), Ok(Event::DataWaiting));
        assert_eq!(receiver.run(None), Ok(Event::DataWaiting));
        assert!(receiver.mid_message());
        let mut memory = [0; 8];
        let mut room = Room { free: &mut memory, used: 0 };
        let data = Event::Data { family: Family::Binary, last: true };
        assert_eq!(receiver.run(Some(&mut room)), Ok(data));
        assert_eq!(&memory[..2], b"ab");
        assert_eq!(receiver.run(None), Ok(Event::Ping(ControlPayload::new(b""))));
        assert_eq!(receiver.run(None), Ok(Event::NeedInput));
        assert!(receiver.detach().is_some());
    }

    #[test]
    fn discarded_data_is_still_checked() {
        let mut receiver = fed(b"\x01\x03abc\x89\x01p\x80\x02\xc3\xa9\x82\x01x\x88\x02\x03\xe8");
        receiver.discard();
        assert_eq!(receiver.run(None), Ok(Event::Ping(ControlPayload::new(b"p"))));
        assert_eq!(receiver.run(None), Ok(Event::Close));

        let mut receiver = fed(b"\x82\x0aabc");
        receiver.discard();
        assert_eq!(receiver.run(None), Ok(Event::NeedInput));
        assert!(receiver.detach().is_some());

        let mut receiver = fed(b"\x81\x0aabc\xff");
        receiver.discard();
        assert_eq!(receiver.run(None), Err(Violation::InvalidUtf8));
    }

    #[test]
    fn partial_frames_are_delivered_only_when_they_could_not_be_waited_for() {
        let big = frame(0x82, &[7; 40_000]);
        let settled = |part: usize, room: usize, fill_limit: usize| {
            let mut receiver = Receiver::new(fill_limit);
            receiver.attach(vec![0; 65536].into());
            receiver.space()[..4 + part].copy_from_slice(&big[..4 + part]);
            receiver.received(4 + part);
            let mut memory = vec![0; room];
            let mut room = Room { free: &mut memory, used: 0 };
            assert_eq!(receiver.run(Some(&mut room)), Ok(Event::NeedInput));
            assert_eq!(room.used, part);
            receiver.settle_at(part, room.free.len() - part)
        };
        let data = Some(Event::Data { family: Family::Binary, last: false });
        assert_eq!(settled(10, HUGE, DEFAULT_LIMIT), data);
        assert_eq!(settled(39_999, HUGE, DEFAULT_LIMIT), data);
        assert_eq!(settled(10, 32_769, DEFAULT_LIMIT), data);
        assert_eq!(settled(10, 32_768, DEFAULT_LIMIT), None);
        assert_eq!(settled(10, HUGE, 40_000), None);
        assert_eq!(settled(0, HUGE, DEFAULT_LIMIT), None);
        assert_eq!(settled(10, HUGE, 16), data);
        assert_eq!(Receiver::new(16).settle_at(0, 100), None);
    }

    /// The decision belongs to the Receive: what the frame held before does not count.
    #[test]
    fn rest_of_a_big_frame_is_waited_for() {
        let wire = frame(0x82, &[7; 40_000]);
        let habits = Habits { room: 20_000, settle: true, ..PLAIN };
        let halves = [binary(false, &[7; 20_000]), binary(true, &[7; 20_000])];
        assert_eq!(drive(&wire, habits, || 1_000), halves);
        let habits = Habits { room: 33_000, settle: true, ..PLAIN };
        let seen = drive(&wire, habits, || 30_000);
        assert_eq!(seen, [binary(false, &[7; 29_996]), binary(true, &[7; 10_004])]);
    }

    #[test]
    fn direct_reads_stay_inside_the_frame_and_the_room() {
        let mut wire = frame(0x82, &[7; 100_000]);
        let mut receiver = fed(&wire[..20]);
        assert_eq!(receiver.run(None), Ok(Event::DataWaiting));
        assert_eq!(receiver.direct_at(HUGE), 0, "the bytes at hand come first");
        let mut memory = vec![0; HUGE];
        let mut room = Room { free: &mut memory, used: 0 };
        assert_eq!(receiver.run(Some(&mut room)), Ok(Event::NeedInput));
        assert_eq!(receiver.direct_at(HUGE - 10), 99_990);
        assert_eq!(receiver.direct_at(50_000), 50_000);
        assert_eq!(receiver.direct_at(WORTH_A_READ), 0);
        receiver.pass_direct(&wire.split_off(20)).unwrap();
        assert_eq!(receiver.direct_at(HUGE), 0);
        let mut room = Room { free: &mut memory, used: 0 };
        let data = Event::Data { family: Family::Binary, last: true };
        assert_eq!(receiver.run(Some(&mut room)), Ok(data));
        assert_eq!(room.used, 0);
    }

    #[test]
    fn wrong_text_is_found_on_the_direct_path() {
        let mut payload = vec![b'a'; 100_000];
        payload[70_000] = 0xff;
        let habits = Habits { direct: true, ..PLAIN };
        let expected = [Seen::Failed(Violation::InvalidUtf8)];
        assert_eq!(drive(&frame(0x81, &payload), habits, || 9_000), expected);
        payload[70_000] = b'a';
        payload[99_999] = 0xe2;
        assert_eq!(drive(&frame(0x81, &payload), habits, || 9_000), expected);
    }

    #[test]
    fn random_streams_in_random_chunks() {
        let mut prng = Prng(0x9e37_79b9_7f4a_7c15);
        for round in 0..200 {
            let (wire, expected) = random_stream(&mut prng);
            for direct in [false, true] {
                let habits = Habits {
                    room: [1, 7, 128, 4096, 65536, HUGE][prng.below(6)],
                    buffer: [MIN_BUFFER, 4096, 65536][prng.below(3)],
                    direct,
                    idle: prng.below(2) == 0,
                    settle: prng.below(2) == 0,
                    fill_limit: [16, 1000, DEFAULT_LIMIT][prng.below(3)],
                };
                let most = [3, 100, 5_000, 70_000][prng.below(4)];
                let seen = drive(&wire, habits, || 1 + prng.below(most));
                assert_eq!(messages(&seen), expected, "round {round}");
                let unsettled = Habits { settle: false, ..habits };
                let reference = all_at_once(&wire, Habits { room: habits.room, ..PLAIN });
                assert_eq!(drive(&wire, unsettled, || 1 + prng.below(most)), reference, "round {round}");
            }
        }
    }

    #[test]
    fn damaged_streams_end_alike_however_they_are_cut() {
        let mut prng = Prng(0x2545_f491_4f6c_dd1d);
        for round in 0..500 {
            let (mut wire, _) = random_stream(&mut prng);
            for _ in 0..1 + prng.below(3) {
                // Most of the damage near the start, where headers are many and it is soon met.
                let reach = [40, 400, wire.len()][prng.below(3)].min(wire.len());
                let at = prng.below(reach);
                wire[at] ^= 1 << prng.below(8);
            }
            let habits = Habits { room: [7, 128, 65536][prng.below(3)], ..PLAIN };
            let reference = all_at_once(&wire, habits);
            let habits = Habits { direct: true, idle: prng.below(2) == 0, buffer: MIN_BUFFER, ..habits };
            let most = [3, 100, 70_000][prng.below(3)];
            assert_eq!(drive(&wire, habits, || 1 + prng.below(most)), reference, "round {round}");
        }
    }

    /// A few messages in random fragments with pings between them, a close frame at the end, and
    /// what `messages` makes of it.
    fn random_stream(prng: &mut Prng) -> (Vec<u8>, Vec<Seen>) {
        let mut wire = Vec::new();
        let mut expected = Vec::new();
        for _ in 0..1 + prng.below(8) {
            let longest = [2, 130, 300, 3_000, 70_000][prng.below(5)];
            let len = prng.below(longest);
            let (family, first) = if prng.below(2) == 0 { (Family::Text, 1) } else { (Family::Binary, 2) };
            let payload: Vec<u8> = match family {
                Family::Text => "aß€𐍈x".chars().cycle().take(len / 3).collect::<String>().into(),
                Family::Binary => (0..len).map(|i| (i * 31) as u8).collect(),
            };
            let mut rest = &payload[..];
            let mut opcode = first;
            while prng.below(3) == 0 {
                let (piece, behind) = rest.split_at(prng.below(rest.len() + 1));
                wire.extend(frame(opcode, piece));
                (opcode, rest) = (0, behind);
                if prng.below(2) == 0 {
                    wire.extend(frame(0x89, &payload[..payload.len().min(9)]));
                    expected.push(Seen::Ping(payload[..payload.len().min(9)].to_vec()));
                }
            }
            wire.extend(frame(0x80 | opcode, rest));
            expected.push(Seen::Data(family, true, payload));
        }
        wire.extend(frame(0x88, b"\x03\xe8"));
        expected.push(Seen::Close(1000, vec![]));
        (wire, expected)
    }

    /// A receiver that has read `wire` but not looked at it.
    fn fed(wire: &[u8]) -> Receiver {
        let mut receiver = Receiver::new(DEFAULT_LIMIT);
        receiver.attach(vec![0; 65536].into());
        receiver.space()[..wire.len()].copy_from_slice(wire);
        receiver.received(wire.len());
        receiver
    }

    #[test]
    fn an_empty_message_read_ahead_counts_as_input() {
        let mut receiver = Receiver::new(32 * 1024);
        assert!(!receiver.has_input());
        receiver.attach(vec![0; 4096].into_boxed_slice());
        receiver.space()[..2].copy_from_slice(&[0x82, 0]);
        receiver.received(2);
        assert_eq!(receiver.advance(None), Ok(Event::DataWaiting));
        assert!(receiver.has_input(), "whether or not the header has been consumed");
    }
}
