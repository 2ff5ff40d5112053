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
    if ways & DHCP != 0 {
        for answer in platform::dhcp_answers(SCRIPT_OPTION) {
            lookup.check()?;
            if let Some(url) = pac::announced_url(&answer) {
                return Ok(url);
            }
        }
    }
    if ways & DNS != 0 {
        for name in pac::server_names(&platform::domains()) {
            let until = Instant::now() + PATIENCE;
            // With the dot the name is whole: the resolver adds none of its domains, one of which may be
            // everybody's.
            let whole = format!("{name}.");
            let found = lookup.waiting().block_on(net::resolve(lookup.waiting(), &whole, 80, Some(until)));
            lookup.check()?;
            if found.is_ok_and(|addresses| !addresses.is_empty()) {
                return Ok(format!("http://{name}/wpad.dat"));
            }
        }
    }
    Err(Code::AUTODETECTION_FAILED)
}

/// The number of DHCP's option with the URL of a script.
const SCRIPT_OPTION: u32 = 252;
/// For one name.
const PATIENCE: Duration = Duration::from_secs(10);
