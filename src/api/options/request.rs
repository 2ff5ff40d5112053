//! How a request is built, what its response may be, and what can be told of both.

use crate::api::Measures;
use crate::api::options::put;
use crate::api::options::row::*;
use crate::base::Code;
use crate::proto::headers::narrow;
use crate::proto::headers::widen;

pub(super) static ROWS: &[Row] = &[
    row(34, "URL", NONE, R, text_out(|on| Ok(on.request()?.url().encode_utf16().collect()))),
    row(
        41,
        "USER_AGENT",
        S,
        S,
        text(
            |on| Ok(widen(&on.session()?.agent().lock())),
            |on, agent| {
                *on.session()?.agent().lock() = narrow(agent).ok_or(Code::INVALID_PARAMETER)?;
                Ok(())
            },
        ),
    ),
    // Bits accumulate.
    row(
        63,
        "DISABLE_FEATURE",
        R,
        NONE,
        dword_in(|on, features| on.change(|settings| settings.disabled |= features)),
    ),
    row(88, "REDIRECT_POLICY", SR, SR, knob!(redirect_policy, |policy| policy <= 2)),
    row(89, "MAX_HTTP_AUTOMATIC_REDIRECTS", SR, SR, knob!(max_redirects).wrong_size(Code::INVALID_PARAMETER)),
    row(90, "MAX_HTTP_STATUS_CONTINUE", SR, SR, knob!(max_status_continue)),
    row(91, "MAX_RESPONSE_HEADER_SIZE", SR, SR, knob!(max_header_size)),
    row(92, "MAX_RESPONSE_DRAIN_SIZE", SR, SR, knob!(max_drain_size)),
    row(118, "DECOMPRESSION", SR, NONE, knob!(decompression, |codings| codings <= 3)),
    row(
        142,
        "REQUEST_TIMES",
        NONE,
        R,
        struct_out(REQUEST_TIMES_SIZE, |on| Ok(request_times(&on.request()?.measures()?))),
    ),
    row(
        146,
        "REQUEST_STATS",
        NONE,
        R,
        struct_out(REQUEST_STATS_SIZE, |on| Ok(request_stats(&on.request()?.measures()?))),
    ),
];

/// `WINHTTP_REQUEST_TIMES`: how many are in use, then the times.
fn request_times(measures: &Measures) -> Vec<u8> {
    let mut times = vec![0; REQUEST_TIMES_SIZE];
    put(&mut times, 0, &(measures.times().len() as u32).to_ne_bytes());
    put_numbers(&mut times, REQUEST_TIMES_SIZE - 64 * 8, measures.times());
    times
}

/// `WINHTTP_REQUEST_STATS`: flags, number of the request on its connection, how many counters are in
/// use, then those.
fn request_stats(measures: &Measures) -> Vec<u8> {
    let counters = measures.stats();
    let mut stats = vec![0; REQUEST_STATS_SIZE];
    let flags = if measures.index == 0 { REQUEST_STAT_FLAG_FIRST_REQUEST } else { 0 };
    put(&mut stats, 0, &flags.to_ne_bytes());
    put(&mut stats, 8, &measures.index.to_ne_bytes());
    put(&mut stats, 12, &(counters.len() as u32).to_ne_bytes());
    put_numbers(&mut stats, 16, &counters);
    stats
}

fn put_numbers(to: &mut [u8], at: usize, numbers: &[u64]) {
    for (n, number) in numbers.iter().enumerate() {
        put(to, at + n * 8, &number.to_ne_bytes());
    }
}

#[cfg(target_pointer_width = "64")]
const REQUEST_TIMES_SIZE: usize = 520;
#[cfg(target_pointer_width = "32")]
const REQUEST_TIMES_SIZE: usize = 516;
const REQUEST_STATS_SIZE: usize = 272;
const REQUEST_STAT_FLAG_FIRST_REQUEST: u64 = 0x20;
