//! Numbers as they stand in tables.

/// The one in the middle, or the mean of the two that are.
pub(crate) fn median(numbers: &[f64]) -> f64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    if sorted.len().is_multiple_of(2) && middle > 0 {
        f64::midpoint(sorted[middle - 1], sorted[middle])
    } else {
        sorted.get(middle).copied().unwrap_or(f64::NAN)
    }
}

/// All of them, whole, and the median in bold.
pub(crate) fn rounds(numbers: &[f64]) -> String {
    let all: Vec<_> = numbers.iter().map(|number| format!("{number:.0}")).collect();
    format!("**{:.0}** [{}]", median(numbers), all.join(", "))
}

/// A number that may not have been measured.
pub(crate) fn maybe(number: Option<f64>) -> String {
    number.map_or_else(|| "-".to_owned(), |number| format!("{number:.0}"))
}
