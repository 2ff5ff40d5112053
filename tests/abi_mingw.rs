//! Our constants, layouts for both widths, and prototypes against the winhttp.h of mingw-w64.
//!
//! The compiler is the judge: it includes that header and then assertions made from our tables, or our prototypes.

mod abi;

use std::collections::BTreeSet;

use abi::*;

/// Lines `- NAME` (not there), `~ NAME VALUE` (another value there) and `+ NAME` (there and not here).
const KNOWN: &str = "tests/abi/mingw.txt";

const INCLUDES: &str = "\
#define NTDDI_VERSION 0x0A00000C
#define _WIN32_WINNT 0x0A00
#define SECURITY_WIN32
#include <winsock2.h>
#include <windows.h>
#include <security.h>
#include <schannel.h>
#include <mstcpip.h>
";
const WINHTTP: &str = "#include <winhttp.h>\n";
const TARGETS: [(&str, u32); 2] = [("x86_64", 64), ("i686", 32)];

#[test]
fn names_agree() {
    let identifiers = identifiers();
    let macros = macros();
    let ours = constants();
    let mut found = BTreeSet::new();
    for Constant { name, is_enumerator, .. } in &ours {
        let there = if *is_enumerator { &identifiers } else { &macros };
        if !there.contains(*name) {
            found.insert(format!("- {name}"));
        } else if let Some(other) = other_value(name) {
            let text = format!("{INCLUDES}{WINHTTP}{C_ASSERT}{}", c_value(name, other));
            check(&gcc("x86_64"), &[], &c_file("other_values.c", &text)).unwrap();
            found.insert(format!("~ {name} {other}"));
        }
    }
    let layouts = layouts();
    let missing = layouts.iter().filter(|layout| !identifiers.contains(layout.name));
    found.extend(missing.map(|layout| format!("- {}", layout.name)));

    let handwritten = |name: &str| {
        HEADER.contains(&format!("#define {name} ")) || HEADER.contains(&format!("#define {name}\n"))
    };
    let only_there = macros.iter().filter(|name| !name.starts_with('_') && !handwritten(name));
    found.extend(only_there.map(|name| format!("+ {name}")));
    let functions = identifiers.iter().filter(|name| name.starts_with("WinHttp"));
    let known = |name: &str| {
        ours.iter().any(|constant| constant.name == name) || HEADER.contains(&format!(" {name}("))
    };
    found.extend(functions.filter(|name| !known(name)).map(|name| format!("+ {name}")));
    known_differences(KNOWN, &found);
}

#[test]
fn values_and_layouts_agree() {
    // What is absent stands in the list that `names_agree` holds.
    let identifiers = identifiers();
    let macros = macros();
    for (target, width) in TARGETS {
        let mut text = format!("{INCLUDES}{WINHTTP}{C_ASSERT}");
        for Constant { name, value, is_enumerator } in constants() {
            let there = if is_enumerator { &identifiers } else { &macros };
            if there.contains(name) && other_value(name).is_none() {
                text += &c_value(name, value);
            }
        }
        for layout in layouts().iter().filter(|layout| identifiers.contains(layout.name)) {
            text += &c_layout(layout, width);
        }
        check(&gcc(target), &[], &c_file(&format!("values_{target}.c"), &text)).unwrap();
    }
}

#[test]
fn prototypes_agree() {
    for (target, _) in TARGETS {
        let text = prototypes_after_theirs();
        check(&gcc(target), &[], &c_file(&format!("prototypes_{target}.c"), &text)).unwrap();
    }
}

/// On 32-bit Windows the callee removes its parameters from the stack: a wrong count destroys the caller's. The
/// counts are written down, for the functions that the other header lacks too.
#[test]
fn parameters_take_the_bytes_they_should() {
    let list = std::fs::read_to_string(repository("tests/abi/stdcall.txt")).unwrap();
    let bytes = |name: &str| {
        let mut rows = list.lines().filter_map(|line| line.split_once(' '));
        rows.find(|(listed, _)| *listed == name)
            .unwrap_or_else(|| panic!("tests/abi/stdcall.txt lacks {name}"))
            .1
    };
    let names: Vec<_> = prototypes().collect();
    let pointers: String = names.iter().map(|name| format!("    (void *)&{name},\n")).collect();
    let text = format!("{INCLUDES}{INCLUDE_HEADER}void *all[] = {{\n{pointers}    0,\n}};\n");
    let file = c_file("stdcall.c", &text);
    let object = file.with_extension("o");
    run(&gcc("i686"), &["-c", file.to_str().unwrap(), "-o", object.to_str().unwrap()]).unwrap();
    let symbols = run("i686-w64-mingw32-nm", &["-u", object.to_str().unwrap()]).unwrap();
    for name in names {
        let symbol = format!("_{name}@{}", bytes(name));
        assert!(
            symbols.split_whitespace().any(|found| found == symbol),
            "{symbol} expected among:\n{symbols}"
        );
    }
}

#[test]
fn a_prototype_that_differs_is_noticed() {
    for (target, _) in TARGETS {
        let text = prototypes_after_theirs() + "BOOL WINAPI WinHttpCloseHandle(int handle);\n";
        let verdict = check(&gcc(target), &[], &c_file(&format!("planted_{target}.c"), &text));
        assert!(verdict.is_err_and(|message| message.contains("conflicting types")));
    }
}

#[test]
fn a_layout_that_differs_is_noticed() {
    let text = format!("{INCLUDES}{WINHTTP}{C_ASSERT}ASSERT(sizeof(URL_COMPONENTS) == 61, planted)\n");
    for (target, _) in TARGETS {
        let verdict = check(&gcc(target), &[], &c_file(&format!("planted_size_{target}.c"), &text));
        assert!(verdict.is_err_and(|message| message.contains("planted")));
    }
}

/// Their header, then our prototypes. Types that theirs lacks are only named.
fn prototypes_after_theirs() -> String {
    let identifiers = identifiers();
    let mut text = format!("{INCLUDES}{WINHTTP}");
    for (name, _) in structs() {
        if !identifiers.contains(name) {
            let kind = if name == "WINHTTP_HEADER_NAME" { "union" } else { "struct" };
            text += &format!("typedef {kind} _{name} {name};\n");
        }
    }
    for name in ["WINHTTP_PROXY_SETTINGS_TYPE", "WINHTTP_SECURE_DNS_SETTING"] {
        if !identifiers.contains(name) {
            text += &format!("typedef int {name};\n");
        }
    }
    for name in ["WINHTTP_PROXY_CHANGE_CALLBACK", "WINHTTP_PROXY_CHANGE_REGISTRATION_HANDLE"] {
        if !identifiers.contains(name) {
            text += &format!("typedef void *{name};\n");
        }
    }
    text + "#define WINHTTP_PROTOTYPES_ONLY\n" + INCLUDE_HEADER
}

/// The functions that our header declares.
fn prototypes() -> impl Iterator<Item = &'static str> {
    let after = HEADER.split(" WINAPI ").skip(1);
    after
        .filter_map(|rest| rest.split_once('('))
        .map(|(name, _)| name)
        .filter(|name| name.starts_with("WinHttp"))
}

fn gcc(target: &str) -> String {
    format!("{target}-w64-mingw32-gcc")
}

/// Their value of one of the few constants that grew in newer SDKs; the compiler confirms it.
fn other_value(name: &str) -> Option<i64> {
    match name {
        "WINHTTP_LAST_OPTION" => Some(147),
        "WINHTTP_ERROR_LAST" => Some(12188),
        "WINHTTP_PROTOCOL_MASK" => Some(1),
        "WINHTTP_CALLBACK_FLAG_ALL_COMPLETIONS" => Some(0x017E_0000),
        _ => None,
    }
}

/// Every identifier that is left after preprocessing.
fn identifiers() -> BTreeSet<String> {
    let file = c_file(&format!("identifiers_{}.c", unique()), &format!("{INCLUDES}{WINHTTP}"));
    let text = run(&gcc("x86_64"), &["-E", "-P", file.to_str().unwrap()]).unwrap();
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// The macros that winhttp.h adds.
fn macros() -> BTreeSet<String> {
    let defined = |text: &str| -> BTreeSet<String> {
        let file = c_file(&format!("macros_{}.c", unique()), text);
        let text = run(&gcc("x86_64"), &["-E", "-dM", file.to_str().unwrap()]).unwrap();
        let names = text.lines().filter_map(|line| line.strip_prefix("#define ")?.split([' ', '(']).next());
        names.map(str::to_owned).collect()
    };
    let without = defined(INCLUDES);
    defined(&format!("{INCLUDES}{WINHTTP}")).difference(&without).cloned().collect()
}

/// A number for a file name, for tests run side by side.
fn unique() -> usize {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
