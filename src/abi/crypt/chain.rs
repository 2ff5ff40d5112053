//! Chain contexts.

use std::ptr;
use std::sync::Arc;

use super::Context;
use super::Registry;
use super::types::*;
use crate::abi::types::DWORD;
use crate::abi::types::GUID;
use crate::api::options::made::ChainStatus;

/// One simple chain, with all that its pointers point to. C's pointer is that to this.
#[repr(C)]
pub(super) struct Chain {
    c: CERT_CHAIN_CONTEXT,
    _simple: Box<CERT_SIMPLE_CHAIN>,
    _simples: Box<[*mut CERT_SIMPLE_CHAIN]>,
    _elements: Box<[CERT_CHAIN_ELEMENT]>,
    _pointers: Box<[*mut CERT_CHAIN_ELEMENT]>,
    _certificates: Vec<Arc<Context>>,
}

// SAFETY: the pointers are to what the object itself owns and never changes.
unsafe impl Send for Chain {}
// SAFETY: as above.
unsafe impl Sync for Chain {}

static CHAINS: Registry<Chain> = Registry::new();

/// A chain context of these certificates, the server's first, for C to free.
pub(in crate::abi) fn chain_context(
    certificates: Vec<Arc<Context>>,
    status: ChainStatus,
) -> *const CERT_CHAIN_CONTEXT {
    let element = |(at, certificate): (usize, &Arc<Context>)| CERT_CHAIN_ELEMENT {
        cbSize: size_of::<CERT_CHAIN_ELEMENT>() as DWORD,
        pCertContext: certificate.pointer(),
        TrustStatus: CERT_TRUST_STATUS {
            dwErrorStatus: if at == 0 { status.leaf } else { 0 },
            dwInfoStatus: 0,
        },
        pRevocationInfo: ptr::null_mut(),
        pIssuanceUsage: ptr::null_mut(),
        pApplicationUsage: ptr::null_mut(),
        pwszExtendedErrorInfo: ptr::null(),
    };
    let mut elements: Box<[_]> = certificates.iter().enumerate().map(element).collect();
    let mut pointers: Box<[_]> = elements.iter_mut().map(ptr::from_mut).collect();
    let trust = CERT_TRUST_STATUS { dwErrorStatus: status.all, dwInfoStatus: 0 };
    let mut simple = Box::new(CERT_SIMPLE_CHAIN {
        cbSize: size_of::<CERT_SIMPLE_CHAIN>() as DWORD,
        TrustStatus: trust,
        cElement: elements.len() as DWORD,
        rgpElement: pointers.as_mut_ptr(),
        pTrustListInfo: ptr::null_mut(),
        fHasRevocationFreshnessTime: 0,
        dwRevocationFreshnessTime: 0,
    });
    let mut simples: Box<[_]> = Box::new([ptr::from_mut(&mut *simple)]);
    let c = CERT_CHAIN_CONTEXT {
        cbSize: size_of::<CERT_CHAIN_CONTEXT>() as DWORD,
        TrustStatus: trust,
        cChain: 1,
        rgpChain: simples.as_mut_ptr(),
        cLowerQualityChainContext: 0,
        rgpLowerQualityChainContext: ptr::null_mut(),
        fHasRevocationFreshnessTime: 0,
        dwRevocationFreshnessTime: 0,
        dwCreateFlags: 0,
        ChainId: GUID::default(),
    };
    let chain = Chain {
        c,
        _simple: simple,
        _simples: simples,
        _elements: elements,
        _pointers: pointers,
        _certificates: certificates,
    };
    ptr::with_exposed_provenance(CHAINS.hand_out(Arc::new(chain)))
}

pub(super) fn hold(chain: *const CERT_CHAIN_CONTEXT) -> bool {
    CHAINS.hold(chain.addr())
}

pub(super) fn let_go(chain: *const CERT_CHAIN_CONTEXT) -> bool {
    CHAINS.let_go(chain.addr())
}
