//! Who the user is.

use crate::api::AuthTarget;
use crate::api::options::row::*;
use crate::base::Code;

pub(super) static ROWS: &[Row] = &[
    row(
        77,
        "AUTOLOGON_POLICY",
        R,
        NONE,
        // Medium, low, high, and proxies only.
        knob!(autologon_policy, |policy| policy <= 3),
    ),
    row(
        96,
        "SPN",
        R,
        NONE,
        dword_in(|on, with_port| {
            if with_port > 1 {
                return Err(Code::INVALID_PARAMETER);
            }
            on.change(|settings| settings.spn_with_port = with_port == 1)
        }),
    ),
    // Windows has them only where a registry switch says so.
    row(97, "GLOBAL_PROXY_CREDS", N, NONE, refused(|_, ()| Err(Code::INVALID_OPTION))),
    row(98, "GLOBAL_SERVER_CREDS", N, NONE, refused(|_, ()| Err(Code::INVALID_OPTION))),
    row(101, "USE_GLOBAL_SERVER_CREDENTIALS", S, NONE, dword_in(|_, _| Ok(()))).without_effect(),
    row(106, "SERVER_SPN_USED", NONE, R, text_out(|on| spn_used(on, AuthTarget::Server))),
    row(107, "PROXY_SPN_USED", NONE, R, text_out(|on| spn_used(on, AuthTarget::Proxy))),
    row(
        193,
        "DISABLE_PROXY_AUTH_SCHEMES",
        S,
        NONE,
        // Basic, Digest, NTLM, Kerberos, Negotiate, and those of the local service.
        knob!(disabled_proxy_schemes, |schemes| schemes & !0x11f == 0),
    ),
    row(
        0x1000,
        "USERNAME",
        R,
        R,
        text(
            |on| Ok(on.request()?.option_user(AuthTarget::Server)),
            |on, user| {
                on.request()?.set_option_user(AuthTarget::Server, user);
                Ok(())
            },
        ),
    ),
    row(
        0x1001,
        "PASSWORD",
        R,
        R,
        text(
            |on| Ok(on.request()?.option_password(AuthTarget::Server)),
            |on, password| {
                on.request()?.set_option_password(AuthTarget::Server, password);
                Ok(())
            },
        ),
    ),
    row(
        0x1002,
        "PROXY_USERNAME",
        R,
        R,
        text(
            |on| Ok(on.request()?.option_user(AuthTarget::Proxy)),
            |on, user| {
                on.request()?.set_option_user(AuthTarget::Proxy, user);
                Ok(())
            },
        ),
    ),
    row(
        0x1003,
        "PROXY_PASSWORD",
        R,
        R,
        text(
            |on| Ok(on.request()?.option_password(AuthTarget::Proxy)),
            |on, password| {
                on.request()?.set_option_password(AuthTarget::Proxy, password);
                Ok(())
            },
        ),
    ),
];

fn spn_used(on: Target<'_>, target: AuthTarget) -> crate::base::Result<Vec<u16>> {
    Ok(on.request()?.service_name(target)?.encode_utf16().collect())
}
