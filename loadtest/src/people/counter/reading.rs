//! What a facility shows of itself afterwards, to whoever answers for it.

use super::super::desk::{Desk, Said};
use super::facility::Facility;
use crate::contract::{Expecting, Stocks, Today};
use crate::measure::Operation;
use crate::wire::Answer;
use std::rc::Rc;

impl Facility {
    /// Who was expected today, and how it stands with them: the lists of the sessions, each as far as it is answered at once.
    pub async fn today(&self, desk: &Rc<Desk>, group: usize) -> Said<Today> {
        self.list(desk, group, "").await
    }

    /// What follows of the list of a session.
    pub async fn rest(&self, desk: &Rc<Desk>, group: usize, of: &Expecting) -> Said<Today> {
        let after = of.next.unwrap_or_default();
        self.list(desk, group, &format!("&session_id={}&after={after}", of.session_id)).await
    }

    async fn list(&self, desk: &Rc<Desk>, group: usize, query: &str) -> Said<Today> {
        let centre = self.site.centre;
        let path = format!("/api/v2/vaccinator/sessions/today?center_id={centre}{query}");
        self.manager
            .read(desk, group, Operation::ReadBack, &path, |answer| {
                serde_json::from_slice(&answer.plain()?).ok()
            })
            .await
    }

    /// How many doses were taken out of the batch of the run.
    pub async fn used(&self, desk: &Rc<Desk>, group: usize) -> Said<u64> {
        let path = format!("/api/v2/vaccinator/stock?center_id={}", self.site.centre);
        let read = |answer: Answer| {
            let body = answer.plain()?;
            let stocks: Stocks<'_> = serde_json::from_slice(&body).ok()?;
            let ours = stocks.stock.iter().filter(|stock| stock.batch == self.batch);
            Some(ours.map(|stock| stock.used).sum())
        };
        self.manager.read(desk, group, Operation::ReadBack, &path, read).await
    }
}
