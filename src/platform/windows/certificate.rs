//! Client certificates as the program gives them, and their keys, which Windows keeps to itself.

use std::ffi::CStr;
use std::ffi::c_void;
use std::fmt;
use std::io;
use std::ptr;

use windows_sys::Win32::Foundation::CRYPT_E_NO_KEY_PROPERTY;
use windows_sys::Win32::Security::Cryptography::*;
use windows_sys::w;

use crate::platform::KeyTrouble;
use crate::platform::PrivateKey;
use crate::platform::Signing;
use crate::platform::windows::trust;

/// A reference to a certificate context.
pub(crate) struct ClientCertificate(*const CERT_CONTEXT);

// SAFETY: Windows counts the references of contexts from all threads, and contexts do not change.
unsafe impl Send for ClientCertificate {}
// SAFETY: as above.
unsafe impl Sync for ClientCertificate {}

impl ClientCertificate {
    /// A reference of our own to the application's context at this address.
    pub(crate) fn of(context: usize) -> ClientCertificate {
        let context = ptr::with_exposed_provenance(context);
        // SAFETY: the application has given a context (its contract with
        // `WINHTTP_OPTION_CLIENT_CERT_CONTEXT`).
        ClientCertificate(unsafe { CertDuplicateCertificateContext(context) })
    }

    pub(crate) fn der(&self) -> &[u8] {
        let context = self.context();
        // SAFETY: the members of a context say where its bytes are.
        unsafe { std::slice::from_raw_parts(context.pbCertEncoded, context.cbCertEncoded as usize) }
    }

    /// What is sent to a server: the certificate, and what leads from it to its authority as far as
    /// this machine knows it.
    pub(crate) fn chain(&self) -> Vec<Vec<u8>> {
        trust::path(self.0).unwrap_or_else(|_| vec![self.der().to_vec()])
    }

    pub(crate) fn key(&self) -> Result<PrivateKey, KeyTrouble> {
        let (mut handle, mut spec, mut is_ours) = (0, 0, 0);
        // SAFETY: the context is ours, the variables are writable.
        let found = unsafe {
            CryptAcquireCertificatePrivateKey(
                self.0,
                CRYPT_ACQUIRE_PREFER_NCRYPT_KEY_FLAG,
                ptr::null(),
                &mut handle,
                &mut spec,
                &mut is_ours,
            )
        };
        if found == 0 {
            let error = io::Error::last_os_error();
            log::warn!("private key of the client certificate: {error}");
            let is_missing = error.raw_os_error() == Some(CRYPT_E_NO_KEY_PROPERTY);
            return Err(if is_missing { KeyTrouble::Missing } else { KeyTrouble::NoAccess });
        }
        if spec != CERT_NCRYPT_KEY_SPEC {
            // Wine answers a number that is none of the two that there are.
            let exists = |spec: &u32| user_key(handle, *spec).is_ok();
            spec = [spec, AT_KEYEXCHANGE, AT_SIGNATURE].into_iter().find(exists).unwrap_or(spec);
        }
        let kind = self.kind();
        Ok(PrivateKey::Held(HeldKey { handle, spec, is_ours: is_ours != 0, kind }))
    }

    /// By the certificate's public key.
    fn kind(&self) -> Kind {
        // SAFETY: a context has its certificate's fields.
        let key = unsafe { &(*self.context().pCertInfo).SubjectPublicKeyInfo };
        // SAFETY: an OID is text that ends in a NUL.
        let algorithm = unsafe { CStr::from_ptr(key.Algorithm.pszObjId.cast()) };
        if algorithm.to_bytes() == b"1.2.840.10045.2.1" {
            // An uncompressed point: a byte, then two coordinates.
            Kind::Ecdsa { bytes: (key.PublicKey.cbData as usize).saturating_sub(1) / 2 }
        } else {
            Kind::Rsa
        }
    }

    fn context(&self) -> &CERT_CONTEXT {
        // SAFETY: ours until it is dropped.
        unsafe { &*self.0 }
    }
}

impl Drop for ClientCertificate {
    fn drop(&mut self) {
        // SAFETY: ours, and not used afterwards.
        unsafe { CertFreeCertificateContext(self.0) };
    }
}

impl fmt::Debug for ClientCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientCertificate").finish_non_exhaustive()
    }
}

/// A key of CNG's, or of one of the older providers.
#[derive(Debug)]
pub(crate) struct HeldKey {
    handle: HCRYPTPROV_OR_NCRYPT_KEY_HANDLE,
    /// `CERT_NCRYPT_KEY_SPEC`, or which of an older provider's keys.
    spec: u32,
    is_ours: bool,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Rsa,
    Ecdsa { bytes: usize },
}

impl HeldKey {
    pub(crate) fn is_rsa(&self) -> bool {
        self.kind == Kind::Rsa
    }

    /// Whether it can sign a hash of this length like this. Older providers know PKCS #1 only.
    pub(crate) fn can(&self, signing: Signing, hash_bytes: usize) -> bool {
        match (self.kind, signing) {
            (Kind::Ecdsa { bytes }, Signing::Ecdsa) => bytes == hash_bytes && self.is_cng(),
            (Kind::Rsa, Signing::RsaPss) => self.is_cng(),
            (Kind::Rsa, Signing::RsaPkcs1) => true,
            _ => false,
        }
    }

    /// Signs a hash; ECDSA's two numbers follow each other.
    pub(crate) fn sign(&self, signing: Signing, hash: &[u8]) -> io::Result<Vec<u8>> {
        if self.is_cng() { self.sign_by_cng(signing, hash) } else { self.sign_by_provider(hash) }
    }

    fn is_cng(&self) -> bool {
        self.spec == CERT_NCRYPT_KEY_SPEC
    }

    fn sign_by_cng(&self, signing: Signing, hash: &[u8]) -> io::Result<Vec<u8>> {
        let name = match hash.len() {
            32 => w!("SHA256"),
            48 => w!("SHA384"),
            _ => w!("SHA512"),
        };
        let pkcs1 = BCRYPT_PKCS1_PADDING_INFO { pszAlgId: name };
        let pss = BCRYPT_PSS_PADDING_INFO { pszAlgId: name, cbSalt: hash.len() as u32 };
        let (padding, flags): (*const c_void, u32) = match signing {
            Signing::Ecdsa => (ptr::null(), 0),
            Signing::RsaPkcs1 => (ptr::from_ref(&pkcs1).cast(), NCRYPT_PAD_PKCS1_FLAG),
            Signing::RsaPss => (ptr::from_ref(&pss).cast(), NCRYPT_PAD_PSS_FLAG),
        };
        let mut signature = vec![0; MOST_BYTES];
        let mut length = 0;
        // SAFETY: the key is ours, and all memory outlives the call.
        let status = unsafe {
            NCryptSignHash(
                self.handle,
                padding,
                hash.as_ptr(),
                hash.len() as u32,
                signature.as_mut_ptr(),
                signature.len() as u32,
                &mut length,
                flags,
            )
        };
        if status != 0 {
            return Err(io::Error::from_raw_os_error(status));
        }
        signature.truncate(length as usize);
        Ok(signature)
    }

    /// PKCS #1, by the provider that holds the key or, where that does not know the hash, by the one
    /// that shares its keys and does, or by a copy there: some keys are nowhere but in this process.
    fn sign_by_provider(&self, hash: &[u8]) -> io::Result<Vec<u8>> {
        match sign_with(self.handle, self.spec, hash) {
            Ok(signature) => Ok(signature),
            Err(error) => {
                log::debug!("the key's own provider: {error}");
                let sibling = Provider::sibling(self.handle)?;
                sign_with(sibling.0, self.spec, hash).or_else(|error| {
                    log::debug!("the provider that shares its keys: {error}");
                    sign_with(Provider::copy(self.handle, self.spec)?.0, self.spec, hash)
                })
            }
        }
    }
}

impl Drop for HeldKey {
    fn drop(&mut self) {
        if !self.is_ours {
            return;
        }
        if self.is_cng() {
            // SAFETY: ours, and not used afterwards.
            unsafe { NCryptFreeObject(self.handle) };
        } else {
            // SAFETY: as above.
            unsafe { CryptReleaseContext(self.handle, 0) };
        }
    }
}

fn sign_with(provider: usize, spec: u32, hash: &[u8]) -> io::Result<Vec<u8>> {
    let algorithm = match hash.len() {
        32 => CALG_SHA_256,
        48 => CALG_SHA_384,
        _ => CALG_SHA_512,
    };
    let mut object = 0;
    // SAFETY: the provider is open, the variable is writable.
    done(unsafe { CryptCreateHash(provider, algorithm, 0, 0, &mut object) })?;
    let object = HashObject(object);
    // SAFETY: the value of such a hash is as long as this one.
    done(unsafe { CryptSetHashParam(object.0, HP_HASHVAL, hash.as_ptr(), 0) })?;
    let mut signature = vec![0; MOST_BYTES];
    let mut length = signature.len() as u32;
    // SAFETY: the memory is writable for `length` bytes.
    done(unsafe { CryptSignHashW(object.0, spec, ptr::null(), 0, signature.as_mut_ptr(), &mut length) })?;
    signature.truncate(length as usize);
    // Little-endian there.
    signature.reverse();
    Ok(signature)
}

struct HashObject(usize);

impl Drop for HashObject {
    fn drop(&mut self) {
        // SAFETY: ours, and not used afterwards.
        unsafe { CryptDestroyHash(self.0) };
    }
}

struct Provider(usize);

impl Provider {
    /// The provider that shares its key containers with Microsoft's other RSA ones and knows SHA-2.
    fn sibling(provider: usize) -> io::Result<Provider> {
        let mut container = [0u8; 512];
        let mut length = container.len() as u32;
        // SAFETY: the memory is writable for `length` bytes.
        done(unsafe { CryptGetProvParam(provider, PP_CONTAINER, container.as_mut_ptr(), &mut length, 0) })?;
        let (mut keyset, mut size) = (0u32, 4);
        // SAFETY: a DWORD is asked for.
        let has_keyset = unsafe {
            CryptGetProvParam(provider, PP_KEYSET_TYPE, ptr::from_mut(&mut keyset).cast(), &mut size, 0)
        };
        let flags = if has_keyset != 0 { keyset & CRYPT_MACHINE_KEYSET } else { 0 };
        let mut sibling = 0;
        // SAFETY: the name of a container ends in a NUL, the variable is writable.
        done(unsafe {
            CryptAcquireContextA(&mut sibling, container.as_ptr(), MS_ENH_RSA_AES_PROV_A, PROV_RSA_AES, flags)
        })?;
        Ok(Provider(sibling))
    }
}

impl Provider {
    /// A place in memory with a copy of the key, if that may be copied.
    fn copy(provider: usize, spec: u32) -> io::Result<Provider> {
        let key = user_key(provider, spec)?;
        let mut blob = vec![0; MOST_BLOB];
        let mut length = blob.len() as u32;
        // SAFETY: the memory is writable for `length` bytes.
        let exported =
            done(unsafe { CryptExportKey(key.0, 0, PRIVATEKEYBLOB, 0, blob.as_mut_ptr(), &mut length) });
        let imported = exported.and_then(|()| Provider::with_key(&blob[..length as usize]));
        blob.fill(0);
        std::hint::black_box(&blob);
        imported
    }

    fn with_key(blob: &[u8]) -> io::Result<Provider> {
        let mut provider = 0;
        let (name, kind) = (MS_ENH_RSA_AES_PROV_A, PROV_RSA_AES);
        // SAFETY: no container is named, the variable is writable.
        done(unsafe { CryptAcquireContextA(&mut provider, ptr::null(), name, kind, CRYPT_VERIFYCONTEXT) })?;
        let provider = Provider(provider);
        let mut key = 0;
        // SAFETY: the bytes are readable for their length, the variable is writable.
        done(unsafe { CryptImportKey(provider.0, blob.as_ptr(), blob.len() as u32, 0, 0, &mut key) })?;
        // The provider keeps it.
        drop(Key(key));
        Ok(provider)
    }
}

/// One of the keys in a provider's container.
fn user_key(provider: usize, spec: u32) -> io::Result<Key> {
    let mut key = 0;
    // SAFETY: the provider is open, the variable is writable.
    done(unsafe { CryptGetUserKey(provider, spec, &mut key) })?;
    Ok(Key(key))
}

struct Key(usize);

impl Drop for Key {
    fn drop(&mut self) {
        // SAFETY: ours, and not used afterwards.
        unsafe { CryptDestroyKey(self.0) };
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        // SAFETY: ours, and not used afterwards.
        unsafe { CryptReleaseContext(self.0, 0) };
    }
}

fn done(worked: i32) -> io::Result<()> {
    if worked == 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// Of an RSA key of 16384 bits.
const MOST_BYTES: usize = 2048;
/// Of the same with all its numbers.
const MOST_BLOB: usize = 16 * 1024;
