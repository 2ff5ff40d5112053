//! HTTP/1.x wire form: request heads out, response heads and bodies in, without I/O.

mod body;
mod chunk_frame;
mod chunked;
mod fields;
pub(crate) mod keep_alive;
#[cfg(test)]
pub(crate) mod noise;
mod own_chunks;
mod raw;
mod request;
mod request_framing;
mod response;
mod version;

pub(crate) use body::BodyError;
pub(crate) use body::BodyFraming;
pub(crate) use body::BodyReader;
pub(crate) use body::Step;
pub(crate) use chunk_frame::ChunkFrame;
pub(crate) use own_chunks::OwnChunks;
pub(crate) use raw::trailer_lines;
pub(crate) use request::RequestHead;
pub(crate) use request::request_method;
pub(crate) use request_framing::RequestFraming;
pub(crate) use response::HeadError;
pub(crate) use response::HeadLimits;
pub(crate) use response::HeadReader;
pub(crate) use response::Parsed;
pub(crate) use response::ResponseHead;
pub(crate) use version::Version;
