//! C structures that hold text: what is in them, and where.

/// The type of one member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Member {
    Word,
    Dword,
    /// A pointer to UTF-16 text that ends in a NUL, or NULL.
    Text,
}

/// A member with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Word(u16),
    Dword(u32),
    Text(Option<Vec<u16>>),
}

impl Value {
    pub(crate) fn member(&self) -> Member {
        match self {
            Value::Word(_) => Member::Word,
            Value::Dword(_) => Member::Dword,
            Value::Text(_) => Member::Text,
        }
    }
}

/// Where each member stands, by C's rules of alignment, and the size of the whole.
pub(crate) fn layout(members: &[Member]) -> (Vec<usize>, usize) {
    let size = |member: &Member| match member {
        Member::Word => 2,
        Member::Dword => 4,
        Member::Text => size_of::<usize>(),
    };
    let mut end = 0usize;
    let mut offsets = Vec::with_capacity(members.len());
    for member in members {
        let at = end.next_multiple_of(size(member));
        offsets.push(at);
        end = at + size(member);
    }
    (offsets, end.next_multiple_of(members.iter().map(size).max().unwrap_or(1)))
}

#[cfg(test)]
#[cfg(target_pointer_width = "64")]
mod tests {
    use super::*;

    #[test]
    fn layouts_are_those_of_c() {
        use Member::*;
        // WINHTTP_PROXY_INFO, WINHTTP_PROXY_RESULT_ENTRY, WINHTTP_CERTIFICATE_INFO.
        assert_eq!(layout(&[Dword, Text, Text]), (vec![0, 8, 16], 24));
        assert_eq!(layout(&[Dword, Dword, Dword, Text, Word]), (vec![0, 4, 8, 16, 24], 32));
        let members = [Dword, Dword, Dword, Dword, Text, Text, Text, Text, Text, Dword];
        assert_eq!(layout(&members).1, 64);
    }
}
