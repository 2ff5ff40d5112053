//! Certificates that `openssl` made, and what becomes of them when bytes change.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::*;
use crate::proto::h1::noise::Noise;

#[test]
fn all_fields_are_read() {
    let der = decode(ODD);
    let odd = Certificate::read(&der).unwrap();
    assert_eq!((odd.version, odd.serial), (2, &[0x01, 0x02, 0xff][..]));
    assert_eq!(odd.signature.oid.to_string(), "1.2.840.10045.4.3.2");
    assert_eq!(odd.signature.hash(), Some(Hash::Sha256));
    assert_eq!((odd.not_before, odd.not_after), (1_795_669_256, 1_795_669_256 + 86_400));
    assert!(odd.is_good_at(1_795_669_256) && odd.is_good_at(odd.not_after));
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

fn decode(text: &str) -> Vec<u8> {
    BASE64_STANDARD.decode(text).unwrap()
}

const ODD: &str = concat!(
    "MIIB7DCCAZGgAwIBAgIDAQL/MAoGCCqGSM49BAMCMDQxCzAJBgNVBAYTAkRFMRAwDgYDVQQKDAdHcsO8w59lMRMwEQYDVQQD",
    "DAoqLm9kZC50ZXN0MB4XDTI2MTEyNjA1MDA1NloXDTI2MTEyNzA1MDA1NlowNDELMAkGA1UEBhMCREUxEDAOBgNVBAoMB0dy",
    "w7zDn2UxEzARBgNVBAMMCioub2RkLnRlc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASntvbwmPAybQlV+L53IzPHw6CH",
    "rGQCFLs9N25zpSBIb7ie4EOHfbADqYgoqGWyFIiWNteh1ZoILlPeahRtmOxAo4GRMIGOME4GA1UdHwRHMEUwFaAToBGGD2h0",
    "dHA6Ly9hLnRlc3QvMTAVoBOgEYYPbGRhcDovL2IudGVzdC8yMBWgE6ARhg9IVFRQOi8vYy50ZXN0LzMwHQYDVR0lBBYwFAYI",
    "KwYBBQUHAwIGCCsGAQUFBwMBMB0GA1UdDgQWBBTyziqIkpSzZJTQhMeUb0wsBAikFzAKBggqhkjOPQQDAgNJADBGAiEAnwp8",
    "dfk7V0zT87PYykUvoordKXhzafm/h2wWaoD+qvQCIQDrR5mRvbKCr9JBfvHs7k6u433tDTguzsuaBEfef7oHqA==",
);
const WEAK: &str = concat!(
    "MIICsTCCAZmgAwIBAgIUa1ARy+fHJNVO8eSsZuagVXQM2wkwDQYJKoZIhvcNAQELBQAwGjEYMBYGA1UEAwwPd2luaHR0cCB0",
    "ZXN0IGNhMB4XDTI2MTEyNjA0NDczMFoXDTM2MTEyMzA0NDczMFowDzENMAsGA1UEAwwEd2VhazCBnzANBgkqhkiG9w0BAQEF",
    "AAOBjQAwgYkCgYEA5bWL9ZhbEsmoRT5077J4FZ/t4DXOGWMSPzxfes674Oa9ZBBaj1MFUzlw5lvPE+u/6oXMkEPspLp01y7f",
    "Ms6+fMqVHmjLSVxzjTGpI1w7RXpIkB5TaqLVJ0+MJTgtvLMNgcIp5AiJURfZJJUK7fn1M1AsCf+DgP/Sp9zsYd6JnzMCAwEA",
    "AaN+MHwwGgYDVR0RBBMwEYIJbG9jYWxob3N0hwR/AAABMBMGA1UdJQQMMAoGCCsGAQUFBwMBMAkGA1UdEwQCMAAwHQYDVR0O",
    "BBYEFKGx5wa6EVIHo6u0HqTYLEAwl4WeMB8GA1UdIwQYMBaAFAHSvBvC/IpII9y4TPwwC+p7npPoMA0GCSqGSIb3DQEBCwUA",
    "A4IBAQCa/YIAEUldDx3lKi5PHqqfKnAnmmF3iozyqXIHBquihV6ECjGWlh4q93OX1ixDsHWSdGdJrCBbXfpevsEs+xDfDpk8",
    "OKPoIfyLmBbMkJlhBj72AvGHXimIyDlFIyWc9veRs20ZUxJdaYh5pb3Y9B4NM7lPUnpkuAdJ69erf7lig2FlVgBsckh+5+jm",
    "JCMGPK2QQ0Qhn7UbzwhfbI7AqX8CPYPFnv9uTEBvjbW+Bbl6LZ8w32/j/jCT37HBIGC0SQraQopBQActyr+AR02jABT43BQp",
    "yDfzeSjEWePndsAAfzk6Vx769cxpAUiN/rVqp3fta2j/8HXanvatPID05pdr",
);
