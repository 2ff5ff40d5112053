//! The files of `dll/`, from which the DLL is made, agree with the sources and with mingw-w64's import library.
//! `scripts/check-dll.sh` then holds the DLLs that were built to them.

mod abi;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use abi::*;

const TARGETS: [(&str, bool); 2] = [("x86_64", true), ("i686", false)];

/// What the compat part of the Linux library exports besides: Windows has it elsewhere.
const WIN32: [&str; 19] = [
    "CertAddCertificateContextToStore",
    "CertCloseStore",
    "CertCreateCertificateContext",
    "CertDuplicateCertificateChain",
    "CertDuplicateCertificateContext",
    "CertEnumCertificatesInStore",
    "CertFindCertificateInStore",
    "CertFreeCertificateChain",
    "CertFreeCertificateContext",
    "CertGetCertificateContextProperty",
    "CertOpenStore",
    "CertOpenSystemStoreA",
    "CertOpenSystemStoreW",
    "GetLastError",
    "GlobalAlloc",
    "GlobalFree",
    "LocalAlloc",
    "LocalFree",
    "SetLastError",
];

#[test]
fn list_of_exports_is_what_the_sources_export() {
    let linux = read("tests/expected/exports.txt");
    let public = linux.lines().filter(|name| !WIN32.contains(name)).map(str::to_owned);
    let ours: BTreeSet<_> = public.chain(private().into_keys()).collect();
    assert_eq!(listed().into_keys().collect::<BTreeSet<_>>(), ours);
}

#[test]
fn ordinals_are_unique() {
    let ordinals: BTreeSet<_> = listed().into_values().map(|(ordinal, _)| ordinal).collect();
    assert_eq!(ordinals.len(), listed().len());
}

/// And, on 32 bits, every private function removes as many bytes from the stack as the import library says.
#[test]
fn every_name_of_the_import_library_is_listed() {
    let (listed, private, stdcall) = (listed(), private(), read("tests/abi/stdcall.txt"));
    for (target, is_64) in TARGETS {
        let library = format!("/usr/{target}-w64-mingw32/lib/libwinhttp.a");
        assert!(Path::new(&library).exists(), "{library} is not there: install mingw-w64 for {target}");
        let symbols = run(&format!("{target}-w64-mingw32-nm"), &[&library]).unwrap();
        let mut functions = 0;
        for symbol in symbols.lines().filter_map(|line| line.split_once(" T ")).map(|(_, symbol)| symbol) {
            functions += 1;
            let (name, bytes) = match symbol.split_once('@') {
                Some((name, bytes)) => {
                    (name.strip_prefix('_').unwrap(), Some(bytes.parse::<usize>().unwrap()))
                }
                None => (symbol, None),
            };
            let (_, only_64) = listed.get(name).unwrap_or_else(|| panic!("dll/exports.txt lacks {name}"));
            assert!(is_64 || !only_64, "{name} is in the 32-bit library too");
            let Some(bytes) = bytes else { continue };
            match private.get(name) {
                Some(words) => assert_eq!(words * 4, bytes, "{name}"),
                None => {
                    assert!(stdcall.lines().any(|line| line == format!("{name} {bytes}")), "{name} {bytes}")
                }
            }
        }
        assert!(functions > 60, "{library}: {functions} functions");
    }
}

#[test]
fn every_error_has_a_message() {
    let messages = read("dll/messages.txt");
    let numbers: BTreeSet<i64> = messages
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split_once(' ').unwrap().0.parse().unwrap())
        .collect();
    let last = numbers.last().copied().unwrap();
    let errors: BTreeSet<i64> = constants()
        .iter()
        .filter(|constant| constant.name.starts_with("ERROR_WINHTTP_"))
        .map(|constant| constant.value)
        .collect();
    assert!(errors.is_subset(&numbers), "{:?}", errors.difference(&numbers));
    assert_eq!(last, 12193);
}

/// Name to ordinal and whether only the 64-bit DLL has it.
fn listed() -> BTreeMap<String, (u32, bool)> {
    let text = read("dll/exports.txt");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let words: Vec<_> = line.split(' ').collect();
            (words[1].to_owned(), (words[0].parse().unwrap(), words.get(2) == Some(&"64")))
        })
        .collect()
}

/// The functions that only the DLL has, and how many words each takes.
fn private() -> BTreeMap<String, usize> {
    let text = read("src/abi/windows.rs");
    text.lines()
        .filter_map(|line| {
            let (name, rest) = line.trim().split_once('(')?;
            let (words, _) = rest.split_once(") = ")?;
            let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric());
            is_name.then(|| (name.to_owned(), words.split_whitespace().count()))
        })
        .collect()
}

fn read(path: &str) -> String {
    fs::read_to_string(repository(path)).unwrap()
}
