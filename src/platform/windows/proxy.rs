//! Proxy settings in the registry (options spec 6.4).

use std::io;

use windows_sys::Win32::System::Registry::HKEY_LOCAL_MACHINE;
use windows_sys::Win32::System::Registry::KEY_WOW64_32KEY;
use windows_sys::Win32::System::Registry::KEY_WOW64_64KEY;

use crate::platform::KeptProxies;
use crate::platform::windows::registry::Key;

/// What proxies the machine uses: those of `netsh winhttp`. Empty when nobody ever set any.
pub(crate) fn machine_proxies() -> Option<KeptProxies> {
    let value = Key::open(HKEY_LOCAL_MACHINE, CONNECTIONS).ok().and_then(|key| key.binary(MACHINE));
    Some(KeptProxies::MachineValue(value.unwrap_or_default()))
}

/// What proxies the user wants: the Internet settings. `None` when there are none at all.
pub(crate) fn user_proxies() -> Option<KeptProxies> {
    let policy =
        Key::open(HKEY_LOCAL_MACHINE, POLICIES).ok().and_then(|key| key.number("ProxySettingsPerUser"));
    let open = |path| match policy {
        Some(0) => Key::open(HKEY_LOCAL_MACHINE, path),
        _ => Key::open_of_user(path),
    };
    if let Some(value) = open(CONNECTIONS).ok().and_then(|key| key.binary(USER)) {
        return Some(KeptProxies::ConnectionValue(value));
    }
    let settings = open(SETTINGS).ok()?;
    let (enabled, script) = (settings.number("ProxyEnable"), settings.text("AutoConfigURL"));
    if enabled.is_none() && script.is_none() {
        return None;
    }
    Some(KeptProxies::Values {
        script,
        proxy: settings.text("ProxyServer").filter(|_| enabled.is_some_and(|enabled| enabled != 0)),
        bypass: settings.text("ProxyOverride"),
    })
}

/// Stores the machine's, for programs of both word sizes.
pub(crate) fn keep_machine_proxies(value: &[u8]) -> io::Result<()> {
    Key::create(HKEY_LOCAL_MACHINE, CONNECTIONS, KEY_WOW64_64KEY)?.set_binary(MACHINE, value)?;
    Key::create(HKEY_LOCAL_MACHINE, CONNECTIONS, KEY_WOW64_32KEY)?.set_binary(MACHINE, value)
}

pub(super) const SETTINGS: &str = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings";
const CONNECTIONS: &str = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings\Connections";
const POLICIES: &str = r"SOFTWARE\Policies\Microsoft\Windows\CurrentVersion\Internet Settings";
const MACHINE: &str = "WinHttpSettings";
const USER: &str = "DefaultConnectionSettings";
