//! The public C types, named and laid out as in the SDK.
//!
//! Packing follows the SDK's header: 8 in 64-bit processes, 4 in 32-bit ones. It shows only where a 64-bit integer
//! is a member, so just those structs are `packed(4)` on 32 bits. `layouts.rs` states every offset for both.

#![allow(non_camel_case_types, non_snake_case, non_upper_case_globals)] // C spelling

#[macro_use]
mod layouts;

mod enums;
mod structs;
mod win32;

pub use enums::*;
pub use structs::*;
pub use win32::*;

use std::mem::{align_of, offset_of, size_of};

macro_rules! assert_layouts {
    ($($name:ident $size64:literal / $size32:literal align $align64:literal / $align32:literal {
        $($field:ident $at64:literal / $at32:literal,)*
    })*) => {
        $(const _: () = {
            assert!(size_of::<$name>() == by_width($size64, $size32));
            assert!(align_of::<$name>() == by_width($align64, $align32));
            $(assert!(offset_of!($name, $field) == by_width($at64, $at32));)*
        };)*
    };
}

every_layout!(assert_layouts);

const fn by_width(on_64: usize, on_32: usize) -> usize {
    if cfg!(target_pointer_width = "64") { on_64 } else { on_32 }
}
