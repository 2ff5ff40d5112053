//! `WinHttpSetOption` and `WinHttpQueryOption`: a row an option, in the file of its area. The rules that
//! all options of a shape share (sizes, wrong handle, set-only) are written once, here.

mod auth;
mod connection;
pub(crate) mod counted;
mod handle;
pub(crate) mod made;
mod protocol;
mod proxy;
pub(crate) mod record;
mod request;
mod row;
mod timeout;
mod tls;
mod websocket;

use crate::base::Code;
use crate::base::Result;
use crate::platform::ClientCertificate;
use counted::Counted;
use made::Made;
use record::Member;
use record::Value;
use record::layout;
use row::Access;
use row::NONE;
use row::Row;
pub(crate) use row::Target;

/// All rows. To add an option, add a row to the file of its area and a test of its effect.
static AREAS: &[&[Row]] = &[
    handle::ROWS,
    timeout::ROWS,
    connection::ROWS,
    request::ROWS,
    protocol::ROWS,
    websocket::ROWS,
    tls::ROWS,
    auth::ROWS,
    proxy::ROWS,
];

/// The caller's value, read on demand because only the row knows how many bytes there must be.
pub(crate) trait Given {
    /// The length as C gave it.
    fn length(&self) -> u32;
    /// The first `n` bytes; `None` when the caller gave no pointer.
    fn bytes(&self, n: usize) -> Option<Vec<u8>>;
    /// A structure with texts, which count as NULL unless it `has_texts`; `None` when the caller gave no
    /// pointer.
    fn record(&self, members: &[Member], has_texts: bool) -> Option<Vec<Value>>;
    /// A certificate context, which is what the caller's pointer points to.
    fn certificate(&self) -> Result<Option<ClientCertificate>>;
}

/// The caller's room for an answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Room {
    /// In bytes; `None` when the caller gave no pointer.
    pub(crate) bytes: Option<usize>,
}

/// An answer: what to write, or how much room it takes.
#[derive(Debug)]
pub(crate) enum Answer {
    Bytes(Vec<u8>),
    Text(Vec<u16>),
    /// A structure of which the caller wants a part.
    Counted(Counted, Vec<u8>),
    /// A structure, and memory for its texts.
    Record(Vec<Value>),
    /// A pointer to this.
    Made(Made),
    /// `SecPkgContext_Bindings`, which points to these bytes behind it.
    Bindings(Vec<u8>),
    /// The room does not do: so many bytes are needed.
    Needs(usize),
}

/// Sets an option.
pub(crate) fn set(target: Target<'_>, id: u32, given: &dyn Given) -> Result<()> {
    let row = find(id);
    let name = row.map_or("?", |row| row.name);
    let done = row.ok_or(Code::INVALID_OPTION).and_then(|row| set_row(target, row, given));
    if let Err(code) = done {
        log::debug!("WINHTTP_OPTION_{name} ({id}) is not set: {code:?}");
    }
    done
}

fn set_row(target: Target<'_>, row: &Row, given: &dyn Given) -> Result<()> {
    if row.set_on == NONE {
        return Err(Code::OPTION_NOT_SETTABLE);
    }
    if !row.set_on.holds(target) {
        return Err(Code::INCORRECT_HANDLE_TYPE);
    }
    match row.is_idle {
        false => log::debug!("set WINHTTP_OPTION_{}", row.name),
        true => log::warn!("WINHTTP_OPTION_{} is accepted and has no effect", row.name),
    }
    let length = given.length() as usize;
    let fixed = |size: usize, wrong_size: Code| {
        if length != size {
            return Err(wrong_size);
        }
        given.bytes(size).ok_or(Code::INVALID_PARAMETER)
    };
    match row.access {
        Access::Flag { set } => set(target, ()),
        Access::Number { set, wrong_size, .. } if LONG == Some(length) => {
            set(target, from_long(given).ok_or(wrong_size)?)
        }
        Access::Number { set, wrong_size, .. } => set(target, dword_at(&fixed(4, wrong_size)?, 0)),
        Access::Pointer { set, .. } => {
            let bytes = fixed(size_of::<usize>(), Code::INSUFFICIENT_BUFFER)?;
            set(target, bytes.try_into().map(usize::from_ne_bytes).map_err(|_| Code::INTERNAL_ERROR)?)
        }
        Access::Text { set, in_bytes, .. } => {
            let bytes = length.checked_mul(if in_bytes { 1 } else { 2 }).ok_or(Code::INVALID_PARAMETER)?;
            let bytes = given.bytes(bytes).or((length == 0).then(Vec::new)).ok_or(Code::INVALID_PARAMETER)?;
            let units = bytes.chunks_exact(2).map(|pair| u16::from_ne_bytes([pair[0], pair[1]]));
            // The count may include the terminator, or be the size of the program's whole buffer.
            let text: Vec<u16> = units.take_while(|&unit| unit != 0).collect();
            set(target, &text)
        }
        Access::Struct { size, set, .. } => set(target, &fixed(size, Code::INSUFFICIENT_BUFFER)?),
        Access::Record { members, has_texts, set, .. } => {
            let bytes = fixed(layout(members).1, Code::INSUFFICIENT_BUFFER)?;
            let has_texts = has_texts(dword_at(&bytes, 0));
            set(target, given.record(members, has_texts).ok_or(Code::INVALID_PARAMETER)?)
        }
        Access::Certificate { set } => set(target, given.certificate()?),
        Access::Bytes { .. } | Access::Counted { .. } | Access::Made { .. } | Access::Bindings { .. } => {
            Err(Code::OPTION_NOT_SETTABLE)
        }
    }
}

/// The size of C's `long` where it is not a DWORD's. Programs give DWORD options as `unsigned long`,
/// which is the same thing on Windows; here the value counts, as long as it fits.
const LONG: Option<usize> = if cfg!(all(unix, target_pointer_width = "64")) { Some(8) } else { None };

fn from_long(given: &dyn Given) -> Option<u32> {
    u64::from_ne_bytes(given.bytes(8)?.try_into().ok()?).try_into().ok()
}

/// Queries an option.
pub(crate) fn query(target: Target<'_>, id: u32, room: Room) -> Result<Answer> {
    if id == 0 {
        return Err(Code::INVALID_PARAMETER);
    }
    let row = find(id).ok_or(Code::INVALID_OPTION)?;
    if row.query_on == NONE {
        return Err(Code::INVALID_PARAMETER);
    }
    if !row.query_on.holds(target) {
        return Err(Code::INCORRECT_HANDLE_TYPE);
    }
    let fits = |size: usize| room.bytes.is_some_and(|bytes| bytes >= size);
    let sized = |size: usize, get: &dyn Fn() -> Result<Vec<u8>>| {
        if fits(size) { get().map(Answer::Bytes) } else { Ok(Answer::Needs(size)) }
    };
    match row.access {
        Access::Flag { .. } => Err(Code::INVALID_PARAMETER),
        Access::Number { get, .. } => sized(4, &|| Ok(get(target)?.to_ne_bytes().to_vec())),
        Access::Pointer { get, .. } => sized(size_of::<usize>(), &|| Ok(get(target)?.to_ne_bytes().to_vec())),
        Access::Struct { size, get, .. } => sized(size, &|| get(target)),
        Access::Bytes { get } => {
            let bytes = get(target)?;
            Ok(if fits(bytes.len()) { Answer::Bytes(bytes) } else { Answer::Needs(bytes.len()) })
        }
        Access::Counted { shape, get } => {
            let bytes = get(target)?;
            Ok(if fits(shape.size) { Answer::Counted(shape, bytes) } else { Answer::Needs(shape.size) })
        }
        Access::Text { get, .. } => {
            let text = get(target)?;
            let needed = (text.len() + 1) * 2;
            Ok(if fits(needed) { Answer::Text(text) } else { Answer::Needs(needed) })
        }
        Access::Record { members, get, .. } => {
            let needed = layout(members).1;
            if fits(needed) { get(target).map(Answer::Record) } else { Ok(Answer::Needs(needed)) }
        }
        Access::Made { get } => {
            let needed = size_of::<usize>();
            if fits(needed) { get(target).map(Answer::Made) } else { Ok(Answer::Needs(needed)) }
        }
        Access::Bindings { get } => {
            let data = get(target)?;
            let needed = BINDINGS_HEAD + data.len();
            Ok(if fits(needed) { Answer::Bindings(data) } else { Answer::Needs(needed) })
        }
        Access::Certificate { .. } => Err(Code::INVALID_PARAMETER),
    }
}

/// What stands before the data of `SecPkgContext_Bindings`: length and pointer, then the eight DWORDs of
/// `SEC_CHANNEL_BINDINGS`.
pub(crate) const BINDINGS_HEAD: usize = 2 * size_of::<usize>() + 32;

/// Whether the NULL handle stands for the process with this option.
pub(crate) fn is_of_process(id: u32) -> bool {
    find(id).is_some_and(|row| row.set_on.holds(Target::Process) || row.query_on.holds(Target::Process))
}

fn find(id: u32) -> Option<&'static Row> {
    AREAS.iter().copied().flatten().find(|row| row.id == id)
}

/// The DWORD at an offset of a structure; 0 behind its end.
fn dword_at(bytes: &[u8], at: usize) -> u32 {
    let member = bytes.get(at..at + 4).and_then(|member| member.try_into().ok());
    member.map_or(0, u32::from_ne_bytes)
}

/// Writes a member of a structure.
fn put(to: &mut [u8], at: usize, member: &[u8]) {
    if let Some(place) = to.get_mut(at..at + member.len()) {
        place.copy_from_slice(member);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_option_has_one_row_in_order() {
        let mut all = Vec::new();
        for rows in AREAS {
            assert!(rows.windows(2).all(|pair| pair[0].id < pair[1].id));
            all.extend(rows.iter().map(|row| row.id));
        }
        all.sort_unstable();
        assert!(all.windows(2).all(|pair| pair[0] < pair[1]), "an option has two rows");
    }

    #[test]
    fn what_can_neither_be_set_nor_queried_is_no_option() {
        for row in AREAS.iter().copied().flatten() {
            assert!(row.set_on != NONE || row.query_on != NONE, "{}", row.name);
        }
    }
}
