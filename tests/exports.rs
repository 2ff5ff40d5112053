//! The symbols that programs can link with are those listed, no more and no fewer.

#![cfg(target_os = "linux")]

mod abi;

use std::env;

use abi::*;

#[test]
fn exports_are_the_listed_ones() {
    let library = library();
    let symbols = run("nm", &["-D", "--defined-only", "--format=posix", &library]).unwrap();
    let mut names: Vec<_> = symbols.lines().filter_map(|line| line.split(' ').next()).collect();
    names.sort_unstable();
    committed("tests/expected/exports.txt", &names.iter().flat_map(|name| [name, "\n"]).collect::<String>());
}

#[test]
fn header_declares_no_function_that_is_not_exported() {
    let symbols = run("nm", &["-D", "--defined-only", "--format=posix", &library()]).unwrap();
    let words = HEADER.split(" WINAPI ").skip(1).filter_map(|rest| rest.split_once('('));
    for (name, _) in words.filter(|(name, _)| name.starts_with("WinHttp")) {
        assert!(symbols.lines().any(|line| line.starts_with(&format!("{name} "))), "{name} is not exported");
    }
}

#[test]
fn library_is_found_by_its_file_name() {
    let dynamic = run("readelf", &["-d", &library()]).unwrap();
    let soname = dynamic.lines().find(|line| line.contains("(SONAME)")).expect("a SONAME");
    assert!(soname.contains("[libwinhttp.so]"), "{soname}");
}

/// The library that cargo built together with the crate this test is linked with.
fn library() -> String {
    let test = env::current_exe().unwrap();
    let path = test.with_file_name("libwinhttp.so");
    assert!(path.exists(), "{} is not there", path.display());
    path.into_os_string().into_string().unwrap()
}
