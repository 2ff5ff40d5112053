//! Distinguished names.

use der::AnyRef;
use der::Decode;
use der::Reader;
use der::SliceReader;
use der::Tag;
use der::Tagged;
use der::asn1::ObjectIdentifier;

use super::Malformed;
use super::open;

/// A name's bytes, which must be a name's.
pub(super) fn read<'a>(from: &mut SliceReader<'a>) -> Result<&'a [u8], Malformed> {
    let name = from.tlv_bytes()?;
    components(name)?;
    Ok(name)
}

/// The attributes of a name, in their order: which, and its text.
pub(crate) fn components(name: &[u8]) -> Result<Vec<(ObjectIdentifier, String)>, Malformed> {
    let mut outside = SliceReader::new(name)?;
    let mut sets = open(&mut outside, Tag::Sequence)?;
    outside.finish()?;
    let mut found = Vec::new();
    while !sets.is_finished() {
        let mut set = open(&mut sets, Tag::Set)?;
        while !set.is_finished() {
            let mut pair = open(&mut set, Tag::Sequence)?;
            let attribute = pair.decode()?;
            let value = AnyRef::decode(&mut pair)?;
            pair.finish()?;
            found.push((attribute, text(value)));
        }
    }
    Ok(found)
}

/// The values of a name, most general first, each on a line of its own: how
/// `WINHTTP_CERTIFICATE_INFO` shows it. Empty when it cannot be read.
pub(crate) fn lines(name: &[u8]) -> String {
    let components = components(name).unwrap_or_default();
    components.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join("\r\n")
}

/// Whether the last common name of `subject` is `host`, or a wildcard for its first label.
pub(crate) fn matches_common_name(subject: &[u8], host: &str) -> bool {
    let components = components(subject).unwrap_or_default();
    let Some((_, name)) = components.iter().rev().find(|(attribute, _)| *attribute == COMMON_NAME) else {
        return false;
    };
    let host = host.strip_suffix('.').unwrap_or(host);
    if name.eq_ignore_ascii_case(host) {
        return true;
    }
    match (name.strip_prefix("*."), host.split_once('.')) {
        (Some(parent), Some((first, rest))) => {
            !first.is_empty() && parent.contains('.') && parent.eq_ignore_ascii_case(rest)
        }
        _ => false,
    }
}

/// Text of any of the string types that names use; what cannot be decoded is replaced.
fn text(value: AnyRef<'_>) -> String {
    let bytes = value.value();
    match value.tag() {
        Tag::BmpString => {
            let units: Vec<u16> =
                bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
            String::from_utf16_lossy(&units)
        }
        // In practice Latin-1.
        Tag::TeletexString => bytes.iter().map(|byte| char::from(*byte)).collect(),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

const COMMON_NAME: ObjectIdentifier = super::oid("2.5.4.3");
