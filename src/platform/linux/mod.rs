//! Linux.

mod address;
mod clock;
mod events;
mod wait;

pub(crate) use address::socket_address;
pub(crate) use clock::ticks;
pub(crate) use events::event_support;
pub(crate) use events::signal_event;
pub(crate) use wait::Signal;
pub(crate) use wait::SocketId;
pub(crate) use wait::socket_id;
pub(crate) use wait::wait;
