//! How a screen is divided: what matters most gets its lines first, so that a tiny terminal still shows it.

use ratatui::layout::Rect;

/// How many lines the parts would like to have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wishes {
    pub(super) violations: u16,
    pub(super) facts: u16,
    pub(super) tables: u16,
    pub(super) remarks: u16,
}

/// Where the parts are, from top to bottom. Parts without room have no height.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Places {
    pub(super) title: Rect,
    pub(super) gauge: Rect,
    pub(super) violations: Rect,
    pub(super) facts: Rect,
    pub(super) charts: Rect,
    pub(super) tables: Rect,
    pub(super) remarks: Rect,
}

/// The fewest lines in which a chart tells something, its frame and axis included.
const CHART: u16 = 7;

/// The fewest lines of a table: frame, heading and a row.
const TABLE: u16 = 4;

/// Divides an area.
pub(super) fn places(area: Rect, wishes: Wishes) -> Places {
    let mut left = area.height;
    let title = take(&mut left, 1);
    let most_violations = (area.height / 4).max(1);
    let violations = take(&mut left, wishes.violations.min(most_violations));
    let gauge = if area.height >= 7 { take(&mut left, 1) } else { 0 };
    let facts = take(&mut left, wishes.facts);
    let remarks = if left >= TABLE + wishes.remarks { take(&mut left, wishes.remarks) } else { 0 };
    let (charts, tables) = share(left, wishes.tables);
    stack(area, [title, gauge, violations, facts, charts, tables, remarks])
}

/// Tables get what they wish where a chart has room above them; what is left is the charts'.
fn share(left: u16, tables: u16) -> (u16, u16) {
    match left {
        0..TABLE => (0, 0),
        _ if left < CHART + TABLE => (0, left.min(tables)),
        _ => {
            let tables = tables.min(left - CHART);
            (left - tables, tables)
        }
    }
}

fn take(left: &mut u16, wish: u16) -> u16 {
    let got = wish.min(*left);
    *left -= got;
    got
}

fn stack(area: Rect, heights: [u16; 7]) -> Places {
    let mut y = area.y;
    let [title, gauge, violations, facts, charts, tables, remarks] = heights.map(|height| {
        let place = Rect { y, height, ..area };
        y += height;
        place
    });
    Places { title, gauge, violations, facts, charts, tables, remarks }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_tiny_terminal_shows_what_was_broken_and_the_facts() {
        let wishes = Wishes { violations: 3, facts: 6, tables: 10, remarks: 2 };
        let places = places(Rect::new(0, 0, 20, 5), wishes);
        let heights = [places.title, places.violations, places.facts, places.charts, places.tables];
        assert_eq!(heights.map(|place| place.height), [1, 1, 3, 0, 0]);
    }

    proptest! {
        #[test]
        fn parts_never_leave_the_area(
            height in 0u16..200, violations in 0u16..20, facts in 0u16..20, tables in 0u16..40, remarks in 0u16..10,
        ) {
            let area = Rect::new(0, 0, 80, height);
            let places = places(area, Wishes { violations, facts, tables, remarks });
            let Places { title, gauge, violations, facts, charts, tables, remarks } = places;
            let parts = [title, gauge, violations, facts, charts, tables, remarks];
            prop_assert!(parts.windows(2).all(|pair| pair[0].bottom() == pair[1].y));
            prop_assert!(remarks.bottom() <= area.bottom());
        }
    }
}
