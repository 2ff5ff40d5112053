//! Dates as HTTP writes them.

/// A moment to the second, in UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Date {
    pub(crate) year: u16,
    /// From 1.
    pub(crate) month: u16,
    /// 0 is Sunday.
    pub(crate) weekday: u16,
    /// From 1.
    pub(crate) day: u16,
    pub(crate) hour: u16,
    pub(crate) minute: u16,
    pub(crate) second: u16,
}

impl Date {
    /// As RFC 1123 writes it: `Mon, 28 Jul 2008 10:05:52 GMT`. The week day is believed, not computed;
    /// `None` when a number is out of its range.
    pub(crate) fn format(&self) -> Option<String> {
        let weekday = DAYS.get(usize::from(self.weekday))?;
        let month = MONTHS.get(usize::from(self.month).checked_sub(1)?)?;
        let in_range = self.year <= 9999
            && (1..=31).contains(&self.day)
            && self.hour < 24
            && self.minute < 60
            && self.second < 60;
        in_range.then(|| {
            let Date { year, day, hour, minute, second, .. } = self;
            format!("{weekday}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT")
        })
    }

    /// Reads all three forms of RFC 9110 (5.6.7), and whatever has the same words and numbers in the
    /// same order: any case, any separators, with or without zone. A time may be missing from the end on.
    pub(crate) fn parse(text: &[u8]) -> Option<Date> {
        let mut weekday = None;
        let mut month = None;
        let mut month_came_first = false;
        let mut numbers = Vec::new();
        let kind = |byte: &u8| (byte.is_ascii_digit(), byte.is_ascii_alphabetic());
        for word in text.chunk_by(|a, b| kind(a) == kind(b)) {
            let first = word.first()?;
            if first.is_ascii_digit() {
                numbers.push(number(word)?);
            } else if first.is_ascii_alphabetic() {
                weekday = weekday.or_else(|| find(&DAYS, word));
                if month.is_none() {
                    month = find(&MONTHS, word);
                    month_came_first = month.is_some() && numbers.is_empty();
                }
            }
        }
        let month = month? + 1;
        let mut numbers = numbers.into_iter();
        let day = numbers.next()?;
        let year = |year: u16| match year {
            0..70 => year + 2000,
            70..100 => year + 1900,
            _ => year,
        };
        let (year, [hour, minute, second]) = if month_came_first {
            // asctime: the year comes last.
            let time = [numbers.next()?, numbers.next()?, numbers.next()?];
            (numbers.next()?, time)
        } else {
            let mut rest = || numbers.next().unwrap_or(0);
            (year(rest()), [rest(), rest(), rest()])
        };
        let valid = (1601..=30827).contains(&year)
            && (1..=days(year, month)).contains(&day)
            && hour < 24
            && minute < 60
            && second < 60;
        let weekday = || weekday.unwrap_or_else(|| weekday_of(year, month, day));
        valid.then(|| Date { year, month, weekday: weekday(), day, hour, minute, second })
    }
}

impl Date {
    /// In seconds; what lies before 1970 is 0.
    pub(crate) fn since_1970(&self) -> u64 {
        // Years that begin in March have their leap day at the end.
        let (year, month) =
            if self.month <= 2 { (self.year - 1, self.month + 9) } else { (self.year, self.month - 3) };
        let (year, month) = (i64::from(year), i64::from(month));
        let days =
            year * 365 + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + i64::from(self.day);
        let hours = (days - DAYS_TO_1970) * 24 + i64::from(self.hour);
        let seconds = (hours * 60 + i64::from(self.minute)) * 60 + i64::from(self.second);
        u64::try_from(seconds).unwrap_or(0)
    }
}

/// From the first of March of the year 0, which counts as 1.
const DAYS_TO_1970: i64 = 719_469;
const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Which name a word begins with.
fn find(names: &[&str], word: &[u8]) -> Option<u16> {
    let found = names.iter().position(|name| {
        word.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name.as_bytes()))
    })?;
    u16::try_from(found).ok()
}

fn number(digits: &[u8]) -> Option<u16> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

fn is_leap(year: u16) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn days(year: u16, month: u16) -> u16 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Sakamoto's rule.
fn weekday_of(year: u16, month: u16, day: u16) -> u16 {
    const SHIFT: [u32; 12] = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4];
    let shift = SHIFT.get(usize::from(month).wrapping_sub(1)).copied().unwrap_or(0);
    let year = u32::from(year) - u32::from(month < 3);
    ((year + year / 4 - year / 100 + year / 400 + shift + u32::from(day)) % 7) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    const JULY: Date = Date { year: 2008, month: 7, weekday: 1, day: 28, hour: 10, minute: 5, second: 52 };

    #[test]
    fn all_forms_give_the_same_date() {
        for text in [
            "Mon, 28 Jul 2008 10:05:52 GMT",
            "Mon, 28 Jul 2008 10:05:52 GMT\n",
            " mon 28 jul 2008 10 05 52\n",
            "Monday, 28-Jul-08 10:05:52 GMT",
            "Mon Jul 28 10:05:52 2008",
            "28 July 2008 10:05:52",
        ] {
            assert_eq!(Date::parse(text.as_bytes()), Some(JULY), "{text}");
        }
        assert_eq!(Date::parse(b"28 Jul 2008"), Some(Date { hour: 0, minute: 0, second: 0, ..JULY }));
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "0",
            "-1",
            "Jul",
            "28 08 2008 10:05:52",
            "30 Feb 2008 00:00:00",
            "28 Jul 2008 24:00:00",
            "99999 Jul 2008",
            "Mon Jul 28",
        ] {
            assert_eq!(Date::parse(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn the_year_0_is_no_date() {
        assert_eq!(Date::parse(b"Feb 2 00:00:00 0"), None);
    }

    #[test]
    fn written_dates_are_read_again() {
        assert_eq!(JULY.format().as_deref(), Some("Mon, 28 Jul 2008 10:05:52 GMT"));
        for broken in [
            Date { month: 0, ..JULY },
            Date { month: 13, ..JULY },
            Date { weekday: 7, ..JULY },
            Date { day: 0, ..JULY },
            Date { hour: 24, ..JULY },
        ] {
            assert_eq!(broken.format(), None);
        }
        for (year, month, day, weekday) in
            [(1994, 11, 6, 0), (2000, 2, 29, 2), (2026, 1, 1, 4), (1601, 1, 1, 1)]
        {
            assert_eq!(weekday_of(year, month, day), weekday);
        }
    }

    #[test]
    fn seconds() {
        for (text, expected) in [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
            ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777),
            ("Sun Nov  6 08:49:37 1994", 784_111_777),
            ("Thu, 29 Feb 2024 23:59:59 GMT", 1_709_251_199),
            ("Wed, 01 Mar 2000 00:00:00 GMT", 951_868_800),
            ("Fri, 31 Dec 9999 23:59:59 GMT", 253_402_300_799),
            ("Mon, 01 Jan 1601 00:00:00 GMT", 0),
        ] {
            assert_eq!(Date::parse(text.as_bytes()).unwrap().since_1970(), expected, "{text}");
        }
    }
}
