//! What a row of the option table says, and short ways to say it.

use std::sync::Arc;

use crate::api::Object;
use crate::api::Request;
use crate::api::Session;
use crate::api::WebSocket;
use crate::api::options::counted::Counted;
use crate::api::options::made::Made;
use crate::api::options::record::Member;
use crate::api::options::record::Value;
use crate::api::settings::Settings;
use crate::base::Code;
use crate::base::Mutex;
use crate::base::Result;
use crate::platform::ClientCertificate;

/// One option.
#[derive(Clone, Copy)]
pub(super) struct Row {
    pub(super) id: u32,
    /// Without `WINHTTP_OPTION_`.
    pub(super) name: &'static str,
    pub(super) set_on: Kinds,
    pub(super) query_on: Kinds,
    pub(super) access: Access,
    /// Setting it changes nothing but what it reads back.
    pub(super) is_idle: bool,
}

pub(super) const fn row(id: u32, name: &'static str, set_on: Kinds, query_on: Kinds, access: Access) -> Row {
    Row { id, name, set_on, query_on, access, is_idle: false }
}

impl Row {
    /// Accepted, but nothing here depends on it; the log says so.
    pub(super) const fn without_effect(self) -> Row {
        Row { is_idle: true, ..self }
    }
}

/// Which kinds of handle an option is good for. The constants spell them: `SR` is session or request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kinds(u8);

impl Kinds {
    const fn or(self, other: Kinds) -> Kinds {
        Kinds(self.0 | other.0)
    }

    pub(super) fn holds(self, target: Target<'_>) -> bool {
        let kind = match target {
            Target::Process => N,
            Target::Object(Object::Session(_)) => S,
            Target::Object(Object::Connect(_)) => C,
            Target::Object(Object::Request(_)) => R,
            Target::Object(Object::WebSocket(_)) => W,
            Target::Object(Object::Resolver(_)) => P,
        };
        self.0 & kind.0 != 0
    }
}

pub(super) const NONE: Kinds = Kinds(0);
pub(super) const S: Kinds = Kinds(1);
pub(super) const C: Kinds = Kinds(2);
pub(super) const R: Kinds = Kinds(4);
pub(super) const W: Kinds = Kinds(8);
/// A proxy resolver.
pub(super) const P: Kinds = Kinds(32);
/// The NULL handle: an option of the whole process.
pub(super) const N: Kinds = Kinds(16);
pub(super) const SR: Kinds = S.or(R);
pub(super) const SRN: Kinds = SR.or(N);
pub(super) const SRW: Kinds = SR.or(W);
pub(super) const SCR: Kinds = SR.or(C);
pub(super) const SCRW: Kinds = SCR.or(W);
pub(super) const SCRWP: Kinds = SCRW.or(P);
pub(super) const RW: Kinds = R.or(W);

/// What an option is set on, or asked of.
#[derive(Clone, Copy)]
pub(crate) enum Target<'a> {
    /// The NULL handle.
    Process,
    Object(&'a Object),
}

/// The object as the kind that the row promised.
impl<'a> Target<'a> {
    pub(super) fn object(self) -> Result<&'a Object> {
        match self {
            Target::Object(object) => Ok(object),
            Target::Process => Err(Code::INTERNAL_ERROR),
        }
    }

    pub(super) fn session(self) -> Result<&'a Session> {
        match self {
            Target::Object(Object::Session(session)) => Ok(session),
            _ => Err(Code::INTERNAL_ERROR),
        }
    }

    pub(super) fn request(self) -> Result<&'a Request> {
        match self {
            Target::Object(Object::Request(request)) => Ok(request),
            _ => Err(Code::INTERNAL_ERROR),
        }
    }

    pub(super) fn websocket(self) -> Result<&'a WebSocket> {
        match self {
            Target::Object(Object::WebSocket(socket)) => Ok(socket),
            _ => Err(Code::INTERNAL_ERROR),
        }
    }

    /// Reads the knobs of a session, of a request, or of the session above a connection.
    pub(super) fn read<T>(self, get: impl FnOnce(&Settings) -> T) -> Result<T> {
        Ok(get(&self.settings()?.lock()))
    }

    pub(super) fn change(self, change: impl FnOnce(&mut Settings)) -> Result<()> {
        change(Arc::make_mut(&mut self.settings()?.lock()));
        Ok(())
    }

    fn settings(self) -> Result<&'a Mutex<Arc<Settings>>> {
        match self {
            Target::Object(Object::Session(session)) => Ok(session.settings()),
            Target::Object(Object::Connect(connect)) => Ok(connect.session().settings()),
            Target::Object(Object::Request(request)) => Ok(request.settings()),
            Target::Object(Object::WebSocket(_) | Object::Resolver(_)) | Target::Process => {
                Err(Code::INTERNAL_ERROR)
            }
        }
    }
}

/// What an option's value looks like in C, and how it is read and written here. An accessor is only
/// called for what the row's kinds allow.
#[derive(Clone, Copy)]
pub(super) enum Access {
    /// No value at all.
    Flag { set: Set<()> },
    /// A DWORD or a BOOL, in exactly 4 bytes; another size is `wrong_size`.
    Number { get: Get<u32>, set: Set<u32>, wrong_size: Code },
    /// A pointer-sized number; also the address of something that the program is to free.
    Pointer { get: Get<usize>, set: Set<usize> },
    /// UTF-16 text: characters when set (`in_bytes`: bytes), bytes when queried.
    Text { get: Get<Vec<u16>>, set: fn(Target<'_>, &[u16]) -> Result<()>, in_bytes: bool },
    /// A C structure of plain bytes, of a size that never changes.
    Struct { size: usize, get: Get<Vec<u8>>, set: fn(Target<'_>, &[u8]) -> Result<()> },
    /// Bytes whose number the answer decides; for queries.
    Bytes { get: Get<Vec<u8>> },
    /// A C structure that ends in an array, of which the caller wants as many elements as its structure
    /// says; for queries. The accessor gives the structure up to the last element that there is.
    Counted { shape: Counted, get: Get<Vec<u8>> },
    /// A C structure with texts in it. The program frees those of an answer by `GlobalFree`. Of one that is
    /// set the texts are only looked at when its first member is such that they matter: what stands there
    /// otherwise need not even be text.
    Record {
        members: &'static [Member],
        has_texts: fn(u32) -> bool,
        get: Get<Vec<Value>>,
        set: Set<Vec<Value>>,
    },
    /// A pointer to what is made for the program, which frees it; for queries.
    Made { get: Get<Made> },
    /// A certificate context itself, or NULL; to set.
    Certificate { set: Set<Option<ClientCertificate>> },
    /// `SecPkgContext_Bindings` around these bytes; for queries.
    Bindings { get: Get<Vec<u8>> },
}

pub(super) type Get<T> = fn(Target<'_>) -> Result<T>;
pub(super) type Set<T> = fn(Target<'_>, T) -> Result<()>;

pub(super) const fn flag(set: Set<()>) -> Access {
    Access::Flag { set }
}

/// A DWORD whose wrong size is `INSUFFICIENT_BUFFER`, too large as well as too small.
pub(super) const fn dword(get: Get<u32>, set: Set<u32>) -> Access {
    Access::Number { get, set, wrong_size: Code::INSUFFICIENT_BUFFER }
}

/// A DWORD that is only queried.
pub(super) const fn dword_out(get: Get<u32>) -> Access {
    dword(get, |_, _| Err(Code::OPTION_NOT_SETTABLE))
}

/// A DWORD or BOOL that is only set.
pub(super) const fn dword_in(set: Set<u32>) -> Access {
    dword(|_| Err(Code::INVALID_PARAMETER), set)
}

pub(super) const fn text(get: Get<Vec<u16>>, set: fn(Target<'_>, &[u16]) -> Result<()>) -> Access {
    Access::Text { get, set, in_bytes: false }
}

/// Text that is only queried.
pub(super) const fn text_out(get: Get<Vec<u16>>) -> Access {
    text(get, |_, _| Err(Code::OPTION_NOT_SETTABLE))
}

/// Text that is only set.
pub(super) const fn text_in(set: fn(Target<'_>, &[u16]) -> Result<()>) -> Access {
    text(|_| Err(Code::INVALID_PARAMETER), set)
}

pub(super) const fn pointer_out(get: Get<usize>) -> Access {
    Access::Pointer { get, set: |_, _| Err(Code::OPTION_NOT_SETTABLE) }
}

pub(super) const fn pointer_in(set: Set<usize>) -> Access {
    Access::Pointer { get: |_| Err(Code::INVALID_PARAMETER), set }
}

/// A structure that is only queried.
pub(super) const fn struct_out(size: usize, get: Get<Vec<u8>>) -> Access {
    Access::Struct { size, get, set: |_, _| Err(Code::OPTION_NOT_SETTABLE) }
}

/// A structure that is only set.
pub(super) const fn struct_in(size: usize, set: fn(Target<'_>, &[u8]) -> Result<()>) -> Access {
    Access::Struct { size, get: |_| Err(Code::INVALID_PARAMETER), set }
}

/// A structure with an array whose length the caller asks for.
pub(super) const fn counted_out(shape: Counted, get: Get<Vec<u8>>) -> Access {
    Access::Counted { shape, get }
}

/// A structure with texts that is only queried.
pub(super) const fn record_out(members: &'static [Member], get: Get<Vec<Value>>) -> Access {
    Access::Record { members, has_texts: |_| false, get, set: |_, _| Err(Code::OPTION_NOT_SETTABLE) }
}

pub(super) const fn made_out(get: Get<Made>) -> Access {
    Access::Made { get }
}

pub(super) const fn certificate_in(set: Set<Option<ClientCertificate>>) -> Access {
    Access::Certificate { set }
}

pub(super) const fn bindings_out(get: Get<Vec<u8>>) -> Access {
    Access::Bindings { get }
}

/// Good for nothing but this error, whatever is given.
pub(super) const fn refused(set: Set<()>) -> Access {
    Access::Flag { set }
}

impl Access {
    /// A DWORD of another size is this error.
    pub(super) const fn wrong_size(self, wrong_size: Code) -> Access {
        match self {
            Access::Number { get, set, .. } => Access::Number { get, set, wrong_size },
            other => other,
        }
    }

    /// The length of text that is set counts bytes.
    pub(super) const fn in_bytes(self) -> Access {
        match self {
            Access::Text { get, set, .. } => Access::Text { get, set, in_bytes: true },
            other => other,
        }
    }
}

/// A DWORD of [`Settings`], read and set as it is. The second form refuses values for which the
/// closure is not true.
macro_rules! knob {
    ($($field:ident).+) => {
        dword(
            |on| on.read(|settings| settings.$($field).+),
            |on, value| on.change(|settings| settings.$($field).+ = value),
        )
    };
    ($($field:ident).+, $allowed:expr) => {
        dword(
            |on| on.read(|settings| settings.$($field).+),
            |on, value| {
                let allowed: fn(u32) -> bool = $allowed;
                if !allowed(value) {
                    return Err(Code::INVALID_PARAMETER);
                }
                on.change(|settings| settings.$($field).+ = value)
            },
        )
    };
}
pub(super) use knob;

/// A BOOL of [`Settings`].
macro_rules! switch {
    ($($field:ident).+) => {
        dword(
            |on| on.read(|settings| settings.$($field).+.into()),
            |on, yes| on.change(|settings| settings.$($field).+ = yes != 0),
        )
    };
}
pub(super) use switch;
