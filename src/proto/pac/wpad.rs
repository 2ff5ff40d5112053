//! Where WPAD looks: `wpad` in the machine's domain and in those above it, but never in one that is
//! everybody's (options spec 6.5).

use public_suffix::DEFAULT_PROVIDER;
use public_suffix::EffectiveTLDProvider;

/// The names that may serve a script for a machine in `domain`, nearest first. The last one is in the
/// domain that somebody has registered; above it are `org`, `co.uk` and the like, which are strangers.
pub(crate) fn server_names(domain: &str) -> Vec<String> {
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
            assert_eq!(server_names(domain).join(" "), names, "{domain:?}");
        }
    }
}
