//! The public constants of `winhttp.h`, named as in the SDK.
//!
//! `build.rs` reads these files line by line to write the header's `#define`s, so each constant is one plain
//! `pub const NAME: TYPE = VALUE;` whose value is also valid C: a number, a name, or names joined by `|`.

mod callbacks;
mod errors;
mod features;
mod flags;
mod options;
mod query;
mod status;

pub use callbacks::*;
pub use errors::*;
pub use features::*;
pub use flags::*;
pub use options::*;
pub use query::*;
pub use status::*;
