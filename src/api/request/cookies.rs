//! The session's cookies on a request's way out and a response's way in (http spec 7).

use std::time::SystemTime;
use std::time::UNIX_EPOCH;

use crate::api::request::Request;
use crate::api::settings::DISABLE_COOKIES;
use crate::api::settings::Settings;
use crate::proto::h1::ResponseHead;
use crate::proto::url::Url;

impl Request {
    /// What the jar has for a leg to `url`.
    pub(super) fn cookies(&self, url: &Url, settings: &Settings) -> Option<Vec<u8>> {
        if settings.disabled & DISABLE_COOKIES != 0 {
            return None;
        }
        let jar = self.connect.session().cookies().lock();
        if jar.is_empty() { None } else { jar.header(url, now()) }
    }

    /// Stores what a response brings, one that is answered by another leg too.
    pub(super) fn keep_cookies(&self, head: &ResponseHead, settings: &Settings) {
        if settings.disabled & DISABLE_COOKIES != 0 || !head.headers.contains(b"Set-Cookie") {
            return;
        }
        let url = self.state.lock().url.clone();
        let mut jar = self.connect.session().cookies().lock();
        for cookie in head.headers.all(b"Set-Cookie") {
            jar.store(&url, cookie, now());
        }
    }
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
