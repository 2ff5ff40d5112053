//! C structures of `wincrypt.h`, laid out as there. They have natural alignment.

#![allow(missing_docs, non_camel_case_types, non_snake_case)]

use std::ffi::c_char;
use std::ffi::c_void;

use crate::abi::types::BOOL;
use crate::abi::types::BYTE;
use crate::abi::types::CERT_CONTEXT;
use crate::abi::types::DWORD;
use crate::abi::types::FILETIME;
use crate::abi::types::GUID;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct CRYPT_BLOB {
    pub cbData: DWORD,
    pub pbData: *mut BYTE,
}

#[repr(C)]
pub struct CRYPT_BIT_BLOB {
    pub cbData: DWORD,
    pub pbData: *mut BYTE,
    pub cUnusedBits: DWORD,
}

#[repr(C)]
pub struct CRYPT_ALGORITHM_IDENTIFIER {
    pub pszObjId: *mut c_char,
    pub Parameters: CRYPT_BLOB,
}

#[repr(C)]
pub struct CERT_PUBLIC_KEY_INFO {
    pub Algorithm: CRYPT_ALGORITHM_IDENTIFIER,
    pub PublicKey: CRYPT_BIT_BLOB,
}

#[repr(C)]
pub struct CERT_EXTENSION {
    pub pszObjId: *mut c_char,
    pub fCritical: BOOL,
    pub Value: CRYPT_BLOB,
}

#[repr(C)]
pub struct CERT_INFO {
    pub dwVersion: DWORD,
    pub SerialNumber: CRYPT_BLOB,
    pub SignatureAlgorithm: CRYPT_ALGORITHM_IDENTIFIER,
    pub Issuer: CRYPT_BLOB,
    pub NotBefore: FILETIME,
    pub NotAfter: FILETIME,
    pub Subject: CRYPT_BLOB,
    pub SubjectPublicKeyInfo: CERT_PUBLIC_KEY_INFO,
    pub IssuerUniqueId: CRYPT_BIT_BLOB,
    pub SubjectUniqueId: CRYPT_BIT_BLOB,
    pub cExtension: DWORD,
    pub rgExtension: *mut CERT_EXTENSION,
}

#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct CERT_TRUST_STATUS {
    pub dwErrorStatus: DWORD,
    pub dwInfoStatus: DWORD,
}

#[repr(C)]
pub struct CERT_CHAIN_ELEMENT {
    pub cbSize: DWORD,
    pub pCertContext: *const CERT_CONTEXT,
    pub TrustStatus: CERT_TRUST_STATUS,
    pub pRevocationInfo: *mut c_void,
    pub pIssuanceUsage: *mut c_void,
    pub pApplicationUsage: *mut c_void,
    pub pwszExtendedErrorInfo: *const u16,
}

#[repr(C)]
pub struct CERT_SIMPLE_CHAIN {
    pub cbSize: DWORD,
    pub TrustStatus: CERT_TRUST_STATUS,
    pub cElement: DWORD,
    pub rgpElement: *mut *mut CERT_CHAIN_ELEMENT,
    pub pTrustListInfo: *mut c_void,
    pub fHasRevocationFreshnessTime: BOOL,
    pub dwRevocationFreshnessTime: DWORD,
}

#[repr(C)]
pub struct CERT_CHAIN_CONTEXT {
    pub cbSize: DWORD,
    pub TrustStatus: CERT_TRUST_STATUS,
    pub cChain: DWORD,
    pub rgpChain: *mut *mut CERT_SIMPLE_CHAIN,
    pub cLowerQualityChainContext: DWORD,
    pub rgpLowerQualityChainContext: *mut *const CERT_CHAIN_CONTEXT,
    pub fHasRevocationFreshnessTime: BOOL,
    pub dwRevocationFreshnessTime: DWORD,
    pub dwCreateFlags: DWORD,
    pub ChainId: GUID,
}

/// Bytes of `buffer`, which must outlive the blob.
pub(super) fn blob(buffer: &[u8]) -> CRYPT_BLOB {
    CRYPT_BLOB { cbData: buffer.len() as DWORD, pbData: buffer.as_ptr().cast_mut() }
}

#[cfg(test)]
#[cfg(target_pointer_width = "64")]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_of_wincrypt() {
        assert_eq!(size_of::<CERT_INFO>(), 208);
        assert_eq!(std::mem::offset_of!(CERT_INFO, SubjectPublicKeyInfo), 96);
        assert_eq!(std::mem::offset_of!(CERT_INFO, rgExtension), 200);
        assert_eq!(size_of::<CERT_EXTENSION>(), 32);
        assert_eq!(size_of::<CRYPT_BIT_BLOB>(), 24);
        assert_eq!(size_of::<CERT_CHAIN_ELEMENT>(), 56);
        assert_eq!(size_of::<CERT_SIMPLE_CHAIN>(), 40);
        assert_eq!(size_of::<CERT_CHAIN_CONTEXT>(), 72);
        assert_eq!(std::mem::offset_of!(CERT_CHAIN_CONTEXT, ChainId), 52);
    }
}
