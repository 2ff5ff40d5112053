//! What a server staples to its certificate: its authority's word on whether it is revoked (RFC 6960). Read here; who
//! has signed it is looked at elsewhere.

use der::AnyRef;
use der::Decode;
use der::Reader;
use der::SliceReader;
use der::Tag;
use der::TagNumber;
use der::Tagged;
use der::asn1::ObjectIdentifier;
use sha1::Sha1;
use sha2::Digest;
use sha2::Sha256;
use sha2::Sha384;
use sha2::Sha512;

use super::Algorithm;
use super::Certificate;
use super::Malformed;
use super::PublicKey;
use super::Signed;
use super::extensions;
use super::oid;
use super::open;
use super::tagged;
use super::time;

/// A response that says something.
#[derive(Clone, Debug)]
pub(crate) struct Response<'a> {
    pub(crate) signed: Signed<'a>,
    /// What was sent along to verify it with; DER.
    pub(crate) certificates: Vec<&'a [u8]>,
    responder: Responder<'a>,
    answers: Vec<Answer<'a>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Good,
    Revoked,
}

/// Who has signed.
#[derive(Clone, Copy, Debug)]
enum Responder<'a> {
    /// A DER name.
    Name(&'a [u8]),
    /// The SHA-1 of the key.
    Key(&'a [u8]),
}

/// About one certificate.
#[derive(Clone, Copy, Debug)]
struct Answer<'a> {
    hash: ObjectIdentifier,
    issuer_name: &'a [u8],
    issuer_key: &'a [u8],
    serial: &'a [u8],
    /// `None`: the responder does not know.
    status: Option<Status>,
    /// Seconds since 1970.
    since: u64,
    /// The next answer will be there by then.
    until: Option<u64>,
}

impl<'a> Response<'a> {
    pub(crate) fn read(der: &'a [u8]) -> Result<Response<'a>, Malformed> {
        let mut outside = SliceReader::new(der)?;
        let mut response = open(&mut outside, Tag::Sequence)?;
        outside.finish()?;
        let status = AnyRef::decode(&mut response)?;
        if status.tag() != Tag::Enumerated || status.value() != [SUCCESSFUL] {
            return Err(Malformed);
        }
        let mut content = SliceReader::new(tagged(&mut response, 0)?.ok_or(Malformed)?)?;
        let mut content = open(&mut content, Tag::Sequence)?;
        let kind: ObjectIdentifier = content.decode()?;
        if kind != BASIC {
            return Err(Malformed);
        }
        let mut basic = SliceReader::new(octets(&mut content)?)?;
        let mut fields = open(&mut basic, Tag::Sequence)?;
        let signed = Signed::read(&mut fields)?;
        let mut certificates = Vec::new();
        if let Some(list) = tagged(&mut fields, 0)? {
            let mut list = SliceReader::new(list)?;
            let mut list = open(&mut list, Tag::Sequence)?;
            while !list.is_finished() {
                certificates.push(list.tlv_bytes()?);
            }
        }
        fields.finish()?;
        let (responder, answers) = answers(signed.message)?;
        Ok(Response { signed, certificates, responder, answers })
    }

    /// Whether it says that the holder of this name and key has signed it.
    pub(crate) fn names(&self, subject: &[u8], key: &PublicKey<'_>) -> bool {
        match self.responder {
            Responder::Name(name) => name == subject,
            Responder::Key(hash) => hash == &Sha1::digest(key.bits.bytes)[..],
        }
    }

    /// What it says of a certificate at a time, in seconds since 1970. Nothing that is too old or not true yet.
    pub(crate) fn status(&self, of: &Certificate<'_>, issuer: &PublicKey<'_>, now: u64) -> Option<Status> {
        let answer = self.answers.iter().find(|answer| answer.is_about(of, issuer))?;
        let until = answer.until.unwrap_or(answer.since.saturating_add(LIFETIME));
        let is_fresh = answer.since <= now.saturating_add(SKEW) && now <= until.saturating_add(SKEW);
        answer.status.filter(|_| is_fresh)
    }
}

impl Answer<'_> {
    fn is_about(&self, certificate: &Certificate<'_>, issuer: &PublicKey<'_>) -> bool {
        let hash: fn(&[u8]) -> Vec<u8> = match self.hash {
            SHA1 => |bytes| Sha1::digest(bytes).to_vec(),
            SHA256 => |bytes| Sha256::digest(bytes).to_vec(),
            SHA384 => |bytes| Sha384::digest(bytes).to_vec(),
            SHA512 => |bytes| Sha512::digest(bytes).to_vec(),
            _ => return false,
        };
        self.serial == certificate.serial
            && self.issuer_name == hash(certificate.issuer)
            && self.issuer_key == hash(issuer.bits.bytes)
    }
}

fn answers(message: &[u8]) -> Result<(Responder<'_>, Vec<Answer<'_>>), Malformed> {
    let mut fields = open(&mut SliceReader::new(message)?, Tag::Sequence)?;
    tagged(&mut fields, 0)?;
    let responder = if let Some(name) = tagged(&mut fields, 1)? {
        Responder::Name(name)
    } else {
        let key = tagged(&mut fields, 2)?.ok_or(Malformed)?;
        Responder::Key(octets(&mut SliceReader::new(key)?)?)
    };
    time(&mut fields)?;
    let mut list = open(&mut fields, Tag::Sequence)?;
    let mut answers = Vec::new();
    while !list.is_finished() {
        answers.push(answer(&mut list)?);
    }
    no_critical(&mut fields)?;
    Ok((responder, answers))
}

fn answer<'a>(from: &mut SliceReader<'a>) -> Result<Answer<'a>, Malformed> {
    let mut fields = open(from, Tag::Sequence)?;
    let mut id = open(&mut fields, Tag::Sequence)?;
    let hash = Algorithm::read(&mut id)?.oid;
    let (issuer_name, issuer_key) = (octets(&mut id)?, octets(&mut id)?);
    let serial = AnyRef::decode(&mut id)?;
    id.finish()?;
    let status = AnyRef::decode(&mut fields)?.tag();
    if serial.tag() != Tag::Integer || !status.is_context_specific() {
        return Err(Malformed);
    }
    let status = match status.number() {
        TagNumber(0) => Some(Status::Good),
        TagNumber(1) => Some(Status::Revoked),
        TagNumber(2) => None,
        _ => return Err(Malformed),
    };
    let since = time(&mut fields)?;
    let until = match tagged(&mut fields, 0)? {
        Some(until) => Some(time(&mut SliceReader::new(until)?)?),
        None => None,
    };
    no_critical(&mut fields)?;
    Ok(Answer { hash, issuer_name, issuer_key, serial: serial.value(), status, since, until })
}

/// The extensions at the end, if there are any, must not be necessary to understand the rest.
fn no_critical(fields: &mut SliceReader<'_>) -> Result<(), Malformed> {
    if let Some(list) = tagged(fields, 1)?
        && extensions(list)?.iter().any(|extension| extension.critical)
    {
        return Err(Malformed);
    }
    if fields.is_finished() { Ok(()) } else { Err(Malformed) }
}

fn octets<'a>(from: &mut SliceReader<'a>) -> Result<&'a [u8], Malformed> {
    let octets = AnyRef::decode(from)?;
    if octets.tag() == Tag::OctetString { Ok(octets.value()) } else { Err(Malformed) }
}

const SUCCESSFUL: u8 = 0;
const BASIC: ObjectIdentifier = oid("1.3.6.1.5.5.7.48.1.1");
const SHA1: ObjectIdentifier = oid("1.3.14.3.2.26");
const SHA256: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.1");
const SHA384: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.2");
const SHA512: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.3");
/// By how much clocks may differ, in seconds.
const SKEW: u64 = 300;
/// How long an answer counts that does not say when the next one comes, in seconds.
const LIFETIME: u64 = 24 * 60 * 60;
