//! The file with proxy settings on systems that have no registry: a line a setting, `name = value`.
//!
//! `proxy` and `bypass` have the syntax of `WINHTTP_PROXY_INFO`, `script` is the URL of a proxy script,
//! `detect = yes` has one looked for. Lines that begin with `#` are remarks.

use super::ProxySettings;

/// Reads the file. Lines that say nothing are passed over.
pub(crate) fn settings(text: &[u8]) -> ProxySettings {
    let text = String::from_utf8_lossy(text);
    let mut settings = ProxySettings::default();
    for (name, value) in text.lines().filter_map(line) {
        let value = (!value.is_empty()).then(|| value.to_owned());
        match name {
            "proxy" => settings.proxy = value,
            "bypass" => settings.bypass = value,
            "script" => settings.script = value,
            "detect" => settings.auto_detect = value.is_some_and(|value| value.eq_ignore_ascii_case("yes")),
            _ => log::warn!("the file with proxy settings: `{name}` is no setting"),
        }
    }
    settings
}

/// The file with another proxy and bypass list; what else is in it stays.
pub(crate) fn with_fixed(text: &[u8], settings: &ProxySettings) -> Vec<u8> {
    let text = String::from_utf8_lossy(text);
    let is_fixed = |text: &&str| line(text).is_some_and(|(name, _)| name == "proxy" || name == "bypass");
    let mut new: Vec<String> = text.lines().filter(|text| !is_fixed(text)).map(str::to_owned).collect();
    for (name, value) in [("proxy", &settings.proxy), ("bypass", &settings.bypass)] {
        if let Some(value) = value {
            // A text of several lines would be several settings.
            let value: Vec<&str> = value.split_ascii_whitespace().collect();
            new.push(format!("{name} = {}", value.join(";")));
        }
    }
    new.push(String::new());
    new.join("\n").into_bytes()
}

fn line(text: &str) -> Option<(&str, &str)> {
    let (name, value) = text.split_once('=')?;
    let name = name.trim();
    (!name.starts_with('#')).then_some((name, value.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file() {
        let file = b"# a remark = no\n\nproxy = http=a:1;https=b:2\r\nbypass=<local>\n script = http://s/?a=b\ndetect=YES\nnoise\nother = 1\n";
        let expected = ProxySettings {
            auto_detect: true,
            script: Some("http://s/?a=b".into()),
            ..ProxySettings::default()
        }
        .with_fixed("http=a:1;https=b:2".into(), "<local>".into());
        assert_eq!(settings(file), expected);
        assert_eq!(settings(b""), ProxySettings::default());
        assert_eq!(settings(b"proxy =\ndetect = no\n\xff\xfe = \xff"), ProxySettings::default());
    }

    #[test]
    fn what_is_written_reads_back_and_leaves_the_rest() {
        let before = b"# mine\nscript = http://s/\nproxy = old\nbypass = old\n";
        let new = ProxySettings::default().with_fixed("a:1 b:2".into(), String::new());
        let after = with_fixed(before, &new);
        assert_eq!(after, b"# mine\nscript = http://s/\nproxy = a:1;b:2\n");
        assert_eq!(with_fixed(&after, &ProxySettings::default()), b"# mine\nscript = http://s/\n");
        let sly = ProxySettings::default().with_fixed("a:1\ndetect = yes".into(), String::new());
        assert!(!settings(&with_fixed(b"", &sly)).auto_detect);
    }
}
