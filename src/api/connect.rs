//! A connection handle: a server's name and port, nothing on the wire yet.

use std::sync::Arc;

use crate::api::Handle;
use crate::api::Object;
use crate::api::Session;
use crate::api::handles;
use crate::api::node::Node;
use crate::base::Code;
use crate::base::Result;
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
        let host = Host::of_connect(host).map_err(|_| Code::INVALID_URL)?;
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
