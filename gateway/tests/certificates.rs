//! The doors at which people get their certificates: who gets whose, in which form, and that what they carry away verifies
//! with nothing but what the issuer publishes.

use crate::support::{
    Audited, Carried, Clinic, Offer, TestServer, files_under, of, pack, person, taken,
};
use opencowin::certification::{CodeSettings, ExportSettings, HcertSettings};
use opencowin::config::Settings;
use opencowin::identity::Door;
use opencowin_certificates::reading;
use opencowin_ledger::audit::{Ending, Record, Who};
use opencowin_model::BeneficiaryRef;
use opencowin_verify::Outcome;
use serde_json::{Value, json};

const PUBLIC: &str = "/api/v2/registration/certificate/public";
const TRAVEL: &str = "/api/v2/registration/certificate/international";

/// A facility at which everybody was given the first dose.
fn vaccinated(server: &TestServer, people: usize) -> Clinic<'_> {
    let clinic = Clinic::open(server, people);
    clinic.receive(20).ok();
    clinic.patients.iter().for_each(|patient| clinic.vaccinate(patient));
    clinic
}

#[test]
fn whoever_proves_the_number_carries_away_what_anybody_can_verify() {
    let server = TestServer::start();
    let clinic = vaccinated(&server, 2);
    let person = &clinic.patients[0].reference;
    let family = server.log_in(Door::Public, &clinic.family().mobile);
    let download = |more: &str| {
        let answer = family.get(format!("{PUBLIC}/download{}", of(person, more))).send();
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let name = answer.header("content-disposition").expect("a name");
        assert!(name.contains("vaccination-certificate.") && !name.contains(person), "{name}");
        answer
    };
    let carried = taken(&download("&format=json"));
    let trust = server.trust_with_status(&carried);
    let verdict = server.judge(&carried.0, &trust);
    assert_eq!((verdict.outcome, verdict.status.is_some()), (Outcome::Valid, true));
    let facts = verdict.facts.unwrap();
    assert_eq!((facts.name.as_str(), facts.dose, &facts.reference), ("Asha Devi", 1, person));

    let page = download("");
    assert_eq!(page.header("content-type"), Some("application/pdf"));
    assert!(page.body.len() < 100_000, "{} bytes", page.body.len());
    let found = reading::read(&page.body).unwrap();
    assert_eq!(found.credential.as_ref(), Some(&carried.0), "the credential is attached");
    let picture = reading::read(&download("&format=qr").body).unwrap();
    let text = download("&format=qr_text").text();
    assert!(text.contains("/verify#OCW1:"), "any camera opens the page: {text}");
    for code in [&found.qr_texts[0], &picture.qr_texts[0], &text] {
        let verdict = server.judge(code.as_bytes(), &trust);
        assert_eq!(verdict.outcome, Outcome::Valid);
        assert_eq!(verdict.facts.unwrap().certificate_id, facts.certificate_id);
    }
    for language in ["en", "hi", "ta"] {
        let page = download(&format!("&lang={language}"));
        assert_eq!(reading::read(&page.body).unwrap().credential.as_ref(), Some(&carried.0));
    }
}

#[test]
fn a_list_names_every_certificate_of_the_people_of_a_number() {
    let server = TestServer::start();
    let clinic = vaccinated(&server, 2);
    let family = clinic.family();
    let carried = family.certificate(&clinic.patients[0].reference, "");
    for door in [Door::Public, Door::Portal, Door::Protected] {
        let list = server.log_in(door, &family.mobile).get(format!("{PUBLIC}/list")).send().ok();
        let people = list["beneficiaries"].as_array().unwrap();
        let of = |patient: usize| {
            let reference = &clinic.patients[patient].reference;
            let person = people.iter().find(|one| one["beneficiary_reference_id"] == **reference);
            person.unwrap()["certificates"].as_array().unwrap().clone()
        };
        assert_eq!(people.len(), 2);
        let [own] = &of(0)[..] else { panic!("one certificate of one dose: {list}") };
        assert_eq!(own["certificate_id"], carried.id());
        let expected = json!(["domestic", "valid", 1, 1, "COVAXIN"]);
        let shown = ["form", "state", "version", "dose", "vaccine"].map(|name| own[name].clone());
        assert_eq!(json!(shown), expected);
        assert!(matches!(of(1)[0]["state"].as_str(), Some("pending" | "valid")));
    }
    let stranger = server.account();
    stranger.get(format!("{PUBLIC}/list")).send().refused(400, "APPOIN0001");
}

#[test]
fn the_token_of_the_public_door_opens_certificates_and_nothing_else() {
    let server = TestServer::start();
    let clinic = vaccinated(&server, 1);
    let person = &clinic.patients[0].reference;
    let public = server.log_in(Door::Public, &clinic.family().mobile);
    public.get(format!("{PUBLIC}/list")).send().ok();
    for path in [
        "/api/v2/appointment/beneficiaries".to_owned(),
        format!("/api/v2/registration/certificate/list{}", of(person, "")),
        format!("/api/v2/registration/certificate/download{}", of(person, "")),
    ] {
        public.get(path).send().unauthenticated();
    }
    let body = json!({ "beneficiary_reference_id": person, "name": "Somebody Else" });
    public.post("/api/v2/registration/certificate/correct", &body).send().unauthenticated();
    let staff = clinic.vaccinator.get(format!("{PUBLIC}/list")).send();
    staff.unauthenticated();
    server.get(format!("{PUBLIC}/list")).send().unauthenticated();
}

#[test]
fn nobody_gets_a_certificate_that_is_not_theirs() {
    let server = TestServer::start();
    let clinic = vaccinated(&server, 2);
    let [one, other] = [0, 1].map(|at| clinic.patients[at].reference.clone());
    let family = clinic.family();
    let others = family.certificate(&other, "");

    server.account().downloading(&one, "").send().refused(400, "APPOIN0001");
    let elsewhere = server.vaccinator(&server.sell(Offer::default()));
    elsewhere.downloading(&one, "").send().refused(400, "APPOIN0001");
    assert_eq!(clinic.vaccinator.downloading(&one, "").send().status, 200);
    let listed = format!("/api/v2/vaccinator/certificate/list{}", of(&one, ""));
    clinic.vaccinator.get(listed.clone()).key().send().ok();
    elsewhere.get(listed).key().send().refused(400, "APPOIN0001");

    let of_another = format!("&certificate={}", others.id());
    family.downloading(&one, &of_another).send().refused(404, "CERTIF0003");
    family.downloading(&one, "&dose=2").send().refused(404, "CERTIF0001");
    family.downloading(&one, "&format=docx").send().refused(400, "USRRES0002");
    family.downloading(&one, "&lang=tlh").send().refused(400, "USRRES0002");
    family.downloading("1", "").send().refused(400, "APPOIN0001");
    let unborn = family.register(&person());
    family.downloading(&unborn, "").send().refused(404, "CERTIF0001");
}

#[test]
fn a_dose_from_elsewhere_is_not_certified() {
    let server = TestServer::start();
    let clinic = Clinic::open(&server, 1);
    let family = clinic.family();
    let who = &family.register(&person());
    let dose = json!({
        "beneficiary_reference_id": who, "dose": 1, "vaccine": "COVAXIN", "date": "01-03-2021",
        "evidence": "foreign-certificate",
    });
    let path = "/api/v2/vaccinator/beneficiaries/elsewhere";
    let recording = clinic.manager.at_the_counter(path, &dose);
    recording.header("X-Beneficiary-Token", &*family.token).send().ok();
    family.downloading(who, "").send().refused(409, "CERTIF0002");
    assert_eq!(family.certificates(who), [] as [Value; 0]);
}

#[test]
fn a_certificate_for_travel_says_what_was_told_for_it_and_the_ledger_does_not() {
    let server = TestServer::start();
    let clinic = vaccinated(&server, 1);
    let (family, who) = (clinic.family(), clinic.patients[0].reference.as_str());
    let ask = |born: &str, passport: &str| {
        let body = json!({
            "beneficiary_reference_id": who, "date_of_birth": born, "passport_number": passport,
        });
        family.post(TRAVEL, &body).send()
    };
    ask("17-05-1986", "Z7766554").refused(400, "CERTIF0006");
    ask("17-05-1985", "Z 776").refused(400, "USRRES0002");
    let id = |answer: Value| answer["certificate_id"].as_str().unwrap().to_owned();
    let first = id(ask("17-05-1985", "z7766554").ok());
    assert_eq!(id(ask("17-05-1985", "Z7766554").ok()), first, "the same again is the same");
    let by_id = |id: &str| family.certificate(who, &format!("&certificate={id}"));
    let carried = by_id(&first);
    assert_eq!(carried.says()["credentialSubject"]["passportNumber"], "Z7766554");
    assert_eq!(carried.says()["credentialSubject"]["dob"], "1985-05-17");
    let domestic = family.certificate(who, "");
    assert!(!String::from_utf8_lossy(&domestic.0).contains("Z7766554"), "the one for use at home");

    let second = id(ask("17-05-1985", "Z7766555").ok());
    assert_eq!(by_id(&second).says()["evidence"][0]["previousCertificateId"], first);
    family.downloading(who, &format!("&certificate={first}")).send().refused(409, "CERTIF0004");
    let trust = server.trust_with_status(&carried);
    let worth = |carried: &Carried| server.judge(&carried.0, &trust).outcome;
    assert_eq!([&carried, &by_id(&second), &domestic].map(worth), OUTCOMES);
    for file in files_under(&server.data()) {
        let bytes = std::fs::read(&file).unwrap();
        let told = bytes.windows(7).any(|window| window == b"Z776655");
        assert!(!told, "{} tells the passport's number", file.display());
    }
}

const OUTCOMES: [Outcome; 3] = [Outcome::Revoked, Outcome::Valid, Outcome::Valid];

#[test]
fn who_looked_at_whose_certificate_is_on_record() {
    let server = Audited::start();
    let clinic = vaccinated(&server, 1);
    let who = &clinic.patients[0].reference;
    let record = Record::Person(BeneficiaryRef::new(who.parse().unwrap()).unwrap());
    let family = clinic.family();
    family.certificate(who, "");
    clinic.manager.downloading(who, "").send();
    let stranger = server.account();
    stranger.downloading(who, "").send().refused(400, "APPOIN0001");
    let entries = server.recorded("certificate");
    let account =
        |mobile: &str| Who::Account(server.app().account_of(pack().mobile(mobile).unwrap()));
    let by: Vec<_> = entries.iter().map(|entry| entry.who).collect();
    let official = Who::Official(clinic.manager.id);
    assert_eq!(by, [account(&family.mobile), official, account(&stranger.mobile)]);
    assert!(entries.iter().all(|entry| entry.record == Some(record)));
    assert_eq!(entries[2].ending, Ending::Nothing);
}

#[test]
fn forms_of_other_programmes_are_had_where_the_server_is_set_up_for_them() {
    let home = tempfile::tempdir().unwrap();
    let key = rcgen::KeyPair::generate().unwrap();
    let signed = rcgen::CertificateParams::default().self_signed(&key).unwrap();
    let files = ["key", "certificate"].map(|name| home.path().join(name));
    std::fs::write(&files[0], key.serialize_pem()).unwrap();
    std::fs::write(&files[1], signed.pem()).unwrap();
    let code = |text: &str| text.to_owned();
    let codes = CodeSettings {
        prophylaxis: code("J07BX03"),
        product: code("Covaxin"),
        manufacturer: code("Bharat-Biotech"),
    };
    let hcert = HcertSettings {
        key: files[0].clone(),
        certificate: files[1].clone(),
        country: code("IN"),
        issuer: code("OpenCoWIN"),
        days: 365,
        vaccines: [(code("COVAXIN"), codes)].into(),
    };
    let set_up = |settings: &mut Settings| {
        settings.exports = Some(ExportSettings { divoc: true, hcert: Some(hcert) });
    };
    let server = TestServer::with(set_up);
    let clinic = vaccinated(&server, 1);
    let (family, who) = (clinic.family(), &clinic.patients[0].reference);
    let zip = family.downloading(who, "&format=divoc").send();
    assert_eq!(zip.header("content-type"), Some("application/zip"));
    assert_eq!(server.judge(&zip.body, &server.trust()).outcome, Outcome::Valid);
    let text = family.downloading(who, "&format=hcert").send().text();
    assert!(text.starts_with("HC1:"), "{text}");
    drop(clinic);

    let plain = TestServer::start();
    let clinic = vaccinated(&plain, 1);
    for format in ["divoc", "hcert"] {
        let asked = format!("&format={format}");
        let answer = clinic.family().downloading(&clinic.patients[0].reference, &asked).send();
        answer.refused(400, "CERTIF0005");
    }
}
