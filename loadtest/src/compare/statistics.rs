//! The little statistics that a verdict needs.

/// The chance that a normal variable lies further from 0 than `z`, on either side. (Abramowitz and Stegun 7.1.26, exact to
/// 2e-7: thresholds here are near 1e-3.)
pub(super) fn two_sided(z: f64) -> f64 {
    const A: [f64; 5] =
        [0.254_829_592, -0.284_496_736, 1.421_413_741, -1.453_152_027, 1.061_405_429];
    let x = z.abs() / std::f64::consts::SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * x);
    let polynomial = A.iter().rev().fold(0.0, |sum, a| (sum + a) * t);
    (polynomial * (-x * x).exp()).clamp(0.0, 1.0)
}

/// The z beyond which, on either side, a normal variable lies with this chance.
pub(super) fn two_sided_quantile(chance: f64) -> f64 {
    let (mut low, mut high) = (0.0, 12.0);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if two_sided(middle) > chance { low = middle } else { high = middle }
    }
    low
}

/// The value of Student's t with `freedom` degrees that is as rare as `z` of a normal variable. (Abramowitz and Stegun
/// 26.7.5, to its second term.)
pub(super) fn student(z: f64, freedom: f64) -> f64 {
    z + (z.powi(3) + z) / (4.0 * freedom)
        + (5.0 * z.powi(5) + 16.0 * z.powi(3) + 3.0 * z) / (96.0 * freedom * freedom)
}

/// The z of a normal variable that is as rare as this value of Student's t. (Abramowitz and Stegun 26.7.8.)
pub(super) fn normal(t: f64, freedom: f64) -> f64 {
    t * (1.0 - 1.0 / (4.0 * freedom)) / (1.0 + t * t / (2.0 * freedom)).sqrt()
}

/// Corrects chances for there being several of them, after Holm: whatever is below a threshold afterwards is a false alarm
/// with no more than that chance for all together.
pub(super) fn holm(chances: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..chances.len()).collect();
    order.sort_by(|a, b| chances[*a].total_cmp(&chances[*b]));
    let mut corrected = vec![1.0; chances.len()];
    let mut least = 0.0_f64;
    for (rank, place) in order.into_iter().enumerate() {
        least = least.max(chances[place] * (chances.len() - rank) as f64).min(1.0);
        corrected[place] = least;
    }
    corrected
}

/// The value below which a share of sorted values lies, interpolated.
pub(super) fn sorted_quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len().saturating_sub(1)) as f64;
    let (below, above) = (place.floor() as usize, place.ceil() as usize);
    match (sorted.get(below), sorted.get(above)) {
        (Some(low), Some(high)) => low + (high - low) * place.fract(),
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn tables_agree() {
        assert!((two_sided(1.959_964) - 0.05).abs() < 1e-5);
        assert!((two_sided(3.290_527) - 0.001).abs() < 1e-5);
        assert!((two_sided_quantile(0.05) - 1.959_964).abs() < 1e-4);
        assert!((student(1.959_964, 10.0) - 2.228).abs() < 0.01);
        assert!((two_sided(normal(2.228, 10.0)) - 0.05).abs() < 0.002);
    }

    #[test]
    fn holm_corrects_the_least_most() {
        assert_eq!(holm(&[0.01, 0.04, 0.03]), [0.03, 0.06, 0.06]);
        assert_eq!(holm(&[0.9, 0.8]), [1.0, 1.0]);
        assert!(holm(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn holm_never_makes_a_chance_smaller_nor_changes_their_order(
            chances in proptest::collection::vec(0.0..1.0f64, 1..30),
        ) {
            let corrected = holm(&chances);
            for (one, other) in chances.iter().zip(&corrected) {
                prop_assert!(other >= one && *other <= 1.0);
            }
            for a in 0..chances.len() {
                for b in 0..chances.len() {
                    prop_assert!(chances[a] > chances[b] || corrected[a] <= corrected[b]);
                }
            }
        }
    }
}
