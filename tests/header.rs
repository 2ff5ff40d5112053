//! The C header: up to date, and good for the compilers that programs are built with.

mod abi;

use abi::*;

#[test]
fn committed_header_is_the_generated_one() {
    committed("include/winhttp.h", HEADER);
}

#[test]
fn every_struct_has_a_written_down_layout_of_all_its_fields() {
    let layouts = layouts();
    for (name, fields) in structs() {
        // The unions without a name in C are seen through the struct around them.
        if name.starts_with("WINHTTP_EXTENDED_HEADER_") {
            continue;
        }
        let layout = layouts.iter().find(|layout| layout.name == name);
        let layout = layout.unwrap_or_else(|| panic!("src/abi/types/layouts.rs lacks {name}"));
        let written: Vec<_> = layout.fields.iter().map(|(field, _)| *field).collect();
        assert_eq!(written, fields, "fields of {name} in src/abi/types/layouts.rs");
    }
}

/// Our header by itself holds what Rust holds: every constant, every enumerator, every struct.
fn probe(width: u32, before: &str) -> String {
    let mut text = format!("{before}{INCLUDE_HEADER}{C_ASSERT}");
    text.extend(constants().iter().map(|constant| c_value(constant.name, constant.value)));
    let ours = structs();
    let is_ours = |layout: &&Layout| ours.iter().any(|(name, _)| *name == layout.name);
    text.extend(layouts().iter().filter(is_ours).map(|layout| c_layout(layout, width)));
    text += "int main(void)\n{\n    WINHTTP_STATUS_CALLBACK callback = WINHTTP_INVALID_STATUS_CALLBACK;\n    \
             return callback == WINHTTP_INVALID_STATUS_CALLBACK && !WINHTTP_NO_PROXY_NAME;\n}\n";
    text
}

#[test]
fn header_compiles_as_c_and_cpp_on_linux() {
    let windows_h = repository("include/windows.h");
    assert!(windows_h.exists(), "include/windows.h is missing: winhttp.h needs its types on Linux");
    let include = format!("-I{}", repository("include").display());
    let text = probe(64, "");
    let c = c_file("header_linux.c", &text);
    let cpp = c_file("header_linux.cpp", &text);
    let flags = |standard| [standard, "-fshort-wchar", "-Wno-c11-extensions", include.as_str()];
    for compiler in ["gcc", "clang"] {
        for standard in ["-std=c99", "-std=gnu17"] {
            check(compiler, &flags(standard), &c).unwrap();
        }
    }
    for compiler in ["g++", "clang++"] {
        for standard in ["-std=c++11", "-std=c++17"] {
            check(compiler, &flags(standard), &cpp).unwrap();
        }
    }
}

#[test]
fn header_compiles_for_both_windows_widths() {
    // Where a program wants the structs made of other headers' types, it includes these first.
    let before = "#define SECURITY_WIN32\n#include <winsock2.h>\n#include <windows.h>\n#include <security.h>\n\
                  #include <schannel.h>\n";
    for (prefix, width) in [("x86_64", 64), ("i686", 32)] {
        let text = probe(width, before);
        let c = c_file(&format!("header_{prefix}.c"), &text);
        check(&format!("{prefix}-w64-mingw32-gcc"), &["-std=c99"], &c).unwrap();
    }
}
