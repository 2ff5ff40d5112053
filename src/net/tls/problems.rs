//! What can be wrong with a server's certificate, and what the application forgives.

use crate::platform::ChainProblems;

/// Several things can be wrong at once; WinHTTP reports them all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Problems {
    /// The certificate is for another name.
    pub(crate) name: bool,
    pub(crate) chain: ChainProblems,
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
    pub(super) const INVALID: Problems = Problems { name: false, chain: ChainProblems::INVALID };

    pub(super) fn beyond(self, forgive: Forgive) -> Problems {
        let chain = self.chain;
        Problems {
            name: self.name && !forgive.name,
            chain: ChainProblems {
                unknown_ca: chain.unknown_ca && !forgive.unknown_ca,
                date: chain.date && !forgive.date,
                usage: chain.usage && !forgive.usage,
                weak: chain.weak && !forgive.weak,
                unchecked: chain.unchecked && !forgive.unchecked,
                ..chain
            },
        }
    }

    pub(super) fn any(self) -> bool {
        self != Problems::default()
    }
}
