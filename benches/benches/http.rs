//! What reading a request costs before its handler runs: `cargo bench -p opencowin-benches --bench http`.

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use http::Method;
use opencowin::access::Environment;
use opencowin::http::body::{self, Field};
use opencowin::http::query::Query;
use opencowin::identity::Door;
use opencowin::identity::token::{Grant, Tokens};
use opencowin::routes;
use opencowin_ledger::vault::Vault;
use opencowin_model::{Mobile, Timestamp};
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde::Deserialize;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

const PATH: &str = "/api/v2/appointment/sessions/public/calendarByDistrict";
const QUERY: &str = "district_id=141&date=28-04-2021&vaccine=COVISHIELD";
const BODY: &[u8] =
    br#"{"dose":1.0,"session_id":"8c1a7ba2-5d3b-4f7e-9a46-0d6a8f1b2c3d","slot":"09:00AM-11:00AM",
    "beneficiaries":["12345678901230","12345678901240"]}"#;
const NOW: Timestamp = Timestamp(1_619_600_000_000);

/// The fields of a booking, as its handler asks for them.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Schedule {
    dose: Field,
    session_id: Field,
    slot: Field,
    beneficiaries: Field,
}

fn requests(c: &mut Criterion) {
    c.bench_function("find the route", |b| b.iter(|| routes::find(&Method::GET, black_box(PATH))));
    c.bench_function("read the query of a search", |b| {
        b.iter(|| {
            let query = Query::new(black_box(Some(QUERY)));
            (query.whole("district_id"), query.date("date"), query.get("vaccine").is_some())
        });
    });
    c.bench_function("read the body of a booking", |b| {
        b.iter_batched(|| BODY.to_vec(), body::parse::<Schedule>, BatchSize::SmallInput);
    });
}

fn tokens(c: &mut Criterion) {
    let keys = Vault::generate(&mut StdRng::seed_from_u64(1));
    let vault = Vault::parse(&keys).expect("it was just made");
    let tokens = Tokens::new(Arc::new(vault), Environment::Sandbox);
    let transaction = "5a9d2f40-6c1e-4b7a-8f3d-2e1c0b9a8d7f";
    let mobile = Mobile(9_876_543_210);
    let grant = Grant {
        door: Door::Portal,
        mobile,
        beneficiary: None,
        transaction,
        agent: "curl/8.5",
        key: None,
        device: None,
    };
    let known = tokens.issue(&grant, NOW);
    c.bench_function("issue a token", |b| b.iter(|| tokens.issue(black_box(&grant), NOW)));
    c.bench_function("verify a token seen before", |b| {
        b.iter(|| tokens.verify(black_box(&known), NOW));
    });
    c.bench_function("verify a new token", |b| {
        b.iter_batched(
            || tokens.issue(&grant, NOW),
            |token| tokens.verify(&token, NOW),
            BatchSize::SmallInput,
        );
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1));
    targets = requests, tokens
}
criterion_main!(benches);
