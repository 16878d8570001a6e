//! What accounts may do, rule by rule.

use super::*;

/// The beginning of a quarter of an hour and of a day.
const NOW: Timestamp = Timestamp(18_500 * 86_400_000);
const ACCOUNT: AccountKey = [7; 16];
const HOME: Address = Address::V4(0xC000_0201);

fn visit(issued: Timestamp) -> Visit {
    Visit { account: ACCOUNT, issued, from: HOME }
}

fn admitted(search: Search) -> bool {
    matches!(search, Search::Admitted { .. })
}

/// Searches `times` with a fresh token; how many were admitted, and the last answer.
fn search(users: &Users, times: usize, now: Timestamp) -> (usize, Search) {
    let limits = Limits::default();
    let answers: Vec<_> = (0..times).map(|_| users.search(&visit(now), &limits, now)).collect();
    (answers.iter().filter(|answer| admitted(**answer)).count(), *answers.last().unwrap())
}

fn ask(users: &Users, now: Timestamp) -> Ask {
    users.ask(ACCOUNT, &UserLimits::default(), now)
}

fn minutes(n: i64) -> Timestamp {
    NOW.plus_ms(n * 60_000)
}

#[test]
fn the_twenty_first_search_logs_out_and_older_tokens_stay_out() {
    let users = Users::new(1_000);
    assert_eq!(search(&users, 21, NOW), (20, Search::LoggedOut));
    assert_eq!(search(&users, 1, NOW), (0, Search::Revoked));
    assert!(users.is_revoked(ACCOUNT, NOW) && users.is_revoked(ACCOUNT, minutes(-5)));
    assert!(!users.is_revoked(ACCOUNT, minutes(3)) && !users.is_revoked([8; 16], NOW));
    let limits = Limits::default();
    assert_eq!(users.search(&visit(NOW), &limits, minutes(3)), Search::Revoked, "also later");
}

#[test]
fn who_logs_in_again_has_twenty_more() {
    let users = Users::new(1_000);
    search(&users, 21, NOW);
    assert_eq!(search(&users, 21, minutes(3)), (20, Search::LoggedOut));
}

#[test]
fn twenty_searches_in_each_quarter_of_an_hour_log_nobody_out() {
    let users = Users::new(1_000);
    for quarter in 0..20 {
        assert_eq!(search(&users, 20, minutes(30 * quarter)).0, 20);
    }
}

#[test]
fn a_thousand_searches_a_day_block_for_a_day_and_then_all_is_new() {
    let users = Users::new(1_000);
    for login in 0..50 {
        assert_eq!(search(&users, 21, minutes(3 * login)), (20, Search::LoggedOut));
    }
    let until = minutes(150 + 1_440);
    assert_eq!(search(&users, 1, minutes(150)), (0, Search::BlockDay { until }));
    assert_eq!(search(&users, 1, minutes(1_440)), (0, Search::Blocked { until }));
    assert_eq!(ask(&users, minutes(1_440)), Ask::Blocked { until });
    assert_eq!(users.blocked(ACCOUNT, minutes(1_440)), Some(until));
    assert!(admitted(search(&users, 1, until).1));
}

#[test]
fn a_password_is_sent_again_after_180_seconds() {
    let users = Users::new(1_000);
    assert_eq!(ask(&users, NOW), Ask::Granted);
    let retry_after = Duration::from_secs(120);
    assert_eq!(ask(&users, minutes(1)), Ask::TooSoon { retry_after });
    assert_eq!(ask(&users, minutes(3)), Ask::Granted, "asking too soon does not push the wait");
}

#[test]
fn the_fifty_first_password_of_a_day_blocks() {
    let users = Users::new(1_000);
    assert!((0..50).all(|n| ask(&users, minutes(3 * n)) == Ask::Granted));
    let until = minutes(150 + 1_440);
    assert_eq!(ask(&users, minutes(150)), Ask::BlockDay { until });
    assert_eq!(ask(&users, minutes(153)), Ask::Blocked { until });
    assert_eq!(ask(&users, until), Ask::Granted);
}

#[test]
fn a_block_outlives_the_turnover_of_the_table() {
    let users = Users::new(64);
    search(&users, 21, NOW);
    let limits = UserLimits::default();
    for n in 0..10_000u32 {
        let mut other = [0; 16];
        other[..4].copy_from_slice(&n.to_le_bytes());
        users.ask(other, &limits, NOW);
    }
    assert!(users.is_revoked(ACCOUNT, NOW));
}

#[test]
fn forgiving_lifts_a_block_and_keeps_tokens_revoked() {
    let users = Users::new(1_000);
    search(&users, 21, NOW);
    (0..51).for_each(|n| {
        let _ = ask(&users, minutes(3 * n));
    });
    assert!(users.blocked(ACCOUNT, minutes(200)).is_some());
    users.forgive(ACCOUNT);
    assert!(users.blocked(ACCOUNT, minutes(200)).is_none());
    assert!(users.is_revoked(ACCOUNT, NOW));
    assert_eq!(ask(&users, minutes(200)), Ask::Granted);
}

#[test]
fn a_token_can_be_revoked_by_its_owner() {
    let users = Users::new(1_000);
    users.revoke(ACCOUNT, NOW);
    assert_eq!(search(&users, 1, NOW), (0, Search::Revoked));
}

#[test]
fn one_account_from_many_addresses_has_to_solve_a_challenge() {
    let (users, limits) = (Users::new(1_000), Limits::default());
    let raised = |from| match users.search(&Visit { from, ..visit(NOW) }, &limits, NOW) {
        Search::Admitted { raised, .. } => raised,
        other => panic!("{other:?}"),
    };
    assert!((0..3).all(|n| raised(Address::V4(n)).is_none()), "at home, at work, on the way");
    let all: Vec<_> = (3..20).filter_map(|n| raised(Address::V6(n))).collect();
    assert_eq!(all, [Suspicion::ManyAddresses]);
    assert_eq!(users.challenged(ACCOUNT, NOW), Some(Suspicion::ManyAddresses));
    users.solved(ACCOUNT);
    assert_eq!(users.challenged(ACCOUNT, NOW), None);
}

#[test]
fn many_searches_of_an_account_are_explained_by_a_booking() {
    let (users, mut limits) = (Users::new(1_000), Limits::default());
    limits.user.searches.calls = 1_000;
    let search = |times| {
        (0..times).for_each(|_| {
            let _ = users.search(&visit(NOW), &limits, NOW);
        });
    };
    search(200);
    users.booked(ACCOUNT);
    search(200);
    assert_eq!(users.challenged(ACCOUNT, NOW), None);
    search(1);
    assert_eq!(users.challenged(ACCOUNT, NOW), Some(Suspicion::ManySearches));
}

#[test]
fn of_threads_that_ask_at_once_one_gets_a_password() {
    for _ in 0..100 {
        let users = Users::new(8);
        let granted = || usize::from(ask(&users, NOW) == Ask::Granted);
        let total: usize = std::thread::scope(|scope| {
            let threads = [scope.spawn(granted), scope.spawn(granted)];
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(total, 1);
    }
}

#[test]
fn an_account_costs_what_the_documentation_says() {
    assert_eq!(Users::new(1 << 16).bytes(), 80 << 16);
}
