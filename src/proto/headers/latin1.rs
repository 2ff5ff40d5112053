//! Between the caller's UTF-16 and the bytes of the wire (http spec 2.1, 4.2).

/// UTF-16 to Latin-1 bytes; `None` when a character is above U+00FF (http spec 2.1: the request
/// fails).
pub(crate) fn narrow(text: &[u16]) -> Option<Vec<u8>> {
    text.iter().map(|&unit| u8::try_from(unit).ok()).collect()
}

/// As [`narrow`], with a question mark for each character above U+00FF: for what must not fail over a name.
pub(crate) fn narrow_lossy(text: &[u16]) -> Vec<u8> {
    let units = char::decode_utf16(text.iter().copied());
    units.map(|unit| unit.ok().and_then(|c| u8::try_from(c).ok()).unwrap_or(b'?')).collect()
}

/// Latin-1 bytes to UTF-16 (http spec 4.2: values are converted byte by byte).
pub(crate) fn widen(bytes: &[u8]) -> Vec<u16> {
    bytes.iter().map(|&byte| u16::from(byte)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_survives_both_ways_and_nothing_else_fits() {
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(narrow(&widen(&all)), Some(all));
        assert_eq!(narrow(&[0x100]), None);
        assert_eq!(narrow(&[0xD800]), None);
        assert_eq!(narrow_lossy(&[0x41, 0xE9, 0x416, 0xD83D, 0xDE00, 0xD800]), b"A\xe9???");
    }
}
