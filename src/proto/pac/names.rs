//! Functions of host names and patterns.

use crate::proto::wildcard;

/// No dot, and no IPv6 address.
pub(super) fn is_plain(host: &str) -> bool {
    !host.contains(['.', ':'])
}

/// Whether `host` ends with `domain`; case does not matter.
pub(super) fn ends_with(host: &str, domain: &str) -> bool {
    let tail = host.len().checked_sub(domain.len()).and_then(|at| host.get(at..));
    tail.is_some_and(|tail| tail.eq_ignore_ascii_case(domain))
}

/// Whether `host` is `name`, or is its first part alone.
pub(super) fn is_host_or_its_name(host: &str, name: &str) -> bool {
    let first = name.split('.').next().unwrap_or_default();
    host.eq_ignore_ascii_case(name) || !host.contains('.') && host.eq_ignore_ascii_case(first)
}

/// The number of dots.
pub(super) fn levels(host: &str) -> u32 {
    u32::try_from(host.matches('.').count()).unwrap_or(u32::MAX)
}

/// Whether all of `text` fits the pattern: `*` is any run of characters, `?` is one. Texts that no host
/// and no URL have fit nothing, so that a script cannot buy time by their product.
pub(super) fn is_like(text: &str, pattern: &str) -> bool {
    const MOST: usize = 1 << 14;
    if text.len() > MOST || pattern.len() > MOST {
        return false;
    }
    let (text, pattern): (Vec<char>, Vec<char>) = (text.chars().collect(), pattern.chars().collect());
    wildcard::is_like(&pattern, &text, '*', Some('?'))
}

/// Whether a resolver should be asked for this at all.
pub(super) fn can_be_resolved(host: &str) -> bool {
    let host = host.trim();
    !host.is_empty() && host.len() < 256 && !host.contains(|c: char| c.is_control() || c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unusual_texts() {
        assert!(ends_with("\u{e9}t\u{e9}", "\u{e9}"));
        assert!(!ends_with("a\u{e9}", "\u{a9}"), "half of a character");
        assert!(ends_with("anything", ""));
        assert!(is_like("\u{e9}", "?"));
        assert!(!is_like(&"a".repeat(1 << 15), "*"));
        for host in ["", " ", "a b", "a\0", "a\nb"] {
            assert!(!can_be_resolved(host), "{host:?}");
        }
        assert!(!can_be_resolved(&"a".repeat(256)));
    }
}
