//! Signatures that webpki does not look at by itself: its algorithms, our reader's parts.

use rustls::pki_types::SignatureVerificationAlgorithm;

use crate::proto::x509::PublicKey;
use crate::proto::x509::Signed;

/// Whether the holder of this key has signed it, in one of these ways.
pub(super) fn is_signed(
    signed: &Signed<'_>,
    key: &PublicKey<'_>,
    algorithms: &[&dyn SignatureVerificationAlgorithm],
) -> bool {
    algorithms.iter().any(|algorithm| {
        *algorithm.signature_alg_id() == *signed.algorithm.der
            && verifies(*algorithm, key, signed.message, signed.signature.bytes)
    })
}

pub(super) fn verifies(
    algorithm: &dyn SignatureVerificationAlgorithm,
    key: &PublicKey<'_>,
    message: &[u8],
    signature: &[u8],
) -> bool {
    *algorithm.public_key_alg_id() == *key.algorithm.der
        && algorithm.verify_signature(key.bits.bytes, message, signature).is_ok()
}
