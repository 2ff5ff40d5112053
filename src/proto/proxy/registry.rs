//! The two binary values in which Windows keeps proxy settings (options spec 6.4): little endian, texts of
//! 8 bits with their length before them. Whatever stands there is read as far as it makes sense.

use super::ProxySettings;

/// `WinHttpSettings`: the machine's. `None` for what is no such value.
pub(crate) fn machine(value: &[u8]) -> Option<ProxySettings> {
    let mut rest = Fields(value);
    let (_magic, _counter, flags) = (rest.number()?, rest.number()?, rest.number()?);
    let (proxy, bypass) = (rest.text(), rest.text());
    let none = ProxySettings::default();
    Some(if flags & PROXY != 0 { none.with_fixed(proxy, bypass) } else { none })
}

/// The value for these settings.
pub(crate) fn machine_value(settings: &ProxySettings) -> Vec<u8> {
    let (proxy, bypass) = match &settings.proxy {
        Some(proxy) => (proxy.as_str(), settings.bypass.as_deref().unwrap_or_default()),
        None => ("", ""),
    };
    let flags = if proxy.is_empty() { DIRECT } else { DIRECT | PROXY };
    let mut value = Vec::new();
    for number in [MACHINE_MAGIC, 0, flags] {
        value.extend_from_slice(&number.to_le_bytes());
    }
    for text in [proxy, bypass] {
        value.extend_from_slice(&u32::try_from(text.len()).unwrap_or(0).to_le_bytes());
        value.extend_from_slice(text.as_bytes());
    }
    // What newer systems have behind it: another length, and nothing.
    value.resize(value.len().max(12 + 8 + 4), 0);
    value
}

/// `DefaultConnectionSettings`: a user's. `None` for what is no such value.
pub(crate) fn connection(value: &[u8]) -> Option<ProxySettings> {
    let mut rest = Fields(value);
    let (_magic, _counter, flags) = (rest.number()?, rest.number()?, rest.number()?);
    let (proxy, bypass, script) = (rest.text(), rest.text(), rest.text());
    let settings = ProxySettings {
        auto_detect: flags & AUTO_DETECT != 0,
        script: (flags & SCRIPT != 0 && !script.is_empty()).then_some(script),
        ..ProxySettings::default()
    };
    Some(if flags & PROXY != 0 { settings.with_fixed(proxy, bypass) } else { settings })
}

/// What has not been read yet.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn number(&mut self) -> Option<u32> {
        let (number, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u32::from_le_bytes(*number))
    }

    /// A text; empty, and nothing behind it, when its length says more than there is.
    fn text(&mut self) -> String {
        let length = self.number().unwrap_or(0) as usize;
        let (text, rest) = self.0.split_at_checked(length).unwrap_or_default();
        self.0 = rest;
        // The code page is anybody's guess; what is used is ASCII.
        text.iter().map(|&byte| char::from(byte)).filter(|&c| c != '\0').collect()
    }
}

const MACHINE_MAGIC: u32 = 0x18;
const DIRECT: u32 = 1;
const PROXY: u32 = 2;
const SCRIPT: u32 = 4;
const AUTO_DETECT: u32 = 8;

#[cfg(test)]
mod tests {
    use super::*;

    fn value(numbers: [u32; 3], texts: &[&str]) -> Vec<u8> {
        let mut value: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        for text in texts {
            value.extend_from_slice(&(text.len() as u32).to_le_bytes());
            value.extend_from_slice(text.as_bytes());
        }
        value
    }

    #[test]
    fn machine_values_of_old_and_new_systems() {
        let set = ProxySettings::default().with_fixed("a:80".into(), "<local>".into());
        assert_eq!(machine(&value([0x18, 0, 2], &["a:80", "<local>"])), Some(set.clone()));
        assert_eq!(machine(&value([0x28, 7, 3], &["a:80", "<local>", "", "rest"])), Some(set));
        assert_eq!(machine(&value([0x28, 7, 1], &["a:80", "<local>"])), Some(ProxySettings::default()));
        assert_eq!(machine(&value([0x18, 0, 1], &[])), Some(ProxySettings::default()));
        assert_eq!(machine(&[0x18, 0, 0, 0]), None);
        assert_eq!(machine(&[]), None);
    }

    #[test]
    fn a_machine_value_reads_back() {
        for (proxy, bypass) in [("a:80", "<local>;*.b"), ("a:80", ""), ("", "")] {
            let settings = ProxySettings::default().with_fixed(proxy.into(), bypass.into());
            assert_eq!(machine(&machine_value(&settings)), Some(settings));
        }
        assert_eq!(machine_value(&ProxySettings::default()).len(), 24);
    }

    #[test]
    fn connection_values_say_by_flags_what_counts() {
        let all = ["a:80", "<local>", "http://s/"];
        for (flags, detect, script, proxy) in [
            (1, false, false, false),
            (3, false, false, true),
            (5, false, true, false),
            (9, true, false, false),
            (15, true, true, true),
        ] {
            let settings = connection(&value([0x46, 5, flags], &all)).unwrap();
            assert_eq!(settings.auto_detect, detect);
            assert_eq!(settings.script.as_deref(), script.then_some("http://s/"));
            assert_eq!(settings.proxy.as_deref(), proxy.then_some("a:80"));
            assert_eq!(settings.bypass.as_deref(), proxy.then_some("<local>"));
        }
        let without_tail = connection(&value([0x3c, 0, 15], &["a:80"])).unwrap();
        assert_eq!(
            (without_tail.proxy.as_deref(), without_tail.bypass, without_tail.script),
            (Some("a:80"), None, None)
        );
    }

    #[test]
    fn lengths_that_lie_and_values_cut_anywhere() {
        let whole = value([0x46, 5, 15], &["a:80", "<local>", "http://s/"]);
        for end in 0..whole.len() {
            let cut = whole.get(..end).unwrap();
            assert_eq!(connection(cut).is_some(), end >= 12);
            assert_eq!(machine(cut).is_some(), end >= 12);
            for at in [12, 20] {
                let mut lying = cut.to_vec();
                if let Some(length) = lying.get_mut(at..at + 4) {
                    length.copy_from_slice(&u32::MAX.to_le_bytes());
                    assert!(connection(&lying).is_some());
                    assert!(machine(&lying).is_some());
                }
            }
        }
    }
}
