//! Certificates between C and the layers below: on Windows crypt32 makes the contexts, so that programs
//! can pass them to it; elsewhere `abi/crypt`.

use std::mem::offset_of;

use crate::abi::heap;
use crate::abi::types::CERT_CONTEXT;
use crate::abi::types::SEC_CHANNEL_BINDINGS;
use crate::api::ClientCertificate;
use crate::api::options::BINDINGS_HEAD;
use crate::api::options::made::Made;
use crate::base::Code;
use crate::base::Result;

/// The address of what the program is to free.
pub(super) fn made(made: Made) -> Result<usize> {
    match made {
        Made::Certificate(chain) => system::context(&chain),
        Made::Chain { chain, status } => system::chain_context(&chain, status),
        Made::Issuers(names) => issuers(&names),
    }
}

/// The certificate that the program gives: a context, not a pointer to one.
///
/// # Safety
///
/// `at` is null, or points to a context for `length` bytes.
pub(super) unsafe fn given(at: *const u8, length: u32) -> Result<Option<ClientCertificate>> {
    if at.is_null() {
        return Ok(None);
    }
    if (length as usize) < size_of::<CERT_CONTEXT>() {
        return Err(Code::INVALID_PARAMETER);
    }
    // SAFETY: the caller's promise.
    unsafe { system::given(at.cast()) }.map(Some)
}

/// `SecPkgContext_IssuerListInfoEx`, its blobs and their bytes: one block, which one `GlobalFree` frees.
fn issuers(names: &[Vec<u8>]) -> Result<usize> {
    const WORD: usize = size_of::<usize>();
    let total: usize = names.iter().map(Vec::len).sum();
    // Pointer to the blobs and their number, each blob's length and pointer, the bytes.
    let head = 2 * WORD + names.len() * 2 * WORD;
    let at = heap::allocate(head + total)?;
    let base = at.expose_provenance();
    let mut block = Vec::with_capacity(head + total);
    block.extend((base + 2 * WORD).to_ne_bytes());
    put_number(&mut block, names.len());
    let mut bytes = base + head;
    for name in names {
        put_number(&mut block, name.len());
        block.extend(bytes.to_ne_bytes());
        bytes += name.len();
    }
    block.extend(names.iter().flatten());
    // SAFETY: there is room for all of it.
    unsafe { std::ptr::copy_nonoverlapping(block.as_ptr(), at, block.len()) };
    Ok(base)
}

/// A DWORD in the place of a word.
fn put_number(block: &mut Vec<u8>, number: usize) {
    let end = block.len() + size_of::<usize>();
    block.extend((number as u32).to_ne_bytes());
    block.resize(end, 0);
}

/// `SecPkgContext_Bindings` for the caller's memory at `to`, to which it points.
pub(super) fn bindings(data: &[u8], to: usize) -> Vec<u8> {
    const WORD: usize = size_of::<usize>();
    const BLOCK: usize = size_of::<SEC_CHANNEL_BINDINGS>();
    let mut all = Vec::with_capacity(BINDINGS_HEAD + data.len());
    put_number(&mut all, BLOCK + data.len());
    all.extend((to + 2 * WORD).to_ne_bytes());
    let block = all.len();
    all.resize(block + BLOCK, 0);
    let mut put = |at: usize, number: usize| {
        all[block + at..block + at + 4].copy_from_slice(&(number as u32).to_ne_bytes());
    };
    put(offset_of!(SEC_CHANNEL_BINDINGS, cbApplicationDataLength), data.len());
    put(offset_of!(SEC_CHANNEL_BINDINGS, dwApplicationDataOffset), BLOCK);
    all.extend_from_slice(data);
    all
}

#[cfg(not(windows))]
mod system {
    use std::sync::Arc;

    use crate::abi::crypt;
    use crate::abi::crypt::Context;
    use crate::abi::crypt::Entry;
    use crate::abi::crypt::Store;
    use crate::abi::types::CERT_CONTEXT;
    use crate::api::ClientCertificate;
    use crate::api::options::made::ChainStatus;
    use crate::base::Code;
    use crate::base::Result;

    pub(super) fn context(chain: &[Vec<u8>]) -> Result<usize> {
        let first = contexts(chain)?.into_iter().next().ok_or(Code::INTERNAL_ERROR)?;
        Ok(first.hand_out().expose_provenance())
    }

    pub(super) fn chain_context(chain: &[Vec<u8>], status: ChainStatus) -> Result<usize> {
        Ok(crypt::chain_context(contexts(chain)?, status).expose_provenance())
    }

    /// A context of each, in one store.
    fn contexts(chain: &[Vec<u8>]) -> Result<Vec<Arc<Context>>> {
        let entry = |der: &Vec<u8>| Entry { der: der.as_slice().into(), rest: Vec::new(), key: None };
        let store = Store::new(chain.iter().map(entry).collect());
        let mut contexts = Vec::new();
        while let Some(context) = store.find(contexts.len(), |_| true) {
            contexts.push(context);
        }
        Ok(contexts)
    }

    /// # Safety
    ///
    /// `at` points to a context.
    pub(super) unsafe fn given(at: *const CERT_CONTEXT) -> Result<ClientCertificate> {
        if let Some(context) = Context::at(at) {
            let entry = context.entry();
            let chain = std::iter::once(entry.der.to_vec()).chain(entry.rest.iter().cloned()).collect();
            return Ok(ClientCertificate::new(chain, entry.key.clone()));
        }
        // A structure that the program has put together: nothing is known of a key.
        // SAFETY: the caller's promise.
        let context = unsafe { &*at };
        if context.pbCertEncoded.is_null() {
            return Err(Code::INVALID_PARAMETER);
        }
        // SAFETY: the members of a context say where its bytes are.
        let der =
            unsafe { std::slice::from_raw_parts(context.pbCertEncoded, context.cbCertEncoded as usize) };
        Ok(ClientCertificate::new(vec![der.to_vec()], None))
    }
}

#[cfg(windows)]
mod system {
    use std::io;

    use crate::abi::types::CERT_CONTEXT;
    use crate::api;
    use crate::api::ClientCertificate;
    use crate::api::options::made::ChainStatus;
    use crate::base::Code;
    use crate::base::Result;

    pub(super) fn context(chain: &[Vec<u8>]) -> Result<usize> {
        api::certificate_context(chain).map_err(failed)
    }

    /// crypt32 finds out the status by itself.
    pub(super) fn chain_context(chain: &[Vec<u8>], _: ChainStatus) -> Result<usize> {
        api::chain_context(chain).map_err(failed)
    }

    /// # Safety
    ///
    /// `at` points to a context of crypt32's.
    pub(super) unsafe fn given(at: *const CERT_CONTEXT) -> Result<ClientCertificate> {
        Ok(ClientCertificate::of(at.expose_provenance()))
    }

    fn failed(error: io::Error) -> Code {
        log::error!("crypt32: {error}");
        Code::INTERNAL_ERROR
    }
}
