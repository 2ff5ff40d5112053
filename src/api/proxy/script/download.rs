//! Gets a script from its server: by a request like any other, in a session of the library's own, which
//! uses no proxy.

use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;

use super::lookup::Lookup;
use crate::api::Body;
use crate::api::Connect;
use crate::api::Handle;
use crate::api::Opening;
use crate::api::Request;
use crate::api::Session;
use crate::api::Start;
use crate::api::Timeouts;
use crate::api::handles;
use crate::api::proxy::ACCESS_NONE;
use crate::api::proxy::ProxyInfo;
use crate::api::settings::DISABLE_COOKIES;
use crate::base::Code;
use crate::base::Result;
use crate::proto::pac;
use crate::proto::url::Url;

/// How to get a script.
#[derive(Clone, Copy, Debug)]
pub(in crate::api) struct How {
    pub(in crate::api) timeouts: Timeouts,
    /// Whether the user's credentials may be given to a server that asks for some.
    pub(in crate::api) autologon: bool,
}

/// The script's text. A server that wants credentials it cannot get is `LOGIN_FAILURE`, what is no
/// script's address is told as it is, everything else is `UNABLE_TO_DOWNLOAD_SCRIPT`.
pub(super) fn download(url: &Url, how: How, lookup: &Lookup) -> Result<String> {
    let result = attempt(url, how, lookup);
    lookup.end_download();
    lookup.check()?;
    result.map(|bytes| pac::decode(&bytes)).map_err(|code| match code {
        Code::LOGIN_FAILURE | Code::NOT_ENOUGH_MEMORY => code,
        code => {
            log::warn!("cannot download the proxy script {url}: {code:?}");
            Code::UNABLE_TO_DOWNLOAD_SCRIPT
        }
    })
}

fn attempt(url: &Url, how: How, lookup: &Lookup) -> Result<Vec<u8>> {
    let until = Instant::now() + LONGEST;
    let session_handle = Open(Session::open(Start {
        agent: AGENT.encode_utf16().collect(),
        is_async: false,
        secure_defaults: false,
        // Nobody is told anything.
        deliver: |_, _, _, _| {},
        proxy: ProxyInfo { access_type: ACCESS_NONE, ..ProxyInfo::default() },
    })?);
    let session = handles::get::<Session>(session_handle.0)?;
    {
        let mut settings = session.settings().lock();
        let settings = Arc::make_mut(&mut settings);
        settings.timeouts = how.timeouts;
        settings.disabled |= DISABLE_COOKIES;
        settings.autologon_policy = if how.autologon { AUTOLOGON_ALWAYS } else { AUTOLOGON_NEVER };
    }
    let host: Vec<u16> = url.host().to_string().encode_utf16().collect();
    let connect_handle = Open(Connect::open(&session, &host, url.port())?);
    let connect = handles::get::<Connect>(connect_handle.0)?;
    let object: Vec<u16> = url.target().encode_utf16().collect();
    let handle = Request::open(
        &connect,
        &Opening {
            verb: &[],
            object: &object,
            version: &[],
            referrer: None,
            accept: Vec::new(),
            flags: if url.secure() { FLAG_SECURE } else { 0 } | FLAG_ESCAPE_DISABLE,
        },
    )?;
    let request = handles::get::<Request>(handle)?;
    lookup.begin_download(handle)?;
    request.send(None, Body::NONE, 0)?;
    request.receive_response()?;
    match request.status() {
        Some(200) => request.read_to_end(LARGEST, until),
        Some(401 | 407) => Err(Code::LOGIN_FAILURE),
        _ => Err(Code::INVALID_SERVER_RESPONSE),
    }
}

/// A handle of the library's own, closed at the end of its scope.
struct Open(Handle);

impl Drop for Open {
    fn drop(&mut self) {
        _ = handles::close(self.0);
    }
}

/// Who asks; Windows says the same.
const AGENT: &str = "WinHttp-Autoproxy-Service/5.1";
/// Windows' limit for a script, in bytes.
const LARGEST: usize = 1 << 20;
const LONGEST: Duration = Duration::from_secs(60);
/// `WINHTTP_AUTOLOGON_SECURITY_LEVEL_LOW` and `_HIGH`.
const AUTOLOGON_ALWAYS: u32 = 1;
const AUTOLOGON_NEVER: u32 = 2;
const FLAG_SECURE: u32 = 0x0080_0000;
const FLAG_ESCAPE_DISABLE: u32 = 0x0000_0040;
