//! The functions that a proxy script may call, by name (options spec 6.10).

use std::net::IpAddr;
use std::net::Ipv4Addr;

use super::addresses;
use super::dates;
use super::names;
use crate::proto::date::Date;

/// What the functions ask the machine and the network.
pub(crate) trait World {
    /// The addresses of a host, in the system's order; none when it has none.
    fn resolve(&self, host: &str) -> Vec<IpAddr>;

    /// The addresses of this machine, loopback aside.
    fn own_addresses(&self) -> Vec<IpAddr>;

    /// The IPv4 address that this machine's connections come from.
    fn outbound_ipv4(&self) -> Option<Ipv4Addr>;

    /// The present moment, in UTC or in local time.
    fn now(&self, utc: bool) -> Date;
}

/// An argument or a result.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    /// Null and undefined.
    Nothing,
    Bool(bool),
    Number(u32),
    Text(String),
}

/// The arguments of a call. Numbers have come as text, null and undefined as none.
pub(crate) struct Arguments<'a>(&'a [Option<String>]);

/// How a function computes its result.
pub(crate) type Function = fn(&dyn World, &Arguments<'_>) -> Value;

/// Calls one of [`FUNCTIONS`].
pub(crate) fn call(function: &Function, world: &dyn World, arguments: &[Option<String>]) -> Value {
    function(world, &Arguments(arguments))
}

impl Arguments<'_> {
    /// The argument's text; empty when there is none.
    pub(super) fn text(&self, at: usize) -> &str {
        self.0.get(at).and_then(Option::as_deref).unwrap_or_default()
    }

    /// All of them, but for trailing ones that are null or undefined.
    pub(super) fn words(&self) -> Vec<&str> {
        let last = self.0.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
        self.0.iter().take(last).map(|word| word.as_deref().unwrap_or_default().trim()).collect()
    }
}

/// Every function of the table in options spec 6.10.
pub(crate) const FUNCTIONS: [(&str, Function); 20] = [
    ("isPlainHostName", |_, words| names::is_plain(words.text(0)).into()),
    ("dnsDomainIs", |_, words| names::ends_with(words.text(0), words.text(1)).into()),
    ("localHostOrDomainIs", |_, words| names::is_host_or_its_name(words.text(0), words.text(1)).into()),
    ("dnsDomainLevels", |_, words| Value::Number(names::levels(words.text(0)))),
    ("shExpMatch", |_, words| names::is_like(words.text(0), words.text(1)).into()),
    ("isResolvable", |world, words| first_ipv4(world, words.text(0)).is_some().into()),
    ("dnsResolve", |world, words| first_ipv4(world, words.text(0)).into()),
    ("isInNet", |world, words| {
        let net = addresses::Net4::parse(words.text(1), words.text(2));
        let inside =
            |net: addresses::Net4| first_ipv4(world, words.text(0)).is_some_and(|address| net.holds(address));
        net.is_some_and(inside).into()
    }),
    ("convert_addr", |_, words| Value::Number(addresses::number(words.text(0)))),
    ("myIpAddress", |world, _| {
        let first = || world.own_addresses().into_iter().find_map(ipv4);
        Value::Text(world.outbound_ipv4().or_else(first).unwrap_or(Ipv4Addr::LOCALHOST).to_string())
    }),
    ("weekdayRange", |world, words| {
        dates::is_in(dates::weekdays, &words.words(), |utc| world.now(utc)).into()
    }),
    ("dateRange", |world, words| dates::is_in(dates::days, &words.words(), |utc| world.now(utc)).into()),
    ("timeRange", |world, words| dates::is_in(dates::times, &words.words(), |utc| world.now(utc)).into()),
    ("alert", |_, _| Value::Nothing),
    ("isResolvableEx", |world, words| (!all(world, words.text(0)).is_empty()).into()),
    ("dnsResolveEx", |world, words| addresses::join(&all(world, words.text(0))).into()),
    ("isInNetEx", |world, words| {
        let inside =
            |net: addresses::Net| all(world, words.text(0)).iter().any(|address| net.holds(*address));
        addresses::Net::parse(words.text(1)).is_some_and(inside).into()
    }),
    ("myIpAddressEx", |world, _| addresses::join(&world.own_addresses()).into()),
    ("sortIpAddressList", |_, words| addresses::sorted(words.text(0)).unwrap_or_default().into()),
    ("getClientVersion", |_, _| Value::Text("1.0".to_owned())),
];

fn all(world: &dyn World, host: &str) -> Vec<IpAddr> {
    match addresses::parse(host) {
        Some(address) => vec![address],
        None if names::can_be_resolved(host) => world.resolve(host.trim()),
        None => Vec::new(),
    }
}

fn first_ipv4(world: &dyn World, host: &str) -> Option<Ipv4Addr> {
    all(world, host).into_iter().find_map(ipv4)
}

fn ipv4(address: IpAddr) -> Option<Ipv4Addr> {
    match address {
        IpAddr::V4(address) => Some(address),
        IpAddr::V6(_) => None,
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Value {
        Value::Bool(value)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Text(text)
    }
}

impl From<Option<Ipv4Addr>> for Value {
    fn from(address: Option<Ipv4Addr>) -> Value {
        address.map_or(Value::Nothing, |address| Value::Text(address.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Knows a few hosts, and stands still on a Thursday.
    struct Fixed;

    impl World for Fixed {
        fn resolve(&self, host: &str) -> Vec<IpAddr> {
            let texts: &[&str] = match host {
                "four" => &["10.1.2.3", "10.1.2.4"],
                "six" => &["2001:db8::1"],
                "both" => &["2001:db8::2", "192.168.7.9"],
                _ => &[],
            };
            texts.iter().map(|text| text.parse().unwrap()).collect()
        }

        fn own_addresses(&self) -> Vec<IpAddr> {
            vec!["10.0.0.5".parse().unwrap(), "2001:db8::5".parse().unwrap()]
        }

        fn outbound_ipv4(&self) -> Option<Ipv4Addr> {
            Some(Ipv4Addr::new(10, 0, 0, 6))
        }

        fn now(&self, utc: bool) -> Date {
            let hour = if utc { 23 } else { 13 };
            Date { year: 2026, month: 11, weekday: 4, day: 26, hour, minute: 30, second: 15 }
        }
    }

    /// A machine without a network.
    struct Nowhere;

    impl World for Nowhere {
        fn resolve(&self, _: &str) -> Vec<IpAddr> {
            Vec::new()
        }

        fn own_addresses(&self) -> Vec<IpAddr> {
            Vec::new()
        }

        fn outbound_ipv4(&self) -> Option<Ipv4Addr> {
            None
        }

        fn now(&self, _: bool) -> Date {
            Date::default()
        }
    }

    /// `name argument argument`, where `-` is null and `''` is empty.
    fn called(world: &dyn World, line: &str) -> String {
        let mut words = line.split(' ');
        let name = words.next().unwrap();
        let arguments: Vec<_> = words
            .map(|word| match word {
                "-" => None,
                "''" => Some(String::new()),
                word => Some(word.to_owned()),
            })
            .collect();
        let function = FUNCTIONS.iter().find(|(known, _)| *known == name).unwrap().1;
        match call(&function, world, &arguments) {
            Value::Nothing => "null".to_owned(),
            Value::Bool(value) => value.to_string(),
            Value::Number(number) => number.to_string(),
            Value::Text(text) => format!("'{text}'"),
        }
    }

    #[test]
    fn rows_of_spec_6_10() {
        for (line, expected) in [
            ("isPlainHostName www", "true"),
            ("isPlainHostName www.example.org", "false"),
            ("isPlainHostName ::1", "false"),
            ("isPlainHostName -", "true"),
            ("dnsDomainIs www.Example.org .example.ORG", "true"),
            ("dnsDomainIs www.example.org example.com", "false"),
            ("dnsDomainIs org www.example.org", "false"),
            ("localHostOrDomainIs www.example.org www.example.org", "true"),
            ("localHostOrDomainIs WWW www.example.org", "true"),
            ("localHostOrDomainIs ww www.example.org", "false"),
            ("localHostOrDomainIs www.example.com www.example.org", "false"),
            ("localHostOrDomainIs home.example.org www.example.org", "false"),
            ("dnsDomainLevels www", "0"),
            ("dnsDomainLevels www.example.org", "2"),
            ("shExpMatch http://home.example.org/people/ari/index.html */ari/*", "true"),
            ("shExpMatch http://home.example.org/people/montulli/index.html */ari/*", "false"),
            ("shExpMatch abc a?c", "true"),
            ("shExpMatch ac a?c", "false"),
            ("shExpMatch a[c a[c", "true"),
            ("shExpMatch ABC abc", "false"),
            ("shExpMatch abcd abc", "false"),
            ("shExpMatch '' *", "true"),
            ("isResolvable four", "true"),
            ("isResolvable six", "false"),
            ("isResolvable none", "false"),
            ("isResolvable ''", "false"),
            ("isResolvable -", "false"),
            ("dnsResolve four", "'10.1.2.3'"),
            ("dnsResolve both", "'192.168.7.9'"),
            ("dnsResolve six", "null"),
            ("dnsResolve 1.2.3.4", "'1.2.3.4'"),
            ("isInNet 198.95.249.79 198.95.249.79 255.255.255.255", "true"),
            ("isInNet 198.95.6.8 198.95.0.0 255.255.0.0", "true"),
            ("isInNet 198.96.6.8 198.95.0.0 255.255.0.0", "false"),
            ("isInNet four 10.0.0.0 255.0.0.0", "true"),
            ("isInNet none 10.0.0.0 255.0.0.0", "false"),
            ("isInNet four 10.0.0 255.0.0.0", "false"),
            ("isInNet four 10.0.0.0 -", "false"),
            ("isInNet 2001:db8::1 10.0.0.0 0.0.0.0", "false"),
            ("convert_addr 104.16.41.2", "1745889538"),
            ("convert_addr 1.2.3.256", "0"),
            ("convert_addr 0.0.0.1", "1"),
            ("myIpAddress", "'10.0.0.6'"),
            ("alert hello", "null"),
            ("isResolvableEx six", "true"),
            ("isResolvableEx none", "false"),
            ("dnsResolveEx both", "'2001:db8::2;192.168.7.9'"),
            ("dnsResolveEx none", "''"),
            ("isInNetEx 198.95.249.79 198.95.249.79/32", "true"),
            ("isInNetEx 198.95.6.8 198.95.0.0/16", "true"),
            ("isInNetEx 198.96.6.8 198.95.0.0/16", "false"),
            ("isInNetEx 3ffe:8311:ffff::1 3ffe:8311:ffff::/48", "true"),
            ("isInNetEx 3ffe:8312:ffff::1 3ffe:8311:ffff::/48", "false"),
            ("isInNetEx both 192.168.0.0/16", "true"),
            ("isInNetEx both 2001:db8::/32", "true"),
            ("isInNetEx 10.1.2.3 2001:db8::/32", "false"),
            ("isInNetEx 10.1.2.3 10.0.0.0/33", "false"),
            ("isInNetEx 10.1.2.3 10.0.0.0", "false"),
            ("isInNetEx 10.1.2.3 10.0.0.0/", "false"),
            ("isInNetEx 10.1.2.3 10.0.0.0/8/8", "false"),
            ("isInNetEx 10.1.2.3 0.0.0.0/0", "true"),
            ("myIpAddressEx", "'10.0.0.5;2001:db8::5'"),
            (
                "sortIpAddressList 10.2.3.9;2001:4898:28:3:201:2ff:feea:fc14;::1;127.0.0.1;::9",
                "'::1;::9;2001:4898:28:3:201:2ff:feea:fc14;10.2.3.9;127.0.0.1'",
            ),
            ("sortIpAddressList fe80::2%7;fe80::1%12", "'fe80::1%12;fe80::2%7'"),
            ("sortIpAddressList 10.0.0.1;x", "''"),
            ("sortIpAddressList ''", "''"),
            ("getClientVersion", "'1.0'"),
            ("weekdayRange THU", "true"),
            ("weekdayRange MON FRI", "true"),
            ("weekdayRange SAT WED", "false"),
            ("weekdayRange WED TUE GMT", "true"),
            ("weekdayRange thu - -", "true"),
            ("dateRange 26", "true"),
            ("dateRange NOV", "true"),
            ("timeRange 13", "true"),
            ("timeRange 13 GMT", "false"),
            ("timeRange 23 GMT", "true"),
        ] {
            assert_eq!(called(&Fixed, line), expected, "{line}");
        }
    }

    #[test]
    fn without_a_network() {
        for (line, expected) in [
            ("myIpAddress", "'127.0.0.1'"),
            ("myIpAddressEx", "''"),
            ("dnsResolve four", "null"),
            ("isInNet 127.0.0.1 127.0.0.0 255.0.0.0", "true"),
        ] {
            assert_eq!(called(&Nowhere, line), expected, "{line}");
        }
    }
}
