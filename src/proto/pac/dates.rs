//! `weekdayRange`, `dateRange`, `timeRange`: whether the present moment lies in a range. Ranges include
//! both ends; those of things that come again (week days, days, months, times of day) wrap around.

use crate::proto::date::Date;

/// Whether the present moment is in the range that `words` say, by the rule of one of the functions
/// below. A last word `GMT` asks for the moment in UTC. Words that make no sense hold no moment.
pub(super) fn is_in(
    rule: fn(&[&str], &Date) -> Option<bool>,
    words: &[&str],
    now: impl Fn(bool) -> Date,
) -> bool {
    let (words, utc) = match words.split_last() {
        Some((last, rest)) if last.eq_ignore_ascii_case("GMT") => (rest, true),
        _ => (words, false),
    };
    rule(words, &now(utc)).unwrap_or(false)
}

/// `weekdayRange(day [, day])`.
pub(super) fn weekdays(words: &[&str], now: &Date) -> Option<bool> {
    let day = |word: &str| place(&WEEKDAYS, word);
    match *words {
        [only] => Some(day(only)? == now.weekday),
        [first, last] => Some(cyclic(now.weekday, day(first)?, day(last)?)),
        _ => None,
    }
}

/// `dateRange`: days, months and years; one of them, or the first and the last of a range.
pub(super) fn days(words: &[&str], now: &Date) -> Option<bool> {
    let parts = words.iter().map(|word| Part::parse(word)).collect::<Option<Vec<_>>>()?;
    use Part::*;
    match parts[..] {
        [Day(day)] => Some(now.day == day),
        [Month(month)] => Some(now.month == month),
        [Year(year)] => Some(now.year == year),
        [Day(first), Day(last)] => Some(cyclic(now.day, first, last)),
        [Month(first), Month(last)] => Some(cyclic(now.month, first, last)),
        [Year(first), Year(last)] => Some((first..=last).contains(&now.year)),
        [Day(day1), Month(month1), Day(day2), Month(month2)] => {
            Some(cyclic((now.month, now.day), (month1, day1), (month2, day2)))
        }
        [Month(month1), Year(year1), Month(month2), Year(year2)] => {
            Some(((year1, month1)..=(year2, month2)).contains(&(now.year, now.month)))
        }
        [Day(day1), Month(month1), Year(year1), Day(day2), Month(month2), Year(year2)] => {
            let present = (now.year, now.month, now.day);
            Some(((year1, month1, day1)..=(year2, month2, day2)).contains(&present))
        }
        _ => None,
    }
}

/// `timeRange`: hours, hours and minutes, or hours, minutes and seconds.
pub(super) fn times(words: &[&str], now: &Date) -> Option<bool> {
    let numbers = words.iter().map(|word| number(word)).collect::<Option<Vec<_>>>()?;
    let (hour, minute, second) = (now.hour, now.minute, now.second);
    let hours = |hour: u16| (hour < 24).then_some(hour);
    let rest = |number: u16| (number < 60).then_some(number);
    match numbers[..] {
        [only] => Some(hour == hours(only)?),
        [first, last] => Some(cyclic(hour, hours(first)?, hours(last)?)),
        [hour1, min1, hour2, min2] => {
            Some(cyclic((hour, minute), (hours(hour1)?, rest(min1)?), (hours(hour2)?, rest(min2)?)))
        }
        [hour1, min1, sec1, hour2, min2, sec2] => {
            let first = (hours(hour1)?, rest(min1)?, rest(sec1)?);
            let last = (hours(hour2)?, rest(min2)?, rest(sec2)?);
            Some(cyclic((hour, minute, second), first, last))
        }
        _ => None,
    }
}

/// A word of `dateRange`.
enum Part {
    Day(u16),
    Month(u16),
    Year(u16),
}

impl Part {
    fn parse(word: &str) -> Option<Part> {
        match number(word) {
            Some(day @ 1..=31) => Some(Part::Day(day)),
            Some(year @ 1000..) => Some(Part::Year(year)),
            Some(_) => None,
            None => Some(Part::Month(place(&MONTHS, word)? + 1)),
        }
    }
}

fn number(word: &str) -> Option<u16> {
    if word.bytes().all(|byte| byte.is_ascii_digit()) { word.parse().ok() } else { None }
}

fn place(names: &[&str], word: &str) -> Option<u16> {
    names.iter().position(|name| name.eq_ignore_ascii_case(word)).and_then(|at| u16::try_from(at).ok())
}

/// Whether one comes to `present` on the way from `first` to `last`, over the end if need be.
fn cyclic<T: PartialOrd>(present: T, first: T, last: T) -> bool {
    if first <= last { first <= present && present <= last } else { present >= first || present <= last }
}

const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

#[cfg(test)]
mod tests {
    use super::*;

    /// Thursday, 26 November 2026, 13:30:15; ten hours later in UTC.
    fn holds(rule: fn(&[&str], &Date) -> Option<bool>, words: &str) -> bool {
        let words: Vec<_> = words.split_whitespace().collect();
        is_in(rule, &words, |utc| {
            let hour = if utc { 23 } else { 13 };
            Date { year: 2026, month: 11, weekday: 4, day: 26, hour, minute: 30, second: 15 }
        })
    }

    #[test]
    fn ranges() {
        for (rule, words, expected) in [
            (weekdays as fn(&[&str], &Date) -> Option<bool>, "THU", true),
            (weekdays, "FRI", false),
            (weekdays, "MON THU", true),
            (weekdays, "FRI WED", false),
            (weekdays, "SAT THU", true),
            (weekdays, "THU THU", true),
            (weekdays, "", false),
            (weekdays, "GMT", false),
            (weekdays, "DAY", false),
            (weekdays, "MON TUE WED", false),
            (days, "26", true),
            (days, "27", false),
            (days, "0", false),
            (days, "32", false),
            (days, "-1", false),
            (days, "1 26", true),
            (days, "27 26", true),
            (days, "27 25", false),
            (days, "NOV", true),
            (days, "DEC", false),
            (days, "OCT DEC", true),
            (days, "DEC NOV", true),
            (days, "DEC OCT", false),
            (days, "2026", true),
            (days, "2025", false),
            (days, "2000 2026", true),
            (days, "2027 2025", false),
            (days, "1 JUN 26 NOV", true),
            (days, "27 NOV 25 NOV", false),
            (days, "24 DEC 26 NOV", true),
            (days, "24 DEC 25 NOV", false),
            (days, "OCT 2025 NOV 2026", true),
            (days, "DEC 2026 NOV 2027", false),
            (days, "1 JAN 2026 26 NOV 2026", true),
            (days, "1 JAN 2026 25 NOV 2026", false),
            (days, "1 JAN 2026 26 NOV 2026 GMT", true),
            (days, "1 NOV", false),
            (days, "NOV 1", false),
            (days, "1 2 3", false),
            (days, "x", false),
            (days, "", false),
            (times, "13", true),
            (times, "23 GMT", true),
            (times, "12", false),
            (times, "9 17", true),
            (times, "13 13", true),
            (times, "18 13", true),
            (times, "18 12", false),
            (times, "13 30 13 30", true),
            (times, "13 31 13 29", false),
            (times, "8 30 17 0", true),
            (times, "0 0 0 0 0 30", false),
            (times, "13 30 15 13 30 15", true),
            (times, "13 30 16 13 30 20", false),
            (times, "24", false),
            (times, "1 60 2 0", false),
            (times, "1 2 3", false),
            (times, "99999999999", false),
        ] {
            assert_eq!(holds(rule, words), expected, "{words:?}");
        }
    }
}
