//! Slips are PDF files that another implementation can read, whatever the names look like.

use super::*;
use proptest::prelude::*;

fn slip(people: usize) -> Slip {
    let person = SlipPerson {
        name: "Asha Kumari".into(),
        reference_id: "12345678900042".into(),
        gender: "Female".into(),
        birth_year: 1968,
        id_type: "Aadhaar Card".into(),
        id_number: "XXXXXXXX5438".into(),
        security_code: 42,
    };
    Slip {
        programme: "Vaccination programme of India".into(),
        confirmation_number: "6f1c2a9e-7a41-4a53-9d0e-3f8f5cbb7e21".into(),
        date: "Monday, 7 June 2021".into(),
        slot: "09:00AM-11:00AM".into(),
        centre: SlipCentre {
            name: "Sangrah PHC".into(),
            address: "Primary Health Centre Sangrah".into(),
            district: "Sirmaur".into(),
            state: "Himachal Pradesh".into(),
            pincode: "173023".into(),
        },
        vaccine: "COVISHIELD".into(),
        dose: "Dose 1".into(),
        fee: "Free".into(),
        people: vec![person; people],
    }
}

/// The text of each page, as an independent implementation reads it.
fn pages(pdf: &[u8]) -> Vec<String> {
    let document = lopdf::Document::load_mem(pdf).unwrap();
    document.get_pages().keys().map(|page| document.extract_text(&[*page]).unwrap()).collect()
}

#[test]
fn a_slip_says_what_people_and_staff_need() {
    let pages = pages(&render(&slip(4)));
    assert_eq!(pages.len(), 1);
    for expected in [
        "Vaccination programme of India",
        "6f1c2a9e-7a41-4a53-9d0e-3f8f5cbb7e21",
        "Monday, 7 June 2021",
        "09:00AM-11:00AM",
        "Sangrah PHC",
        "Sirmaur, Himachal Pradesh - 173023",
        "COVISHIELD",
        "Free",
        "12345678900042",
        "1968",
    ] {
        assert!(pages[0].contains(expected), "{expected} is missing in {}", pages[0]);
    }
    assert_eq!(pages[0].matches("Asha Kumari").count(), 4);
    assert_eq!(pages[0].matches("0042\n").count(), 8, "four references, four codes of four digits");
}

#[test]
fn the_same_slip_gives_the_same_bytes() {
    assert_eq!(render(&slip(2)), render(&slip(2)));
}

#[test]
fn text_cannot_break_out_of_its_string() {
    let mut slip = slip(1);
    slip.people[0].name = r"A) Tj ET (B\ (C".into();
    let pages = pages(&render(&slip));
    assert!(pages[0].contains(r"A) Tj ET (B\ (C"), "{}", pages[0]);
}

#[test]
fn long_names_wrap_and_stay_in_their_column() {
    let mut slip = slip(4);
    for person in &mut slip.people {
        person.name = "Venkatanarasimharajuvaripeta Subrahmanyeswararao ".repeat(9);
    }
    slip.centre.name = "Government Higher Secondary School ".repeat(12);
    let pages = pages(&render(&slip));
    assert_eq!(pages.len(), 1);
    assert!(pages[0].contains('…'), "what does not fit is marked");
    assert!(pages[0].contains("If you cannot come"), "the end is still there");
}

#[test]
fn more_people_than_a_page_holds_continue_on_the_next() {
    let pages = pages(&render(&slip(40)));
    assert!(pages.len() > 1);
    assert_eq!(pages.concat().matches("Asha Kumari").count(), 40);
}

#[test]
fn names_in_other_scripts_are_readable() {
    let mut slip = slip(1);
    slip.people[0].name = "José आशा علی".into();
    let pages = pages(&render(&slip));
    assert!(pages[0].contains("José आशा `ly"), "{}", pages[0]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_makes_a_readable_page(name in "\\PC{0,200}", number in any::<String>(), people in 0..=4_usize) {
        let mut slip = slip(people);
        slip.centre.name.clone_from(&name);
        slip.confirmation_number = number;
        slip.people.iter_mut().for_each(|person| person.name.clone_from(&name));
        prop_assert_eq!(pages(&render(&slip)).len(), 1);
    }
}
