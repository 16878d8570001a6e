//! What a call costs, and who pays.

use super::Asked;
use crate::access::registry::LiveKey;
use crate::http::problem::{Excess, Problem};
use crate::identity::token::Caller;
use opencowin_admission::users::Search;
use opencowin_admission::{Api, OverQuota, Refused, Visit};
use opencowin_model::Timestamp;
use std::time::Duration;

impl Asked<'_> {
    /// One call of an address to a public API.
    pub(super) fn charge_address(&self, api: Api) -> Result<(), Problem> {
        if !self.admission.keeps_limits {
            return Ok(());
        }
        let limits = self.admission.registry.limits();
        let callers = &self.admission.callers;
        let verdict = match api {
            Api::Search => callers.search(self.client, &limits, self.now),
            _ => callers.call(self.client, &limits, self.now),
        };
        let allowance = limits.address;
        verdict.map(drop).map_err(|refused: Refused| {
            Problem::Blocked(Excess {
                limit: "address",
                calls: allowance.calls.into(),
                window_s: allowance.window_s.into(),
                after_s: refused.retry_after_s(),
            })
        })
    }

    /// One call of a key to an API.
    pub(super) fn charge_key(&self, key: &LiveKey, api: Api) -> Result<(), Problem> {
        if !self.admission.keeps_limits {
            return Ok(());
        }
        let quotas = key.quotas.of(api);
        let admitted = quotas.admit(self.admission.elapsed_ns(), self.admission.day(self.now));
        if admitted.is_ok() {
            key.was_used(self.now);
        }
        admitted.map(drop).map_err(|over| {
            let quota = key.record.quota(api, &self.admission.registry.limits());
            let excess = match over {
                OverQuota::Rate { retry_after } => Excess {
                    limit: "key-rate",
                    calls: quota.per_second.into(),
                    window_s: 1,
                    after_s: whole_seconds(retry_after),
                },
                OverQuota::Day { retry_after } => Excess {
                    limit: "key-day",
                    calls: quota.per_day,
                    window_s: 86_400,
                    after_s: whole_seconds(retry_after),
                },
            };
            Problem::OverQuota(excess)
        })
    }

    /// One search of a person.
    pub(super) fn charge_search(&self, caller: &Caller) -> Result<(), Problem> {
        if !self.admission.keeps_limits {
            return Ok(());
        }
        let limits = self.admission.registry.limits();
        let visit = Visit {
            account: *caller.account.as_bytes(),
            issued: Timestamp(caller.issued_s * 1000),
            from: self.client,
        };
        match self.admission.users.search(&visit, &limits, self.now) {
            Search::Admitted { raised, .. } => {
                if let Some(suspicion) = raised {
                    self.app.metrics().suspected(suspicion);
                }
                Ok(())
            }
            Search::Revoked => Err(Problem::Unauthenticated),
            Search::LoggedOut => Err(Problem::LoggedOut(Excess {
                limit: "searches",
                calls: limits.user.searches.calls.into(),
                window_s: limits.user.searches.window_s.into(),
                after_s: limits.user.searches.window_s.into(),
            })),
            Search::BlockDay { until } => {
                self.app.block_account(caller.account, until, "too many searches in a day");
                Err(Problem::Denied)
            }
            Search::Blocked { .. } => Err(Problem::Denied),
        }
    }
}

/// At least one, never less than the wait.
fn whole_seconds(wait: Duration) -> u64 {
    Refused { retry_after: wait }.retry_after_s()
}
