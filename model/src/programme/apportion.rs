//! Dividing a whole number by weights.

/// Divides `total` in proportion to `weights` by largest remainder (ties go to the earlier one). If there is enough for
/// everyone, everyone gets at least one: a district without a centre would be served by nobody.
pub(super) fn apportion(total: u32, weights: &[u32]) -> Vec<u32> {
    let least = u32::from(total as usize >= weights.len());
    let rest = u64::from(total) - u64::from(least) * weights.len() as u64;
    let sum: u64 = weights.iter().map(|&weight| u64::from(weight)).sum();
    if sum == 0 {
        return apportion_equally(total, weights.len());
    }
    let quota = |weight: u32| u64::from(weight) * rest;
    let mut shares: Vec<u32> =
        weights.iter().map(|&weight| least + (quota(weight) / sum) as u32).collect();
    let given: u64 = shares.iter().map(|&share| u64::from(share - least)).sum();
    let mut by_remainder: Vec<usize> = (0..weights.len()).collect();
    by_remainder.sort_by_key(|&at| std::cmp::Reverse(quota(weights[at]) % sum));
    for &at in by_remainder.iter().take((rest - given) as usize) {
        shares[at] += 1;
    }
    shares
}

fn apportion_equally(total: u32, parts: usize) -> Vec<u32> {
    if parts == 0 { Vec::new() } else { apportion(total, &vec![1; parts]) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn nothing_is_lost_or_made(total: u32, weights in prop::collection::vec(any::<u32>(), 1..50)) {
            let shares = apportion(total, &weights);
            prop_assert_eq!(shares.iter().map(|&share| u64::from(share)).sum::<u64>(), u64::from(total));
            let enough = total as usize >= weights.len();
            prop_assert!(!enough || shares.iter().all(|&share| share > 0));
        }
    }

    #[test]
    fn shares_add_up_and_follow_the_weights() {
        assert_eq!(apportion(10, &[700, 200, 100]), [6, 2, 2]);
        assert_eq!(apportion(3, &[1, 1, 1]), [1, 1, 1]);
        assert_eq!(apportion(0, &[5, 5]), [0, 0]);
    }

    #[test]
    fn everyone_gets_one_when_there_is_enough() {
        assert_eq!(apportion(5, &[1_000_000, 1, 0]), [3, 1, 1]);
    }

    #[test]
    fn with_too_few_the_largest_come_first() {
        assert_eq!(apportion(2, &[10, 500, 400]), [0, 1, 1]);
    }

    #[test]
    fn people_who_were_not_counted_are_treated_alike() {
        assert_eq!(apportion(4, &[0, 0]), [2, 2]);
        assert_eq!(apportion(4, &[]), [] as [u32; 0]);
    }
}
