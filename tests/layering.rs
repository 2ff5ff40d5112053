//! The layers in `src/` keep to the table in `src/lib.rs`, and unsafe code keeps to its places.
//!
//! The table is read from the crate's doc comment, so what it says and what is checked are one. The check is of the
//! text: comments and literals are taken out, then every path that starts at the crate's root is looked at.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Where `unsafe` may stand; what ends in a slash is a folder.
const UNSAFE_CODE: [&str; 10] = [
    "abi/",
    "platform/",
    "base/brief.rs",
    "base/ending.rs",
    "base/futex.rs",
    "base/lock.rs",
    "base/rawbuf.rs",
    "base/slots.rs",
    "base/wide.rs",
    "net/pac/heap.rs",
];
/// Where the lint that forbids it may be lifted, for those places.
const LINT_LIFTED: [&str; 4] = ["abi/mod.rs", "platform/mod.rs", "base/mod.rs", "net/pac/mod.rs"];

#[test]
fn every_folder_is_a_layer_and_every_layer_a_folder() {
    let mut folders: Vec<_> = fs::read_dir(src())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    folders.sort_unstable();
    assert_eq!(folders, layers().into_keys().collect::<Vec<_>>());
}

#[test]
fn layers_use_only_what_the_table_allows() {
    let layers = layers();
    let mut violations = Vec::new();
    for (file, text) in sources() {
        if let Some((layer, _)) = file.split_once('/') {
            let depth = module_depth(&file);
            violations
                .extend(forbidden_uses(&layers, layer, depth, &text).iter().map(|v| format!("{file}:{v}")));
        }
    }
    assert!(violations.is_empty(), "\n{}\n", violations.join("\n"));
}

#[test]
fn crate_root_holds_modules_and_nothing_else() {
    let text = code(&fs::read_to_string(src().join("lib.rs")).unwrap());
    let words: Vec<_> = tokens(&text).map(|(_, token)| token).collect();
    for item in ["use", "fn", "macro_rules", "static", "const", "struct", "enum", "trait", "type"] {
        assert!(!words.contains(&item), "src/lib.rs: `{item}` belongs in a layer");
    }
}

#[test]
fn unsafe_code_keeps_to_its_places() {
    let mut violations = Vec::new();
    for (file, text) in sources() {
        violations.extend(stray_unsafe(&file, &text).iter().map(|v| format!("{file}:{v}")));
    }
    assert!(violations.is_empty(), "\n{}\n", violations.join("\n"));
}

/// What each layer may use beside itself, from the table in `src/lib.rs`.
fn layers() -> BTreeMap<String, Vec<String>> {
    table(&fs::read_to_string(src().join("lib.rs")).unwrap())
}

fn table(doc: &str) -> BTreeMap<String, Vec<String>> {
    let quoted = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    let mut layers = BTreeMap::new();
    let mut order = Vec::new();
    for row in doc.lines().filter_map(|line| line.strip_prefix("//! | `")) {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        let [name, _, uses, ""] = cells[..] else { panic!("src/lib.rs: not a row of three cells: {row}") };
        let (name, uses) = (name.trim_end_matches('`').to_owned(), quoted(uses));
        order.push(name.clone());
        layers.insert(name, uses);
    }
    assert!(!order.is_empty(), "src/lib.rs has no table of layers");
    for (at, name) in order.iter().enumerate() {
        for used in &layers[name] {
            let below = order.iter().position(|other| other == used);
            assert!(
                below.is_some_and(|below| below > at),
                "src/lib.rs: `{name}` may not use `{used}` above it"
            );
        }
    }
    layers
}

/// `line: what` of every path into a layer that `layer` may not use. `depth` is that of the file's module, 1 for the
/// layer itself.
fn forbidden_uses(
    layers: &BTreeMap<String, Vec<String>>,
    layer: &str,
    depth: usize,
    source: &str,
) -> Vec<String> {
    let text = code(source);
    let words: Vec<_> = tokens(&text).collect();
    let word = |at: usize| words.get(at).map_or("", |(_, token)| *token);
    let mut found = Vec::new();
    let mut judge = |offset: usize, name: &str| {
        let line = line_of(&text, offset);
        match layers.get_key_value(name) {
            _ if name == layer => {}
            None => found.push(format!("{line}: `crate::{name}` is no layer")),
            Some((name, _)) if layers[layer].contains(name) => {}
            Some((name, _)) => found.push(format!("{line}: `{layer}` may not use `{name}`")),
        }
    };
    let mut too_high = Vec::new();
    // Braces that are open, and whether each is that of an inline module.
    let mut open: Vec<bool> = Vec::new();
    for (at, &(offset, token)) in words.iter().enumerate() {
        match token {
            "{" => open.push(at >= 2 && word(at - 2) == "mod"),
            "}" => _ = open.pop(),
            "crate" if word(at + 1) == "::" && word(at + 2) == "{" => {
                for name in group(&words[at + 3..]) {
                    judge(offset, name);
                }
            }
            "crate" if word(at + 1) == "::" => judge(offset, word(at + 2)),
            "winhttp" if word(at + 1) == "::" => judge(offset, word(at + 2)),
            "use" if word(at + 1) == "crate" && word(at + 2) != "::" => {
                judge(offset, "crate as another name")
            }
            "super" if at < 2 || word(at - 2) != "super" => {
                let ups = (0..).take_while(|n| word(at + 2 * n) == "super").count();
                if ups >= depth + open.iter().filter(|is_module| **is_module).count() {
                    too_high.push(format!("{}: `super` leaves `{layer}`", line_of(&text, offset)));
                }
            }
            _ => {}
        }
    }
    found.extend(too_high);
    found
}

/// The first names in the branches of a `{...}` group whose opening brace has been taken.
fn group<'a>(words: &[(usize, &'a str)]) -> Vec<&'a str> {
    let (mut depth, mut first, mut names) = (0, true, Vec::new());
    for (_, token) in words {
        match *token {
            "}" if depth == 0 => break,
            "{" => depth += 1,
            "}" => depth -= 1,
            "," if depth == 0 => first = true,
            name if depth == 0 && first => {
                first = false;
                names.push(name);
            }
            _ => {}
        }
    }
    names
}

/// `line: what` of unsafe code, or of permission for it, in a file that should have none.
fn stray_unsafe(file: &str, source: &str) -> Vec<String> {
    let text = code(source);
    let allowed = UNSAFE_CODE
        .iter()
        .any(|place| if place.ends_with('/') { file.starts_with(place) } else { file == *place });
    let words: Vec<_> = tokens(&text).collect();
    let mut found = Vec::new();
    for (at, (offset, token)) in words.iter().enumerate() {
        let line = line_of(&text, *offset);
        if *token == "unsafe" && !allowed {
            found.push(format!("{line}: unsafe code"));
        }
        let attribute =
            words[..at].iter().rposition(|(_, word)| *word == "(").and_then(|open| open.checked_sub(1));
        let keeps = attribute.is_some_and(|name| matches!(words[name].1, "deny" | "forbid"));
        if *token == "unsafe_code" && !keeps && !LINT_LIFTED.contains(&file) {
            found.push(format!("{line}: `unsafe_code` is allowed"));
        }
    }
    found
}

/// Names, `::`, and single other characters, with where they start.
fn tokens(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut at = 0;
    std::iter::from_fn(move || {
        at += text[at..].find(|c: char| !c.is_whitespace())?;
        let (start, rest) = (at, &text[at..]);
        let first = rest.chars().next()?;
        let len = if is_word(first) {
            rest.find(|c| !is_word(c)).unwrap_or(rest.len())
        } else if rest.starts_with("::") {
            2
        } else {
            first.len_utf8()
        };
        at += len;
        Some((start, &rest[..len]))
    })
}

/// The source with comments, strings and characters blanked out; lines stay where they are.
fn code(source: &str) -> String {
    let chars: Vec<char> = source.chars().collect();
    let at = |i: usize| chars.get(i).copied().unwrap_or('\0');
    let mut text = String::with_capacity(source.len());
    let mut i = 0;
    while i < chars.len() {
        let end = match at(i) {
            '/' if at(i + 1) == '/' => (i..chars.len()).find(|&n| chars[n] == '\n').unwrap_or(chars.len()),
            '/' if at(i + 1) == '*' => end_of_comment(&chars, i),
            '"' => end_of_string(&chars, i),
            '\'' => end_of_character(&chars, i),
            'r' if matches!(at(i + 1), '"' | '#') && starts_word(&chars, i) => end_of_raw_string(&chars, i),
            _ => i,
        };
        if end == i {
            text.push(chars[i]);
            i += 1;
        }
        for &c in &chars[i..end.max(i)] {
            text.push(if c == '\n' { '\n' } else { ' ' });
        }
        i = end.max(i);
    }
    text
}

/// Whether the `r` at `i` begins a literal (`r"`, `br"`, `cr"`), not just ends a name.
fn starts_word(chars: &[char], i: usize) -> bool {
    let is_word = |n: usize| chars.get(n).is_some_and(|c| c.is_alphanumeric() || *c == '_');
    match i.checked_sub(1).map(|before| chars[before]) {
        Some('b' | 'c') => i < 2 || !is_word(i - 2),
        _ => i == 0 || !is_word(i - 1),
    }
}

fn end_of_comment(chars: &[char], start: usize) -> usize {
    let (mut depth, mut i) = (0, start);
    while i < chars.len() {
        match (chars[i], chars.get(i + 1)) {
            ('/', Some('*')) => (depth, i) = (depth + 1, i + 2),
            ('*', Some('/')) => (depth, i) = (depth - 1, i + 2),
            _ => i += 1,
        }
        if depth == 0 {
            return i;
        }
    }
    chars.len()
}

fn end_of_string(chars: &[char], start: usize) -> usize {
    let mut i = start + 1;
    while i < chars.len() && chars[i] != '"' {
        i += if chars[i] == '\\' { 2 } else { 1 };
    }
    (i + 1).min(chars.len())
}

/// A character's end; a lifetime is no character and ends where it starts.
fn end_of_character(chars: &[char], start: usize) -> usize {
    if chars.get(start + 1) == Some(&'\\') {
        let close = (start + 3..chars.len()).find(|&n| chars[n] == '\'');
        return close.map_or(chars.len(), |n| n + 1);
    }
    if chars.get(start + 2) == Some(&'\'') { start + 3 } else { start }
}

/// A raw string's end; a raw name (`r#type`) is no string and ends where it starts.
fn end_of_raw_string(chars: &[char], start: usize) -> usize {
    let hashes = chars[start + 1..].iter().take_while(|c| **c == '#').count();
    let open = start + 1 + hashes;
    if chars.get(open) != Some(&'"') {
        return start;
    }
    let closes = |n: usize| {
        chars[n] == '"' && chars[n + 1..].iter().take(hashes).filter(|c| **c == '#').count() == hashes
    };
    let close = (open + 1..chars.len()).find(|&n| closes(n));
    close.map_or(chars.len(), |n| n + 1 + hashes)
}

fn line_of(text: &str, offset: usize) -> usize {
    text[..offset].matches('\n').count() + 1
}

/// How deep the module of `file` is in the crate: 1 for `api/mod.rs`, 2 for `api/session.rs`.
fn module_depth(file: &str) -> usize {
    let parts = file.split('/').count();
    if file.ends_with("/mod.rs") { parts - 1 } else { parts }
}

/// Every file below `src`, named from there with slashes, and its text.
fn sources() -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut folders = vec![src()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(src()).unwrap().to_str().unwrap().replace('\\', "/");
                files.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The checker itself, on planted text.
mod planted {
    use super::*;

    const TABLE: &str = "//! | layer | holds | may use |\n//! |---|---|---|\n//! | `top` | a | `middle`, `base` |\n\
                         //! | `middle` | b | `base` |\n//! | `side` | b | `base` |\n//! | `base` | c | nothing |\n";

    fn uses(layer: &str, depth: usize, source: &str) -> Vec<String> {
        forbidden_uses(&table(TABLE), layer, depth, source)
    }

    #[test]
    fn table_is_read() {
        let layers = table(TABLE);
        assert_eq!(layers["top"], ["middle", "base"]);
        assert!(layers["base"].is_empty());
    }

    #[test]
    #[should_panic(expected = "may not use `top` above it")]
    fn table_must_not_point_upwards() {
        table("//! | `top` | a | `base` |\n//! | `base` | c | `top` |\n");
    }

    #[test]
    fn what_is_allowed_passes() {
        let source =
            "use crate::middle::Thing;\nuse crate::{base::Code, top::Other};\nfn f() { crate::base::g(); }\n";
        assert!(uses("top", 2, source).is_empty());
    }

    #[test]
    fn a_use_of_a_layer_above_is_caught() {
        assert_eq!(uses("middle", 2, "//! Hm.\nuse crate::top::Thing;\n"), ["2: `middle` may not use `top`"]);
        assert_eq!(
            uses("base", 2, "fn f() {\n    crate::middle::g()\n}"),
            ["2: `base` may not use `middle`"]
        );
    }

    #[test]
    fn a_use_of_a_layer_beside_is_caught() {
        assert_eq!(uses("side", 1, "pub(crate) use crate::middle::Thing as Other;").len(), 1);
    }

    #[test]
    fn a_use_inside_a_group_is_caught() {
        let source = "use crate::{base::{Code, Result}, middle::Thing};";
        assert_eq!(uses("side", 1, source), ["1: `side` may not use `middle`"]);
        assert_eq!(uses("side", 1, "use crate :: {\n    middle\n};").len(), 1);
    }

    #[test]
    fn what_is_no_layer_is_caught() {
        assert_eq!(uses("top", 1, "use crate::Thing;"), ["1: `crate::Thing` is no layer"]);
        assert_eq!(uses("top", 1, "use crate as all;").len(), 1);
        assert_eq!(uses("middle", 1, "use winhttp::top::Thing;").len(), 1);
    }

    #[test]
    fn a_way_out_by_super_is_caught() {
        assert_eq!(uses("middle", 1, "use super::top::Thing;"), ["1: `super` leaves `middle`"]);
        assert_eq!(uses("middle", 2, "use super::super::top::Thing;").len(), 1);
        assert!(uses("middle", 2, "use super::Thing;").is_empty());
        assert!(uses("middle", 1, "mod tests {\n    use super::*;\n}").is_empty());
        assert_eq!(uses("middle", 1, "mod tests {\n    use super::super::top;\n}").len(), 1);
        assert_eq!(uses("middle", 1, "mod tests {}\nuse super::top;").len(), 1);
    }

    #[test]
    fn comments_and_literals_do_not_count() {
        let source = r####"
            // crate::top, unsafe
            /* crate::top /* unsafe */ crate::top */
            /// See [`crate::top`]; unsafe.
            fn f<'a>(x: &'a str) { g("crate::top unsafe \" unsafe", '"', r#"" unsafe crate::top"#, b"unsafe", '\'', x); }
        "####;
        assert!(uses("middle", 2, source).is_empty());
        assert!(stray_unsafe("middle/a.rs", source).is_empty());
    }

    #[test]
    fn code_behind_literals_counts() {
        let source = "fn f<'a>() -> &'a str { g('\"', r\"\\\", \"\\\\\"); unsafe { h() } }";
        assert_eq!(stray_unsafe("api/a.rs", source), ["1: unsafe code"]);
    }

    #[test]
    fn stray_unsafe_code_is_caught() {
        for source in ["unsafe fn f() {}", "#[unsafe(no_mangle)]\nfn f() {}", "unsafe impl Send for X {}"] {
            assert_eq!(stray_unsafe("net/socket.rs", source), ["1: unsafe code"]);
            assert_eq!(stray_unsafe("base/code.rs", source).len(), 1);
            assert!(stray_unsafe("base/rawbuf.rs", source).is_empty());
            assert!(stray_unsafe("abi/websocket.rs", source).is_empty());
            assert!(stray_unsafe("platform/linux/wait.rs", source).is_empty());
        }
    }

    #[test]
    fn permission_for_unsafe_code_is_caught() {
        assert_eq!(stray_unsafe("net/mod.rs", "#![allow(unsafe_code)]"), ["1: `unsafe_code` is allowed"]);
        assert_eq!(stray_unsafe("net/mod.rs", "#[allow(dead_code, unsafe_code)]").len(), 1);
        assert!(stray_unsafe("base/mod.rs", "#[allow(unsafe_code)]\nmod rawbuf;").is_empty());
        assert!(stray_unsafe("net/mod.rs", "#![forbid(unsafe_code)]\nfn is_unsafe() {}").is_empty());
    }
}
