//! Answers that the program gets a pointer to, and frees. What they are made of is said here; their
//! memory is the affair of `abi`.

#[derive(Debug)]
pub(crate) enum Made {
    /// A context of the first certificate, with a store that holds the others; DER.
    Certificate(Vec<Vec<u8>>),
    /// A chain context of these certificates.
    Chain { chain: Vec<Vec<u8>>, status: ChainStatus },
    /// Names of authorities, DER.
    Issuers(Vec<Vec<u8>>),
}

/// What is wrong with a chain, in `CERT_TRUST_*` bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ChainStatus {
    /// With the server's certificate.
    pub(crate) leaf: u32,
    /// With the chain as a whole, the server's certificate included.
    pub(crate) all: u32,
}
