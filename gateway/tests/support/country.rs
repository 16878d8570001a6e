//! Several gateways on one ledger, within the test's process.

use super::{Front, TestServer, settings};
use opencowin_ledger::store::Store;
use opencowin_ledger::store::embedded::{Embedded, EmbeddedOptions};
use std::ops::Index;
use std::sync::Arc;
use tempfile::TempDir;

pub struct Country {
    /// `None` once it was stopped.
    servers: Vec<Option<TestServer>>,
    fronts: Vec<Arc<Front>>,
    store: Arc<dyn Store>,
    home: TempDir,
}

impl Country {
    pub fn start(gateways: usize) -> Self {
        let home = tempfile::tempdir().unwrap();
        let ledger = home.path().join("ledger");
        let store = Arc::new(Embedded::open(&ledger, EmbeddedOptions::default()).unwrap());
        let mut country = Self { servers: Vec::new(), fronts: Vec::new(), store, home };
        for _ in 0..gateways {
            country.add();
        }
        country
    }

    /// Starts one more; answers its number.
    pub fn add(&mut self) -> usize {
        let front = Front::new(self.store.clone());
        let settings = settings(&self.home.path().join("data"));
        self.servers.push(Some(TestServer::on(settings, front.clone())));
        self.fronts.push(front);
        self.servers.len() - 1
    }

    /// Stops one in order.
    pub fn stop(&mut self, gateway: usize) {
        let server = self.servers[gateway].take().expect("it runs");
        assert!(server.close(), "connections were cut off");
    }

    /// The way of a gateway to the store.
    pub fn front(&self, gateway: usize) -> &Front {
        &self.fronts[gateway]
    }

    pub fn running(&self) -> impl Iterator<Item = &TestServer> {
        self.servers.iter().flatten()
    }
}

impl Index<usize> for Country {
    type Output = TestServer;

    fn index(&self, gateway: usize) -> &TestServer {
        self.servers[gateway].as_ref().expect("it runs")
    }
}
