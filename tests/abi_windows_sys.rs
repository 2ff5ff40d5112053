//! Our constants and 64-bit layouts against those of the windows-sys crate, which Microsoft's metadata generate.

#[macro_use]
mod abi;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::{env, fs};

use abi::*;

/// Lines `- NAME` (not there), `~ NAME VALUE` (another value there) and `+ NAME` (there and not here).
const KNOWN: &str = "tests/abi/windows_sys.txt";

#[test]
fn constants_agree() {
    let theirs = their_constants();
    let mut ours = BTreeSet::new();
    let mut found = BTreeSet::new();
    for Constant { name, value, .. } in constants() {
        // The SDK's name is a macro; the metadata had to invent one for the type.
        let there = theirs.get(name).or_else(|| theirs.get(&format!("WINHTTP_{name}")));
        match there {
            None => found.insert(format!("- {name}")),
            Some(&other) if other != value => found.insert(format!("~ {name} {other}")),
            Some(_) => false,
        };
        ours.insert(name.to_owned());
        if name.starts_with("INTERNET_SCHEME_") {
            ours.insert(format!("WINHTTP_{name}"));
        }
    }
    found.extend(theirs.keys().filter(|name| !ours.contains(*name)).map(|name| format!("+ {name}")));
    found.extend(structs_not_there().into_iter().map(|name| format!("- {name}")));
    known_differences(KNOWN, &found);
}

#[test]
fn structs_agree() {
    let missing = structs_not_there();
    for theirs in their_layouts().iter().filter(|theirs| !missing.contains(theirs.name)) {
        let layouts = layouts();
        let ours = layouts.iter().find(|ours| ours.name == theirs.name).unwrap();
        assert_eq!(ours.size[0], theirs.size[0], "size of {}", ours.name);
        assert_eq!(ours.align[0], theirs.align[0], "alignment of {}", ours.name);
        for (ours_at, theirs_at) in ours.fields.iter().zip(&theirs.fields) {
            assert_eq!((ours_at.0, ours_at.1[0]), (theirs_at.0, theirs_at.1[0]), "in {}", ours.name);
        }
    }
}

/// The layouts for 32 bits cannot be measured here; that the same structs are packed for them can.
#[test]
fn packed_structs_agree() {
    let packed = |text: &str| -> BTreeSet<String> {
        let items = text.split("packed(4)").skip(1).filter_map(|item| item.split_once("pub struct "));
        items.filter_map(|(_, item)| item.split_once(" {")).map(|(name, _)| name.to_owned()).collect()
    };
    let ours = fs::read_to_string(repository("src/abi/types/structs.rs")).unwrap();
    assert_eq!(packed(&ours), packed(&their_source()));
}

fn structs_not_there() -> BTreeSet<&'static str> {
    their_layouts().iter().filter(|layout| layout.size[0] == 0).map(|layout| layout.name).collect()
}

/// windows-sys's layouts of our structs; size 0 for those it has not.
fn their_layouts() -> Vec<Layout> {
    macro_rules! list {
        ($($name:ident $size64:literal / $size32:literal align $align64:literal / $align32:literal {
            $($field:ident $at64:literal / $at32:literal,)*
        })*) => {
            // What a name means when the inner `use`s do not have it.
            $(#[allow(non_camel_case_types, non_snake_case, dead_code, clippy::upper_case_acronyms)]
            struct $name { $($field: (),)* })*

            fn their_layouts_or_nothing() -> Vec<Layout> {
                #[allow(unused_imports)]
                use windows_sys::Win32::{
                    Foundation::*, Networking::WinHttp::*, Security::Cryptography::*, System::SystemInformation::*,
                };
                vec![$({
                    Layout {
                        name: stringify!($name),
                        size: [size_of::<$name>(); 2],
                        align: [align_of::<$name>(); 2],
                        fields: vec![$((stringify!($field), [std::mem::offset_of!($name, $field); 2]),)*],
                    }
                },)*]
            }
        };
    }
    every_layout!(list);
    their_layouts_or_nothing()
}

/// Every constant in windows-sys's source for WinHTTP. The source, because only it tells what we lack.
fn their_constants() -> BTreeMap<String, i64> {
    let text = their_source();
    let constants = text.lines().filter_map(|line| line.strip_prefix("pub const "));
    constants
        .filter_map(|constant| {
            let (name, rest) = constant.split_once(": ")?;
            let value = rest.split_once(" = ")?.1.strip_suffix(';')?;
            let digits = ["u32", "i32", "u16"].iter().find_map(|suffix| value.strip_suffix(suffix))?;
            Some((name.to_owned(), digits.parse().unwrap_or_else(|e| panic!("{name}: {e}"))))
        })
        .collect()
}

fn their_source() -> String {
    fs::read_to_string(windows_sys().join("src/Windows/Win32/Networking/WinHttp/mod.rs")).unwrap()
}

/// Where cargo keeps the crate that these tests are built with.
fn windows_sys() -> PathBuf {
    let manifest = repository("Cargo.toml");
    let cargo = env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let version = run(&cargo, &["-vV"]).unwrap();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).expect("cargo knows its host");
    // Only what this machine builds with is sure to have been fetched.
    let scope = ["--offline", "--filter-platform", host, "--manifest-path", manifest.to_str().unwrap()];
    let metadata = run(&cargo, &[&["metadata", "--format-version=1"][..], &scope].concat()).unwrap();
    let end = "/Cargo.toml\"";
    let mut paths = metadata.split("\"manifest_path\":\"").skip(1).filter_map(|rest| rest.split_once(end));
    let is_ours =
        |path: &str| path.rsplit('/').next().is_some_and(|name| name.starts_with("windows-sys-0.61."));
    paths.find(|(path, _)| is_ours(path)).expect("windows-sys is a dev-dependency").0.into()
}
