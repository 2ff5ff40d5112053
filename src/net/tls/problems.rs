//! What can be wrong with a server's certificate, and what the application forgives.

/// Several things can be wrong at once; WinHTTP reports them all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Problems {
    /// The chain does not lead to a trusted root.
    pub(crate) unknown_ca: bool,
    /// The certificate is for another name.
    pub(crate) name: bool,
    /// Expired, or not valid yet.
    pub(crate) date: bool,
    /// Not a server's certificate.
    pub(crate) usage: bool,
    pub(crate) revoked: bool,
    /// Revocation was to be checked, and could not be.
    pub(crate) unchecked: bool,
    /// Signed with an algorithm that can be broken.
    pub(crate) weak: bool,
    /// Malformed, badly signed, or otherwise unusable.
    pub(crate) invalid: bool,
}

/// Which problems the application forgives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Forgive {
    pub(crate) unknown_ca: bool,
    pub(crate) name: bool,
    pub(crate) date: bool,
    pub(crate) usage: bool,
    pub(crate) weak: bool,
    /// That revocation could not be checked.
    pub(crate) unchecked: bool,
}

impl Problems {
    pub(super) const INVALID: Problems = Problems {
        unknown_ca: false,
        name: false,
        date: false,
        usage: false,
        revoked: false,
        unchecked: false,
        weak: false,
        invalid: true,
    };

    pub(super) fn beyond(self, forgive: Forgive) -> Problems {
        Problems {
            unknown_ca: self.unknown_ca && !forgive.unknown_ca,
            name: self.name && !forgive.name,
            date: self.date && !forgive.date,
            usage: self.usage && !forgive.usage,
            weak: self.weak && !forgive.weak,
            unchecked: self.unchecked && !forgive.unchecked,
            ..self
        }
    }

    pub(super) fn any(self) -> bool {
        self != Problems::default()
    }
}
