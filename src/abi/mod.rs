//! The C border: exported functions, C types, pointers and wide strings in and out.
//!
//! A function here unpacks its arguments, calls `api`, and packs the result. What it needs to know
//! about C is in four places: `entry.rs` (panics, error codes, last error), `wide.rs` (UTF-16 in and
//! out), `out.rs` (the caller's variables), `callback.rs` (notices as C calls).

#![allow(unsafe_code)]

mod auth;
mod callback;
mod certificates;
mod connect;
mod connections;
pub mod constants;
#[cfg(not(windows))]
pub mod crypt;
mod data;
mod entry;
mod headers;
mod heap;
mod last_error;
mod logger;
mod options;
mod out;
mod proxy;
mod request;
mod session;
mod time;
pub mod types;
mod unloading;
mod url;
mod websocket;
mod wide;
#[cfg(not(windows))]
mod win32;
#[cfg(windows)]
mod windows;

pub use auth::*;
pub use connect::*;
pub use connections::*;
#[cfg(not(windows))]
pub use crypt::*;
pub use data::*;
pub use headers::*;
pub use options::*;
pub use proxy::*;
pub use request::*;
pub use session::*;
pub use time::*;
pub use url::*;
pub use websocket::*;
#[cfg(not(windows))]
pub use win32::*;
#[cfg(windows)]
pub use windows::*;
