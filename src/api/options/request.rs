//! How a request is built, what its response may be, and what can be told of both.

use crate::api::Measures;
use crate::api::Object;
use crate::api::options::counted::Counted;
use crate::api::options::put;
use crate::api::options::row::*;
use crate::base::Code;
use crate::base::Result;
use crate::proto::headers::narrow_lossy;
use crate::proto::headers::widen;
use crate::proto::url::CodePage;

pub(super) static ROWS: &[Row] = &[
    row(12, "READ_BUFFER_SIZE", R, R, knob!(request.read_buffer)).without_effect(),
    row(13, "WRITE_BUFFER_SIZE", R, R, knob!(request.write_buffer)).without_effect(),
    row(34, "URL", NONE, R, text_out(|on| Ok(on.request()?.url().encode_utf16().collect()))),
    // Documented for sessions; programs set it on requests too.
    row(41, "USER_AGENT", SR, SR, text(agent, set_agent)),
    row(58, "REQUEST_PRIORITY", R, R, knob!(request.priority)).without_effect(),
    // Bits accumulate.
    row(
        63,
        "DISABLE_FEATURE",
        R,
        NONE,
        dword_in(|on, features| on.change(|settings| settings.disabled |= features)),
    ),
    row(
        68,
        "CODEPAGE",
        S,
        NONE,
        dword_in(|on, number| {
            let code_page = CodePage::of_number(number).ok_or(Code::INVALID_PARAMETER)?;
            on.change(|settings| settings.request.code_page = code_page)
        }),
    ),
    row(81, "PASSPORT_COBRANDING_TEXT", NONE, R, text_out(no_passport)),
    row(82, "PASSPORT_COBRANDING_URL", NONE, R, text_out(no_passport)),
    row(
        83,
        "CONFIGURE_PASSPORT_AUTH",
        S,
        NONE,
        dword_in(|_, flags| match flags & !PASSPORT_FLAGS {
            0 => Ok(()),
            _ => Err(Code::INVALID_PARAMETER),
        }),
    )
    .without_effect(),
    row(
        86,
        "PASSPORT_SIGN_OUT",
        S,
        NONE,
        text_in(|on, url| {
            on.session()?.forget_cookies(url);
            Ok(())
        }),
    ),
    row(87, "PASSPORT_RETURN_URL", NONE, R, text_out(no_passport)),
    row(88, "REDIRECT_POLICY", SR, SR, knob!(redirect_policy, |policy| policy <= 2)),
    row(89, "MAX_HTTP_AUTOMATIC_REDIRECTS", SR, SR, knob!(max_redirects).wrong_size(Code::INVALID_PARAMETER)),
    row(90, "MAX_HTTP_STATUS_CONTINUE", SR, SR, knob!(max_status_continue)),
    row(91, "MAX_RESPONSE_HEADER_SIZE", SR, SR, knob!(max_header_size)),
    row(92, "MAX_RESPONSE_DRAIN_SIZE", SR, SR, knob!(max_drain_size)),
    row(100, "REJECT_USERPWD_IN_URL", SR, NONE, switch!(request.reject_user_info)),
    row(110, "UNSAFE_HEADER_PARSING", R, NONE, dword_in(|_, _| Ok(()))).without_effect(),
    row(118, "DECOMPRESSION", SR, NONE, knob!(decompression, |codings| codings <= 3)),
    // Path and query are encoded without it.
    row(138, "ENCODE_EXTRA", SR, NONE, dword_in(|_, _| Ok(()))).without_effect(),
    row(
        142,
        "REQUEST_TIMES",
        NONE,
        R,
        counted_out(REQUEST_TIMES, |on| Ok(request_times(&on.request()?.measures()?))),
    ),
    row(
        146,
        "REQUEST_STATS",
        NONE,
        R,
        counted_out(REQUEST_STATS, |on| Ok(request_stats(&on.request()?.measures()?))),
    ),
    row(
        192,
        "REQUEST_ANNOTATION",
        R,
        R,
        text(
            |on| on.read(|settings| settings.request.annotation.clone()),
            |on, note| {
                if note.len() > MOST_ANNOTATION {
                    return Err(Code::INVALID_PARAMETER);
                }
                on.change(|settings| settings.request.annotation = note.to_vec())
            },
        ),
    ),
];

fn agent(on: Target<'_>) -> Result<Vec<u16>> {
    match on.object()? {
        Object::Request(request) => {
            let settings = request.settings().lock().clone();
            Ok(widen(&request.agent(&settings)))
        }
        _ => Ok(widen(&on.session()?.agent().lock())),
    }
}

fn set_agent(on: Target<'_>, agent: &[u16]) -> Result<()> {
    let agent = narrow_lossy(agent);
    match on.object()? {
        Object::Request(_) => on.change(|settings| settings.request.agent = Some(agent)),
        _ => {
            *on.session()?.agent().lock() = agent;
            Ok(())
        }
    }
}

/// No response ever came by way of Passport.
fn no_passport(_: Target<'_>) -> Result<Vec<u16>> {
    Err(Code::INCORRECT_HANDLE_STATE)
}

/// `WINHTTP_REQUEST_TIMES`: how many, then the times.
fn request_times(measures: &Measures) -> Vec<u8> {
    let mut times = vec![0; REQUEST_TIMES.array_at];
    push_numbers(&mut times, measures.times());
    times
}

/// `WINHTTP_REQUEST_STATS`: flags, number of the request on its connection, how many counters, then
/// those.
fn request_stats(measures: &Measures) -> Vec<u8> {
    let mut stats = vec![0; REQUEST_STATS.array_at];
    let mut flags = if measures.index == 0 { REQUEST_STAT_FLAG_FIRST_REQUEST } else { 0 };
    if measures.resumed {
        flags |= REQUEST_STAT_FLAG_TLS_SESSION_RESUMPTION;
    }
    put(&mut stats, 0, &flags.to_ne_bytes());
    put(&mut stats, 8, &measures.index.to_ne_bytes());
    push_numbers(&mut stats, &measures.stats());
    stats
}

fn push_numbers(to: &mut Vec<u8>, numbers: &[u64]) {
    to.extend(numbers.iter().flat_map(|number| number.to_ne_bytes()));
}

#[cfg(target_pointer_width = "64")]
const REQUEST_TIMES: Counted = Counted { size: 520, count_at: 0, array_at: 8 };
#[cfg(target_pointer_width = "32")]
const REQUEST_TIMES: Counted = Counted { size: 516, count_at: 0, array_at: 4 };
const REQUEST_STATS: Counted = Counted { size: 272, count_at: 12, array_at: 16 };
/// `WINHTTP_ENABLE_PASSPORT_AUTH`, `WINHTTP_DISABLE_PASSPORT_KEYRING`, `WINHTTP_ENABLE_PASSPORT_KEYRING`.
const PASSPORT_FLAGS: u32 = 0x7000_0000;
/// `WINHTTP_OPTION_REQUEST_ANNOTATION_MAX_LENGTH`, characters.
const MOST_ANNOTATION: usize = 64_000;
const REQUEST_STAT_FLAG_TLS_SESSION_RESUMPTION: u64 = 0x02;
const REQUEST_STAT_FLAG_FIRST_REQUEST: u64 = 0x20;
