//! Which frame a Send becomes (RFC 6455, 5.4).

use crate::proto::ws::frame::Family;
use crate::proto::ws::frame::Opcode;

/// What the application sends: a message, or its last piece; or a piece that others follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SendKind {
    BinaryMessage,
    BinaryFragment,
    TextMessage,
    TextFragment,
}

/// The message being sent in pieces, if one is.
#[derive(Debug, Default)]
pub(crate) struct Sequence {
    running: Option<Family>,
}

/// A text piece inside a binary message, or the other way round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WrongFamily;

impl Sequence {
    /// The opcode and FIN of the frame that carries the next piece. A piece of the wrong family
    /// leaves the sequence as it was: it can go on with the right one.
    #[inline]
    pub(crate) fn next(&mut self, kind: SendKind) -> Result<(Opcode, bool), WrongFamily> {
        let (family, fin) = match kind {
            SendKind::BinaryMessage => (Family::Binary, true),
            SendKind::BinaryFragment => (Family::Binary, false),
            SendKind::TextMessage => (Family::Text, true),
            SendKind::TextFragment => (Family::Text, false),
        };
        let opcode = match self.running {
            Some(running) if running != family => return Err(WrongFamily),
            Some(_) => Opcode::Continuation,
            None if family == Family::Text => Opcode::Text,
            None => Opcode::Binary,
        };
        self.running = if fin { None } else { Some(family) };
        Ok((opcode, fin))
    }
}

#[cfg(test)]
mod tests {
    use super::SendKind::*;
    use super::*;

    #[test]
    fn messages_and_sequences() {
        let mut sequence = Sequence::default();
        assert_eq!(sequence.next(BinaryMessage), Ok((Opcode::Binary, true)));
        assert_eq!(sequence.next(TextMessage), Ok((Opcode::Text, true)));
        assert_eq!(sequence.next(BinaryFragment), Ok((Opcode::Binary, false)));
        assert_eq!(sequence.next(BinaryFragment), Ok((Opcode::Continuation, false)));
        assert_eq!(sequence.next(BinaryMessage), Ok((Opcode::Continuation, true)));
        assert_eq!(sequence.next(TextFragment), Ok((Opcode::Text, false)));
        assert_eq!(sequence.next(TextFragment), Ok((Opcode::Continuation, false)));
        assert_eq!(sequence.next(TextMessage), Ok((Opcode::Continuation, true)));
        assert_eq!(sequence.next(TextMessage), Ok((Opcode::Text, true)));
    }

    #[test]
    fn wrong_family_changes_nothing() {
        let mut sequence = Sequence::default();
        sequence.next(BinaryFragment).unwrap();
        assert_eq!(sequence.next(TextMessage), Err(WrongFamily));
        assert_eq!(sequence.next(TextFragment), Err(WrongFamily));
        assert_eq!(sequence.next(BinaryMessage), Ok((Opcode::Continuation, true)));
        sequence.next(TextFragment).unwrap();
        assert_eq!(sequence.next(BinaryMessage), Err(WrongFamily));
        assert_eq!(sequence.next(BinaryFragment), Err(WrongFamily));
        assert_eq!(sequence.next(TextFragment), Ok((Opcode::Continuation, false)));
    }
}
