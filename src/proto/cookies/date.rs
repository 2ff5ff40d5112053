//! The dates of `Expires`, read as leniently as browsers do (RFC 6265 5.1.1).

/// Seconds since 1970; what lies before is 0.
pub(super) fn parse(text: &str) -> Option<u64> {
    let (mut time, mut day, mut month, mut year) = (None, None, None, None);
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == ':';
    for token in text.split(|c| !is_part(c)).filter(|token| !token.is_empty()) {
        if time.is_none()
            && let Some(found) = clock(token)
        {
            time = Some(found);
        } else if day.is_none()
            && let Some(found) = number(token, 1..=2)
        {
            day = Some(found);
        } else if month.is_none()
            && let Some(found) = month_of(token)
        {
            month = Some(found);
        } else if year.is_none() {
            year = number(token, 2..=4);
        }
    }
    let year = match year? {
        year @ 70..=99 => year + 1900,
        year @ 0..=69 => year + 2000,
        year => year,
    };
    let (day, month) = (day?, month?);
    if !(1..=31).contains(&day) || year < 1601 {
        return None;
    }
    let seconds = days_before(year, month, day) * 86_400 + time?;
    Some(u64::try_from(seconds).unwrap_or(0))
}

/// `h:m:s` in seconds.
fn clock(token: &str) -> Option<i64> {
    let mut parts = token.split(':').map(|part| number(part, 1..=2));
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    let real = parts.next().is_none() && hour < 24 && minute < 60 && second < 60;
    real.then_some(hour * 3600 + minute * 60 + second)
}

/// So many digits and nothing else.
fn number(token: &str, digits: std::ops::RangeInclusive<usize>) -> Option<i64> {
    let all_digits = token.bytes().all(|byte| byte.is_ascii_digit());
    if digits.contains(&token.len()) && all_digits { token.parse().ok() } else { None }
}

/// From 1.
fn month_of(token: &str) -> Option<i64> {
    const MONTHS: &[u8] = b"janfebmaraprmayjunjulaugsepoctnovdec";
    let begin = token.as_bytes().get(..3)?.to_ascii_lowercase();
    let at = MONTHS.chunks(3).position(|month| month == begin)?;
    Some(at as i64 + 1)
}

/// Days from 1970 to a date of the Gregorian calendar; the year is taken to begin in March, so that
/// a leap day comes last.
fn days_before(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let month = (month + 9) % 12;
    let leaps = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leaps + (153 * month + 2) / 5 + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        for (text, expected) in [
            ("Thu, 01 Jan 1970 00:00:00 GMT", Some(0)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(784_111_777)),
            ("Sunday, 06-Nov-94 08:49:37 GMT", Some(784_111_777)),
            ("Sun Nov  6 08:49:37 1994", Some(784_111_777)),
            ("29 feb 2024 23:59:59", Some(1_709_251_199)),
            ("1 March 2000 0:0:0", Some(951_868_800)),
            ("Fri, 31 Dec 9999 23:59:59 GMT", Some(253_402_300_799)),
            ("Mon, 01 Jan 1601 00:00:00 GMT", Some(0)),
            ("01 Jan 1600 00:00:00", None),
            ("32 Jan 2000 00:00:00", None),
            ("01 Jan 2000", None),
            ("01 Jan 2000 24:00:00", None),
            ("Jan 2000 00:00:00", None),
            ("tomorrow", None),
            ("", None),
        ] {
            assert_eq!(parse(text), expected, "{text}");
        }
    }
}
