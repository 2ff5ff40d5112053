//! When the steps of the last exchange happened and how much went over the wire, for
//! `WINHTTP_OPTION_REQUEST_TIMES` and `WINHTTP_OPTION_REQUEST_STATS`.

use crate::api::request::Request;
use crate::base::Result;
use crate::platform;

/// All 0 until it happens. A request that is sent again or redirected tells of its last leg.
#[derive(Clone, Copy)]
pub(crate) struct Measures {
    times: [u64; MOMENTS],
    /// How many requests the connection had served before this one.
    pub(crate) index: u32,
    /// TLS went on with an earlier session.
    pub(crate) resumed: bool,
    pub(crate) connect_failures: u64,
    /// Proxies that could not be reached.
    pub(crate) proxy_failures: u64,
    pub(crate) request_head: u64,
    pub(crate) response_head: u64,
    /// As the application reads it.
    pub(crate) body: u64,
    /// As it came, without chunks.
    pub(crate) coded_body: u64,
}

/// The steps that exist here; the numbers are C's `WINHTTP_REQUEST_TIME_ENTRY`.
#[derive(Clone, Copy, Debug)]
pub(super) enum Moment {
    ProxyDetectionStart = 0,
    ProxyDetectionEnd = 1,
    AcquireStart = 2,
    AcquireWaitEnd = 3,
    AcquireEnd = 4,
    ResolveStart = 5,
    ResolveEnd = 6,
    ConnectStart = 7,
    ConnectEnd = 8,
    TlsStart = 9,
    TlsEnd = 10,
    SendStart = 17,
    HeadSent = 20,
    SendEnd = 21,
    ReceiveStart = 22,
    HeadReceived = 25,
    ReceiveEnd = 27,
    TunnelStart = 28,
    TunnelEnd = 29,
}

impl Measures {
    pub(super) const NONE: Measures = Measures {
        times: [0; MOMENTS],
        index: 0,
        resumed: false,
        connect_failures: 0,
        proxy_failures: 0,
        request_head: 0,
        response_head: 0,
        body: 0,
        coded_body: 0,
    };

    /// In the order of `WINHTTP_REQUEST_TIME_ENTRY`, as performance-counter ticks.
    pub(crate) fn times(&self) -> &[u64] {
        &self.times
    }

    /// In the order of `WINHTTP_REQUEST_STAT_ENTRY`. Nothing compresses headers here.
    pub(crate) fn stats(&self) -> [u64; COUNTERS] {
        let mut stats = [0; COUNTERS];
        (stats[0], stats[1]) = (self.connect_failures, self.proxy_failures);
        (stats[6], stats[7]) = (self.request_head, self.request_head);
        (stats[8], stats[9]) = (self.response_head, self.response_head);
        (stats[10], stats[11]) = (self.body, self.coded_body);
        stats
    }

    pub(super) fn mark(&mut self, moment: Moment) {
        self.times[moment as usize] = platform::ticks();
    }

    /// That came at the same time as `other`, which has been marked: to look at the clock costs, too.
    pub(super) fn mark_with(&mut self, moment: Moment, other: Moment) {
        self.times[moment as usize] = self.times[other as usize];
    }
}

impl Request {
    /// What is known of the last exchange.
    pub(crate) fn measures(&self) -> Result<Measures> {
        Ok(self.state.lock().measures)
    }

    pub(super) fn mark(&self, moment: Moment) {
        self.state.lock().measures.mark(moment);
    }

    pub(super) fn mark_with(&self, moment: Moment, other: Moment) {
        self.state.lock().measures.mark_with(moment, other);
    }
}

/// `WinHttpRequestTimeLast`.
const MOMENTS: usize = 36;
/// `WinHttpRequestStatLast`.
const COUNTERS: usize = 16;
