//! What the ABI tests share: the tables of constants and structs, C assertions made from them, compilers, and the
//! lists of known differences between an oracle and us.
#![allow(dead_code, reason = "each test uses its part")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

include!(concat!(env!("OUT_DIR"), "/abi_names.rs"));

#[macro_use]
#[path = "../../src/abi/types/layouts.rs"]
mod layouts;

/// The header that build.rs generated; `tests/header.rs` holds the committed one to it.
pub(crate) const HEADER: &str = include_str!(concat!(env!("OUT_DIR"), "/winhttp.h"));
/// `#include` of it.
pub(crate) const INCLUDE_HEADER: &str = concat!("#include \"", env!("OUT_DIR"), "/winhttp.h\"\n");

pub(crate) struct Constant {
    pub(crate) name: &'static str,
    pub(crate) value: i64,
    /// Whether it belongs to a C enumeration, as opposed to a macro.
    pub(crate) is_enumerator: bool,
}

/// Every public constant and enumerator.
pub(crate) fn constants() -> Vec<Constant> {
    macro_rules! list {
        ($($name:ident: $of:ident,)*) => {{
            use winhttp::abi::{constants::*, types::*};
            vec![$(Constant {
                name: stringify!($name),
                value: i64::from($name),
                is_enumerator: stringify!($of).starts_with("WINHTTP_"),
            },)*]
        }};
    }
    every_constant!(list)
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) name: &'static str,
    /// For 64 and for 32 bits, here and below.
    pub(crate) size: [usize; 2],
    pub(crate) align: [usize; 2],
    pub(crate) fields: Vec<(&'static str, [usize; 2])>,
}

/// The written-down layout of every struct, those of other headers included.
pub(crate) fn layouts() -> Vec<Layout> {
    macro_rules! list {
        ($($name:ident $size64:literal / $size32:literal align $align64:literal / $align32:literal {
            $($field:ident $at64:literal / $at32:literal,)*
        })*) => {
            vec![$(Layout {
                name: stringify!($name),
                size: [$size64, $size32],
                align: [$align64, $align32],
                fields: vec![$((stringify!($field), [$at64, $at32]),)*],
            },)*]
        };
    }
    every_layout!(list)
}

/// The structs and unions that `winhttp.h` itself defines, with their fields.
pub(crate) fn structs() -> Vec<(&'static str, Vec<&'static str>)> {
    macro_rules! list {
        ($($name:ident { $($field:ident),* })*) => {
            vec![$((stringify!($name), vec![$(stringify!($field)),*]),)*]
        };
    }
    every_struct!(list)
}

/// Static assertions in C that a struct has its layout. `width` is 64 or 32.
pub(crate) fn c_layout(layout: &Layout, width: u32) -> String {
    let Layout { name, size, align, fields } = layout;
    // In C only the tag of this one has the name.
    let c_type = if *name == "tcp_keepalive" { "struct tcp_keepalive" } else { name };
    let pick = |pair: &[usize; 2]| if width == 64 { pair[0] } else { pair[1] };
    let mut text = String::new();
    writeln!(text, "ASSERT(sizeof({c_type}) == {}, size_of_{name})", pick(size)).unwrap();
    writeln!(text, "struct align_of_{name} {{ char before; {c_type} it; }};").unwrap();
    let at = format!("offsetof(struct align_of_{name}, it)");
    writeln!(text, "ASSERT({at} == {}, alignment_of_{name})", pick(align)).unwrap();
    for (field, at) in fields {
        // Members without a name in C.
        let field = match *field {
            "Anonymous1" => "pwszName",
            "Anonymous2" => "pwszValue",
            named => named,
        };
        writeln!(text, "ASSERT(offsetof({c_type}, {field}) == {}, {name}_{field})", pick(at)).unwrap();
    }
    text
}

/// Static assertion in C that a constant has its value.
pub(crate) fn c_value(name: &str, value: i64) -> String {
    format!("ASSERT((long long)({name}) == {value}LL, value_of_{name})\n")
}

/// What `ASSERT` is, in C and in C++; put it after the `#include`s.
pub(crate) const C_ASSERT: &str = "\
#include <stddef.h>
#if defined(__cplusplus)
#define ASSERT(condition, what) static_assert(condition, #what);
#else
#define ASSERT(condition, what) _Static_assert(condition, #what);
#endif
#if defined(__clang__)
#pragma clang diagnostic ignored \"-Wpragma-pack\"
#endif
";

/// A file of the repository.
pub(crate) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Whether `make bless` is running: tests then write what they expect.
pub(crate) fn blessing() -> bool {
    env::var_os("BLESS").is_some_and(|value| value != "0")
}

/// A committed file against what it should hold; when blessing, it is written instead.
pub(crate) fn committed(path: &str, should_be: &str) {
    let file = repository(path);
    if blessing() {
        fs::write(&file, should_be).unwrap_or_else(|e| panic!("{path}: {e}"));
        return;
    }
    let is = fs::read_to_string(&file).unwrap_or_default();
    if is == should_be {
        return;
    }
    let line = is.lines().zip(should_be.lines()).take_while(|(a, b)| a == b).count();
    panic!(
        "{path} is out of date from line {} on; run `make bless` and review the difference\n    is:        {}\n    should be: {}",
        line + 1,
        is.lines().nth(line).unwrap_or("(end)"),
        should_be.lines().nth(line).unwrap_or("(end)"),
    );
}

/// Compares what differs between an oracle and us with the list of known differences, line by line and exactly, so
/// that neither side can lose or gain anything unnoticed.
pub(crate) fn known_differences(path: &str, found: &BTreeSet<String>) {
    let text = fs::read_to_string(repository(path)).unwrap_or_default();
    let head: String =
        text.lines().take_while(|line| line.starts_with('#')).flat_map(|l| [l, "\n"]).collect();
    let lines: String = found.iter().flat_map(|line| [line.as_str(), "\n"]).collect();
    committed(path, &format!("{head}{lines}"));
}

/// Runs a compiler or another tool; a missing one is a failure, with a hint what to install.
pub(crate) fn run(tool: &str, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new(tool).args(arguments).output().unwrap_or_else(|e| {
        panic!(
            "{tool}: {e}\nthis test needs it: install gcc, g++, clang, binutils, gcc-mingw-w64 (`make tools`)"
        )
    });
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
}

/// Writes a C file for this test alone.
pub(crate) fn c_file(name: &str, text: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("abi");
    fs::create_dir_all(&folder).expect("the target folder is writable");
    let path = folder.join(name);
    fs::write(&path, text).expect("the target folder is writable");
    path
}

/// Compiles a file without output, warnings being errors.
pub(crate) fn check(compiler: &str, flags: &[&str], file: &Path) -> Result<(), String> {
    let file = file.to_str().expect("a UTF-8 path");
    let arguments = [&["-fsyntax-only", "-Wall", "-Wextra", "-Werror"], flags, &[file]].concat();
    run(compiler, &arguments).map(|_| ()).map_err(|e| {
        let start: Vec<_> = e.lines().take(40).collect();
        format!("{compiler} {}:\n{}", arguments.join(" "), start.join("\n"))
    })
}
