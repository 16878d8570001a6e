//! Many lives, each from its seed.

use super::life::Life;
use std::ops::Range;

#[test]
fn nothing_acknowledged_is_lost_and_nothing_is_sold_twice_whatever_happens() {
    let [crashes, doses, certificates] = lives(0..220);
    assert!(
        crashes > 200 && doses > 400 && certificates > 400,
        "there were {crashes} crashes, {doses} doses and {certificates} certificates"
    );
}

/// Lives these lives, and counts their crashes, doses and certificates.
pub(super) fn lives(seeds: Range<u64>) -> [usize; 3] {
    let (mut crashes, mut doses, mut certificates) = (0, 0, 0);
    for seed in seeds {
        let mut life = Life::new(seed);
        println!("seed {seed}");
        life.live(120);
        doses += life.verify();
        certificates += life.certificates;
        crashes += life.transcript.iter().filter(|line| *line == "crash").count();
    }
    [crashes, doses, certificates]
}

#[test]
fn a_life_can_be_lived_again() {
    let lived = |seed| {
        let mut life = Life::new(seed);
        life.live(120);
        life.transcript
    };
    assert_eq!(lived(7), lived(7));
    assert_ne!(lived(7), lived(8));
}
