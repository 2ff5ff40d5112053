//! A connection handle: a server's name and port, nothing on the wire yet.

use std::sync::Arc;

use crate::api::Handle;
use crate::api::Object;
use crate::api::Session;
use crate::api::handles;
use crate::api::node::Node;
use crate::base::Code;
use crate::base::Result;
use crate::platform;
use crate::proto::url::Host;

pub(crate) struct Connect {
    node: Node,
    session: Arc<Session>,
    host: Host,
    /// 0: the scheme's default.
    port: u16,
}

impl Connect {
    /// `WinHttpConnect`. `host` is what C gave.
    pub(crate) fn open(session: &Arc<Session>, host: &[u16], port: u16) -> Result<Handle> {
        let host = host_of(host).ok_or(Code::INVALID_URL)?;
        let node = Node::below(session.node())?;
        let connect = Arc::new(Connect { node, session: session.clone(), host, port });
        let handle = handles::publish(Object::Connect(connect))?;
        session.announce(handle)?;
        Ok(handle)
    }

    pub(crate) fn node(&self) -> &Node {
        &self.node
    }

    pub(crate) fn session(&self) -> &Arc<Session> {
        &self.session
    }

    pub(crate) fn host(&self) -> &Host {
        &self.host
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }
}

/// Windows wants Punycode (http spec 1.2); a name that is not ASCII is put into it here, for what else could it mean.
fn host_of(text: &[u16]) -> Option<Host> {
    if text.iter().all(|&unit| unit < 0x80) {
        return Host::of_connect(text).ok();
    }
    let ascii: Vec<u16> = platform::ascii_host(text)?.encode_utf16().collect();
    Host::of_connect(&ascii).ok()
}
