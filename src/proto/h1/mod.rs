//! HTTP/1.x wire form.

#[cfg(test)]
pub(crate) mod noise;
