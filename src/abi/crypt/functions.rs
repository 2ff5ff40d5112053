//! The functions, as crypt32 has them. What a parameter asks for beyond this subset is refused with
//! `E_INVALIDARG`.

use std::ffi::c_char;
use std::ffi::c_void;
use std::ptr;
use std::sync::Arc;

use sha1::Digest;
use sha1::Sha1;

use super::Context;
use super::Store;
use super::chain;
use super::context::Entry;
use super::files;
use super::types::*;
use crate::abi::last_error;
use crate::abi::types::*;
use crate::abi::wide;
use crate::proto::x509;

/// A context of a DER certificate; NULL when it is none.
///
/// # Safety
///
/// `encoded` is null, or readable for `size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CertCreateCertificateContext(
    _encoding: DWORD,
    encoded: *const BYTE,
    size: DWORD,
) -> *const CERT_CONTEXT {
    if encoded.is_null() {
        return fail(INVALID_ARGUMENT);
    }
    // SAFETY: the caller's promise.
    let der = unsafe { std::slice::from_raw_parts(encoded, size as usize) };
    let entry = Entry { der: der.into(), rest: Vec::new(), key: None };
    match Context::new(&Arc::new(entry), None) {
        Ok(context) => context.hand_out(),
        Err(_) => fail(BAD_ENCODING),
    }
}

/// One more reference to a context.
#[unsafe(no_mangle)]
pub extern "system" fn CertDuplicateCertificateContext(
    certificate: *const CERT_CONTEXT,
) -> *const CERT_CONTEXT {
    Context::hold(certificate);
    certificate
}

/// One reference to a context less. Always TRUE.
#[unsafe(no_mangle)]
pub extern "system" fn CertFreeCertificateContext(certificate: *const CERT_CONTEXT) -> BOOL {
    Context::let_go(certificate);
    TRUE
}

/// One more reference to a chain.
#[unsafe(no_mangle)]
pub extern "system" fn CertDuplicateCertificateChain(
    chain: *const CERT_CHAIN_CONTEXT,
) -> *const CERT_CHAIN_CONTEXT {
    chain::hold(chain);
    chain
}

/// One reference to a chain less.
#[unsafe(no_mangle)]
pub extern "system" fn CertFreeCertificateChain(chain: *const CERT_CHAIN_CONTEXT) {
    chain::let_go(chain);
}

/// Opens `MY`, the user's own certificates, as they are now. There are no other stores.
///
/// # Safety
///
/// `name` is null, or text that ends in a NUL.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CertOpenSystemStoreA(_provider: usize, name: *const c_char) -> *mut c_void {
    if name.is_null() {
        return fail(INVALID_ARGUMENT);
    }
    // SAFETY: the caller's promise.
    let name = unsafe { std::ffi::CStr::from_ptr(name) };
    open(name.to_str().unwrap_or_default())
}

/// As [`CertOpenSystemStoreA`].
///
/// # Safety
///
/// As for [`CertOpenSystemStoreA`].
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CertOpenSystemStoreW(_provider: usize, name: LPCWSTR) -> *mut c_void {
    // SAFETY: the caller's promise.
    match unsafe { wide::text(name) } {
        Some(name) => open(&String::from_utf16_lossy(name)),
        None => fail(INVALID_ARGUMENT),
    }
}

/// Opens a store: `CERT_STORE_PROV_MEMORY`, which is empty, or `CERT_STORE_PROV_SYSTEM`, as
/// [`CertOpenSystemStoreW`].
///
/// # Safety
///
/// `parameter` is what the provider wants: nothing, or the store's name.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CertOpenStore(
    provider: *const c_char,
    _encoding: DWORD,
    _crypt: usize,
    _flags: DWORD,
    parameter: *const c_void,
) -> *mut c_void {
    match provider.addr() {
        PROVIDER_MEMORY => handle(Store::new(Vec::new())),
        // SAFETY: the caller's promise.
        PROVIDER_SYSTEM_A => unsafe { CertOpenSystemStoreA(0, parameter.cast()) },
        // SAFETY: the caller's promise.
        PROVIDER_SYSTEM_W => unsafe { CertOpenSystemStoreW(0, parameter.cast()) },
        _ => fail(FILE_NOT_FOUND),
    }
}

/// Closes a store. Contexts that were found in it stay good.
#[unsafe(no_mangle)]
pub extern "system" fn CertCloseStore(store: *mut c_void, _flags: DWORD) -> BOOL {
    Store::let_go(store.addr());
    TRUE
}

/// The certificate behind `previous`, which is freed; NULL with `CRYPT_E_NOT_FOUND` after the last.
#[unsafe(no_mangle)]
pub extern "system" fn CertEnumCertificatesInStore(
    store: *mut c_void,
    previous: *const CERT_CONTEXT,
) -> *const CERT_CONTEXT {
    find(store, previous, |_| true)
}

/// The next certificate of a kind: `CERT_FIND_ANY`, `CERT_FIND_EXISTING`, `CERT_FIND_HAS_PRIVATE_KEY`,
/// `CERT_FIND_SHA1_HASH`, and `CERT_FIND_SUBJECT_` or `CERT_FIND_ISSUER_` with `NAME`, `STR_A` or
/// `STR_W`. `previous` is freed.
///
/// # Safety
///
/// `parameter` is what the kind wants: nothing, a context, a blob, or text.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CertFindCertificateInStore(
    store: *mut c_void,
    _encoding: DWORD,
    _flags: DWORD,
    kind: DWORD,
    parameter: *const c_void,
    previous: *const CERT_CONTEXT,
) -> *const CERT_CONTEXT {
    // SAFETY: the caller's promise, for a kind that wants a blob.
    let wanted_blob = || unsafe { read_blob(parameter.cast()) };
    let wanted_text = || match kind & 0xffff_0000 {
        // SAFETY: the caller's promise, for a kind that wants wide text.
        FIND_STR_W => unsafe { wide::text(parameter.cast()) }.map(String::from_utf16_lossy),
        _ if parameter.is_null() => None,
        _ => {
            // SAFETY: the caller's promise, for a kind that wants text.
            let text = unsafe { std::ffi::CStr::from_ptr(parameter.cast()) };
            Some(text.to_string_lossy().into_owned())
        }
    };
    let name_of = |context: &Context| {
        let info = context.info();
        let name = if kind & 0xffff == INFO_SUBJECT { info.Subject } else { info.Issuer };
        // SAFETY: the context's own blob.
        unsafe { read_blob(&name) }.unwrap_or_default()
    };
    match (kind & 0xffff_0000, kind & 0xffff) {
        (FIND_ANY, 0) => find(store, previous, |_| true),
        (FIND_HAS_PRIVATE_KEY, 0) => find(store, previous, |context| context.entry().key.is_some()),
        (FIND_EXISTING, 0) => {
            let Some(wanted) = Context::at(parameter.cast()) else { return fail(INVALID_ARGUMENT) };
            find(store, previous, |context| context.entry().der == wanted.entry().der)
        }
        (FIND_SHA1_HASH, 0) => {
            let Some(wanted) = wanted_blob() else { return fail(INVALID_ARGUMENT) };
            find(store, previous, |context| Sha1::digest(&context.entry().der)[..] == wanted[..])
        }
        (FIND_NAME, INFO_SUBJECT | INFO_ISSUER) => {
            let Some(wanted) = wanted_blob() else { return fail(INVALID_ARGUMENT) };
            find(store, previous, |context| name_of(context) == wanted)
        }
        (FIND_STR_A | FIND_STR_W, INFO_SUBJECT | INFO_ISSUER) => {
            let Some(wanted) = wanted_text() else { return fail(INVALID_ARGUMENT) };
            let wanted = wanted.to_lowercase();
            find(store, previous, |context| simple_name(&name_of(context)).to_lowercase().contains(&wanted))
        }
        _ => {
            log::warn!("CertFindCertificateInStore: {kind:#x} is not supported");
            fail(INVALID_ARGUMENT)
        }
    }
}

/// Adds a certificate to a store that is in memory, which all are.
///
/// # Safety
///
/// `added` is null, or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CertAddCertificateContextToStore(
    store: *mut c_void,
    certificate: *const CERT_CONTEXT,
    _disposition: DWORD,
    added: *mut *const CERT_CONTEXT,
) -> BOOL {
    let (Some(store), Some(context)) = (Store::at(store.addr()), Context::at(certificate)) else {
        last_error::set(INVALID_ARGUMENT);
        return FALSE;
    };
    let index = store.add(context.entry().clone());
    if !added.is_null()
        && let Ok(context) = Context::new(context.entry(), Some((&store, index)))
    {
        // SAFETY: the caller's promise.
        unsafe { *added = context.hand_out() };
    }
    TRUE
}

/// A property of a context: `CERT_SHA1_HASH_PROP_ID`.
///
/// # Safety
///
/// `size` is null, or readable and writable; `data` is null, or writable for `*size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn CertGetCertificateContextProperty(
    certificate: *const CERT_CONTEXT,
    property: DWORD,
    data: *mut c_void,
    size: *mut DWORD,
) -> BOOL {
    let (Some(context), SHA1_HASH_PROPERTY, false) = (Context::at(certificate), property, size.is_null())
    else {
        last_error::set(NOT_FOUND);
        return FALSE;
    };
    let hash = Sha1::digest(&context.entry().der);
    // SAFETY: the caller's promise.
    let room = unsafe { size.replace(hash.len() as DWORD) };
    if data.is_null() {
        return TRUE;
    }
    if (room as usize) < hash.len() {
        last_error::set(MORE_DATA);
        return FALSE;
    }
    // SAFETY: the caller's promise.
    unsafe { ptr::copy_nonoverlapping(hash.as_ptr(), data.cast(), hash.len()) };
    TRUE
}

fn open(name: &str) -> *mut c_void {
    if !name.eq_ignore_ascii_case("MY") {
        log::warn!("there is no certificate store {name:?}");
        return fail(FILE_NOT_FOUND);
    }
    handle(Store::new(files::own()))
}

fn handle(store: Arc<Store>) -> *mut c_void {
    ptr::with_exposed_provenance_mut(store.hand_out())
}

fn find(
    store: *mut c_void,
    previous: *const CERT_CONTEXT,
    wanted: impl Fn(&Context) -> bool,
) -> *const CERT_CONTEXT {
    let index = Context::at(previous).and_then(|before| Some(before.place()?.1 + 1)).unwrap_or(0);
    let Some(store) = Store::at(store.addr()) else { return fail(INVALID_ARGUMENT) };
    Context::let_go(previous);
    match store.find(index, wanted) {
        Some(context) => context.hand_out(),
        None => fail(NOT_FOUND),
    }
}

/// A name as `CERT_SIMPLE_NAME_STR` shows it.
fn simple_name(name: &[u8]) -> String {
    x509::lines(name).replace("\r\n", ", ")
}

/// # Safety
///
/// `blob` is null, or a blob whose bytes are readable.
unsafe fn read_blob(blob: *const CRYPT_BLOB) -> Option<Vec<u8>> {
    if blob.is_null() {
        return None;
    }
    // SAFETY: the caller's promise.
    let CRYPT_BLOB { cbData, pbData } = unsafe { *blob };
    if pbData.is_null() {
        return Some(Vec::new());
    }
    // SAFETY: as above.
    Some(unsafe { std::slice::from_raw_parts(pbData, cbData as usize) }.to_vec())
}

fn fail<T: Null>(code: DWORD) -> T {
    last_error::set(code);
    T::NULL
}

/// Pointers, which say failure by being NULL.
trait Null {
    const NULL: Self;
}

impl Null for *const CERT_CONTEXT {
    const NULL: Self = ptr::null();
}

impl Null for *mut c_void {
    const NULL: Self = ptr::null_mut();
}

const TRUE: BOOL = 1;
const FALSE: BOOL = 0;
const FILE_NOT_FOUND: DWORD = 2;
const MORE_DATA: DWORD = 234;
const INVALID_ARGUMENT: DWORD = 0x8007_0057;
const NOT_FOUND: DWORD = 0x8009_2004;
/// `CRYPT_E_ASN1_BADTAG`.
const BAD_ENCODING: DWORD = 0x8009_310b;
const PROVIDER_MEMORY: usize = 2;
const PROVIDER_SYSTEM_A: usize = 9;
const PROVIDER_SYSTEM_W: usize = 10;
const FIND_ANY: DWORD = 0;
const FIND_SHA1_HASH: DWORD = 0x0001_0000;
const FIND_NAME: DWORD = 0x0002_0000;
const FIND_STR_A: DWORD = 0x0007_0000;
const FIND_STR_W: DWORD = 0x0008_0000;
const FIND_EXISTING: DWORD = 0x000d_0000;
const FIND_HAS_PRIVATE_KEY: DWORD = 0x0015_0000;
const INFO_ISSUER: DWORD = 4;
const INFO_SUBJECT: DWORD = 7;
const SHA1_HASH_PROPERTY: DWORD = 3;
