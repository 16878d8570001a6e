//! The India pack loads, and a pack with one fault is refused with the place of that fault.

use super::*;
use proptest::prelude::*;
use std::io;

/// A pack of one district, small enough to break in every way.
const SMALL: [(&str, &str); 6] = [
    (
        "pack.toml",
        r#"code = "gy"
country = "Guyana"
time_zone = "America/Guyana"
languages = ["en", "hi"]
beneficiaries_per_account = 6

[mobile]
digits = 7
first = [6]

[[id_types]]
id = 1
name = "National ID"
doc_type = "NID"
length = [6, 12]

[[genders]]
id = 1
name = "Male"

[[vaccines]]
name = "COVISHIELD"
manufacturer = "Serum Institute of India"
doses = 2
second_after_days = 84
icd11 = "XM97T2"

[[age_bands]]
min = 18

[certificates]
country = "GUY"
prophylaxis = "COVID-19"
helpline = "181"
"#,
    ),
    ("states.csv", "state_id,name\n4,Demerara-Mahaica\n"),
    (
        "districts.csv",
        "district_id,state_id,name,population,lat,long\n7,4,Georgetown,118363,6.8,-58.16\n",
    ),
    ("pincodes.csv", "pincode,district_id,lat,long,place\n413741,7,6.8,-58.16,Kitty\n"),
    (
        "programme.toml",
        r#"centres = 50
city_percent = 0
paid_percent = { city = 0, elsewhere = 0 }
age_band_weights = [1]

[[vaccines]]
name = "COVISHIELD"
free = 1
paid = 0
price = 0

[[free_centres]]
name = "{place} Health Centre"
address = "{place}, {district}"
weight = 1
seats = [10, 100]

[[name_endings]]
text = ""
weight = 1
"#,
    ),
    ("languages/hi.toml", "[states]\n4 = \"डेमेरारा\"\n"),
];

/// The small pack with `old` replaced by `new` in one file.
fn with(file: &str, old: &str, new: &str) -> Result<Pack, PackError> {
    Pack::load(|name| {
        let (_, text) =
            SMALL.iter().find(|(each, _)| *each == name).ok_or(io::ErrorKind::NotFound)?;
        assert!(name != file || text.contains(old), "nothing to break in {file}");
        Ok(if name == file { text.replace(old, new) } else { (*text).to_owned() })
    })
}

/// Asserts that this fault is reported as `message`.
#[track_caller]
fn refused(file: &str, old: &str, new: &str, message: &str) {
    assert_eq!(with(file, old, new).unwrap_err().to_string(), message);
}

#[test]
fn india_is_complete() {
    let india = Pack::india().unwrap();
    assert_eq!(india.states().len(), 37);
    assert_eq!(india.districts().len(), 756);
    assert_eq!(india.postal_areas().len(), 19_248);
    let people: u64 = india.districts().iter().map(|d| u64::from(d.population)).sum();
    assert_eq!(people, 1_210_854_977, "the census of 2011");
    assert_eq!(india.id_types().len(), 13);
    let offered = india.id_types().iter().filter(|kind| kind.self_service).map(|kind| kind.id.0);
    assert_eq!(offered.collect::<Vec<_>>(), [1, 2, 6, 8, 9, 11, 12]);
}

#[test]
fn india_keeps_its_schedules() {
    let india = Pack::india().unwrap();
    let days = |name, dose| india.vaccine_named(name).unwrap().days_before(dose);
    assert_eq!(days("Covishield", Dose::Second), Some(84));
    assert_eq!(days("COVAXIN", Dose::Second), Some(28));
    assert_eq!(days("SPUTNIK V", Dose::Second), Some(21));
    assert_eq!(days("COVAXIN", Dose::Precaution), Some(273));
    assert_eq!(days("ZYCOV-D", Dose::Precaution), None);
}

#[test]
fn names_are_translated_where_known() {
    let india = Pack::india().unwrap();
    let delhi = &india.state(StateId(9)).unwrap().name;
    assert_eq!((delhi.in_language("hi"), delhi.in_language("ta")), ("दिल्ली", "டெல்லி"));
    assert_eq!(delhi.in_language("fr"), "Delhi", "falls back to the default language");
}

#[test]
fn midnight_in_india_does_not_need_the_machines_time_zones() {
    let india = Pack::india().unwrap();
    let before = crate::Timestamp(1_619_548_199_000);
    assert_eq!(before.civil(india.zone()).to_string(), "2021-04-27T23:59:59");
}

#[test]
fn mobile_numbers_follow_the_pack() {
    let india = Pack::india().unwrap();
    assert_eq!(india.mobile("9876543210"), Some(Mobile(9_876_543_210)));
    for wrong in ["", "987654321", "98765432100", "5876543210", "98765 4321", "+919876543"] {
        assert_eq!(india.mobile(wrong), None, "{wrong:?}");
    }
}

#[test]
fn another_country_runs_from_its_own_folder() {
    let guyana = with("pack.toml", "", "").unwrap();
    assert_eq!(guyana.country(), "Guyana");
    assert_eq!(guyana.mobile("6123456"), Some(Mobile(6_123_456)));
    assert_eq!(guyana.postal_area(Pincode(413_741)).unwrap().place, "Kitty");
}

#[test]
fn a_missing_file_is_named() {
    let error = Pack::load(|_| Err(io::ErrorKind::NotFound.into())).unwrap_err();
    assert_eq!(error.to_string(), "pack.toml: the file cannot be read (entity not found)");
    refused(
        "pack.toml",
        "\"hi\"",
        "\"ta\"",
        "languages/ta.toml: the file cannot be read (entity not found)",
    );
}

#[test]
fn a_misspelt_key_is_named_with_its_line() {
    let error = with("pack.toml", "digits = 7", "digit = 7").unwrap_err();
    assert_eq!((error.line, error.field.as_deref()), (Some(8), Some("digit")));
    assert!(error.to_string().contains("unknown field `digit`"), "{error}");
}

#[test]
fn a_missing_key_is_named() {
    refused("pack.toml", "country = \"Guyana\"\n", "", "pack.toml line 1: missing field `country`");
    refused("pack.toml", "doc_type = \"NID\"\n", "", "pack.toml line 11: missing field `doc_type`");
}

#[test]
fn a_list_over_several_lines_keeps_its_name() {
    refused(
        "pack.toml",
        "first = [6]",
        "first = [\n  6,\n  11,\n]",
        "pack.toml line 9, first: `[6, 11]` is not a list of digits from 0 to 9",
    );
}

#[test]
fn impossible_rules_are_refused() {
    for (old, new, line, field) in [
        ("\"gy\"", "\"Guyana!\"", 1, "code"),
        ("\"Guyana\"", "\" \"", 2, "country"),
        ("America/Guyana", "Mars/Olympus", 3, "time_zone"),
        ("\"hi\"", "\"en\"", 4, "languages"),
        ("[\"en\", \"hi\"]", "[]", 4, "languages"),
        ("account = 6", "account = 0", 5, "beneficiaries_per_account"),
        ("account = 6", "account = 700", 5, "beneficiaries_per_account"),
        ("digits = 7", "digits = 16", 8, "digits"),
        ("first = [6]", "first = [12]", 9, "first"),
        ("[6, 12]", "[12, 6]", 15, "length"),
        ("doses = 2", "doses = 1", 25, "second_after_days"),
        ("doses = 2", "doses = 3", 24, "doses"),
        ("second_after_days = 84", "precaution_after_days = 273", 24, "doses"),
        ("min = 18", "min = 18\nmax = 12", 29, "min"),
        ("\"GUY\"", "\"Guyana\"", 32, "country"),
        ("\"181\"", "\"181\"\nvalid_days = 0", 35, "valid_days"),
        ("min = 18", "min = \"18\"", 29, "min"),
    ] {
        let error = with("pack.toml", old, new).unwrap_err();
        let place = (error.file.as_str(), error.line, error.field.as_deref());
        assert_eq!(place, ("pack.toml", Some(line), Some(field)), "{new}: {error}");
    }
}

#[test]
fn a_second_use_of_an_id_is_refused() {
    let second = "id = 1\nname = \"Male\"\n\n[[genders]]\nid = 1\nname = \"Female\"";
    refused(
        "pack.toml",
        "id = 1\nname = \"Male\"",
        second,
        "pack.toml line 22, id: `1` is used twice",
    );
    refused(
        "states.csv",
        "4,Demerara-Mahaica\n",
        "4,Demerara-Mahaica\n4,Berbice\n",
        "states.csv line 3, state_id: `4` is used twice",
    );
    refused(
        "pincodes.csv",
        "Kitty\n",
        "Kitty\n413741,7,6.8,-58.16,Queenstown\n",
        "pincodes.csv line 3, pincode: `413741` is used twice",
    );
}

#[test]
fn a_reference_that_leads_nowhere_is_refused() {
    refused(
        "districts.csv",
        "7,4,",
        "7,5,",
        "districts.csv line 2, state_id: `5` is not listed in states.csv",
    );
    refused(
        "pincodes.csv",
        ",7,",
        ",8,",
        "pincodes.csv line 2, district_id: `8` is not listed in districts.csv",
    );
    refused(
        "languages/hi.toml",
        "4 =",
        "5 =",
        "languages/hi.toml line 2, 5: `5` is not listed in states.csv",
    );
}

#[test]
fn impossible_places_are_refused() {
    refused(
        "states.csv",
        "Demerara-Mahaica",
        "",
        "states.csv line 2, name: this must not be empty",
    );
    refused(
        "states.csv",
        "state_id,name",
        "id,name",
        "states.csv line 1: the columns should be `state_id,name`, not `id,name`",
    );
    refused("states.csv", "4,Demerara-Mahaica\n", "", "states.csv: this must not be empty");
    refused(
        "districts.csv",
        "118363",
        "-5",
        "districts.csv line 2, population: `-5` is not a whole number from 0 to 4294967295",
    );
    refused(
        "districts.csv",
        ",6.8,",
        ",96.8,",
        "districts.csv line 2, lat: `96.8` is not a number of degrees from -90 to 90",
    );
    refused(
        "pincodes.csv",
        "413741",
        "013741",
        "pincodes.csv line 2, pincode: `013741` is not a postal code of six digits that does not start with 0",
    );
    refused("pincodes.csv", ",Kitty", "", "pincodes.csv line 2: the row has 4 fields instead of 5");
}

#[test]
fn a_district_without_a_pincode_is_refused() {
    refused(
        "districts.csv",
        "-58.16\n",
        "-58.16\n9,4,Linden,29298,6.0,-58.3\n",
        "districts.csv line 3: the district has no row in pincodes.csv",
    );
}

#[test]
fn an_impossible_programme_is_refused() {
    for (old, new, line, field) in [
        ("centres = 50", "centres = 0", 1, "centres"),
        ("city_percent = 0", "city_percent = 101", 2, "city_percent"),
        ("elsewhere = 0", "elsewhere = 120", 3, "paid_percent"),
        ("[1]", "[1, 2]", 4, "age_band_weights"),
        ("[1]", "[0]", 4, "age_band_weights"),
        ("COVISHIELD", "COVAXIN", 7, "name"),
        ("{place} Health", "{village} Health", 13, "name"),
        ("[10, 100]", "[100, 10]", 16, "seats"),
        ("text = \"\"", "text = \"\"\nage_band = 1", 20, "age_band"),
    ] {
        let error = with("programme.toml", old, new).unwrap_err();
        let place = (error.file.as_str(), error.line, error.field.as_deref());
        assert_eq!(place, ("programme.toml", Some(line), Some(field)), "{new}: {error}");
    }
}

#[test]
fn a_programme_with_nothing_to_choose_from_is_refused() {
    for (old, new, field) in [
        ("free = 1", "free = 0", "vaccines"),
        ("free = 1", "city_only = true\nfree = 1", "vaccines"),
        ("city = 0", "city = 20", "vaccines"),
        (
            "address = \"{place}, {district}\"\nweight = 1",
            "address = \"-\"\nweight = 0",
            "free_centres",
        ),
        ("text = \"\"\nweight = 1", "text = \"\"\nweight = 0", "name_endings"),
    ] {
        let error = with("programme.toml", old, new).unwrap_err();
        assert_eq!((error.field.as_deref(), error.problem), (Some(field), Problem::NoWeight));
    }
}

proptest! {
    #[test]
    fn any_text_is_a_mobile_number_only_if_it_is_its_ten_digits(text in "[0-9 +-]{0,12}") {
        let rule = MobileRule { digits: 10, first: vec![6, 7, 8, 9] };
        let right = text.len() == 10
            && text.bytes().all(|b| b.is_ascii_digit())
            && text.as_bytes()[0] >= b'6';
        let read = rule.read(&text);
        prop_assert_eq!(read.is_some(), right);
        prop_assert!(read.is_none_or(|mobile| mobile.0.to_string() == text));
    }

    #[test]
    fn a_broken_file_is_refused_and_does_no_harm(file in 0..SMALL.len(), cut in 0.0..1.0, junk in "\\PC{0,9}") {
        let (name, text) = SMALL[file];
        let at = text.floor_char_boundary((text.len() as f64 * cut) as usize);
        let broken = format!("{}{junk}", &text[..at]);
        if let Err(error) = with(name, text, &broken) {
            prop_assert_eq!(&error.file, name);
        }
    }
}
