//! Certificate chains, judged by Windows: its roots (fetched by it when a chain first needs them), the
//! user's and the administrator's additions and prohibitions, and missing intermediates that it finds.

use std::ffi::c_void;
use std::io;
use std::mem::ManuallyDrop;
use std::ptr;

use windows_sys::Win32::Foundation::CERT_E_EXPIRED;
use windows_sys::Win32::Foundation::CERT_E_UNTRUSTEDROOT;
use windows_sys::Win32::Foundation::CERT_E_WRONG_USAGE;
use windows_sys::Win32::Foundation::CRYPT_E_REVOKED;
use windows_sys::Win32::Foundation::FILETIME;
use windows_sys::Win32::Security::Cryptography::*;

use crate::platform::ChainBuilding;
use crate::platform::ChainProblems;

/// Windows judges chains itself.
pub(crate) const JUDGES_CHAINS: bool = true;

/// Whether the program has more rights than its user: there is no such thing here.
pub(crate) fn has_more_rights() -> bool {
    false
}

/// What is wrong with a server's chain at a time, in seconds since 1970. `stapled` is the OCSP response that came with
/// it, or empty. May wait a while for the network.
pub(crate) fn chain_problems(
    end_entity: &[u8],
    intermediates: &[&[u8]],
    stapled: &[u8],
    how: ChainBuilding,
    at: u64,
) -> io::Result<ChainProblems> {
    let (store, certificate) = Store::of(end_entity, intermediates)?;
    if how.check_revocation && !stapled.is_empty() {
        certificate.staple(stapled);
    }
    let mut flags = CERT_CHAIN_CACHE_END_CERT | how.flags;
    if how.check_revocation {
        flags |= CERT_CHAIN_REVOCATION_CHECK_CHAIN_EXCLUDE_ROOT;
    }
    if how.own_only {
        flags |= CERT_CHAIN_CACHE_ONLY_URL_RETRIEVAL;
    }
    let chain = Chain::build(store.0, certificate.0, flags, Some(at))?;
    let mut problems = from_trust(chain.trust(), how.check_revocation);
    if (ChainProblems { unchecked: false, ..problems }) == ChainProblems::default() {
        // What only the rules for servers know, such as roots that are trusted up to a date.
        match chain.policy()? {
            0 => {}
            CERT_E_EXPIRED => problems.date = true,
            CERT_E_UNTRUSTEDROOT => problems.unknown_ca = true,
            CERT_E_WRONG_USAGE => problems.usage = true,
            CRYPT_E_REVOKED => problems.revoked = true,
            _ => problems.invalid = true,
        }
    }
    Ok(problems)
}

fn from_trust(status: u32, check_revocation: bool) -> ChainProblems {
    const UNKNOWN_CA: u32 = CERT_TRUST_IS_UNTRUSTED_ROOT | CERT_TRUST_IS_PARTIAL_CHAIN;
    const UNCHECKED: u32 = CERT_TRUST_REVOCATION_STATUS_UNKNOWN | CERT_TRUST_IS_OFFLINE_REVOCATION;
    const WEAK: u32 = CERT_TRUST_HAS_WEAK_SIGNATURE;
    /// Validity periods that do not nest say nothing about the certificate.
    const NAMED: u32 = UNKNOWN_CA
        | UNCHECKED
        | WEAK
        | CERT_TRUST_IS_NOT_TIME_NESTED
        | CERT_TRUST_IS_NOT_TIME_VALID
        | CERT_TRUST_IS_NOT_VALID_FOR_USAGE
        | CERT_TRUST_IS_REVOKED;
    ChainProblems {
        unknown_ca: status & UNKNOWN_CA != 0,
        date: status & CERT_TRUST_IS_NOT_TIME_VALID != 0,
        usage: status & CERT_TRUST_IS_NOT_VALID_FOR_USAGE != 0,
        revoked: status & CERT_TRUST_IS_REVOKED != 0,
        unchecked: check_revocation && status & UNCHECKED != 0,
        weak: status & WEAK != 0,
        invalid: status & !NAMED != 0,
    }
}

/// A context of the first certificate, in a store that holds the others too; for the application to free.
pub(crate) fn certificate_context(chain: &[Vec<u8>]) -> io::Result<usize> {
    let (_store, certificate) = Store::of_chain(chain)?;
    Ok(certificate.into_raw().expose_provenance())
}

/// The chain as Windows builds it; for the application to free.
pub(crate) fn chain_context(chain: &[Vec<u8>]) -> io::Result<usize> {
    let (store, certificate) = Store::of_chain(chain)?;
    Ok(Chain::build(store.0, certificate.0, 0, None)?.into_raw().expose_provenance())
}

/// The certificates from this one up, its root apart, as far as they are on this machine; DER.
pub(super) fn path(certificate: *const CERT_CONTEXT) -> io::Result<Vec<Vec<u8>>> {
    let chain = Chain::build(ptr::null_mut(), certificate, CERT_CHAIN_CACHE_ONLY_URL_RETRIEVAL, None)?;
    // SAFETY: a chain context has a simple chain, whose elements have contexts.
    let simple = unsafe { &**(*chain.0).rgpChain };
    // SAFETY: as above.
    let elements = unsafe { std::slice::from_raw_parts(simple.rgpElement, simple.cElement as usize) };
    let der = |(at, element): (usize, &*mut CERT_CHAIN_ELEMENT)| {
        // SAFETY: as above.
        let element = unsafe { &**element };
        // SAFETY: as above.
        let context = unsafe { &*element.pCertContext };
        let is_root = element.TrustStatus.dwInfoStatus & CERT_TRUST_IS_SELF_SIGNED != 0;
        // SAFETY: the members of a context say where its bytes are.
        let der =
            unsafe { std::slice::from_raw_parts(context.pbCertEncoded, context.cbCertEncoded as usize) };
        (at == 0 || !is_root).then(|| der.to_vec())
    };
    Ok(elements.iter().enumerate().filter_map(der).collect())
}

/// A store in memory.
struct Store(HCERTSTORE);

impl Store {
    fn new() -> io::Result<Store> {
        // SAFETY: this kind of store takes no parameter.
        let store = unsafe {
            CertOpenStore(
                CERT_STORE_PROV_MEMORY,
                0,
                0,
                CERT_STORE_DEFER_CLOSE_UNTIL_LAST_FREE_FLAG,
                ptr::null(),
            )
        };
        if store.is_null() { Err(io::Error::last_os_error()) } else { Ok(Store(store)) }
    }

    /// A store of these certificates, and the first of them.
    fn of(end_entity: &[u8], intermediates: &[&[u8]]) -> io::Result<(Store, Certificate)> {
        let store = Store::new()?;
        let certificate = store.add(end_entity)?;
        for intermediate in intermediates {
            // One that cannot be read is no help, and may not be needed.
            _ = store.add(intermediate);
        }
        Ok((store, certificate))
    }

    fn of_chain(chain: &[Vec<u8>]) -> io::Result<(Store, Certificate)> {
        let (first, rest) = chain.split_first().ok_or(io::ErrorKind::InvalidInput)?;
        let rest: Vec<&[u8]> = rest.iter().map(Vec::as_slice).collect();
        Store::of(first, &rest)
    }

    fn add(&self, der: &[u8]) -> io::Result<Certificate> {
        let length = u32::try_from(der.len()).map_err(io::Error::other)?;
        let mut context = ptr::null_mut();
        // SAFETY: the bytes are readable for their length, the variable is writable.
        let added = unsafe {
            CertAddEncodedCertificateToStore(
                self.0,
                X509_ASN_ENCODING,
                der.as_ptr(),
                length,
                CERT_STORE_ADD_ALWAYS,
                &mut context,
            )
        };
        if added == 0 { Err(io::Error::last_os_error()) } else { Ok(Certificate(context)) }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        // SAFETY: ours, and not used afterwards.
        unsafe { CertCloseStore(self.0, 0) };
    }
}

struct Certificate(*const CERT_CONTEXT);

impl Certificate {
    /// Keeps an OCSP response with the certificate, where Windows looks for it before it asks the network.
    fn staple(&self, response: &[u8]) {
        let Ok(length) = u32::try_from(response.len()) else { return };
        let blob = CRYPT_INTEGER_BLOB { cbData: length, pbData: response.as_ptr().cast_mut() };
        // SAFETY: the context is ours; what the blob says is readable, and is copied.
        let set = unsafe {
            CertSetCertificateContextProperty(
                self.0,
                CERT_OCSP_RESPONSE_PROP_ID,
                0,
                ptr::from_ref(&blob).cast::<c_void>(),
            )
        };
        if set == 0 {
            log::debug!("the stapled response is not kept: {}", io::Error::last_os_error());
        }
    }

    /// The context, which is no longer ours.
    fn into_raw(self) -> *const CERT_CONTEXT {
        ManuallyDrop::new(self).0
    }
}

impl Drop for Certificate {
    fn drop(&mut self) {
        // SAFETY: ours, and not used afterwards.
        unsafe { CertFreeCertificateContext(self.0) };
    }
}

struct Chain(*mut CERT_CHAIN_CONTEXT);

impl Chain {
    /// A server's chain, at a time in seconds since 1970, or now.
    fn build(
        store: HCERTSTORE,
        certificate: *const CERT_CONTEXT,
        flags: u32,
        at: Option<u64>,
    ) -> io::Result<Chain> {
        /// 1601 to 1970, in seconds.
        const EPOCH: u64 = 11_644_473_600;
        let time = at.map(|at| {
            let ticks = at.saturating_add(EPOCH).saturating_mul(10_000_000);
            FILETIME { dwLowDateTime: ticks as u32, dwHighDateTime: (ticks >> 32) as u32 }
        });
        let mut usages = [szOID_PKIX_KP_SERVER_AUTH.cast_mut()];
        // SAFETY: the structure is numbers and pointers, and unused members must be 0.
        let mut wanted: CERT_CHAIN_PARA = unsafe { std::mem::zeroed() };
        wanted.cbSize = size_of::<CERT_CHAIN_PARA>() as u32;
        wanted.RequestedUsage.dwType = USAGE_MATCH_TYPE_AND;
        wanted.RequestedUsage.Usage.cUsageIdentifier = usages.len() as u32;
        wanted.RequestedUsage.Usage.rgpszUsageIdentifier = usages.as_mut_ptr();
        wanted.dwUrlRetrievalTimeout = MOST_FETCHING;
        let mut chain = ptr::null_mut();
        // SAFETY: all of it outlives the call, the variable is writable; no engine means the default.
        let built = unsafe {
            CertGetCertificateChain(
                Default::default(),
                certificate,
                time.as_ref().map_or(ptr::null(), ptr::from_ref),
                store,
                &wanted,
                flags,
                ptr::null(),
                &mut chain,
            )
        };
        if built == 0 { Err(io::Error::last_os_error()) } else { Ok(Chain(chain)) }
    }

    /// The chain, which is no longer ours.
    fn into_raw(self) -> *mut CERT_CHAIN_CONTEXT {
        ManuallyDrop::new(self).0
    }

    fn trust(&self) -> u32 {
        // SAFETY: `build` got it from the system, which keeps it until it is freed.
        unsafe { (*self.0).TrustStatus.dwErrorStatus }
    }

    /// The verdict of the rules for TLS servers; the name is judged elsewhere.
    fn policy(&self) -> io::Result<i32> {
        const IGNORE_NAME: u32 = 0x1000;
        let mut server = HTTPSPolicyCallbackData {
            Anonymous: HTTPSPolicyCallbackData_0 { cbSize: size_of::<HTTPSPolicyCallbackData>() as u32 },
            dwAuthType: AUTHTYPE_SERVER,
            fdwChecks: IGNORE_NAME,
            pwszServerName: ptr::null_mut(),
        };
        let wanted = CERT_CHAIN_POLICY_PARA {
            cbSize: size_of::<CERT_CHAIN_POLICY_PARA>() as u32,
            dwFlags: CERT_CHAIN_POLICY_IGNORE_ALL_REV_UNKNOWN_FLAGS,
            pvExtraPolicyPara: ptr::from_mut(&mut server).cast::<c_void>(),
        };
        // SAFETY: the structure is numbers and pointers.
        let mut status: CERT_CHAIN_POLICY_STATUS = unsafe { std::mem::zeroed() };
        status.cbSize = size_of::<CERT_CHAIN_POLICY_STATUS>() as u32;
        // SAFETY: all of it outlives the call.
        let judged =
            unsafe { CertVerifyCertificateChainPolicy(CERT_CHAIN_POLICY_SSL, self.0, &wanted, &mut status) };
        if judged == 0 { Err(io::Error::last_os_error()) } else { Ok(status.dwError as i32) }
    }
}

impl Drop for Chain {
    fn drop(&mut self) {
        // SAFETY: ours, and not used afterwards.
        unsafe { CertFreeCertificateChain(self.0) };
    }
}

/// How long Windows may look for a missing certificate, in milliseconds.
const MOST_FETCHING: u32 = 10_000;
