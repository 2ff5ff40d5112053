//! WebSocket protocol (RFC 6455), client side, without I/O: the opening handshake's proof, what is
//! received, which frames are sent.

mod control;
mod frame;
mod handshake;
mod input;
mod keys;
pub(crate) mod mask;
mod receiver;
mod sender;
mod utf8;
mod violation;

pub(crate) use control::SmallFrame;
pub(crate) use control::close;
pub(crate) use control::pong;
pub(crate) use frame::Family;
pub(crate) use frame::HeaderBytes;
pub(crate) use frame::MAX_HEADER;
pub(crate) use frame::encode;
pub(crate) use handshake::Offer;
pub(crate) use handshake::check_response;
pub(crate) use handshake::new_key;
pub(crate) use keys::MaskKeys;
pub(crate) use receiver::Event;
pub(crate) use receiver::Receiver;
pub(crate) use sender::SendKind;
pub(crate) use sender::Sequence;
pub(crate) use violation::Violation;
