//! Plans: the quotas that most keys have, under a name.

use crate::api::Api;
use crate::quota::Quota;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A quota for each API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// For every API that is not named.
    pub default: Quota,
    /// For the APIs named.
    #[serde(default)]
    pub apis: BTreeMap<Api, Quota>,
}

impl Plan {
    /// The quota for one API.
    pub fn quota(&self, api: Api) -> Quota {
        self.apis.get(&api).copied().unwrap_or(self.default)
    }
}

const fn quota(per_second: u32, burst: u32, per_day: u64) -> Quota {
    Quota { per_second, burst, per_day }
}

/// The look-up of people is for trusted partners, who look up people and not a population.
const LOOKUP: Quota = quota(1, 5, 1_000);

fn plan(default: Quota, search: Quota) -> Plan {
    Plan { default, apis: BTreeMap::from([(Api::Search, search), (Api::Lookup, LOOKUP)]) }
}

/// The plans of a new installation, ours: `public` for keys that anybody gets at once, `standard` for approved partners, `high`
/// for those through whom a country books.
pub(super) fn defaults() -> BTreeMap<String, Plan> {
    let plans = [
        ("public", plan(quota(5, 20, 20_000), quota(10, 50, 100_000))),
        ("standard", plan(quota(20, 100, 200_000), quota(100, 500, 2_000_000))),
        ("high", plan(quota(500, 2_000, 10_000_000), quota(5_000, 10_000, 200_000_000))),
    ];
    plans.map(|(name, plan)| (name.to_owned(), plan)).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_api_that_a_plan_does_not_name_has_its_default() {
        let plans = defaults();
        assert_eq!(plans["public"].quota(Api::Search), quota(10, 50, 100_000));
        assert_eq!(plans["public"].quota(Api::Aefi), plans["public"].default);
    }

    #[test]
    fn no_plan_lets_anybody_look_up_a_population() {
        assert!(defaults().values().all(|plan| plan.quota(Api::Lookup).per_day <= 1_000));
    }
}
