//! International host names, by the rules that browsers have (UTS 46, nontransitional).

use idna::AsciiDenyList;
use idna::uts46::DnsLength;
use idna::uts46::Hyphens;
use idna::uts46::Uts46;

/// A host name as DNS has it, its labels in Punycode where they need it. `None` if it has no such form; what else a name
/// must not have is not looked at.
pub(crate) fn ascii_host(name: &[u16]) -> Option<String> {
    let name = String::from_utf16(name).ok()?;
    let uts46 = Uts46::new();
    let ascii =
        uts46.to_ascii(name.as_bytes(), AsciiDenyList::EMPTY, Hyphens::Allow, DnsLength::VerifyAllowRootDot);
    ascii.ok().map(|ascii| ascii.into_owned())
}
