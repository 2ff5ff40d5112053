//! Proxies.

use crate::api::options::record::Member;
use crate::api::options::record::Value;
use crate::api::options::row::*;
use crate::api::proxy::ACCESS_NAMED;
use crate::api::proxy::ProxyAccess;
use crate::api::proxy::ProxyInfo;
use crate::api::proxy::system;
use crate::base::Code;
use crate::base::Result;
use crate::proto::proxy::ProxyEntry;
use crate::proto::proxy::ProxyScheme;
use crate::proto::proxy::ProxyServer;
use crate::proto::url::Host;

pub(super) static ROWS: &[Row] = &[
    row(
        38,
        "PROXY",
        SR,
        SRN,
        Access::Record {
            members: PROXY_INFO,
            has_texts: |access_type| access_type == ACCESS_NAMED,
            get: |on| match on {
                Target::Process => Ok(values(system::info(&system::machine_settings()))),
                on => on.read(|settings| values(settings.proxy.info())),
            },
            set: |on, values| {
                let proxy = ProxyAccess::new(info(values)?)?;
                on.change(|settings| settings.proxy = proxy)
            },
        },
    ),
    row(
        39,
        "PROXY_RESULT_ENTRY",
        R,
        NONE,
        Access::Record {
            members: RESULT_ENTRY,
            has_texts: |is_proxy| is_proxy != 0,
            get: |_| Err(Code::INVALID_PARAMETER),
            set: |on, values| {
                let entry = entry(values)?;
                on.change(|settings| settings.proxy = ProxyAccess::Entry(entry))
            },
        },
    ),
    row(103, "RECEIVE_PROXY_CONNECT_RESPONSE", SR, NONE, switch!(proxy_refusals)),
    row(
        104,
        "IS_PROXY_CONNECT_RESPONSE",
        NONE,
        R,
        dword_out(|on| Ok(on.request()?.is_proxy_refusal().into())),
    ),
    // No service is asked in any case.
    row(137, "PROXY_DISABLE_SERVICE_CALLS", S, NONE, dword_in(|_, _| Ok(()))).without_effect(),
];

/// `WINHTTP_PROXY_INFO`.
const PROXY_INFO: &[Member] = &[Member::Dword, Member::Text, Member::Text];
/// `WINHTTP_PROXY_RESULT_ENTRY`: whether there is a proxy, whether it is bypassed, its scheme, host and port.
const RESULT_ENTRY: &[Member] = &[Member::Dword, Member::Dword, Member::Dword, Member::Text, Member::Word];

fn values(info: ProxyInfo) -> Vec<Value> {
    vec![Value::Dword(info.access_type), Value::Text(info.proxy), Value::Text(info.bypass)]
}

fn info(values: Vec<Value>) -> Result<ProxyInfo> {
    match <[Value; 3]>::try_from(values) {
        Ok([Value::Dword(access_type), Value::Text(proxy), Value::Text(bypass)]) => {
            Ok(ProxyInfo { access_type, proxy, bypass })
        }
        _ => Err(Code::INTERNAL_ERROR),
    }
}

fn entry(values: Vec<Value>) -> Result<ProxyEntry> {
    let Ok(
        [
            Value::Dword(is_proxy),
            Value::Dword(bypassed),
            Value::Dword(scheme),
            Value::Text(host),
            Value::Word(port),
        ],
    ) = <[Value; 5]>::try_from(values)
    else {
        return Err(Code::INTERNAL_ERROR);
    };
    if is_proxy == 0 {
        return Ok(ProxyEntry::Direct { bypassed: bypassed != 0 });
    }
    let scheme = match scheme {
        SCHEME_HTTP => ProxyScheme::Http,
        SCHEME_HTTPS => ProxyScheme::Https,
        SCHEME_SOCKS => ProxyScheme::Socks,
        _ => return Err(Code::INVALID_PARAMETER),
    };
    let host = Host::of_connect(&host.unwrap_or_default()).map_err(|_| Code::INVALID_PARAMETER)?;
    Ok(ProxyEntry::Proxy(ProxyServer { scheme, host, port }))
}

/// `INTERNET_SCHEME_*`.
const SCHEME_HTTP: u32 = 1;
const SCHEME_HTTPS: u32 = 2;
const SCHEME_SOCKS: u32 = 4;
