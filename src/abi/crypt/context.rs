//! Certificate contexts.

use std::ffi::CString;
use std::sync::Arc;

use super::Registry;
use super::Store;
use super::types::*;
use crate::abi::types::BOOL;
use crate::abi::types::CERT_CONTEXT;
use crate::abi::types::FILETIME;
use crate::base::Code;
use crate::base::Result;
use crate::proto::x509::Algorithm;
use crate::proto::x509::Bits;
use crate::proto::x509::Certificate;
use crate::proto::x509::file_time;

/// A certificate as C sees it, with all that its pointers point to. C's pointer is that to this.
#[repr(C)]
pub(in crate::abi) struct Context {
    c: CERT_CONTEXT,
    info: Box<CERT_INFO>,
    _extensions: Box<[CERT_EXTENSION]>,
    _texts: Vec<CString>,
    /// Little-endian, as C has it.
    _serial: Box<[u8]>,
    entry: Arc<Entry>,
    store: Option<Arc<Store>>,
    /// Where in the store it is.
    index: usize,
}

/// What a store holds of a certificate.
pub(in crate::abi) struct Entry {
    pub(in crate::abi) der: Box<[u8]>,
    /// Certificates that lead from it to its authority, where they came with it.
    pub(in crate::abi) rest: Vec<Vec<u8>>,
    /// Its private key.
    pub(in crate::abi) key: Option<Vec<u8>>,
}

// SAFETY: the pointers are to what the object itself owns and never changes.
unsafe impl Send for Context {}
// SAFETY: as above.
unsafe impl Sync for Context {}

static CONTEXTS: Registry<Context> = Registry::new();

impl Context {
    pub(in crate::abi) fn new(
        entry: &Arc<Entry>,
        store: Option<(&Arc<Store>, usize)>,
    ) -> Result<Arc<Context>> {
        let certificate = Certificate::read(&entry.der).map_err(|_| Code::INVALID_PARAMETER)?;
        let mut texts = Vec::new();
        let mut oid = |oid: &dyn ToString| {
            let text = CString::new(oid.to_string()).unwrap_or_default();
            let at = text.as_ptr().cast_mut();
            texts.push(text);
            at
        };
        let mut algorithm = |algorithm: &Algorithm<'_>| CRYPT_ALGORITHM_IDENTIFIER {
            pszObjId: oid(&algorithm.oid),
            Parameters: blob(algorithm.parameters),
        };
        let signature = algorithm(&certificate.signature);
        let key_algorithm = algorithm(&certificate.key.algorithm);
        let extensions: Box<[CERT_EXTENSION]> = certificate
            .extensions
            .iter()
            .map(|extension| CERT_EXTENSION {
                pszObjId: oid(&extension.oid),
                fCritical: BOOL::from(extension.critical),
                Value: blob(extension.value),
            })
            .collect();
        let serial: Box<[u8]> = certificate.serial.iter().rev().copied().collect();
        let info = Box::new(CERT_INFO {
            dwVersion: certificate.version.into(),
            SerialNumber: blob(&serial),
            SignatureAlgorithm: signature,
            Issuer: blob(certificate.issuer),
            NotBefore: filetime(certificate.not_before),
            NotAfter: filetime(certificate.not_after),
            Subject: blob(certificate.subject),
            SubjectPublicKeyInfo: CERT_PUBLIC_KEY_INFO {
                Algorithm: key_algorithm,
                PublicKey: bits(Some(&certificate.key.bits)),
            },
            IssuerUniqueId: bits(certificate.issuer_id.as_ref()),
            SubjectUniqueId: bits(certificate.subject_id.as_ref()),
            cExtension: extensions.len() as u32,
            rgExtension: extensions.as_ptr().cast_mut(),
        });
        let c = CERT_CONTEXT {
            dwCertEncodingType: X509_ASN_ENCODING,
            pbCertEncoded: entry.der.as_ptr().cast_mut(),
            cbCertEncoded: entry.der.len() as u32,
            pCertInfo: std::ptr::from_ref(&*info).cast_mut().cast(),
            hCertStore: store.map_or(std::ptr::null_mut(), |(store, _)| Arc::as_ptr(store).cast_mut().cast()),
        };
        // Its handle is good as long as there is a context that names it.
        if let Some((store, _)) = store {
            store.clone().hand_out();
        }
        Ok(Arc::new(Context {
            c,
            info,
            _extensions: extensions,
            _texts: texts,
            _serial: serial,
            entry: entry.clone(),
            store: store.map(|(store, _)| store.clone()),
            index: store.map_or(0, |(_, index)| index),
        }))
    }

    /// The object behind C's pointer, if it is one of ours.
    pub(in crate::abi) fn at(context: *const CERT_CONTEXT) -> Option<Arc<Context>> {
        CONTEXTS.get(context.addr())
    }

    /// Gives C a reference.
    pub(in crate::abi) fn hand_out(self: Arc<Self>) -> *const CERT_CONTEXT {
        std::ptr::with_exposed_provenance(CONTEXTS.hand_out(self))
    }

    /// C's pointer, for as long as somebody holds the object.
    pub(super) fn pointer(&self) -> *const CERT_CONTEXT {
        &raw const self.c
    }

    pub(super) fn hold(context: *const CERT_CONTEXT) -> bool {
        CONTEXTS.hold(context.addr())
    }

    pub(super) fn let_go(context: *const CERT_CONTEXT) -> bool {
        CONTEXTS.let_go(context.addr())
    }

    pub(in crate::abi) fn entry(&self) -> &Arc<Entry> {
        &self.entry
    }

    pub(super) fn info(&self) -> &CERT_INFO {
        &self.info
    }

    /// Where it is in which store.
    pub(super) fn place(&self) -> Option<(&Arc<Store>, usize)> {
        Some((self.store.as_ref()?, self.index))
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        Store::let_go(self.c.hCertStore.addr());
    }
}

fn bits(bits: Option<&Bits<'_>>) -> CRYPT_BIT_BLOB {
    let CRYPT_BLOB { cbData, pbData } = blob(bits.map_or(&[], |bits| bits.bytes));
    CRYPT_BIT_BLOB { cbData, pbData, cUnusedBits: bits.map_or(0, |bits| bits.unused.into()) }
}

fn filetime(seconds: u64) -> FILETIME {
    let ticks = file_time(seconds);
    FILETIME { dwLowDateTime: ticks as u32, dwHighDateTime: (ticks >> 32) as u32 }
}

pub(super) const X509_ASN_ENCODING: u32 = 1;
