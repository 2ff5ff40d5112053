//! HTTP/1.x wire form.
