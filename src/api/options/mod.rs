//! `WinHttpSetOption` and `WinHttpQueryOption`: one table, one row an option. The rules that all
//! options of a shape share (sizes, wrong handle, set-only) are written once, here.

mod table;

use crate::api::Object;
use crate::base::Code;
use crate::base::Result;
use table::OPTIONS;

/// Which kinds of handle an option is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kinds(u8);

impl Kinds {
    pub(crate) const NONE: Kinds = Kinds(0);
    pub(crate) const SESSION: Kinds = Kinds(1);
    pub(crate) const CONNECT: Kinds = Kinds(2);
    pub(crate) const REQUEST: Kinds = Kinds(4);
    pub(crate) const WEBSOCKET: Kinds = Kinds(8);
    pub(crate) const ANY: Kinds = Kinds(15);

    pub(crate) const fn or(self, other: Kinds) -> Kinds {
        Kinds(self.0 | other.0)
    }

    fn holds(self, object: &Object) -> bool {
        let kind = match object {
            Object::Session(_) => Kinds::SESSION,
            Object::Connect(_) => Kinds::CONNECT,
            Object::Request(_) => Kinds::REQUEST,
            Object::WebSocket(_) => Kinds::WEBSOCKET,
        };
        self.0 & kind.0 != 0
    }
}

/// One option.
pub(crate) struct Row {
    pub(crate) id: u32,
    pub(crate) name: &'static str,
    pub(crate) set_on: Kinds,
    pub(crate) query_on: Kinds,
    pub(crate) access: Access,
}

/// What an option's value looks like in C, and how it is read and written here. An accessor is only
/// called for an object of the row's kinds.
pub(crate) enum Access {
    /// No value at all.
    Flag { set: fn(&Object) -> Result<()> },
    /// A DWORD, in exactly 4 bytes; a wrong size is `wrong_size`.
    U32 { get: fn(&Object) -> Result<u32>, set: fn(&Object, u32) -> Result<()>, wrong_size: Code },
    /// A pointer-sized number.
    Pointer { get: fn(&Object) -> Result<usize>, set: fn(&Object, usize) -> Result<()> },
    /// UTF-16 text: characters when set, bytes when queried.
    Text { get: fn(&Object) -> Result<Vec<u16>>, set: fn(&Object, &[u16]) -> Result<()> },
    /// A C structure of the size given, for queries; `abi` knows the layout.
    Struct { size: usize, get: fn(&Object) -> Result<Vec<u8>> },
}

/// The caller's value, read on demand because only the row knows how many bytes there must be.
pub(crate) trait Given {
    /// The length as C gave it.
    fn length(&self) -> u32;
    /// The first `n` bytes; `None` when the caller gave no pointer.
    fn bytes(&self, n: usize) -> Option<Vec<u8>>;
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
    /// The room does not do: so many bytes are needed.
    Needs(usize),
}

/// Sets an option.
pub(crate) fn set(object: &Object, id: u32, given: &dyn Given) -> Result<()> {
    let row = find(id).ok_or(Code::INVALID_OPTION)?;
    if row.set_on == Kinds::NONE {
        return Err(Code::OPTION_NOT_SETTABLE);
    }
    if !row.set_on.holds(object) {
        return Err(Code::INCORRECT_HANDLE_TYPE);
    }
    log::debug!("set WINHTTP_OPTION_{}", row.name);
    let length = given.length() as usize;
    let fixed = |size: usize, wrong_size: Code| {
        if length != size {
            return Err(wrong_size);
        }
        given.bytes(size).ok_or(Code::INVALID_PARAMETER)
    };
    match &row.access {
        Access::Flag { set } => set(object),
        Access::U32 { set, wrong_size, .. } => {
            let bytes = fixed(4, *wrong_size)?;
            set(object, bytes.try_into().map(u32::from_ne_bytes).map_err(|_| Code::INTERNAL_ERROR)?)
        }
        Access::Pointer { set, .. } => {
            let bytes = fixed(size_of::<usize>(), Code::INSUFFICIENT_BUFFER)?;
            set(object, bytes.try_into().map(usize::from_ne_bytes).map_err(|_| Code::INTERNAL_ERROR)?)
        }
        Access::Text { set, .. } => {
            let bytes = length.checked_mul(2).ok_or(Code::INVALID_PARAMETER)?;
            let bytes = given.bytes(bytes).or((length == 0).then(Vec::new)).ok_or(Code::INVALID_PARAMETER)?;
            let mut text: Vec<u16> =
                bytes.chunks_exact(2).map(|pair| u16::from_ne_bytes([pair[0], pair[1]])).collect();
            // The count may include the terminator.
            if text.last() == Some(&0) {
                text.pop();
            }
            set(object, &text)
        }
        Access::Struct { .. } => Err(Code::OPTION_NOT_SETTABLE),
    }
}

/// Queries an option.
pub(crate) fn query(object: &Object, id: u32, room: Room) -> Result<Answer> {
    if id == 0 {
        return Err(Code::INVALID_PARAMETER);
    }
    let row = find(id).ok_or(Code::INVALID_OPTION)?;
    if row.query_on == Kinds::NONE {
        return Err(Code::INVALID_PARAMETER);
    }
    if !row.query_on.holds(object) {
        return Err(Code::INCORRECT_HANDLE_TYPE);
    }
    let fits = |size: usize| room.bytes.is_some_and(|bytes| bytes >= size);
    let sized = |size: usize, get: &dyn Fn() -> Result<Vec<u8>>| {
        if fits(size) { get().map(Answer::Bytes) } else { Ok(Answer::Needs(size)) }
    };
    match &row.access {
        Access::Flag { .. } => Err(Code::INVALID_PARAMETER),
        Access::U32 { get, .. } => sized(4, &|| Ok(get(object)?.to_ne_bytes().to_vec())),
        Access::Pointer { get, .. } => sized(size_of::<usize>(), &|| Ok(get(object)?.to_ne_bytes().to_vec())),
        Access::Struct { size, get } => sized(*size, &|| get(object)),
        Access::Text { get, .. } => {
            let text = get(object)?;
            let needed = (text.len() + 1) * 2;
            Ok(if fits(needed) { Answer::Text(text) } else { Answer::Needs(needed) })
        }
    }
}

fn find(id: u32) -> Option<&'static Row> {
    let at = OPTIONS.binary_search_by_key(&id, |row| row.id).ok()?;
    OPTIONS.get(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_has_each_option_once() {
        assert!(OPTIONS.windows(2).all(|pair| pair[0].id < pair[1].id));
    }

    #[test]
    fn what_can_neither_be_set_nor_queried_is_no_option() {
        for row in OPTIONS {
            assert!(row.set_on != Kinds::NONE || row.query_on != Kinds::NONE, "{}", row.name);
        }
    }
}
