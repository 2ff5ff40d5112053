//! Client certificates: nobody keeps keys here, so they are given in full.

use std::fmt;
use std::io;

use crate::platform::KeyTrouble;
use crate::platform::PrivateKey;
use crate::platform::Signing;

/// A certificate of the application's.
#[derive(Clone)]
pub(crate) struct ClientCertificate {
    chain: Vec<Vec<u8>>,
    key: Option<Vec<u8>>,
}

impl ClientCertificate {
    /// The certificate, what leads from it to its authority, and its key; DER.
    pub(crate) fn new(chain: Vec<Vec<u8>>, key: Option<Vec<u8>>) -> ClientCertificate {
        ClientCertificate { chain, key }
    }

    pub(crate) fn der(&self) -> &[u8] {
        self.chain.first().map(Vec::as_slice).unwrap_or_default()
    }

    /// What is sent to a server: the certificate first.
    pub(crate) fn chain(&self) -> Vec<Vec<u8>> {
        self.chain.clone()
    }

    pub(crate) fn key(&self) -> Result<PrivateKey, KeyTrouble> {
        self.key.clone().map(PrivateKey::Der).ok_or(KeyTrouble::Missing)
    }
}

impl fmt::Debug for ClientCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientCertificate").field("has_key", &self.key.is_some()).finish_non_exhaustive()
    }
}

/// There is none.
#[derive(Debug)]
pub(crate) enum HeldKey {}

impl HeldKey {
    pub(crate) fn is_rsa(&self) -> bool {
        match *self {}
    }

    pub(crate) fn can(&self, _signing: Signing, _hash_bytes: usize) -> bool {
        match *self {}
    }

    pub(crate) fn sign(&self, _signing: Signing, _hash: &[u8]) -> io::Result<Vec<u8>> {
        match *self {}
    }
}
