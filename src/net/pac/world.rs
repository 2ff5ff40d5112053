//! What a script's functions learn of the machine and the network.

use std::cell::RefCell;
use std::collections::HashMap;
use std::net::IpAddr;
use std::net::Ipv4Addr;
use std::rc::Rc;

use super::budget::Budget;
use crate::net;
use crate::net::local;
use crate::platform;
use crate::proto::date::Date;
use crate::proto::pac::World;

pub(super) struct Network {
    budget: Rc<Budget>,
    /// What has been looked up: the same question gets the same answer.
    known: RefCell<HashMap<String, Vec<IpAddr>>>,
}

impl Network {
    pub(super) fn new(budget: Rc<Budget>) -> Network {
        Network { budget, known: RefCell::new(HashMap::new()) }
    }
}

impl World for Network {
    fn resolve(&self, host: &str) -> Vec<IpAddr> {
        if let Some(known) = self.known.borrow().get(host) {
            return known.clone();
        }
        if self.known.borrow().len() >= self.budget.limits().names {
            log::warn!("the proxy script looks up too many names");
            self.budget.end();
            return Vec::new();
        }
        let waiting = self.budget.waiting();
        let found =
            self.budget.look_up(|until| waiting.block_on(net::resolve(waiting, host, 0, Some(until))));
        let mut addresses = Vec::new();
        for address in found.unwrap_or_default() {
            if !addresses.contains(&address.ip()) {
                addresses.push(address.ip());
            }
        }
        self.known.borrow_mut().insert(host.to_owned(), addresses.clone());
        addresses
    }

    fn own_addresses(&self) -> Vec<IpAddr> {
        platform::own_addresses()
    }

    fn outbound_ipv4(&self) -> Option<Ipv4Addr> {
        local::outbound_ipv4()
    }

    fn now(&self, utc: bool) -> Date {
        let [year, month, weekday, day, hour, minute, second] = platform::calendar(utc);
        Date { year, month, weekday, day, hour, minute, second }
    }
}
