//! `WinHttpQueryConnectionGroup`: which connections there are to a server.

use crate::api::Handle;
use crate::api::Object;
use crate::api::handles;
use crate::base::Code;
use crate::base::Result;
use crate::net::known;
use crate::net::known::Guid;

/// The connections to one host.
pub(crate) struct ConnectionGroups {
    pub(crate) host: String,
    /// GUIDs, all 0 for the unmarked, and how many connections are marked with each.
    pub(crate) groups: Vec<(Guid, u32)>,
}

/// The connections to the server of a request, or of a connection handle, where `insecure` means those
/// without TLS. `guid` picks those that are marked with it.
pub(crate) fn connection_groups(
    handle: Handle,
    insecure: bool,
    guid: Option<Guid>,
) -> Result<ConnectionGroups> {
    let (host, secure) = match &*handles::object(handle)? {
        Object::Connect(connect) => (connect.host().clone(), !insecure),
        Object::Request(request) => {
            let url = request.target();
            (url.host().clone(), url.secure())
        }
        _ => return Err(Code::INCORRECT_HANDLE_TYPE),
    };
    let groups = known::groups(&host.dial_name().to_ascii_lowercase(), secure);
    let marked = groups.into_iter().map(|(mark, count)| (mark.unwrap_or_default(), count));
    let groups = marked.filter(|(mark, _)| guid.is_none_or(|guid| guid == *mark)).collect();
    Ok(ConnectionGroups { host: host.name().to_owned(), groups })
}
