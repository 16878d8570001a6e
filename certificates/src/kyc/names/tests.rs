//! The table of names that are the same, and of names that are not.

use super::*;
use proptest::prelude::*;

const SAME: &[(&str, &[&str])] = &[
    (
        "case, blanks and punctuation",
        &["Ramesh Kumar Sharma", "RAMESH  KUMAR SHARMA", "ramesh-kumar, sharma."],
    ),
    ("accents, composed or not", &["José D'Souza", "Jose\u{301} DSouza", "JOSE D’SOUZA"]),
    ("order", &["Ramesh Kumar Sharma", "Sharma Ramesh Kumar", "SHARMA, Ramesh Kumar"]),
    ("titles", &["Sunita Devi", "Smt. Sunita Devi", "Mrs Sunita Devi", "Shri Sunita Devi"]),
    ("initials", &["Ramesh Kumar Sharma", "R. K. Sharma", "RK Sharma", "Ramesh K Sharma"]),
    ("initials behind", &["Venkatesan Raman", "V Raman", "Raman V."]),
    ("a middle name that is missing", &["Ramesh Kumar Sharma", "Ramesh Sharma"]),
    ("words written as one", &["Ram Kumar", "Ramkumar"]),
    (
        "abbreviations",
        &["Mohammad Salim Khan", "Md. Salim Khan", "Mohd Saleem Khan", "Mohammed Salim Khan"],
    ),
    ("Kumar", &["Anil Kumar", "Anil Kr."]),
    ("long vowels", &["Suneeta Pooja", "Sunita Puja"]),
    ("aspiration", &["Siddharth Jadhav", "Sidhart Jadav"]),
    ("sh and s", &["Rakesh Sinha", "Rakes Sinha"]),
    ("w and v", &["Vishwanath Pawar", "Viswanath Pavar"]),
    ("x and ksh", &["Lakshmi Narayan", "Laxmi Narayan"]),
    ("z and j", &["Feroz Jafar", "Feroj Zafar"]),
    ("y and i", &["Vijay Roy", "Vijai Roi"]),
    ("doubled letters", &["Reddy Appa Rao", "Redy Apa Rao"]),
    ("jnya", &["Dnyaneshwar Patil", "Gyaneshwar Patil"]),
    ("Hindi", &["रमेश कुमार शर्मा", "Ramesh Kumar Sharma", "R K Sharma", "शर्मा रमेश कुमार"]),
    ("Hindi with conjuncts", &["लक्ष्मी श्रीनिवास", "Lakshmi Shrinivas", "Laxmi Srinivas"]),
    ("Hindi with borrowed sounds", &["फ़ातिमा अब्दुल", "Fatima Abdul"]),
    ("Bengali", &["রবীন্দ্রনাথ ঠাকুর", "Rabindranath Thakur"]),
    ("Telugu", &["మోహన్ రెడ్డి", "Mohan Reddy"]),
    ("Kannada", &["ಕೃಷ್ಣ", "Krishna"]),
    ("Malayalam", &["ഗോപാലൻ", "Gopalan"]),
    ("Gujarati", &["ગુપ્તા", "Gupta"]),
    ("Punjabi", &["ਸਿੰਘ", "Singh"]),
    ("Odia", &["ଜଗନ୍ନାଥ", "Jagannath"]),
    ("Tamil", &["கார்த்திக்", "Karthik"]),
    ("Urdu", &["محمد", "Mohammad", "Muhammad"]),
    ("two scripts", &["सुनीता देवी", "ਸੁਨੀਤਾ ਦੇਵੀ"]),
];

const DIFFERENT: &[(&str, &str, &str)] = &[
    ("another name", "Ramesh Sharma", "Suresh Sharma"),
    ("another surname", "Ramesh Sharma", "Ramesh Verma"),
    ("a name and her whose name ends in a", "Ram Sharma", "Rama Sharma"),
    ("a first name alone", "Ramesh", "Ramesh Kumar Sharma"),
    ("a surname alone", "Sharma", "Ramesh Sharma"),
    ("initials alone", "R K S", "Ramesh Kumar Sharma"),
    ("initials against initials", "R K", "R K"),
    ("another initial", "S Sharma", "Ramesh Sharma"),
    ("a middle name that is another", "Ramesh Mohan Sharma", "Ramesh Kumar Sharma"),
    ("the same word twice", "Ramesh Ramesh", "Ramesh Sharma"),
    ("another name in Hindi", "सुरेश शर्मा", "Ramesh Sharma"),
    ("vowels that differ in Hindi", "रमेश", "Ramoosh"),
    ("nothing", "", "Ramesh"),
    ("nothing against nothing", "", ""),
    ("punctuation", "...", "..."),
    ("titles", "Mr Dr", "Mr Dr"),
    ("digits", "12345", "12345"),
];

#[test]
fn names_that_are_the_same() {
    for (what, names) in SAME {
        for one in *names {
            for other in *names {
                assert!(is_same(one, other), "{what}: {one} and {other}");
            }
        }
    }
}

#[test]
fn names_that_are_not() {
    for (what, one, other) in DIFFERENT {
        assert!(!is_same(one, other) && !is_same(other, one), "{what}: {one} and {other}");
    }
}

#[test]
fn a_name_without_end_is_nobodys() {
    let long = "Ramesh ".repeat(30);
    assert!(!is_same(&long, &long));
}

proptest! {
    #[test]
    fn any_texts_are_compared_alike_both_ways(one in "\\PC{0,60}", other in "\\PC{0,60}") {
        prop_assert_eq!(is_same(&one, &other), is_same(&other, &one));
    }

    #[test]
    fn a_name_is_its_own(first in "[A-Z][a-z]{2,9}", last in "[A-Z][a-z]{2,9}") {
        prop_assume!(!TITLES.contains(&first.to_lowercase().as_str()));
        prop_assume!(!TITLES.contains(&last.to_lowercase().as_str()));
        let (name, turned) = (format!("{first} {last}"), format!("{last} {first}"));
        prop_assert!(is_same(&name, &turned));
    }
}
