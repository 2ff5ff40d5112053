//! Certificates, read: what WinHTTP's queries tell, and what its ignore flags need to know apart
//! (RFC 5280, section 4.1). Nothing is judged here but the fields themselves.

// On Windows crypt32 fills the structures that programs get, which takes all the fields elsewhere.
#![cfg_attr(windows, allow(dead_code))]

mod name;
pub(crate) mod ocsp;

use std::fmt;

use der::AnyRef;
use der::Decode;
use der::Reader;
use der::SliceReader;
use der::Tag;
use der::TagNumber;
use der::Tagged;
use der::asn1::BitStringRef;
use der::asn1::GeneralizedTime;
use der::asn1::ObjectIdentifier;
use der::asn1::UtcTime;

pub(crate) use name::lines;
pub(crate) use name::matches_common_name;

/// Not a certificate, or one with a field that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

/// A certificate's fields, in the bytes that they were read from.
#[derive(Clone, Debug)]
pub(crate) struct Certificate<'a> {
    pub(crate) signed: Signed<'a>,
    /// Counted from 0: a version 3 certificate says 2.
    pub(crate) version: u8,
    /// Big-endian, as in the certificate.
    pub(crate) serial: &'a [u8],
    /// How the issuer signed it.
    pub(crate) signature: Algorithm<'a>,
    /// A DER name.
    pub(crate) issuer: &'a [u8],
    /// Seconds since 1970; good from this second on.
    pub(crate) not_before: u64,
    /// Good up to and with this second.
    pub(crate) not_after: u64,
    /// A DER name.
    pub(crate) subject: &'a [u8],
    pub(crate) key: PublicKey<'a>,
    pub(crate) issuer_id: Option<Bits<'a>>,
    pub(crate) subject_id: Option<Bits<'a>>,
    pub(crate) extensions: Vec<Extension<'a>>,
}

/// What somebody has signed, and how.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signed<'a> {
    /// DER.
    pub(crate) message: &'a [u8],
    pub(crate) algorithm: Algorithm<'a>,
    pub(crate) signature: Bits<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Algorithm<'a> {
    /// All of it: the content of its sequence.
    pub(crate) der: &'a [u8],
    pub(crate) oid: ObjectIdentifier,
    /// DER, empty when there are none.
    pub(crate) parameters: &'a [u8],
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct PublicKey<'a> {
    /// All of it: the content of its sequence.
    pub(crate) der: &'a [u8],
    pub(crate) algorithm: Algorithm<'a>,
    pub(crate) bits: Bits<'a>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Bits<'a> {
    pub(crate) bytes: &'a [u8],
    /// How many bits of the last byte do not count.
    pub(crate) unused: u8,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Extension<'a> {
    pub(crate) oid: ObjectIdentifier,
    pub(crate) critical: bool,
    pub(crate) value: &'a [u8],
}

impl<'a> Certificate<'a> {
    pub(crate) fn read(der: &'a [u8]) -> Result<Certificate<'a>, Malformed> {
        let mut outside = SliceReader::new(der)?;
        let mut parts = open(&mut outside, Tag::Sequence)?;
        outside.finish()?;
        let signed = Signed::read(&mut parts)?;
        parts.finish()?;
        let mut fields = open(&mut SliceReader::new(signed.message)?, Tag::Sequence)?;
        let version = match tagged(&mut fields, 0)? {
            None => 0,
            Some(version) => SliceReader::new(version)?.decode()?,
        };
        let serial = AnyRef::decode(&mut fields)?;
        if serial.tag() != Tag::Integer {
            return Err(Malformed);
        }
        let signature = Algorithm::read(&mut fields)?;
        let issuer = name::read(&mut fields)?;
        let mut validity = open(&mut fields, Tag::Sequence)?;
        let (not_before, not_after) = (time(&mut validity)?, time(&mut validity)?);
        let subject = name::read(&mut fields)?;
        let key = PublicKey::read(&mut fields)?;
        let issuer_id = tagged(&mut fields, 1)?.map(Bits::read).transpose()?;
        let subject_id = tagged(&mut fields, 2)?.map(Bits::read).transpose()?;
        let extensions = match tagged(&mut fields, 3)? {
            None => Vec::new(),
            Some(list) => extensions(list)?,
        };
        fields.finish()?;
        Ok(Certificate {
            signed,
            version,
            serial: serial.value(),
            signature,
            issuer,
            not_before,
            not_after,
            subject,
            key,
            issuer_id,
            subject_id,
            extensions,
        })
    }

    /// Whether `now`, in seconds since 1970, is within its validity.
    pub(crate) fn is_good_at(&self, now: u64) -> bool {
        (self.not_before..=self.not_after).contains(&now)
    }

    pub(crate) fn is_self_issued(&self) -> bool {
        self.issuer == self.subject
    }

    /// Whether a server may have it: nothing is said of usages, or a server's is among them.
    pub(crate) fn is_for_servers(&self) -> bool {
        let Some(usages) = self.extension(EXTENDED_KEY_USAGE) else { return true };
        let wanted = [SERVER_AUTHENTICATION, ANY_USAGE];
        list(usages).is_ok_and(|usages| {
            usages.iter().any(|usage| wanted.iter().any(|wanted| usage.value() == wanted.as_bytes()))
        })
    }

    /// The content of the subject's sequence.
    pub(crate) fn subject_content(&self) -> &'a [u8] {
        content(self.subject)
    }

    /// The content of the issuer's sequence.
    pub(crate) fn issuer_content(&self) -> &'a [u8] {
        content(self.issuer)
    }

    pub(crate) fn has_alternative_names(&self) -> bool {
        self.extension(SUBJECT_ALTERNATIVE_NAME).is_some()
    }

    /// `http` addresses of its issuer's revocation lists, in their order.
    pub(crate) fn revocation_lists(&self) -> Vec<&'a str> {
        let Some(points) = self.extension(CRL_DISTRIBUTION_POINTS) else { return Vec::new() };
        let Ok(points) = list(points) else { return Vec::new() };
        let name = |point: &AnyRef<'a>| tagged(&mut SliceReader::new(point.value()).ok()?, 0).ok()?;
        points.iter().filter_map(name).filter_map(urls).flatten().collect()
    }

    /// Whether a revocation list of its issuer is about this certificate, an authority's: by the list's
    /// `IssuingDistributionPoint` in DER, if it has one.
    pub(crate) fn is_in_scope_of(&self, point: Option<&[u8]>) -> bool {
        let own = self.revocation_lists();
        let Ok(parts) = point.map_or(Ok(Vec::new()), list) else { return false };
        parts.iter().all(|part| match part.tag().number() {
            // Where the list is: where the certificate says, if it says so.
            TagNumber(0) => {
                let names = urls(part.value()).unwrap_or_default();
                own.is_empty() || names.iter().any(|name| own.contains(name))
            }
            ONLY_AUTHORITIES => true,
            _ => false,
        })
    }

    fn extension(&self, oid: ObjectIdentifier) -> Option<&'a [u8]> {
        self.extensions.iter().find(|extension| extension.oid == oid).map(|extension| extension.value)
    }
}

/// The URLs in a `DistributionPointName`'s full name.
fn urls(point: &[u8]) -> Option<Vec<&str>> {
    const URL: u8 = 6;
    let names = tagged(&mut SliceReader::new(point).ok()?, 0).ok()??;
    let mut reader = SliceReader::new(names).ok()?;
    let mut urls = Vec::new();
    while !reader.is_finished() {
        let name = AnyRef::decode(&mut reader).ok()?;
        let is_url = name.tag().number() == TagNumber(URL.into()) && !name.tag().is_constructed();
        if let (true, Ok(url)) = (is_url, std::str::from_utf8(name.value()))
            && url.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("http://"))
        {
            urls.push(url);
        }
    }
    Some(urls)
}

impl<'a> Signed<'a> {
    fn read(from: &mut SliceReader<'a>) -> Result<Signed<'a>, Malformed> {
        let message = from.tlv_bytes()?;
        let algorithm = Algorithm::read(from)?;
        let signature = Bits::of(BitStringRef::decode(from)?);
        Ok(Signed { message, algorithm, signature })
    }
}

impl<'a> Algorithm<'a> {
    fn read(from: &mut SliceReader<'a>) -> Result<Algorithm<'a>, Malformed> {
        let whole = AnyRef::decode(from)?;
        if whole.tag() != Tag::Sequence {
            return Err(Malformed);
        }
        let mut fields = SliceReader::new(whole.value())?;
        let oid = fields.decode()?;
        let parameters = if fields.is_finished() { &[] } else { fields.tlv_bytes()? };
        fields.finish()?;
        Ok(Algorithm { der: whole.value(), oid, parameters })
    }

    /// The hash of a signature algorithm, where it has one.
    pub(crate) fn hash(&self) -> Option<Hash> {
        let oid = if self.oid == RSA_PSS {
            // Without parameters it is SHA-1.
            match pss_hash(self.parameters) {
                Some(oid) => oid,
                None => return Some(Hash::Weak),
            }
        } else {
            self.oid
        };
        HASHES.iter().find(|(of, _)| *of == oid).map(|(_, hash)| *hash)
    }
}

fn pss_hash(parameters: &[u8]) -> Option<ObjectIdentifier> {
    let mut fields = open(&mut SliceReader::new(parameters).ok()?, Tag::Sequence).ok()?;
    let hash = tagged(&mut fields, 0).ok()??;
    Algorithm::read(&mut SliceReader::new(hash).ok()?).ok().map(|hash| hash.oid)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hash {
    /// MD5 or SHA-1.
    Weak,
    Sha256,
    Sha384,
    Sha512,
}

impl<'a> PublicKey<'a> {
    fn read(from: &mut SliceReader<'a>) -> Result<PublicKey<'a>, Malformed> {
        let whole = AnyRef::decode(from)?;
        if whole.tag() != Tag::Sequence {
            return Err(Malformed);
        }
        PublicKey::of_content(whole.value())
    }

    /// From the content of its sequence.
    pub(crate) fn of_content(der: &'a [u8]) -> Result<PublicKey<'a>, Malformed> {
        let mut fields = SliceReader::new(der)?;
        let algorithm = Algorithm::read(&mut fields)?;
        let bits = Bits::of(BitStringRef::decode(&mut fields)?);
        fields.finish()?;
        Ok(PublicKey { der, algorithm, bits })
    }

    /// The length of an RSA key's modulus.
    pub(crate) fn rsa_bits(&self) -> Option<usize> {
        if self.algorithm.oid != RSA {
            return None;
        }
        let mut fields = open(&mut SliceReader::new(self.bits.bytes).ok()?, Tag::Sequence).ok()?;
        let modulus = AnyRef::decode(&mut fields).ok()?.value();
        let zeros = modulus.iter().take_while(|byte| **byte == 0).count();
        let first = modulus.get(zeros)?;
        Some((modulus.len() - zeros) * 8 - first.leading_zeros() as usize)
    }
}

impl<'a> Bits<'a> {
    fn of(bits: BitStringRef<'a>) -> Bits<'a> {
        Bits { bytes: bits.raw_bytes(), unused: bits.unused_bits() }
    }

    /// An implicitly tagged bit string's content.
    fn read(content: &'a [u8]) -> Result<Bits<'a>, Malformed> {
        let (unused, bytes) = content.split_first().ok_or(Malformed)?;
        Ok(Bits::of(BitStringRef::new(*unused, bytes)?))
    }
}

fn extensions(content: &[u8]) -> Result<Vec<Extension<'_>>, Malformed> {
    list(content)?
        .into_iter()
        .map(|extension| {
            let mut fields = SliceReader::new(extension.value())?;
            let oid = fields.decode()?;
            let critical = Tag::peek(&fields)? == Tag::Boolean && fields.decode()?;
            let value = AnyRef::decode(&mut fields)?;
            fields.finish()?;
            if value.tag() != Tag::OctetString {
                return Err(Malformed);
            }
            Ok(Extension { oid, critical, value: value.value() })
        })
        .collect()
}

/// What is in an element.
fn content(der: &[u8]) -> &[u8] {
    SliceReader::new(der).and_then(|mut reader| AnyRef::decode(&mut reader)).map_or(&[], |any| any.value())
}

/// The elements of a sequence that is all of `der`.
fn list(der: &[u8]) -> Result<Vec<AnyRef<'_>>, Malformed> {
    let mut outside = SliceReader::new(der)?;
    let mut reader = open(&mut outside, Tag::Sequence)?;
    outside.finish()?;
    let mut elements = Vec::new();
    while !reader.is_finished() {
        elements.push(AnyRef::decode(&mut reader)?);
    }
    Ok(elements)
}

/// The content of the next element, which must have this tag.
fn open<'a>(from: &mut SliceReader<'a>, tag: Tag) -> Result<SliceReader<'a>, Malformed> {
    let any = AnyRef::decode(from)?;
    if any.tag() != tag {
        return Err(Malformed);
    }
    Ok(SliceReader::new(any.value())?)
}

/// The content of the next element, if it has this context-specific tag.
fn tagged<'a>(from: &mut SliceReader<'a>, number: u32) -> Result<Option<&'a [u8]>, Malformed> {
    if from.is_finished() {
        return Ok(None);
    }
    let tag = Tag::peek(from)?;
    if !tag.is_context_specific() || tag.number() != TagNumber(number) {
        return Ok(None);
    }
    Ok(Some(AnyRef::decode(from)?.value()))
}

/// A time as Windows counts it: in 100 nanoseconds since 1601.
pub(crate) fn file_time(seconds: u64) -> u64 {
    /// 1601 to 1970, in seconds.
    const EPOCH: u64 = 11_644_473_600;
    seconds.saturating_add(EPOCH).saturating_mul(10_000_000)
}

fn time(from: &mut SliceReader<'_>) -> Result<u64, Malformed> {
    let time = match Tag::peek(from)? {
        Tag::UtcTime => UtcTime::decode(from)?.to_unix_duration(),
        _ => GeneralizedTime::decode(from)?.to_unix_duration(),
    };
    Ok(time.as_secs())
}

impl From<der::Error> for Malformed {
    fn from(_: der::Error) -> Malformed {
        Malformed
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("malformed certificate")
    }
}

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

/// In an `IssuingDistributionPoint`.
const ONLY_AUTHORITIES: TagNumber = TagNumber(2);
const EXTENDED_KEY_USAGE: ObjectIdentifier = oid("2.5.29.37");
const ANY_USAGE: ObjectIdentifier = oid("2.5.29.37.0");
const SERVER_AUTHENTICATION: ObjectIdentifier = oid("1.3.6.1.5.5.7.3.1");
const SUBJECT_ALTERNATIVE_NAME: ObjectIdentifier = oid("2.5.29.17");
const CRL_DISTRIBUTION_POINTS: ObjectIdentifier = oid("2.5.29.31");
const RSA: ObjectIdentifier = oid("1.2.840.113549.1.1.1");
const RSA_PSS: ObjectIdentifier = oid("1.2.840.113549.1.1.10");

/// Hashes, and signature algorithms by their hash.
const HASHES: [(ObjectIdentifier, Hash); 15] = [
    (oid("1.2.840.113549.1.1.4"), Hash::Weak),
    (oid("1.2.840.113549.1.1.5"), Hash::Weak),
    (oid("1.2.840.10045.4.1"), Hash::Weak),
    (oid("1.2.840.10040.4.3"), Hash::Weak),
    (oid("1.3.14.3.2.26"), Hash::Weak),
    (oid("1.3.14.3.2.29"), Hash::Weak),
    (oid("1.2.840.113549.1.1.11"), Hash::Sha256),
    (oid("1.2.840.10045.4.3.2"), Hash::Sha256),
    (oid("2.16.840.1.101.3.4.2.1"), Hash::Sha256),
    (oid("1.2.840.113549.1.1.12"), Hash::Sha384),
    (oid("1.2.840.10045.4.3.3"), Hash::Sha384),
    (oid("2.16.840.1.101.3.4.2.2"), Hash::Sha384),
    (oid("1.2.840.113549.1.1.13"), Hash::Sha512),
    (oid("1.2.840.10045.4.3.4"), Hash::Sha512),
    (oid("2.16.840.1.101.3.4.2.3"), Hash::Sha512),
];

#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;
