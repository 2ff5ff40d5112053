//! Linux.

mod address;
mod certificate;
mod clock;
mod events;
mod idn;
mod local;
mod proxy;
mod proxy_watch;
mod security;
mod tcp;
mod thread;
mod trust;
mod wait;

pub(crate) use address::socket_address;
pub(crate) use certificate::ClientCertificate;
pub(crate) use certificate::HeldKey;
pub(crate) use clock::ticks;
pub(crate) use events::event_support;
pub(crate) use events::signal_event;
pub(crate) use idn::ascii_host;
pub(crate) use local::calendar;
pub(crate) use local::dhcp_answers;
pub(crate) use local::domains;
pub(crate) use local::own_addresses;
pub(crate) use proxy::keep_machine_proxies;
pub(crate) use proxy::machine_proxies;
pub(crate) use proxy::user_proxies;
pub(crate) use proxy_watch::ProxyWatch;
pub(crate) use security::SecurityContext;
pub(crate) use tcp::PATIENCE;
pub(crate) use tcp::connect_through;
pub(crate) use tcp::prepare_to_wait;
pub(crate) use tcp::receive;
pub(crate) use tcp::receive_or_wait;
pub(crate) use tcp::send;
pub(crate) use tcp::send_pieces;
pub(crate) use tcp::set_keep_alive;
pub(crate) use tcp::set_priority;
pub(crate) use tcp::statistics;
pub(crate) use tcp::winsock_code;
pub(crate) use thread::spawn_thread;
pub(crate) use trust::JUDGES_CHAINS;
pub(crate) use trust::chain_problems;
pub(crate) use trust::has_more_rights;
pub(crate) use wait::Signal;
pub(crate) use wait::SocketId;
pub(crate) use wait::socket_id;
pub(crate) use wait::wait;

/// `epoll` reports every arrival, whatever was read before.
pub(crate) const A_SHORT_READ_EMPTIES: bool = true;

/// After an asynchronous session the library stays as long as the thread that opened it: the crates
/// underneath have thread-locals with destructors.
pub(crate) const IS_UNLOADED_AT_ONCE: bool = false;
