//! Finds out whether the network offers a script: WPAD (options spec 6.5).

use std::time::Duration;
use std::time::Instant;

use super::lookup::Lookup;
use crate::base::Code;
use crate::base::Result;
use crate::net;
use crate::platform;
use crate::proto::pac;

/// `WINHTTP_AUTO_DETECT_TYPE_*`.
const DHCP: u32 = 1;
const DNS: u32 = 2;
pub(in crate::api) const BOTH: u32 = DHCP | DNS;

/// The script's URL by the ways that are asked for, DHCP first. Blocks, seconds perhaps.
pub(super) fn detect(ways: u32, lookup: &Lookup) -> Result<String> {
    if ways & DHCP != 0
        && let Some(url) = platform::dhcp_script_url()
    {
        return Ok(url);
    }
    if ways & DNS != 0
        && let Some(domain) = platform::domain()
    {
        for name in pac::server_names(&domain) {
            let until = Instant::now() + PATIENCE;
            let found = lookup.waiting().block_on(net::resolve(lookup.waiting(), &name, 80, Some(until)));
            lookup.check()?;
            if found.is_ok_and(|addresses| !addresses.is_empty()) {
                return Ok(format!("http://{name}/wpad.dat"));
            }
        }
    }
    Err(Code::AUTODETECTION_FAILED)
}

/// For one name.
const PATIENCE: Duration = Duration::from_secs(10);
