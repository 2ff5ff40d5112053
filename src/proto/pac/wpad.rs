//! Where WPAD looks: `wpad` in the machine's domain and in those above it, but never in one that is
//! everybody's; and what DHCP says instead (options spec 6.5).

use public_suffix::DEFAULT_PROVIDER;
use public_suffix::EffectiveTLDProvider;

/// The names that may serve a script for a machine in these domains: those of the first domain before those
/// of the next, the nearest first.
pub(crate) fn server_names(domains: &[String]) -> Vec<String> {
    let mut names = Vec::new();
    for domain in domains {
        for name in names_in(domain) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names
}

/// The last one is in the domain that somebody has registered; above it are `org`, `co.uk` and the like, which
/// are strangers.
fn names_in(domain: &str) -> Vec<String> {
    let domain = domain.trim_matches('.').to_ascii_lowercase();
    let Ok(registered) = DEFAULT_PROVIDER.effective_tld_plus_one(&domain) else { return Vec::new() };
    let mut names = Vec::new();
    let mut rest = domain.as_str();
    loop {
        names.push(format!("wpad.{rest}"));
        match rest.split_once('.') {
            Some((_, above)) if rest != registered => rest = above,
            _ => return names,
        }
    }
}

/// The URL in a DHCP server's answer: text, which some servers end with a NUL or a new line.
pub(crate) fn announced_url(answer: &[u8]) -> Option<String> {
    let text = answer.split(|&byte| byte == 0).next()?.trim_ascii();
    let is_text = !text.is_empty() && text.iter().all(u8::is_ascii_graphic);
    is_text.then(|| String::from_utf8_lossy(text).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devolution_ends_before_the_public_suffix() {
        for (domain, names) in [
            ("a.b.example.org", "wpad.a.b.example.org wpad.b.example.org wpad.example.org"),
            ("Example.ORG.", "wpad.example.org"),
            ("x.example.co.uk", "wpad.x.example.co.uk wpad.example.co.uk"),
            ("corp.internal", "wpad.corp.internal"),
            ("org", ""),
            ("co.uk", ""),
            ("", ""),
            (".", ""),
            ("a..b", ""),
        ] {
            assert_eq!(names_in(domain).join(" "), names, "{domain:?}");
        }
    }

    #[test]
    fn domains_take_turns() {
        let domains = ["b.example.org", "x.example.net", "a.example.org"].map(str::to_owned);
        let names =
            "wpad.b.example.org wpad.example.org wpad.x.example.net wpad.example.net wpad.a.example.org";
        assert_eq!(server_names(&domains).join(" "), names);
    }

    #[test]
    fn what_a_dhcp_server_says() {
        for (answer, url) in [
            (&b"http://wpad.example.org/wpad.dat"[..], Some("http://wpad.example.org/wpad.dat")),
            (b"http://a/b\0", Some("http://a/b")),
            (b"http://a/b\r\n", Some("http://a/b")),
            (b" http://a/b\n\0rest", Some("http://a/b")),
            (b"", None),
            (b"\0http://a/b", None),
            (b" \n", None),
            (b"http://a/ b", None),
            (b"http://\xe4/", None),
            (b"http://a/\x07", None),
        ] {
            assert_eq!(announced_url(answer).as_deref(), url, "{answer:?}");
        }
    }
}
