//! Proxy scripts as far as they are values: the functions that a script may call, what it answers, how
//! its bytes become text, and where WPAD looks for it (options spec 6.5, 6.10). Running a script is
//! `net::pac`'s.
//!
//! - `functions.rs` the functions by name, and what they need from the world
//! - `addresses.rs`, `dates.rs`, `names.rs` what they compute
//! - `answer.rs` the text that FindProxyForURL returns
//! - `source.rs` bytes to text
//! - `target.rs` the URL that it is asked about
//! - `wpad.rs` the names that may serve a script

mod addresses;
mod answer;
mod dates;
#[cfg_attr(not(feature = "pac"), allow(dead_code, reason = "there are no scripts to call them"))]
mod functions;
mod names;
mod source;
mod target;
mod wpad;

pub(crate) use answer::parse;
pub(crate) use answer::proxies_only;
pub(crate) use functions::FUNCTIONS;
pub(crate) use functions::Value;
pub(crate) use functions::World;
pub(crate) use functions::call;
pub(crate) use source::decode;
pub(crate) use target::Target;
pub(crate) use wpad::announced_url;
pub(crate) use wpad::server_names;
