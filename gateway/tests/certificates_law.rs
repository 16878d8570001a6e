//! What becomes of certificates: corrected, revoked, signed again after a key was lost, erased with the person, and found in
//! the log by whoever looks. Whatever happens, of each dose one certificate holds at most.

use crate::support::{
    Account, Carried, Clinic, TestServer, copy_directory, eventually, pack, settings,
};
use opencowin::access::official::{Role, Scope};
use opencowin::certification::RingFile;
use opencowin::config::{Config, beside};
use opencowin::identity::Door;
use opencowin_certificates::log::{EntryKind, Hash, Head};
use opencowin_certificates::reading;
use opencowin_ledger::vault::Vault;
use opencowin_verify::{Outcome, Reason, log};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

const CORRECT: &str = "/api/v2/registration/certificate/correct";
const AS_DISTRICT: &str = "/api/v2/district/certificates/correct";
const REVOKE: &str = "/api/v2/district/certificates/revoke";
const REISSUE: &str = "/api/v2/admin/certificates/reissue";
const TRAVEL: &str = "/api/v2/registration/certificate/international";
const REGENERATE: &str = "/api/v2/registration/certificate/regenerate";

/// A facility at which somebody was given the first dose, and whoever looks after them.
fn vaccinated(server: &TestServer) -> (Clinic<'_>, Account<'_>, String) {
    let clinic = Clinic::open(server, 1);
    clinic.receive(20).ok();
    clinic.vaccinate(&clinic.patients[0]);
    let (family, who) = (clinic.family(), clinic.patients[0].reference.clone());
    (clinic, family, who)
}

fn revoking(carried: &Carried, reason: &str) -> Value {
    json!({ "certificate_id": carried.id(), "reason": reason })
}

/// The states of somebody's certificates, the last one first.
fn states(family: &Account<'_>, who: &str) -> Vec<String> {
    let certificates = family.certificates(who);
    certificates.iter().map(|one| one["state"].as_str().unwrap().to_owned()).collect()
}

/// What was sent to a number last.
fn last_message(server: &TestServer, mobile: &str) -> String {
    let outbox = server.get(format!("/sandbox/outbox?mobile={mobile}")).send().ok();
    outbox["messages"].as_array().unwrap().last().unwrap()["text"].as_str().unwrap().to_owned()
}

#[test]
fn a_correction_ends_a_certificate_and_another_stands_in_its_place() {
    let server = TestServer::start();
    let (clinic, family, who) = vaccinated(&server);
    let before = family.certificate(&who, "");
    let correction = |name: &str| json!({ "beneficiary_reference_id": who, "name": name });
    let keyed = |body: &Value| {
        family.post(CORRECT, body).header("Idempotency-Key", "once").send().ok()["name"].clone()
    };
    assert_eq!(keyed(&correction("Asha Devi Rao")), "Asha Devi Rao");
    assert!(last_message(&server, &family.mobile).contains("corrected"));
    assert_eq!(keyed(&correction("Asha Devi Rao")), "Asha Devi Rao");

    let after = family.certificate(&who, "");
    let says = after.says();
    assert_eq!(says["credentialSubject"]["name"], "Asha Devi Rao");
    let evidence = &says["evidence"][0];
    assert_eq!(evidence["version"], 2);
    assert_eq!(evidence["previousCertificateId"], before.id());
    assert_eq!(states(&family, &who), ["valid", "superseded"]);
    let old = format!("&certificate={}", before.id());
    family.downloading(&who, &old).send().refused(409, "CERTIF0004");

    family.post(CORRECT, &correction("A. D. Rao")).send().refused(403, "CERTIF0007");
    let nothing = json!({ "beneficiary_reference_id": who });
    family.post(CORRECT, &nothing).send().refused(400, "USRRES0001");
    let unborn = json!({ "beneficiary_reference_id": who, "birth_year": "2099" });
    family.post(CORRECT, &unborn).send().refused(400, "USRRES0002");
    let district = clinic.sale.centre.district;
    let officer = server.officer(Role::DistrictOfficer, Scope::District(district));
    officer.post(AS_DISTRICT, &correction("A. D. Rao")).send().ok();
    let last = family.certificate(&who, "");
    assert_eq!(last.says()["evidence"][0]["version"], 3);

    let trust = server.trust_with_status(&before);
    let worth = [&before, &after, &last].map(|carried| server.judge(&carried.0, &trust).outcome);
    assert_eq!(worth, [Outcome::Revoked, Outcome::Revoked, Outcome::Valid]);
}

#[test]
fn only_ones_own_people_and_those_of_the_district_are_corrected() {
    let server = TestServer::start();
    let (clinic, family, who) = vaccinated(&server);
    let correction = json!({ "beneficiary_reference_id": who, "gender_id": 1 });
    server.account().post(CORRECT, &correction).send().refused(400, "APPOIN0001");
    let foreign = another_district(&clinic);
    let officer = server.officer(Role::DistrictOfficer, foreign);
    officer.post(AS_DISTRICT, &correction).send().refused(400, "APPOIN0001");
    clinic.manager.post(AS_DISTRICT, &correction).send().refused(403, "USRRES0011");
    family.post(AS_DISTRICT, &correction).send().unauthenticated();
    assert_eq!(family.certificate(&who, "").says()["evidence"][0]["version"], 1);
}

fn another_district(clinic: &Clinic<'_>) -> Scope {
    let own = clinic.sale.centre.district;
    Scope::District(pack().districts().iter().find(|other| other.id != own).unwrap().id)
}

#[test]
fn names_of_all_kinds_come_back_as_they_were_told() {
    let server = TestServer::start();
    let (clinic, family, who) = vaccinated(&server);
    let district = Scope::District(clinic.sale.centre.district);
    let officer = server.officer(Role::DistrictOfficer, district);
    let names = [
        r#"Ann "Annie" O'Brien\ {"name":"x"}, <b>&amp;"#.to_owned(),
        "\u{200f}محمد\u{200e} \u{202e}desrever\u{202c}".to_owned(),
        "👩‍⚕️ Dr. Emoji 🧪 सुनीता देवी கார்த்திக்".to_owned(),
        "Wolfeschlegelsteinhausenbergerdorff".chars().cycle().take(100).collect(),
    ];
    for name in &names {
        let correction = json!({ "beneficiary_reference_id": who, "name": name });
        officer.post(AS_DISTRICT, &correction).send().ok();
        let carried = family.certificate(&who, "");
        assert_eq!(carried.says()["credentialSubject"]["name"], *name);
        let page = family.downloading(&who, "").send();
        let found = reading::read(&page.body).unwrap();
        let trust = server.trust();
        for form in [found.credential.as_ref().unwrap(), found.qr_texts[0].as_bytes()] {
            let verdict = server.judge(form, &trust);
            assert_eq!(verdict.outcome, Outcome::Valid, "{name}");
            assert_eq!(verdict.facts.unwrap().name, *name);
        }
    }
    let too_long = json!({ "beneficiary_reference_id": who, "name": "x".repeat(200) });
    officer.post(AS_DISTRICT, &too_long).send().refused(400, "USRRES0002");
    let lines = json!({ "beneficiary_reference_id": who, "name": "two\nlines" });
    officer.post(AS_DISTRICT, &lines).send().refused(400, "USRRES0002");
}

#[test]
fn a_district_revokes_what_was_given_in_it_for_good() {
    let server = TestServer::start();
    let (clinic, family, who) = vaccinated(&server);
    let carried = family.certificate(&who, "");
    let travel = json!({
        "beneficiary_reference_id": who, "date_of_birth": "17-05-1985", "passport_number": "Z7766554",
    });
    family.post(TRAVEL, &travel).send().ok();

    let body = revoking(&carried, "mistaken");
    let foreign = server.officer(Role::DistrictOfficer, another_district(&clinic));
    foreign.post(REVOKE, &body).send().refused(403, "USRRES0011");
    clinic.vaccinator.post(REVOKE, &body).send().refused(403, "USRRES0011");
    let officer =
        server.officer(Role::DistrictOfficer, Scope::District(clinic.sale.centre.district));
    let compromised = revoking(&carried, "key-compromised");
    officer.post(REVOKE, &compromised).send().refused(400, "USRRES0002");
    let unknown = json!({ "certificate_id": uuid::Uuid::nil(), "reason": "fraud" });
    officer.post(REVOKE, &unknown).send().refused(404, "CERTIF0003");
    let revoke = || officer.post(REVOKE, &body).header("Idempotency-Key", "once").send();
    assert_eq!(revoke().ok()["revoked"], 2, "both are about the same dose");
    assert!(last_message(&server, &family.mobile).contains("revoked"));
    assert_eq!(revoke().ok()["revoked"], 2);
    officer.post(REVOKE, &body).send().refused(409, "CERTIF0004");

    assert_eq!(states(&family, &who), ["revoked", "revoked"]);
    assert_eq!(family.certificates(&who)[0]["reason"], "mistaken");
    family.downloading(&who, "").send().refused(409, "CERTIF0002");
    let person = json!({ "beneficiary_reference_id": who });
    family.post(REGENERATE, &person).send().refused(409, "CERTIF0002");
    family.post(TRAVEL, &travel).send().refused(409, "CERTIF0002");
    let trust = server.trust_with_status(&carried);
    let verdict = server.judge(&carried.0, &trust);
    assert_eq!((verdict.outcome, verdict.reason), (Outcome::Revoked, Some(Reason::Status)));
}

#[test]
fn the_ministry_revokes_anywhere_and_regenerating_makes_nothing_twice() {
    let server = TestServer::start();
    let (_clinic, family, who) = vaccinated(&server);
    let carried = family.certificate(&who, "");
    let person = json!({ "beneficiary_reference_id": who });
    let made = family.post(REGENERATE, &person).send().ok();
    assert_eq!(made["certificate_id"], carried.id());
    let ministry = server.officer(Role::Ministry, Scope::Country);
    let revoked = ministry.post(REVOKE, &revoking(&carried, "fraud")).send().ok();
    assert_eq!(revoked["revoked"], 1);
    assert_eq!(states(&family, &who), ["revoked"]);
}

#[test]
fn after_a_crash_a_dose_is_certified_once() {
    let server = TestServer::start();
    let (_clinic, family, who) = vaccinated(&server);
    let (data, home) = (server.data(), tempfile::tempdir().unwrap());
    // What the disk holds at some moment between the dose and whatever the workers have done since.
    let image = home.path().join("data");
    copy_directory(&data, &image);
    for ending in [".keys.toml", ".signing.json"] {
        fs::copy(next_to(&data, ending), next_to(&image, ending)).unwrap();
    }
    let reopened = TestServer::open(settings(&image)).unwrap();
    let family = Account { server: &reopened, ..family };
    let carried = family.certificate(&who, "");
    let valid = || states(&family, &who).iter().filter(|state| *state == "valid").count();
    assert_eq!((valid(), states(&family, &who).len()), (1, 1));
    let trust = reopened.trust_with_status(&carried);
    assert_eq!(reopened.judge(&carried.0, &trust).outcome, Outcome::Valid);
    assert_eq!(family.certificate(&who, ""), carried);
}

fn next_to(data: &Path, ending: &str) -> std::path::PathBuf {
    let name = data.file_name().unwrap().to_str().unwrap();
    data.with_file_name(format!("{name}{ending}"))
}

#[test]
fn of_whoever_is_erased_the_certificate_they_have_still_holds() {
    let server = TestServer::start();
    let (clinic, family, who) = vaccinated(&server);
    let carried = family.certificate(&who, "");
    let person = json!({ "beneficiary_reference_id": who });
    family.post("/api/v2/registration/beneficiary/erase", &person).send().done();
    family.downloading(&who, "").send().refused(400, "APPOIN0001");
    clinic.manager.downloading(&who, "").send().refused(400, "APPOIN0001");
    let list = "/api/v2/registration/certificate/public/list";
    server.log_in(Door::Portal, &family.mobile).get(list).send().refused(400, "APPOIN0001");
    let trust = server.trust_with_status(&carried);
    assert_eq!(server.judge(&carried.0, &trust).outcome, Outcome::Valid);
    let ministry = server.officer(Role::Ministry, Scope::Country);
    let revoked = ministry.post(REVOKE, &revoking(&carried, "fraud")).send().ok();
    assert_eq!(revoked["revoked"], 1, "though nobody knows any more whose it is");
}

#[test]
fn what_a_lost_key_signed_is_signed_again_by_another() {
    let server = TestServer::start();
    let (_clinic, family, who) = vaccinated(&server);
    let carried = family.certificate(&who, "");
    let ministry = server.officer(Role::Ministry, Scope::Country);
    let reissue = || ministry.post(REISSUE, &json!({ "key_id": carried.key() })).send();
    reissue().refused(409, "CERTIF0008");
    family.post(REISSUE, &json!({ "key_id": carried.key() })).send().unauthenticated();

    let config = Config::new(settings(&server.data())).unwrap();
    let vault = Vault::parse(&fs::read_to_string(beside(&server.data())).unwrap()).unwrap();
    let file = RingFile::of(&config, &vault).unwrap();
    let mut ring = file.read().unwrap();
    ring.revoke(&carried.key(), server.moment(), &mut rand::rng()).unwrap();
    file.replace(&ring).unwrap();
    let answer = eventually("the server reads the new ring", || {
        let answer = reissue();
        (answer.status == 200).then(|| answer.json())
    });
    assert_eq!(answer, json!({ "revoked": 1, "next": null }));

    let again = family.certificate(&who, "");
    assert_ne!(again.key(), carried.key());
    assert_eq!(again.says()["evidence"][0]["previousCertificateId"], carried.id());
    let trust = server.trust_with_status(&again);
    let verdict = server.judge(&carried.0, &trust);
    assert_eq!((verdict.outcome, verdict.reason), (Outcome::Revoked, Some(Reason::KeyRevoked)));
    assert_eq!(server.judge(&again.0, &trust).outcome, Outcome::Valid);
    assert_eq!(states(&family, &who), ["valid", "revoked"]);
    assert_eq!(reissue().ok()["revoked"], 0);
}

#[test]
fn whatever_becomes_of_a_certificate_is_found_in_the_log() {
    let server = TestServer::start();
    let (_clinic, family, who) = vaccinated(&server);
    let carried = family.certificate(&who, "");
    let issued = eventually("it is in the log", || proof(&server, &carried, "issued"));
    let (first, index, hashes) = issued;
    let id = carried.parsed_id();
    assert!(log::contains(&first, EntryKind::Issued, id, index, &hashes));
    assert!(!log::contains(&first, EntryKind::Revoked, id, index, &hashes));

    let ministry = server.officer(Role::Ministry, Scope::Country);
    ministry.post(REVOKE, &revoking(&carried, "fraud")).send().ok();
    let revoked = eventually("so is its end", || proof(&server, &carried, "revoked"));
    let (last, index, hashes) = revoked;
    assert!(log::contains(&last, EntryKind::Revoked, id, index, &hashes));
    let path = format!("/credentials/log/consistency?first={}", first.size);
    let answer = server.get(path).send().ok();
    let newest = head(&server, &answer);
    assert!(log::extends(&first, &newest, &hashes_of(&answer)), "nothing was taken back");
    assert!(newest.size >= last.size);
}

/// The proof that something became of a certificate, once there is one.
fn proof(server: &TestServer, carried: &Carried, kind: &str) -> Option<(Head, u64, Vec<Hash>)> {
    let path = format!("/credentials/log/inclusion?certificate={}&kind={kind}", carried.id());
    let answer = server.get(path).send();
    let body = (answer.status == 200).then(|| answer.json())?;
    Some((head(server, &body), body["index"].as_u64().unwrap(), hashes_of(&body)))
}

fn head(server: &TestServer, body: &Value) -> Head {
    let issuer = server.app().certification().issuer();
    log::head(body["head"].as_str().unwrap(), issuer, &server.trust()).expect("a signed head")
}

fn hashes_of(body: &Value) -> Vec<Hash> {
    let hash = |text: &Value| {
        let text = text.as_str().unwrap();
        std::array::from_fn(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap())
    };
    body["hashes"].as_array().unwrap().iter().map(hash).collect()
}
