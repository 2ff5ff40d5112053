//! `docs/COMPATIBILITY.md` is generated from the tree, and this test fails when it is not fresh (`make bless` writes
//! it).
//!
//! Functions come from `tests/expected/exports.txt`, options from the rows in `src/api/options`, the names
//! that there are at all from `tests/abi/stdcall.txt` and `src/abi/constants/options.rs`, the tests from `ctests`, and
//! what no file shows by itself from `docs/compatibility-notes.txt`.

mod abi;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Mutex;
use std::{env, fs};

use abi::*;

const TABLE: &str = "docs/COMPATIBILITY.md";
const NOTES: &str = "docs/compatibility-notes.txt";
/// The state of what the SDK's header has and the library has not.
const ABSENT: &str = "absent";
/// Constants named like options that are values of one.
const NO_OPTIONS: [&str; 3] = ["REDIRECT_POLICY_", "SPN_MASK", "REQUEST_ANNOTATION_MAX_LENGTH"];

/// Held while a test reads or writes the notes.
static NOTES_IN_USE: Mutex<()> = Mutex::new(());

#[test]
fn table_is_fresh() {
    let _in_use = NOTES_IN_USE.lock();
    committed(TABLE, &document(&Notes::read()));
}

#[test]
fn notes_are_about_what_exists() {
    let _in_use = NOTES_IN_USE.lock();
    let exports = exports();
    let rows = rows();
    let mut absent: BTreeSet<_> =
        known_functions().into_iter().chain(known_options().into_values()).collect();
    absent.retain(|name| !exports.contains(name) && !rows.iter().any(|row| row.name == *name));
    for (name, (state, _)) in &Notes::read().states {
        let is_absent = absent.remove(name);
        assert_eq!(is_absent, state == ABSENT, "{NOTES}: {name}");
        let known = is_absent || exports.contains(name) || rows.iter().any(|row| row.name == *name);
        assert!(known, "{NOTES}: {name} is neither a function nor an option");
    }
    assert!(absent.is_empty(), "{NOTES} does not say why there is no {absent:?}");
}

/// Whatever has no C test is listed, and whatever is listed has none.
#[test]
fn what_has_no_test_is_listed() {
    let _in_use = NOTES_IN_USE.lock();
    let tests = Tests::read();
    let names = exports().into_iter().chain(rows().into_iter().map(|row| row.name));
    let untested: BTreeSet<_> = names.filter(|name| tests.of(name).is_empty()).collect();
    let text = read(NOTES);
    let is_stale = |line: &&str| untested_name(line).is_some_and(|name| !untested.contains(name));
    if blessing() {
        let kept: String = text.lines().filter(|line| !is_stale(line)).flat_map(|l| [l, "\n"]).collect();
        fs::write(repository(NOTES), kept).unwrap();
    } else if let Some(line) = text.lines().find(is_stale) {
        panic!("{NOTES}: `{line}` is no longer true; run `make bless`");
    }
    let missing: Vec<_> = untested.difference(&Notes::read().untested).cloned().collect();
    assert!(missing.is_empty(), "no C test mentions {missing:?}: write one, or list the name in {NOTES}");
}

/// Handles, sizes and values of every option, those we do not have included, are tried in one table.
#[test]
fn every_option_is_in_the_table_of_the_c_tests() {
    let tests = Tests::read();
    let mut missing: Vec<_> = known_options().into_values().collect();
    missing.retain(|name| !has_word(&tests.programs["option_table"], &format!("WINHTTP_OPTION_{name}")));
    assert!(missing.is_empty(), "ctests/option_table.c has no row for {missing:?}");
}

/// Each function that takes a handle is tried with every kind of handle, each of a request in every state of one.
#[test]
fn every_function_of_a_handle_is_misused_by_the_c_tests() {
    let tests = Tests::read();
    let prototypes = HEADER.split(" WINAPI ").skip(1).filter_map(|rest| rest.split(';').next());
    for prototype in prototypes.filter(|prototype| prototype.contains("(HINTERNET ")) {
        let (name, parameters) = prototype.split_once('(').unwrap();
        let programs = if parameters.starts_with("HINTERNET request_handle") {
            &["misuse", "states"][..]
        } else {
            &["misuse"]
        };
        for program in programs {
            assert!(has_word(&tests.programs[*program], name), "ctests/{program}.c lacks {name}");
        }
    }
}

/// The whole file.
fn document(notes: &Notes) -> String {
    let (exports, rows, tests) = (exports(), rows(), Tests::read());
    let note = |name: &str| notes.states.get(name).map_or(("works", ""), |(state, note)| (state, note));
    let mut text = String::from(HEAD);

    let (ours, others): (Vec<_>, Vec<_>) = exports.iter().partition(|name| name.starts_with("WinHttp"));
    let all = known_functions();
    let states = count(ours.iter().map(|name| note(name).0));
    writeln!(
        text,
        "## Functions\n\n{} of the {} functions of the SDK's header: {states}.\n",
        ours.len(),
        all.len()
    )
    .unwrap();
    text += "| function | state | C tests | remarks |\n|---|---|---|---|\n";
    for name in ours {
        let (state, note) = note(name);
        writeln!(text, "| {name} | {state} | {} | {note} |", tests.cell(name)).unwrap();
    }
    text += "\nThe header does not declare the others and the library does not have them.\n\n";
    for name in all.iter().filter(|name| !exports.contains(*name)) {
        writeln!(text, "- {name}: {}", note(name).1).unwrap();
    }

    text += "\n## Win32 functions that the library exports on Linux\n\nNot a part of WinHTTP, but of its contract.\n\n";
    text += "| function | state | C tests | remarks |\n|---|---|---|---|\n";
    for name in others {
        let (state, note) = note(name);
        writeln!(text, "| {name} | {state} | {} | {note} |", tests.cell(name)).unwrap();
    }

    let options = known_options();
    let states = count(rows.iter().map(|row| note(&row.name).0));
    writeln!(text, "\n## Options\n\n{} of {} options: {states}.", rows.len(), options.len()).unwrap();
    text += "S, C, R, W and P are session, connection, request, WebSocket and proxy resolver handles, N is the NULL handle.\n\n";
    text += "| option (`WINHTTP_OPTION_`...) | number | set on | query on | state | C tests | remarks |\n";
    text += "|---|---|---|---|---|---|---|\n";
    for Row { id, name, set_on, query_on } in &rows {
        let (state, note) = note(name);
        let cell = tests.cell(name);
        writeln!(text, "| {name} | {id} | {set_on} | {query_on} | {state} | {cell} | {note} |").unwrap();
    }
    text += "\nThe others fail cleanly, with `ERROR_WINHTTP_INVALID_OPTION` (12009) on every handle:\n\n";
    for (id, name) in options.iter().filter(|(id, _)| !rows.iter().any(|row| row.id == **id)) {
        writeln!(text, "- {name} ({id}): {}", note(name).1).unwrap();
    }
    text
}

/// How many are in which state.
fn count<'a>(states: impl Iterator<Item = &'a str>) -> String {
    let mut counts = BTreeMap::new();
    states.for_each(|state| *counts.entry(state).or_insert(0) += 1);
    let counts: Vec<_> = counts.iter().map(|(state, count)| format!("{count} {state}")).collect();
    counts.join(", ")
}

const HEAD: &str = "\
<!-- Generated by tests/compatibility.rs; `make bless` writes it. Remarks come from compatibility-notes.txt. -->
# Compatibility

What there is of WinHTTP, and which C test programs (`ctests/NAME.c`) use it. `all` means that every program does,
through `ctests/harness.h`.

- **works**: does what Windows' documentation says, as far as our tests tell. [DIFFERENCES](DIFFERENCES.md) lists known
  exceptions.
- **partial**: a part of it does; the remark says which.
- **no effect**: is accepted, but changes nothing.
- **fails cleanly**: gives a documented error, always.

";

/// What the notes file says.
#[derive(Default)]
struct Notes {
    /// State and remark.
    states: BTreeMap<String, (String, String)>,
    /// What is known to have no C test.
    untested: BTreeSet<String>,
}

impl Notes {
    fn read() -> Notes {
        let mut notes = Notes::default();
        for line in read(NOTES).lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            if let Some(name) = untested_name(line) {
                notes.untested.insert(name.to_owned());
                continue;
            }
            let parts: Vec<_> = line.splitn(3, ": ").collect();
            let [name, state, note] = parts[..] else { panic!("{NOTES}: not `NAME: STATE: REMARK`: {line}") };
            let states = ["works", "partial", "no effect", "fails cleanly", ABSENT];
            assert!(states.contains(&state), "{NOTES}: {line}");
            let before = notes.states.insert(name.to_owned(), (state.to_owned(), note.to_owned()));
            assert!(before.is_none(), "{NOTES}: {name} is there twice");
        }
        notes
    }
}

/// The name in a line `NAME: no test`.
fn untested_name(line: &str) -> Option<&str> {
    line.strip_suffix(": no test")
}

/// The C test programs, without their comments.
struct Tests {
    programs: BTreeMap<String, String>,
    harness: String,
}

impl Tests {
    fn read() -> Tests {
        let mut programs = BTreeMap::new();
        for entry in fs::read_dir(repository("ctests")).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "c") {
                let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
                programs.insert(name, without_comments(&fs::read_to_string(&path).unwrap()));
            }
        }
        Tests { programs, harness: without_comments(&read("ctests/harness.h")) }
    }

    /// The programs that use a function, or an option by its short name.
    fn of(&self, name: &str) -> Vec<&str> {
        let is_function = name.contains(|c: char| c.is_ascii_lowercase());
        let wanted = if is_function { name.to_owned() } else { format!("WINHTTP_OPTION_{name}") };
        let uses = |text: &str| has_word(text, &wanted);
        if uses(&self.harness) {
            return vec!["all"];
        }
        self.programs.iter().filter(|(_, text)| uses(text)).map(|(program, _)| program.as_str()).collect()
    }

    fn cell(&self, name: &str) -> String {
        let programs = self.of(name);
        if programs.is_empty() { "no test".to_owned() } else { programs.join(", ") }
    }
}

fn has_word(text: &str, wanted: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').any(|word| word == wanted)
}

fn without_comments(text: &str) -> String {
    let mut code = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("/*") {
        code += before;
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    code += rest;
    code.lines().flat_map(|line| [line.split("//").next().unwrap_or(""), "\n"]).collect()
}

/// An option that we have.
struct Row {
    id: u32,
    name: String,
    set_on: String,
    query_on: String,
}

/// The rows of the option table, as its source has them: `row(ID, "NAME", SET_ON, QUERY_ON, ...`, where the kinds of
/// handle are spelt in letters.
fn rows() -> Vec<Row> {
    let folder = "src/api/options";
    let files = fs::read_dir(repository(folder)).unwrap();
    let mut rows = Vec::new();
    for path in files.map(|entry| entry.unwrap().path()) {
        let text = fs::read_to_string(&path).unwrap();
        let Some((_, table)) = text.split_once("static ROWS: &[Row] = &[") else { continue };
        for row in table.split("\n    row(").skip(1) {
            let mut words = row.splitn(5, ',').map(str::trim);
            let mut word = || words.next().unwrap_or_else(|| panic!("{}: {row}", path.display()));
            rows.push(Row {
                id: number(word()),
                name: word().trim_matches('"').to_owned(),
                set_on: shown(word()),
                query_on: shown(word()),
            });
        }
    }
    rows.sort_by_key(|row| row.id);
    let options = known_options();
    for Row { id, name, .. } in &rows {
        assert_eq!(
            options.get(id),
            Some(name),
            "{folder}: option {id} has another name in src/abi/constants"
        );
    }
    rows
}

fn number(text: &str) -> u32 {
    match text.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16).unwrap(),
        None => text.parse().unwrap(),
    }
}

/// Kinds of handle, a word of letters.
fn shown(kinds: &str) -> String {
    if kinds == "NONE" {
        return "–".to_owned();
    }
    let known = |letter: char| "SCRWPN".contains(letter);
    assert!(!kinds.is_empty() && kinds.chars().all(known), "{kinds} does not spell kinds of handle");
    kinds.chars().map(String::from).collect::<Vec<_>>().join(" ")
}

/// Every option of the SDK, by number.
fn known_options() -> BTreeMap<u32, String> {
    let mut options = BTreeMap::new();
    for constant in constants() {
        let Some(name) = constant.name.strip_prefix("WINHTTP_OPTION_") else { continue };
        if !NO_OPTIONS.iter().any(|other| name.starts_with(other)) {
            let before = options.insert(u32::try_from(constant.value).unwrap(), name.to_owned());
            assert!(before.is_none(), "{name} and {before:?} have one number: is one of them a value?");
        }
    }
    options
}

/// Every function of the SDK.
fn known_functions() -> BTreeSet<String> {
    let text = read("tests/abi/stdcall.txt");
    let names = text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split(' ').next());
    names.map(str::to_owned).collect()
}

/// What the library exports. When blessing, the library itself is asked: the list may be written after this.
fn exports() -> BTreeSet<String> {
    let path = "tests/expected/exports.txt";
    let library = env::current_exe().unwrap().with_file_name("libwinhttp.so");
    let text = if blessing() && library.exists() {
        let symbols =
            run("nm", &["-D", "--defined-only", "--format=posix", library.to_str().unwrap()]).unwrap();
        symbols.lines().filter_map(|line| line.split(' ').next()).flat_map(|name| [name, "\n"]).collect()
    } else {
        read(path)
    };
    assert!(!text.is_empty(), "{path} is empty; run `make bless`");
    text.lines().map(str::to_owned).collect()
}

fn read(path: &str) -> String {
    fs::read_to_string(repository(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}
