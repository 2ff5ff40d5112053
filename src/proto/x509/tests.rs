//! Certificates that `openssl` made, and what becomes of them when bytes change.

use super::samples::*;
use super::*;
use crate::proto::h1::noise::Noise;

#[test]
fn all_fields_are_read() {
    let der = decode(ODD);
    let odd = Certificate::read(&der).unwrap();
    assert_eq!((odd.version, odd.serial), (2, &[0x01, 0x02, 0xff][..]));
    assert_eq!(odd.signature.oid.to_string(), "1.2.840.10045.4.3.2");
    assert_eq!(odd.signature.hash(), Some(Hash::Sha256));
    assert_eq!((odd.not_before, odd.not_after), (ODD_DAY, ODD_DAY + 86_400));
    assert!(odd.is_good_at(ODD_DAY) && odd.is_good_at(odd.not_after));
    assert!(!odd.is_good_at(odd.not_before - 1) && !odd.is_good_at(odd.not_after + 1));
    assert!(odd.is_self_issued() && odd.is_for_servers() && !odd.has_alternative_names());
    assert_eq!(odd.key.algorithm.oid.to_string(), "1.2.840.10045.2.1");
    assert_eq!((odd.key.bits.bytes.len(), odd.key.bits.unused, odd.key.rsa_bits()), (65, 0, None));
    assert_eq!(lines(odd.subject), "DE\r\nGr\u{fc}\u{df}e\r\n*.odd.test");
    assert_eq!(odd.revocation_lists(), ["http://a.test/1", "HTTP://c.test/3"]);
    assert_eq!(odd.extensions.iter().filter(|extension| extension.critical).count(), 0);
}

#[test]
fn length_of_an_rsa_key() {
    let der = decode(WEAK);
    let weak = Certificate::read(&der).unwrap();
    assert_eq!(weak.key.rsa_bits(), Some(1024));
    assert!(weak.has_alternative_names() && weak.is_for_servers() && !weak.is_self_issued());
    assert_eq!(weak.revocation_lists(), [""; 0]);
}

#[test]
fn common_names_match_as_host_names_do() {
    let der = decode(ODD);
    let subject = Certificate::read(&der).unwrap().subject;
    for good in ["a.odd.test", "A.ODD.TEST", "a.odd.test."] {
        assert!(matches_common_name(subject, good), "{good}");
    }
    for bad in ["odd.test", ".odd.test", "a.b.odd.test", "a.even.test", "*.test", "DE"] {
        assert!(!matches_common_name(subject, bad), "{bad}");
    }
}

#[test]
fn file_times_count_from_1601() {
    assert_eq!(file_time(0), 116_444_736_000_000_000);
    assert_eq!(file_time(u64::MAX), u64::MAX);
}

/// Cut anywhere it is malformed; changed anywhere it is read or refused, and never more.
#[test]
fn hostile_certificates_do_no_harm() {
    let mut noise = Noise::new(0x509);
    for der in [decode(ODD), decode(WEAK)] {
        for cut in 0..der.len() {
            assert_eq!(Certificate::read(&der[..cut]).unwrap_err(), Malformed);
        }
        for _ in 0..20_000 {
            let mut changed = der.clone();
            for _ in 0..=noise.below(3) {
                let at = noise.below(changed.len());
                match noise.below(4) {
                    0 => changed[at] = noise.next() as u8,
                    1 => changed[at] ^= 1 << noise.below(8),
                    2 => _ = changed.remove(at),
                    _ => changed.insert(at, noise.next() as u8),
                }
            }
            look_everywhere(&changed);
        }
        for _ in 0..5_000 {
            look_everywhere(&noise.bytes(200));
        }
    }
}

fn look_everywhere(der: &[u8]) {
    let Ok(certificate) = Certificate::read(der) else { return };
    _ = (certificate.is_for_servers(), certificate.revocation_lists(), certificate.key.rsa_bits());
    _ = (certificate.signature.hash(), certificate.has_alternative_names());
    _ = (lines(certificate.subject), matches_common_name(certificate.issuer, "a.test"));
}
