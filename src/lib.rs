//! A drop-in WinHTTP.
//!
//! The layers, from the outside in; each may use only what its row names
//! (`tests/layering.rs` holds the rule, `docs/ARCHITECTURE.md` explains it):
//!
//! | layer | holds | may use |
//! |---|---|---|
//! | `abi` | exported functions, C types, pointers and wide strings, last error, C callback | `api`, `base`, `proto` |
//! | `api` | handle table, session / connection / request / WebSocket objects, options, notices, error mapping | `net`, `proto`, `platform`, `base` |
//! | `net` | engine, sockets, TLS, name resolution, idle connections, blocking and asynchronous waits | `proto`, `platform`, `base` |
//! | `proto` | engines without I/O: WebSocket, HTTP/1, URLs, headers | `base` |
//! | `platform` | what differs by operating system | `base` |
//! | `base` | error code, caller's buffers, numbered objects | nothing |

#![deny(unsafe_code)]

pub mod abi;
mod api;
mod base;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
mod net;
mod platform;
#[forbid(unsafe_code)]
mod proto;
