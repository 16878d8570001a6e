//! What must not be found anywhere, in the forms in which programs let things slip, and the search for it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// By how many of its first bytes a form is looked up.
const START: usize = 4;

/// Everything that must not be found.
#[derive(Default)]
pub(super) struct Secrets {
    forms: HashMap<[u8; START], Vec<Form>>,
}

/// A secret as it might stand somewhere.
struct Form {
    /// What it is, for whoever reads that it was found.
    what: String,
    bytes: Vec<u8>,
    /// Whether it counts only as a word of its own: six digits are part of many a number.
    word: bool,
}

impl Secrets {
    pub(super) fn mobile(&mut self, mobile: &str) {
        let number: u64 = mobile.parse().unwrap();
        self.text(&format!("mobile {mobile}"), mobile);
        self.encodings(&format!("mobile {mobile}"), mobile);
        self.add("mobile in five bytes", number.to_be_bytes()[3..].to_vec());
        self.add("mobile in five bytes, reversed", number.to_le_bytes()[..5].to_vec());
    }

    /// A name counts by its parts, in any case.
    pub(super) fn name(&mut self, name: &str) {
        for part in name.split(' ') {
            for form in [part.to_owned(), part.to_lowercase(), part.to_uppercase()] {
                self.text("name", &form);
            }
        }
    }

    /// The number of a document, as it was written and without what stands between its parts.
    pub(super) fn document(&mut self, number: &str) {
        self.text("document", number);
        self.text("document", &number.replace('-', ""));
    }

    /// A one-time password, and what clients send in its place.
    pub(super) fn password(&mut self, password: &str) {
        let hash = Sha256::digest(password);
        self.text("hash of a password", &crate::support::hashed(password));
        self.add("hash of a password, in bytes", hash.to_vec());
        let form = Form { what: "password".to_owned(), bytes: password.into(), word: true };
        self.insert(form);
    }

    pub(super) fn key(&mut self, key: &str) {
        self.text("key", key);
        self.encodings("key", key);
    }

    /// A token opens what a password does.
    pub(super) fn token(&mut self, token: &str) {
        self.text("token", token.rsplit('.').next().unwrap());
    }

    pub(super) fn text(&mut self, what: &str, text: &str) {
        self.add(what, text.into());
    }

    /// UTF-16, and bytes as `Debug` shows them, in hex and in base 64 wherever they begin.
    fn encodings(&mut self, what: &str, text: &str) {
        let utf16 = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect();
        self.add(&format!("{what} in UTF-16"), utf16(u16::to_le_bytes));
        self.add(&format!("{what} in UTF-16, big end first"), utf16(u16::to_be_bytes));
        let decimal: Vec<_> = text.bytes().map(|byte| byte.to_string()).collect();
        self.text(&format!("{what} in decimal bytes"), &decimal.join(", "));
        self.text(&format!("{what} in decimal bytes, close together"), &decimal.join(","));
        let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
        self.text(&format!("{what} in hex"), &hex);
        for before in 0..3 {
            // Characters that hold bits of what stands beside it are left out.
            let encoded = STANDARD_NO_PAD.encode(["x".repeat(before).as_str(), text].concat());
            let own = &encoded[(before * 8).div_ceil(6)..encoded.len() - 1];
            self.text(&format!("{what} in base 64"), own);
        }
    }

    fn add(&mut self, what: &str, bytes: Vec<u8>) {
        self.insert(Form { what: what.to_owned(), bytes, word: false });
    }

    fn insert(&mut self, form: Form) {
        let start = *form.bytes.first_chunk().expect("a secret is not so short");
        self.forms.entry(start).or_default().push(form);
    }

    /// What of it stands in these bytes.
    pub(super) fn within(&self, bytes: &[u8]) -> Vec<&str> {
        let mut found = Vec::new();
        for (at, start) in bytes.windows(START).enumerate() {
            let Some(forms) = start.first_chunk().and_then(|start| self.forms.get(start)) else {
                continue;
            };
            let stands = |form: &&Form| form.stands_at(bytes, at);
            found.extend(forms.iter().filter(stands).map(|form| form.what.as_str()));
        }
        found
    }
}

impl Form {
    fn stands_at(&self, bytes: &[u8], at: usize) -> bool {
        let is_part = |byte: Option<&u8>| {
            byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'.')
        };
        let end = at + self.bytes.len();
        // A sentence may end with it.
        let goes_on = || is_part(bytes.get(end)) && bytes.get(end) != Some(&b'.');
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        bytes[at..].starts_with(&self.bytes) && !(self.word && (is_part(before) || goes_on()))
    }
}

#[test]
fn a_secret_is_found_in_whatever_form_it_slips_out() {
    let mut secrets = Secrets::default();
    secrets.mobile("9812345670");
    secrets.name("Quetzalcoatl Vishwanathan");
    secrets.document("KA-0120190099887");
    secrets.password("482913");
    secrets.key("ocw_test_secret");
    let utf16: Vec<u8> = "9812345670".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let base64 = |text: &str| STANDARD_NO_PAD.encode(text).into_bytes();
    for slip in [
        b"asks for +919812345670".to_vec(),
        b"VISHWANATHAN, Q.".to_vec(),
        b"number=KA0120190099887".to_vec(),
        b"the password is 482913.".to_vec(),
        b"\x06482913\x00".to_vec(),
        crate::support::hashed("482913").into_bytes(),
        format!("{:?}", b"x-api-key: ocw_test_secret").into_bytes(),
        format!("{:?}", b"x-api-key: ocw_test_secret".to_vec()).into_bytes(),
        utf16,
        base64("{\"mobile\":9812345670}"),
        base64("{\"mobiles\":9812345670}"),
        base64("{\"mobile_\":[9812345670]}"),
        9_812_345_670_u64.to_le_bytes().to_vec(),
    ] {
        assert!(!secrets.within(&slip).is_empty(), "{}", String::from_utf8_lossy(&slip));
    }
    for other in ["took=1.482913ms", "2026-11-22T08:00:00.482913Z", "a482913b", "14829137"] {
        assert_eq!(secrets.within(other.as_bytes()), [""; 0], "{other}");
    }
}
