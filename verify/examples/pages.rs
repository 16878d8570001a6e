//! Writes what the tests of the pages (`gateway/pages/tests`) verify, into a directory: `did.json`, `jwks.json`,
//! `status-0.json`, `certificate.pdf` of the case "domestic", and `cases.json` with certificates and what this crate says
//! they are worth, as of [`AT`]. The same program always writes the same bytes.
//!
//! ```sh
//! cargo run -p opencowin-verify --example pages -- gateway/pages/tests/certificates
//! ```

use opencowin_certificates::compact::{Claims, QrText, Token};
use opencowin_certificates::credential::W3C_CONTEXT;
use opencowin_certificates::export::divoc;
use opencowin_certificates::keys::{DidDocument, Jwks, KeyRing, SigningKey};
use opencowin_certificates::pdf::Language;
use opencowin_certificates::proof::Prover;
use opencowin_certificates::sample::Sample;
use opencowin_certificates::status::{Bits, StatusList};
use opencowin_certificates::{Issuer, Moment, Purpose};
use opencowin_verify::{Input, Trust, verify};
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::{Value, json};
use std::io;
use std::path::Path;

const DAY_S: i64 = 86_400;

/// On which day the certificates are judged.
const AT: i64 = 30;

/// Days counted from the first key.
fn day(number: i64) -> Moment {
    Moment::from_seconds(1_619_605_800 + number * DAY_S).expect("invariant: in this century")
}

fn main() -> io::Result<()> {
    let directory = std::env::args().nth(1).ok_or_else(|| io::Error::other("which directory?"))?;
    let directory = Path::new(&directory);
    std::fs::create_dir_all(directory)?;
    let office = Office::new("cowin.example", 1);
    let write = |name: &str, json: &[u8]| std::fs::write(directory.join(name), json);
    write("did.json", office.did().as_bytes())?;
    write("jwks.json", json!(Jwks::new(&office.ring, day(AT))).to_string().as_bytes())?;
    write("status-0.json", &office.list())?;
    write("certificate.pdf", &office.pdf(&office.sample(1)))?;
    let cases: Vec<Value> = cases(&office).into_iter().map(|case| judge(&office, case)).collect();
    write("cases.json", format!("{:#}\n", Value::Array(cases)).as_bytes())
}

/// A certificate as somebody presents it.
struct Case {
    name: String,
    input: String,
}

fn judge(office: &Office, Case { name, input }: Case) -> Value {
    let mut trust = Trust::default();
    trust.pin_did(office.did().as_bytes()).expect("invariant: it was just written");
    trust.take_list(&office.list()).expect("invariant: it was just signed");
    let verdict = Input::detect(input.as_bytes()).and_then(|read| verify(&read, &trust, day(AT)));
    let expected = match verdict {
        Ok(verdict) => json!(verdict),
        Err(error) => json!({ "unreadable": format!("{error:?}") }),
    };
    json!({ "name": name, "input": input, "expected": expected })
}

/// An issuer with its keys: one was revoked on day 2, its successor retired on day 20.
struct Office {
    issuer: Issuer,
    ring: KeyRing,
    /// The ids of the keys for certificates, in the order of their lives.
    keys: Vec<String>,
}

impl Office {
    fn new(host: &str, seed: u64) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let mut ring = KeyRing::generate(day(0), &mut random);
        let current = |ring: &KeyRing, at| key(ring, Purpose::Certificates, at).public().id();
        let mut keys = vec![current(&ring, day(0))];
        ring.revoke(&keys[0], day(2), &mut random).expect("invariant: the ring has the key");
        keys.push(current(&ring, day(3)));
        let day_s = u32::try_from(DAY_S).expect("invariant: a day has few seconds");
        ring.rotate(Purpose::Certificates, day(19), day_s, &mut random)
            .expect("invariant: no other key is announced");
        keys.push(current(&ring, day(21)));
        Self { issuer: Issuer::new(host).expect("invariant: a host"), ring, keys }
    }

    fn did(&self) -> String {
        json!(DidDocument::new(&self.issuer, &self.ring, day(AT))).to_string()
    }

    /// The first status list, in which the third certificate is revoked. It is believed for a century.
    fn list(&self) -> Vec<u8> {
        let mut bits = Bits::new();
        bits.set(self.sample(3).slot.index);
        let list = StatusList::new(&self.issuer, 0, &bits, day(3), day(3).plus_seconds(u32::MAX));
        list.sign(&self.issuer, key(&self.ring, Purpose::Status, day(3)))
    }

    fn sample(&self, number: u64) -> Sample {
        let mut sample = Sample::new(number);
        sample.issuer = self.issuer.clone();
        sample.person.name = "Ramesh Kumar Sharma".to_owned();
        sample.slot.list = 0;
        sample.slot.index = 1_000 * u32::try_from(number).expect("invariant: samples are few");
        sample
    }

    /// One of the keys for certificates.
    fn key(&self, number: usize) -> &SigningKey {
        let named = |key: &&SigningKey| key.public().id() == self.keys[number];
        self.ring.keys().iter().find(named).expect("invariant: keys stay in the ring")
    }

    fn json(&self, sample: &Sample) -> String {
        self.json_by(sample, self.key(1), day(3))
    }

    fn json_by(&self, sample: &Sample, key: &SigningKey, at: Moment) -> String {
        let method = self.issuer.method(&key.public().id());
        let contexts = [W3C_CONTEXT, self.issuer.context()];
        let json = Prover::new(key.signer(), &method, &contexts, at).prove(&sample.credential());
        String::from_utf8(json).expect("invariant: JSON is UTF-8")
    }

    fn code(&self, sample: &Sample) -> String {
        self.code_by(sample, self.key(1), day(3))
    }

    fn code_by(&self, sample: &Sample, key: &SigningKey, at: Moment) -> String {
        let credential = sample.credential();
        let claims = Claims::of(&credential, at).expect("invariant: the list is the issuer's");
        Token::sign(&claims, key).as_str().to_owned()
    }

    fn pdf(&self, sample: &Sample) -> Vec<u8> {
        let text = QrText::parse(&self.code(sample)).expect("invariant: it was just written");
        sample.pdf(Language::Hindi, &text, self.json(sample).as_bytes())
    }
}

fn key(ring: &KeyRing, purpose: Purpose, at: Moment) -> &SigningKey {
    ring.signing(purpose, at).expect("invariant: each purpose has a key")
}

fn cases(office: &Office) -> Vec<Case> {
    let mut cases = samples(office);
    cases.extend(keys(office));
    cases.extend(documents(&office.json(&office.sample(1))));
    cases.extend(codes(office, &office.code(&office.sample(1))));
    cases
}

/// Certificates of all kinds, each in both forms.
fn samples(office: &Office) -> Vec<Case> {
    let sample = |number| office.sample(number);
    let named = |number, name: &str| {
        let mut sample = sample(number);
        name.clone_into(&mut sample.person.name);
        sample
    };
    let mut international = Sample::international(2);
    international.issuer = office.issuer.clone();
    (international.slot.list, international.slot.index) = (0, 2_000);
    let mut bare = sample(4);
    (bare.person.identity, bare.vaccination.batch) = (None, None);
    (bare.vaccination.effective_start, bare.vaccination.effective_until) = (None, None);
    let mut over = sample(5);
    over.validity.until = Some(day(10));
    let mut early = sample(6);
    early.validity.from = Moment::from_seconds(4_000_000_000).expect("invariant: in 2096");
    let mut unlisted = sample(7);
    unlisted.slot.list = 1;
    let mut beyond = sample(8);
    beyond.slot.index = 1 << 20;
    let samples = [
        ("domestic", sample(1)),
        ("international", international),
        ("revoked", sample(3)),
        ("bare", bare),
        ("expired", over),
        ("not yet valid", early),
        ("of a list that is not there", unlisted),
        ("behind the end of its list", beyond),
        ("of a name in Hindi", named(9, "सुनीता देवी")),
        ("of a name with quotes and controls", named(10, "Ann \"Annie\"\\\n\t\u{1}\u{7f}\u{2028}")),
        (
            "of a name with emoji and marks",
            named(11, "👩‍⚕️ 𝒟r. \u{202e}desrever\u{202c} Jose\u{301}"),
        ),
        ("of a name of 200 letters", named(12, &"Venkatanarasimha ".repeat(12)[..200])),
    ];
    let both = |(name, sample): (&str, Sample)| {
        [("JSON", office.json(&sample)), ("code", office.code(&sample))]
            .map(|(form, input)| Case { name: format!("{form}: {name}"), input })
    };
    samples.into_iter().flat_map(both).collect()
}

/// Certificates by other keys than the one that signs.
fn keys(office: &Office) -> Vec<Case> {
    let (sample, now) = (office.sample(1), day(25));
    let stranger = Office::new("cowin.example", 2);
    let elsewhere = Office::new("other.example", 3);
    let [stolen, retired, current] = [0, 1, 2].map(|number| office.key(number));
    let signers = [
        ("a revoked key", stolen),
        ("a retired key, late", retired),
        ("the new key", current),
        ("a key for other documents", key(&office.ring, Purpose::Kyc, now)),
        ("a stranger's key", stranger.key(1)),
    ];
    let mut cases = Vec::new();
    for (name, key) in signers {
        let (json, code) = (office.json_by(&sample, key, now), office.code_by(&sample, key, now));
        cases.push(Case { name: format!("JSON: by {name}"), input: json });
        cases.push(Case { name: format!("code: by {name}"), input: code });
    }
    let foreign = elsewhere.sample(1);
    cases.push(Case { name: "JSON: by an unknown issuer".into(), input: elsewhere.json(&foreign) });
    cases.push(Case { name: "code: by an unknown issuer".into(), input: elsewhere.code(&foreign) });
    cases
}

/// What becomes of a document on its way.
fn documents(json: &str) -> Vec<Case> {
    let pretty: Value = serde_json::from_str(json).expect("invariant: it was just written");
    let changes = [
        ("\"Ramesh", "\"Suresh", "another name"),
        ("COVISHIELD", "COVAXIN", "another vaccine"),
        ("\"dose\":1", "\"dose\":2", "another dose"),
        ("\"dose\":1", "\"dose\":1.0", "a number in another form"),
        ("\"dose\":1", "\"dose\":\"1\"", "a number as text"),
        ("\"dose\":1", "\"dose\":256", "a number too large"),
        ("\"dose\":1,", "", "a member less"),
        ("\"dose\":1", "\"dose\":1,\"dose\":1", "a member twice"),
        ("\"dose\":1", "\"dose\":1,\"doses\":1", "a member more"),
        ("\"dose\":1", "\"dose\":1,\"previousCertificateId\":null", "a member that is null"),
        ("2021-04-28\"", "2021-02-30\"", "a day that is none"),
        ("\"Male\"", "\"\\ud800\"", "half a character"),
        ("\"Male\"", "\"M\\u0061le\"", "an escape that changes nothing"),
        ("vaccination/v1\"]", "vaccination/v1\",\"https://evil.example\"]", "another context"),
        ("\"type\":\"Person\"", "\"type\":\"Robot\"", "another type"),
        ("assertionMethod\"", "authentication\"", "another purpose of the proof"),
        ("eddsa-jcs-2022", "eddsa-rdfc-2022", "another suite"),
        ("\"created\":\"2021", "\"created\":\"2020", "another moment of signing"),
        ("\"proofValue\":\"z", "\"proofValue\":\"z1", "another signature"),
        ("\"proofValue\":\"z", "\"proofValue\":\"u", "a signature in another base"),
        ("status/0\"", "status/00\"", "a list by another name"),
        ("ProofOfVaccinationCredential", "DriversLicence", "something else"),
    ];
    let mut cases: Vec<Case> = changes
        .into_iter()
        .map(|(from, to, name)| {
            assert!(json.contains(from), "{from}");
            Case { name: format!("JSON: {name}"), input: json.replace(from, to) }
        })
        .collect();
    let zip = divoc::pack(json.as_bytes());
    cases.extend([
        Case {
            name: "JSON: with blanks and in another order".into(),
            input: format!("\n{pretty:#} "),
        },
        Case { name: "JSON: cut".into(), input: json[..json.len() - 1].to_owned() },
        Case { name: "JSON: with something behind".into(), input: format!("{json}{{}}") },
        Case { name: "JSON: empty".into(), input: "{}".into() },
        Case {
            name: "JSON: too long".into(),
            input: format!("{json}{{{}}}", " ".repeat(16 * 1024)),
        },
        Case { name: "ZIP: as characters".into(), input: divoc::qr_text(&zip) },
        Case { name: "nothing".into(), input: String::new() },
        Case { name: "a link".into(), input: "https://cowin.example/verify".into() },
    ]);
    cases
}

/// What becomes of a code on its way.
fn codes(office: &Office, code: &str) -> Vec<Case> {
    let fragment = code.replace('%', "%25").replace(' ', "%20");
    let changed = |at: usize| {
        let other = if &code[at..=at] == "A" { "B" } else { "A" };
        format!("{}{other}{}", &code[..at], &code[at + 1..])
    };
    [
        ("as a link", format!("{}#{fragment}", office.issuer.verify_page())),
        ("as a link elsewhere", format!("https://evil.example/#{fragment}")),
        ("of another kind", code.replacen("OCW1:", "HC1:", 1)),
        ("in small letters", code.to_lowercase()),
        ("cut", code[..code.len() - 30].to_owned()),
        ("of one character", code[..6].to_owned()),
        ("with another character in front", changed(40)),
        ("with another character behind", changed(code.len() - 40)),
        ("too long", format!("{code}{}", "0".repeat(4300))),
    ]
    .map(|(name, input)| Case { name: format!("code: {name}"), input })
    .into()
}
