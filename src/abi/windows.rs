//! What only the DLL has: names that Windows' own exports without a public declaration, so that a
//! program or a forwarding DLL that imports all of them still loads. They are not in the header and
//! all fail cleanly, or have nothing to do.
//!
//! What they take is known only by its size (the import library's `@n`), so each parameter is one
//! machine word. Their ways of saying failure are not known either: the last error and the result
//! both say `ERROR_CALL_NOT_IMPLEMENTED`, or what the comment says.

use std::ffi::c_void;

use crate::abi::last_error;

const CALL_NOT_IMPLEMENTED: u32 = 120;
const FILE_NOT_FOUND: u32 = 2;
const ACCESS_DENIED: u32 = 5;
const NOTHING_TO_DO: u32 = 0;
/// COM's way of saying no.
const S_FALSE: u32 = 1;
const CLASS_NOT_AVAILABLE: u32 = 0x8004_0111;

macro_rules! private {
    ($($name:ident($($word:ident)*) = $result:ident;)*) => {
        $(
            #[doc = concat!("Not public; answers `", stringify!($result), "`.")]
            #[unsafe(no_mangle)]
            pub extern "system" fn $name($($word: *mut c_void,)*) -> u32 {
                $(_ = $word;)*
                fail(stringify!($name), $result)
            }
        )*
    };
}

private! {
    DllCanUnloadNow() = S_FALSE;
    DllGetClassObject(a b c) = CLASS_NOT_AVAILABLE;
    Private1(a b c d e) = CALL_NOT_IMPLEMENTED;
    SvchostPushServiceGlobals(a) = NOTHING_TO_DO;
    WinHttpAutoProxySvcMain(a b) = NOTHING_TO_DO;
    WinHttpConnectionDeletePolicyEntries(a b) = ACCESS_DENIED;
    WinHttpConnectionDeleteProxyInfo(a b) = FILE_NOT_FOUND;
    WinHttpConnectionFreeNameList(a) = NOTHING_TO_DO;
    WinHttpConnectionFreeProxyInfo(a) = NOTHING_TO_DO;
    WinHttpConnectionFreeProxyList(a) = NOTHING_TO_DO;
    WinHttpConnectionGetNameList(a) = CALL_NOT_IMPLEMENTED;
    WinHttpConnectionGetProxyInfo(a b c) = FILE_NOT_FOUND;
    WinHttpConnectionGetProxyList(a b) = CALL_NOT_IMPLEMENTED;
    WinHttpConnectionSetPolicyEntries(a b c) = ACCESS_DENIED;
    WinHttpConnectionSetProxyInfo(a b c) = ACCESS_DENIED;
    WinHttpConnectionUpdateIfIndexTable(a b) = ACCESS_DENIED;
    WinHttpGetProxyForUrlHvsi(a b c d e f g h i) = CALL_NOT_IMPLEMENTED;
    WinHttpGetTunnelSocket(a b c d) = CALL_NOT_IMPLEMENTED;
    WinHttpPacJsWorkerMain(a b) = CALL_NOT_IMPLEMENTED;
    WinHttpProbeConnectivity(a b c d e f) = CALL_NOT_IMPLEMENTED;
    WinHttpReadProxySettingsHvsi(a b c d e f g h) = CALL_NOT_IMPLEMENTED;
    WinHttpSaveProxyCredentials(a b c d) = CALL_NOT_IMPLEMENTED;
}

// What these take is not known, which does no harm only where the caller clears the stack.
#[cfg(target_pointer_width = "64")]
private! {
    WinHttpPalAcquireNextInterface() = CALL_NOT_IMPLEMENTED;
    WinHttpPalAcquireNextInterfaceAsync() = CALL_NOT_IMPLEMENTED;
    WinHttpPalCancelRequest() = CALL_NOT_IMPLEMENTED;
    WinHttpPalCreateCmSessionReference() = CALL_NOT_IMPLEMENTED;
    WinHttpPalCreateRequestCtx() = CALL_NOT_IMPLEMENTED;
    WinHttpPalDllInit() = CALL_NOT_IMPLEMENTED;
    WinHttpPalDllUnload() = CALL_NOT_IMPLEMENTED;
    WinHttpPalFreeProxyInfo() = CALL_NOT_IMPLEMENTED;
    WinHttpPalFreeRequestCtx() = CALL_NOT_IMPLEMENTED;
    WinHttpPalGetProxyCreds() = CALL_NOT_IMPLEMENTED;
    WinHttpPalGetProxyForCurrentInterface() = CALL_NOT_IMPLEMENTED;
    WinHttpPalIsImplemented() = NOTHING_TO_DO;
    WinHttpPalOnSendRequestComplete() = CALL_NOT_IMPLEMENTED;
}

fn fail(name: &str, result: u32) -> u32 {
    if result != NOTHING_TO_DO {
        log::warn!("{name} is not supported");
        last_error::set(result);
    }
    result
}
