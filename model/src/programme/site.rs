//! What is made up about one centre, compactly: names are written out only when asked for.

use super::{draw::Draw, ground::Ground};
use crate::{
    Centre, CentreId, FeeType, Hours, Pack, Position, TimeOfDay, VaccineId,
    pack::{
        District, PostalArea,
        blueprint::{Blueprint, CentreKind},
    },
};

/// One made-up centre. Positions are within the pack and its blueprint.
#[derive(Clone, Debug)]
pub(super) struct Site {
    pub id: CentreId,
    /// The position of its district in the pack.
    pub district: usize,
    /// The position of its postal area in the pack.
    pub area: usize,
    /// The position of the postal area whose place names its block, if it has one.
    block: Option<usize>,
    position: Position,
    pub hours: Hours,
    pub fee_type: FeeType,
    kind: usize,
    ending: usize,
    /// The offer that it usually has, and another that it has at times; positions in the blueprint.
    pub offers: (usize, Option<usize>),
}

/// Opening and closing hours and how often they occur.
const HOURS: [(u16, u16, u32); 5] =
    [(9, 17, 46), (9, 18, 30), (10, 17, 12), (10, 16, 7), (9, 14, 5)];

/// How far a centre lies from the point of its postal area at most, in millionths of a degree (about 2 km).
const SPREAD_MICRO: u16 = 20_000;

impl Site {
    /// Makes up the centre `id` in one of the postal areas of `ground`; `turn` says in which.
    pub(super) fn new(
        mut draw: Draw,
        pack: &Pack,
        id: CentreId,
        ground: &Ground,
        turn: usize,
    ) -> Self {
        let (blueprint, areas) = (pack.blueprint(), ground.areas.as_slice());
        let area = if draw.percent(75) { areas[turn % areas.len()] } else { draw.one(areas) };
        let fee_type = fee_type(&mut draw, blueprint, ground.city);
        Self {
            id,
            district: ground.district,
            area,
            block: draw.percent(45).then(|| draw.one(areas)),
            position: near(&mut draw, pack.postal_areas()[area].position),
            hours: hours(&mut draw),
            fee_type,
            kind: draw.weighted(kinds(blueprint, fee_type).iter().map(|kind| kind.weight)),
            ending: draw.weighted(blueprint.name_endings.iter().map(|ending| ending.weight)),
            offers: offers(&mut draw, blueprint, fee_type, ground.city),
        }
    }

    /// The centre written out.
    pub(super) fn centre(&self, pack: &Pack) -> Centre {
        let (district, area) = (&pack.districts()[self.district], &pack.postal_areas()[self.area]);
        let kind = self.kind(pack.blueprint());
        let ending = &pack.blueprint().name_endings[self.ending].text;
        let block = self.block.map_or("Not Applicable", |at| &pack.postal_areas()[at].place);
        Centre {
            id: self.id,
            name: fill(&kind.name, area, district) + ending,
            address: fill(&kind.address, area, district),
            block: block.to_owned(),
            district: district.id,
            pincode: area.pincode,
            position: self.position,
            hours: self.hours,
            fee_type: self.fee_type,
            fees: self.fees(pack.blueprint()),
        }
    }

    /// Its kind.
    pub(super) fn kind<'a>(&self, blueprint: &'a Blueprint) -> &'a CentreKind {
        &kinds(blueprint, self.fee_type)[self.kind]
    }

    /// The one age band that its name promises, if it does.
    pub(super) fn age_band(&self, blueprint: &Blueprint) -> Option<usize> {
        blueprint.name_endings[self.ending].age_band
    }

    fn fees(&self, blueprint: &Blueprint) -> Vec<(VaccineId, u32)> {
        if self.fee_type == FeeType::Free {
            return Vec::new();
        }
        let offers = [Some(self.offers.0), self.offers.1].into_iter().flatten();
        offers.map(|at| &blueprint.vaccines[at]).map(|offer| (offer.vaccine, offer.price)).collect()
    }
}

fn kinds(blueprint: &Blueprint, fee_type: FeeType) -> &[CentreKind] {
    match fee_type {
        FeeType::Free => &blueprint.free_centres,
        FeeType::Paid => &blueprint.paid_centres,
    }
}

fn fee_type(draw: &mut Draw, blueprint: &Blueprint, city: bool) -> FeeType {
    let percent = blueprint.paid_percent;
    let percent = if city { percent.city } else { percent.elsewhere };
    if draw.percent(percent.into()) { FeeType::Paid } else { FeeType::Free }
}

fn hours(draw: &mut Draw) -> Hours {
    let (from, to, _) = HOURS[draw.weighted(HOURS.iter().map(|(_, _, weight)| *weight))];
    let hour = |hour| TimeOfDay::new(hour, 0).expect("invariant: HOURS are hours of a day");
    Hours { from: hour(from), to: hour(to) }
}

/// A point near `centre`, or that point itself at the ends of the Earth.
fn near(draw: &mut Draw, centre: Position) -> Position {
    let mut off = || (f64::from(draw.between(0, 2 * SPREAD_MICRO)) - f64::from(SPREAD_MICRO)) / 1e6;
    let (north, east) = (off(), off());
    Position::new(centre.lat() + north, centre.long() + east).unwrap_or(centre)
}

/// The usual offer, and where a second choice differs from it, for every other centre that one too.
fn offers(
    draw: &mut Draw,
    blueprint: &Blueprint,
    fee_type: FeeType,
    city: bool,
) -> (usize, Option<usize>) {
    let weights = blueprint.vaccines.iter().map(|offer| match fee_type {
        _ if offer.city_only && !city => 0,
        FeeType::Free => offer.free,
        FeeType::Paid => offer.paid,
    });
    let (usual, other) = (draw.weighted(weights.clone()), draw.weighted(weights));
    (usual, Some(other).filter(|other| *other != usual && draw.percent(50)))
}

fn fill(pattern: &str, area: &PostalArea, district: &District) -> String {
    pattern.replace("{place}", &area.place).replace("{district}", &district.name.default)
}
