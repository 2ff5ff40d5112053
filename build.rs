//! Writes `winhttp.h` and the tables of the ABI tests into `OUT_DIR`, and names the library for the loader.
//!
//! The header comes from `src/abi`: the constants and enumerations by the line parser below, which keeps the
//! numbers as they are written and makes real C enumerations; structs and prototypes by cbindgen. `tests/header.rs`
//! compares the result with `include/winhttp.h`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use cbindgen::{Builder, Config};

#[path = "dll/build.rs"]
mod dll;

const ABI: &str = "src/abi";
const NO_MANGLE: &str = "#[unsafe(no_mangle)]";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=cbindgen.toml");
    println!("cargo::rerun-if-changed={ABI}");

    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let abi = Abi::read();
    write(&out.join("winhttp.h"), &header(&abi, &out));
    write(&out.join("abi_names.rs"), &names(&abi));

    if env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        // The file's own name: what `-lwinhttp` finds is then what the loader looks for, without further links.
        println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libwinhttp.so");
    }
    if env::var_os("CARGO_CFG_WINDOWS").is_some() {
        dll::link(&out);
    }
}

/// What `src/abi` declares.
struct Abi {
    /// The groups of `#define`s: title and constants.
    constants: Vec<(String, Vec<Constant>)>,
    enumerators: Vec<Constant>,
    structs: Vec<Struct>,
    /// Sources of the structs, and of the exported functions.
    struct_source: String,
    function_sources: Vec<(String, String)>,
}

struct Constant {
    name: String,
    of: String,
    value: String,
}

struct Struct {
    name: String,
    fields: Vec<String>,
}

impl Abi {
    fn read() -> Abi {
        let root = Path::new(ABI);
        let constants = rust_files(&root.join("constants"))
            .iter()
            .map(|path| {
                let text = read(path);
                let title = text.lines().next().and_then(|line| line.strip_prefix("//! "));
                (title.expect("a file of constants starts with its title").to_owned(), constants(path, &text))
            })
            .collect();
        let enums = root.join("types/enums.rs");
        let struct_source = read(&root.join("types/structs.rs"));
        let mut sources = [rust_files(root), rust_files(&root.join("proxy"))].concat();
        sources.sort();
        let function_sources = sources
            .iter()
            // Those have no public declaration.
            .filter(|path| !path.ends_with("windows.rs"))
            .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), read(path)))
            .filter(|(_, text)| text.contains(NO_MANGLE))
            .collect();
        Abi {
            constants,
            enumerators: constants_of_enums(&enums),
            structs: structs(&struct_source),
            struct_source,
            function_sources,
        }
    }
}

/// The `.rs` files directly in a folder, in order.
fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut files: Vec<_> = entries
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect();
    files.sort();
    files
}

fn constants_of_enums(path: &Path) -> Vec<Constant> {
    let text = read(path);
    let without_types: String =
        text.lines().filter(|line| !line.starts_with("pub type ")).flat_map(|line| [line, "\n"]).collect();
    constants(path, &without_types)
}

/// Reads `pub const NAME: TYPE = VALUE;` items; anything else is a mistake, for the header would lack it.
fn constants(path: &Path, text: &str) -> Vec<Constant> {
    let code: Vec<_> =
        text.lines().filter(|line| !line.starts_with("//") && !line.starts_with("use ")).collect();
    let code = code.join(" ");
    let items = code.split(';').map(|item| item.split_whitespace().collect::<Vec<_>>().join(" "));
    items
        .filter(|item| !item.is_empty())
        .map(|item| {
            let parsed = item.strip_prefix("pub const ").and_then(|rest| {
                let (name, rest) = rest.split_once(": ")?;
                let (of, value) = rest.split_once(" = ")?;
                Some(Constant { name: name.to_owned(), of: of.to_owned(), value: value.to_owned() })
            });
            parsed.unwrap_or_else(|| panic!("{}: not a plain constant: {item}", path.display()))
        })
        .collect()
}

/// Names and fields of the structs and unions, which rustfmt puts on lines of their own.
fn structs(text: &str) -> Vec<Struct> {
    let mut found: Vec<Struct> = Vec::new();
    for line in text.lines() {
        let item = line.strip_prefix("pub struct ").or_else(|| line.strip_prefix("pub union "));
        if let Some(item) = item {
            let name = item.strip_suffix(" {").unwrap_or_else(|| panic!("not a plain struct: {line}"));
            found.push(Struct { name: name.to_owned(), fields: Vec::new() });
        } else if let Some(field) = line.strip_prefix("    pub ") {
            let (name, _) = field.split_once(':').expect("a field has a type");
            found.last_mut().expect("a field is in a struct").fields.push(name.to_owned());
        }
    }
    found
}

/// Puts the header together.
fn header(abi: &Abi, out: &Path) -> String {
    let mut config = Config::from_file("cbindgen.toml").expect("cbindgen.toml");
    let banner = config.header.take().unwrap_or_default();
    let types = config.after_includes.take().unwrap_or_default();
    let more_structs = config.trailer.take().unwrap_or_default();
    config.no_includes = true;

    let pieces = [
        banner.trim(),
        "\n\n#ifndef WINHTTP_RS_H\n#define WINHTTP_RS_H\n\n#include <windows.h>\n\n",
        "#ifndef WINHTTPAPI\n#define WINHTTPAPI\n#endif\n\n",
        "#ifndef WINHTTP_PROTOTYPES_ONLY\n\n",
        "#define BOOLAPI WINHTTPAPI BOOL WINAPI\n\n",
        "#if defined(_WIN64) || defined(__LP64__)\n#pragma pack(push, 8)\n#else\n#pragma pack(push, 4)\n#endif\n\n",
        types.trim(),
        "\n",
        &defines(&abi.constants),
        &enumerations(&abi.enumerators),
        &struct_definitions(abi, &config, out),
        more_structs.trim(),
        "\n\n#pragma pack(pop)\n\n#endif /* WINHTTP_PROTOTYPES_ONLY */\n\n",
        "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n",
        &prototypes(abi, &config, out),
        "\n#ifdef __cplusplus\n}\n#endif\n\n#endif /* WINHTTP_RS_H */\n",
    ];
    pieces.concat()
}

fn defines(groups: &[(String, Vec<Constant>)]) -> String {
    let mut text = String::new();
    for (title, constants) in groups {
        writeln!(text, "\n/* {} */", title.replace('`', "")).unwrap();
        for Constant { name, value, .. } in constants {
            let value = if value.contains(' ') { format!("({value})") } else { value.clone() };
            let value = value.replace(" | ", " | \\\n    ");
            writeln!(text, "#define {name} {value}").unwrap();
        }
    }
    text
}

fn enumerations(enumerators: &[Constant]) -> String {
    let mut text = String::new();
    for group in enumerators.chunk_by(|a, b| a.of == b.of) {
        let of = &group[0].of;
        writeln!(text, "\ntypedef enum _{of} {{").unwrap();
        for Constant { name, value, .. } in group {
            writeln!(text, "    {name} = {value},").unwrap();
        }
        // C89 has no comma before the brace.
        text.truncate(text.len() - ",\n".len());
        writeln!(text, "\n}} {of};").unwrap();
    }
    text
}

fn struct_definitions(abi: &Abi, config: &Config, out: &Path) -> String {
    let mut config = config.clone();
    let excluded = config.export.exclude.clone();
    config.export.include =
        abi.structs.iter().map(|s| s.name.clone()).filter(|name| !excluded.contains(name)).collect();
    // cbindgen does not read cfg_attr; the packing is a pragma in C.
    let plain = abi
        .struct_source
        .replace("#[cfg_attr(target_pointer_width = \"64\", repr(C))]", "#[repr(C)]")
        .replace("#[cfg_attr(target_pointer_width = \"32\", repr(C, packed(4)))]\n", "");
    let mut text = run_cbindgen(&config, out, &[("structs.rs".to_owned(), plain)]);
    for name in &config.export.include {
        for kind in ["struct", "union"] {
            text = text
                .replace(&format!("typedef {kind} {name} {{"), &format!("typedef {kind} _{name} {{"))
                .replace(&format!("{kind} {name} "), &format!("{name} "));
        }
        let end = format!("}} {name};");
        assert!(text.contains(&end), "cbindgen wrote no {name}");
        text = text.replace(&end, &format!("}} {name}, *P{name}, *LP{name};"));
    }
    text
}

fn prototypes(abi: &Abi, config: &Config, out: &Path) -> String {
    let exported = abi.function_sources.iter().flat_map(|(_, source)| exported(source));
    // Other exports, such as `GlobalFree`, are declared by other headers.
    let (ours, others): (Vec<_>, Vec<_>) = exported.partition(|name| name.starts_with("WinHttp"));
    let mut config = config.clone();
    config.export.exclude.extend(others.into_iter().map(str::to_owned));
    let mut text = run_cbindgen(&config, out, &abi.function_sources);
    for name in ours {
        let bare = format!(" {name}(");
        assert!(text.contains(&bare), "cbindgen wrote no prototype of {name}");
        text = text.replace(&bare, &format!(" WINAPI {name}("));
    }
    text.lines().map(wrapped).collect()
}

/// The names of the functions below a `no_mangle`.
fn exported(source: &str) -> impl Iterator<Item = &str> {
    let mut lines = source.lines();
    std::iter::from_fn(move || {
        lines.find(|line| line.trim() == NO_MANGLE)?;
        let signature = lines.find_map(|line| line.split_once("fn ")).expect("an export is a function").1;
        let end = signature.find(['(', '<']).expect("a function has parameters");
        Some(&signature[..end])
    })
}

/// Breaks a prototype that is too long after a comma; cbindgen's own way would be off by the `WINAPI`.
fn wrapped(line: &str) -> String {
    let mut text = String::new();
    let mut width = 0;
    for part in line.split_inclusive(", ") {
        if width > 0 && width + part.trim_end().len() > 110 {
            text.truncate(text.trim_end().len());
            text += "\n    ";
            width = 4;
        }
        text += part;
        width += part.len();
    }
    text + "\n"
}

/// Runs cbindgen on copies of the sources, for it skips `extern "system"` (its issue 55).
fn run_cbindgen(config: &Config, out: &Path, sources: &[(String, String)]) -> String {
    if sources.is_empty() {
        return String::new();
    }
    let folder = out.join("abi");
    fs::create_dir_all(&folder).expect("OUT_DIR is writable");
    let mut builder = Builder::new().with_config(config.clone());
    for (name, text) in sources {
        let copy = folder.join(name);
        write(&copy, &text.replace("extern \"system\"", "extern \"C\""));
        builder = builder.with_src(copy);
    }
    let mut text = Vec::new();
    builder.generate().expect("src/abi is within what cbindgen understands").write(&mut text);
    one_line_comments(&String::from_utf8(text).expect("cbindgen writes UTF-8"))
}

/// Puts a comment of one line, to which cbindgen gives three, on one.
fn one_line_comments(text: &str) -> String {
    let lines: Vec<_> = text.lines().collect();
    let mut short = String::new();
    let mut rest = lines.as_slice();
    while let Some((line, after)) = rest.split_first() {
        rest = match after {
            [comment, end, after @ ..] if line.trim() == "/*" && end.trim() == "*/" => {
                short += &line.replace("/*", &format!("/* {} */", comment.trim()));
                after
            }
            _ => {
                short += line;
                after
            }
        };
        short += "\n";
    }
    short
}

/// Tables for the tests: macros that hand every constant, and every struct's field names, to another macro.
fn names(abi: &Abi) -> String {
    let mut text = String::from("macro_rules! every_constant {\n    ($with:ident) => {\n        $with! {\n");
    let all = abi.constants.iter().flat_map(|(_, group)| group).chain(&abi.enumerators);
    for Constant { name, of, .. } in all {
        writeln!(text, "            {name}: {of},").unwrap();
    }
    text += "        }\n    };\n}\n\nmacro_rules! every_struct {\n    ($with:ident) => {\n        $with! {\n";
    for Struct { name, fields } in &abi.structs {
        writeln!(text, "            {name} {{ {} }}", fields.join(", ")).unwrap();
    }
    text += "        }\n    };\n}\n";
    text
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn write(path: &Path, text: &str) {
    fs::write(path, text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
}
