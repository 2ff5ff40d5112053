//! HTTP dates.

use crate::abi::constants::WINHTTP_TIME_FORMAT_BUFSIZE;
use crate::abi::entry::entry;
use crate::abi::out;
use crate::abi::out::Out;
use crate::abi::types::*;
use crate::abi::wide;
use crate::base::Code;
use crate::proto::date::Date;

/// Writes a date as HTTP does.
///
/// # Safety
///
/// `system_time` is null, or readable; `time_text` is null, or writable for
/// `WINHTTP_TIME_FORMAT_BUFSIZE` bytes; both until the call returns.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpTimeFromSystemTime(
    system_time: *const SYSTEMTIME,
    time_text: LPWSTR,
) -> BOOL {
    entry("WinHttpTimeFromSystemTime", || {
        // SAFETY: the caller's promise; it is only read.
        let time = unsafe { Out::new(system_time.cast_mut()) }.get().ok_or(Code::INVALID_PARAMETER)?;
        let text = date(&time).format().ok_or(Code::INVALID_PARAMETER)?;
        let wide: Vec<u16> = text.encode_utf16().collect();
        if time_text.is_null() || (wide.len() + 1) * 2 > WINHTTP_TIME_FORMAT_BUFSIZE as usize {
            return Err(Code::INVALID_PARAMETER);
        }
        // SAFETY: the caller's promise; the length has been compared, with the NUL.
        unsafe { out::copy_text(&wide, time_text) };
        Ok(())
    })
}

/// Reads a date as HTTP writes it.
///
/// # Safety
///
/// `time_text` is null, or UTF-16 text that ends in a NUL; `system_time` is null, or writable; both
/// until the call returns.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn WinHttpTimeToSystemTime(
    time_text: LPCWSTR,
    system_time: *mut SYSTEMTIME,
) -> BOOL {
    entry("WinHttpTimeToSystemTime", || {
        // SAFETY: the caller's promise.
        let text = unsafe { wide::text(time_text) }.ok_or(Code::INVALID_PARAMETER)?;
        // SAFETY: the caller's promise.
        let variable = unsafe { Out::new(system_time) };
        if variable.is_null() {
            return Err(Code::INVALID_PARAMETER);
        }
        // What is not ASCII separates like any other mark.
        let ascii: Vec<u8> = text.iter().map(|&unit| u8::try_from(unit).unwrap_or(b' ')).collect();
        variable.put(system_time_of(&Date::parse(&ascii).ok_or(Code::INVALID_PARAMETER)?));
        Ok(())
    })
}

pub(super) fn system_time_of(date: &Date) -> SYSTEMTIME {
    SYSTEMTIME {
        wYear: date.year,
        wMonth: date.month,
        wDayOfWeek: date.weekday,
        wDay: date.day,
        wHour: date.hour,
        wMinute: date.minute,
        wSecond: date.second,
        wMilliseconds: 0,
    }
}

fn date(time: &SYSTEMTIME) -> Date {
    Date {
        year: time.wYear,
        month: time.wMonth,
        weekday: time.wDayOfWeek,
        day: time.wDay,
        hour: time.wHour,
        minute: time.wMinute,
        second: time.wSecond,
    }
}
