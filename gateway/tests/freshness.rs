//! Answers are as fresh as the last booking that was acknowledged before them, compressed or not.

use crate::support::{Answer, Offer, Sale, TestServer, eventually};

const PUBLIC: &str = "/api/v2/appointment/sessions/public";

/// A district whose answer is worth compressing, and its sales.
fn large_district(server: &TestServer) -> Vec<Sale> {
    let offers: [_; 4] =
        std::array::from_fn(|at| Offer { days_ahead: 1 + at as i64, ..Offer::default() });
    let mut sales = server.sell_together(&offers);
    for _ in 0..20 {
        sales.extend(server.sell_beside(&sales[0], &offers));
    }
    sales
}

fn gzipped(server: &TestServer, path: &str) -> Option<Answer> {
    let answer = server.get(path).header("Accept-Encoding", "gzip, deflate, br").send();
    answer.is_gzip().then_some(answer)
}

#[test]
fn a_compressed_answer_is_the_plain_one_and_as_fresh() {
    let server = TestServer::shared();
    let sales = large_district(&server);
    let path = format!("{PUBLIC}/calendarByDistrict?{}", sales[0].by_district());
    let compressed = eventually("gzip", || gzipped(&server, &path));
    let plain = server.get(&path).header("Accept-Encoding", "identity").send();
    assert_eq!(plain.header("content-encoding"), None);
    assert_eq!(compressed.plain(), plain.body);
    assert!(
        compressed.body.len() * 4 < plain.body.len(),
        "{} of {}",
        compressed.body.len(),
        plain.body.len()
    );

    let (account, people) = server.family(2);
    for (at, person) in people.iter().enumerate() {
        account.book(&sales[at * 30], std::slice::from_ref(person));
        let compressed = gzipped(&server, &path).expect("a booking does not undo the compression");
        let plain = server.get(&path).send();
        assert_eq!(compressed.plain(), plain.body);
        let shown = compressed.json();
        assert_eq!(sales[at * 30].within(&shown)["available_capacity_dose1"], 9);
    }
}

#[test]
fn a_compressed_answer_is_as_fresh_after_a_publication() {
    let server = TestServer::shared();
    let sales = large_district(&server);
    let path = format!("{PUBLIC}/calendarByDistrict?{}", sales[0].by_district());
    eventually("gzip", || gzipped(&server, &path));
    let new = server.sell_beside(&sales[0], &[Offer::default()]).remove(0);
    let answer = server.get(&path).header("Accept-Encoding", "gzip").send().json();
    new.within(&answer);
}

#[test]
fn every_search_shows_a_booking_that_was_acknowledged_before_it() {
    let server = TestServer::shared();
    let sale = server.sell(Offer { seats: [30, 0, 0], ..Offer::default() });
    let paths = [
        format!("{PUBLIC}/findByPin?{}", sale.by_pin()),
        format!("{PUBLIC}/findByDistrict?{}", sale.by_district()),
        format!("{PUBLIC}/findByLatLong?{}", sale.nearby()),
        format!("{PUBLIC}/calendarByPin?{}", sale.by_pin()),
        format!("{PUBLIC}/calendarByDistrict?{}", sale.by_district()),
        format!("{PUBLIC}/calendarByCenter?{}", sale.by_centre()),
        format!("{PUBLIC}/calendarByPin?{}&vaccine=COVAXIN", sale.by_pin()),
    ];
    for booked in 1..=5 {
        let (account, people) = server.family(1);
        account.book(&sale, &people);
        for path in &paths {
            for language in ["en", "hi"] {
                let answer = server.get(path).header("Accept-Language", language).send().ok();
                assert_eq!(
                    sale.within(&answer)["available_capacity_dose1"],
                    30 - booked,
                    "{path} {language}"
                );
            }
        }
    }
}
