//! The part of `build.rs` that makes the library a Windows DLL: ordinals, version, message table.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::{env, fs};

use super::{read, write};

/// Tells cargo what the DLL is linked with.
pub(super) fn link(out: &Path) {
    println!("cargo::rerun-if-changed=dll");
    let is_64 = env::var("CARGO_CFG_TARGET_POINTER_WIDTH").as_deref() == Ok("64");

    write(&out.join("winhttp.def"), &definitions(&read(Path::new("dll/exports.txt")), is_64));
    let messages = messages(&read(Path::new("dll/messages.txt")));
    fs::write(out.join("messages.bin"), message_table(&messages)).expect("OUT_DIR is writable");
    write(&out.join("winhttp.rc"), &resources());

    // Of the MSVC tools none is at hand here: the files above are there for whoever links with them.
    if env::var("CARGO_CFG_TARGET_ENV").as_deref() != Ok("gnu") {
        return;
    }
    println!("cargo::rustc-cdylib-link-arg={}", out.join("winhttp.def").display());
    match compiled_resources(out, is_64) {
        Ok(()) => println!("cargo::rustc-cdylib-link-arg={}", out.join("winhttp.res.o").display()),
        Err(error) => println!("cargo::warning=no version and no messages in the DLL: windres: {error}"),
    }
    // At any address, above 4 GiB too, and data is not run. What a linker does by itself depends on its age.
    let safe: &[&str] =
        if is_64 { &["dynamicbase", "nxcompat", "high-entropy-va"] } else { &["dynamicbase", "nxcompat"] };
    for flag in safe {
        println!("cargo::rustc-cdylib-link-arg=-Wl,--{flag}");
    }
    // See src/platform/windows/leftovers.rs.
    let wrapped: &[&str] = if is_64 {
        &["TlsAlloc", "TlsFree"]
    } else {
        &["TlsAlloc@0", "TlsFree@4", "_imp__CreateSemaphoreW@16"]
    };
    for name in wrapped {
        println!("cargo::rustc-cdylib-link-arg=-Wl,--wrap={name}");
    }
}

/// Lines `ORDINAL NAME [64]` as a module definition file. rustc has one of its own with the names.
fn definitions(list: &str, is_64: bool) -> String {
    let mut text = String::from("EXPORTS\n");
    for line in list.lines().filter(|line| !line.starts_with('#')) {
        let words: Vec<_> = line.split(' ').collect();
        match words.as_slice() {
            [ordinal, name] => writeln!(text, "    {name} @{ordinal}").unwrap(),
            [ordinal, name, "64"] if is_64 => writeln!(text, "    {name} @{ordinal}").unwrap(),
            [_, _, "64"] => {}
            _ => panic!("dll/exports.txt: {line}"),
        }
    }
    text
}

/// Lines `NUMBER TEXT`.
fn messages(list: &str) -> Vec<(u32, String)> {
    let lines = list.lines().filter(|line| !line.starts_with('#'));
    let messages: Vec<_> = lines
        .map(|line| {
            let (number, text) = line.split_once(' ').unwrap_or_else(|| panic!("dll/messages.txt: {line}"));
            (
                number.parse().unwrap_or_else(|e| panic!("dll/messages.txt: {line}: {e}")),
                text.replace('%', "%%"),
            )
        })
        .collect();
    assert!(messages.is_sorted_by(|(a, _), (b, _)| a < b), "dll/messages.txt: not in order");
    messages
}

/// A `MESSAGE_RESOURCE_DATA`: blocks of consecutive numbers, then the entries, each padded to four bytes.
fn message_table(messages: &[(u32, String)]) -> Vec<u8> {
    let blocks: Vec<_> = messages.chunk_by(|(a, _), (b, _)| a + 1 == *b).collect();
    let mut head = (blocks.len() as u32).to_le_bytes().to_vec();
    let mut entries = Vec::new();
    let start = 4 + 12 * blocks.len();
    for block in blocks {
        let numbers = [block[0].0, block[block.len() - 1].0, (start + entries.len()) as u32];
        head.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
        for (_, text) in block {
            let mut units: Vec<u16> = text.encode_utf16().chain("\r\n\0".encode_utf16()).collect();
            units.resize(units.len().next_multiple_of(2), 0);
            const UNICODE: u16 = 1;
            let length = (4 + 2 * units.len()) as u16;
            let words = [length, UNICODE].into_iter().chain(units);
            entries.extend(words.flat_map(u16::to_le_bytes));
        }
    }
    head.extend(entries);
    head
}

/// The resources for windres or rc. The messages are there twice: `FormatMessage` gives who names a language that
/// language's or the neutral ones, and who asks for English expects the original's. The version says which Windows'
/// functions are there (some programs look), and in its last part ours.
fn resources() -> String {
    let part = |name| env::var(name).expect("cargo sets it").parse::<u32>().expect("a number");
    let ours = part("CARGO_PKG_VERSION_MAJOR") * 10_000
        + part("CARGO_PKG_VERSION_MINOR") * 100
        + part("CARGO_PKG_VERSION_PATCH");
    let own = env::var("CARGO_PKG_VERSION").expect("cargo sets it");
    const LIKE: &str = "10,0,20348";
    format!(
        r#"LANGUAGE 0, 0
1 11 "messages.bin"
LANGUAGE 9, 1
1 11 "messages.bin"
1 VERSIONINFO
FILEVERSION {LIKE},{ours}
PRODUCTVERSION {LIKE},{ours}
FILEFLAGSMASK 0x3f
FILEFLAGS 0
FILEOS 0x40004
FILETYPE 2
FILESUBTYPE 0
BEGIN
  BLOCK "StringFileInfo"
  BEGIN
    BLOCK "040904b0"
    BEGIN
      VALUE "Comments", "A drop-in replacement, not Microsoft's"
      VALUE "FileDescription", "WinHTTP (drop-in {own})"
      VALUE "FileVersion", "{version}.{ours}"
      VALUE "InternalName", "winhttp.dll"
      VALUE "LegalCopyright", "MIT OR Apache-2.0"
      VALUE "OriginalFilename", "winhttp.dll"
      VALUE "ProductName", "drop-in WinHTTP"
      VALUE "ProductVersion", "{own}"
    END
  END
  BLOCK "VarFileInfo"
  BEGIN
    VALUE "Translation", 0x409, 1200
  END
END
"#,
        version = LIKE.replace(',', "."),
    )
}

fn compiled_resources(out: &Path, is_64: bool) -> Result<(), String> {
    println!("cargo::rerun-if-env-changed=WINDRES");
    let cross = if is_64 { "x86_64-w64-mingw32-windres" } else { "i686-w64-mingw32-windres" };
    let tools = match env::var("WINDRES") {
        Ok(tool) => vec![tool],
        Err(_) => vec![cross.to_owned(), "windres".to_owned()],
    };
    let format = if is_64 { "pe-x86-64" } else { "pe-i386" };
    let mut why = String::new();
    for tool in tools {
        let run = Command::new(&tool)
            .current_dir(out)
            .args(["-O", "coff", "-F", format, "winhttp.rc", "winhttp.res.o"])
            .output();
        match run {
            Ok(done) if done.status.success() => return Ok(()),
            Ok(done) => why = String::from_utf8_lossy(&done.stderr).into_owned(),
            Err(error) => why = error.to_string(),
        }
    }
    Err(why)
}
