//! Measures the making of certificates against bare `SigningKey::sign`, alternating in one process on one core:
//!
//! ```sh
//! cargo bench -p opencowin-certificates --features samples --bench signing
//! ```
//!
//! The statement that is signed has 64 bytes either way. A stage's rate is given as a ratio to the bare signature's, whose
//! rounds lie between the stage's, so that whatever else the machine does falls on both.

use ed25519_dalek::{Signer as _, SigningKey};
use opencowin_certificates::compact::{Claims, Token};
use opencowin_certificates::credential::W3C_CONTEXT;
use opencowin_certificates::pdf::Language;
use opencowin_certificates::proof::Prover;
use opencowin_certificates::sample::Sample;
use opencowin_certificates::{Credential, KeyRing, Moment, Purpose};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rustix::time::{ClockId, clock_gettime};
use std::hint::black_box;
use std::time::Duration;

/// How many certificates a round signs.
const ROUND: usize = 512;

/// How many rounds are measured of each stage.
const ROUNDS: usize = 41;

/// Something that is measured: it does its work once for each certificate of a round.
struct Stage<'a> {
    name: &'static str,
    round: Box<dyn Fn() + 'a>,
    took: Vec<Duration>,
}

fn main() {
    let now = Moment::from_seconds(1_619_605_800).expect("invariant: in 2021");
    let ring = KeyRing::generate(now, &mut StdRng::seed_from_u64(1));
    let key = ring.signing(Purpose::Certificates, now).expect("invariant: a new ring signs");
    let samples: Vec<Sample> = (0..ROUND as u64).map(Sample::new).collect();
    let credentials: Vec<Credential<'_>> = samples.iter().map(Sample::credential).collect();
    let issuer = &samples[0].issuer;
    let method = issuer.method(&key.public().id());
    let prover = Prover::new(key.signer(), &method, &[W3C_CONTEXT, issuer.context()], now);
    let bare = SigningKey::from_bytes(&[7; 32]);
    let both = |credentials: &[Credential<'_>]| {
        let claims = credentials.iter().filter_map(|credential| Claims::of(credential, now));
        let claims: Vec<_> = claims.collect();
        (prover.prove_all(credentials), Token::sign_all(&claims, key))
    };
    // All that anybody downloads: both signed forms, the QR code and the page.
    let whole = |samples: &[Sample], language| {
        let credentials: Vec<_> = samples.iter().map(Sample::credential).collect();
        let (documents, texts) = both(&credentials);
        for (sample, (json, text)) in samples.iter().zip(documents.iter().zip(&texts)) {
            black_box(sample.pdf(language, text, json));
        }
    };

    let mut stages = [
        stage("bare SigningKey::sign of 64 bytes", || {
            for number in 0..ROUND {
                black_box(bare.sign(&[number as u8; 64]));
            }
        }),
        stage("record to signed JSON, one at a time", || {
            for sample in &samples {
                black_box(prover.prove(&sample.credential()));
            }
        }),
        stage("records to signed JSON, 16 at a time", || {
            for samples in samples.chunks(16) {
                let credentials: Vec<_> = samples.iter().map(Sample::credential).collect();
                black_box(prover.prove_all(&credentials));
            }
        }),
        stage("certificate to the text of its QR code, 16 at a time", || {
            for credentials in credentials.chunks(16) {
                let claims =
                    credentials.iter().filter_map(|credential| Claims::of(credential, now));
                black_box(Token::sign_all(&claims.collect::<Vec<_>>(), key));
            }
        }),
        stage("both forms, 16 at a time", || {
            credentials.chunks(16).for_each(|credentials| drop(black_box(both(credentials))));
        }),
        stage("whole document, in English", || {
            samples.chunks(16).for_each(|samples| whole(samples, Language::English));
        }),
        stage("whole document, in English and Hindi", || {
            samples.chunks(16).for_each(|samples| whole(samples, Language::Hindi));
        }),
    ];
    measure(&mut stages);
    report(&stages);
}

fn stage<'a>(name: &'static str, round: impl Fn() + 'a) -> Stage<'a> {
    Stage { name, round: Box::new(round), took: Vec::with_capacity(ROUNDS) }
}

/// Runs the stages in turn; the first round of each warms it up and is not kept.
fn measure(stages: &mut [Stage<'_>]) {
    for round in 0..=ROUNDS {
        for stage in &mut *stages {
            let start = cpu_time();
            (stage.round)();
            if round > 0 {
                stage.took.push(cpu_time() - start);
            }
        }
    }
}

#[expect(clippy::print_stdout, reason = "the report is what it is run for")]
fn report(stages: &[Stage<'_>]) {
    let bare = median(&stages[0].took);
    println!("{:<55} {:>8} {:>10} {:>6}", "stage", "us each", "per second", "ratio");
    for stage in stages {
        let each = median(&stage.took).as_secs_f64() / ROUND as f64;
        let ratio = bare.as_secs_f64() / median(&stage.took).as_secs_f64();
        println!("{:<55} {:>8.2} {:>10.0} {ratio:>6.2}", stage.name, each * 1e6, 1.0 / each);
    }
}

/// What this thread has had of a core, which does not count when others had it.
fn cpu_time() -> Duration {
    let spent = clock_gettime(ClockId::ThreadCPUTime);
    Duration::try_from(spent).expect("invariant: time spent is not negative")
}

fn median(took: &[Duration]) -> Duration {
    let mut sorted = took.to_vec();
    sorted.sort_unstable();
    sorted[sorted.len() / 2]
}
