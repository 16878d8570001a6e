//! Signed heads: how long the log is, and its root (source: C2SP, `tlog-checkpoint` and `signed-note`).
//!
//! ```text
//! cowin.example/credentials/log
//! 1234
//! (root in base64)
//! (when it was made, in seconds since 1970)
//!
//! — cowin.example/credentials/log (key hash and signature in base64)
//! ```
//!
//! It is text, so that it can be printed, mailed and signed by others: witnesses add lines of their own, which are skipped
//! here.

use super::tree::Hash;
use crate::exact;
use crate::issuer::Issuer;
use crate::keys::{PublicKey, SigningKey};
use crate::values::Moment;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::Signature;
use sha2::{Digest, Sha256};

/// The longest head that is looked at, in bytes: witnesses' lines have some 150.
const LONGEST: usize = 16 * 1024;

/// What a head says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Which log.
    pub origin: String,
    /// How many leaves it has.
    pub size: u64,
    /// Its root.
    pub root: Hash,
    /// When this was so.
    pub at: Moment,
}

/// A head as it was read, whose signatures nobody has checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedHead {
    /// What it says.
    pub head: Head,
    /// Those that are of a kind known here.
    signatures: Vec<Line>,
}

/// The line of a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    name: String,
    key: [u8; 4],
    signature: [u8; 64],
}

/// A text that is no head.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a head of a transparency log")]
pub struct NoHead;

/// The name of an issuer's log.
pub fn origin(issuer: &Issuer) -> String {
    format!("{}/credentials/log", issuer.host())
}

impl Head {
    /// The head as text, signed.
    pub fn sign(&self, key: &SigningKey) -> String {
        let text = self.text();
        let mut signature = key_hash(&self.origin, key.public()).to_vec();
        signature.extend_from_slice(&key.signer().sign(text.as_bytes()));
        format!("{text}\n{DASH}{} {}\n", self.origin, STANDARD.encode(signature))
    }

    /// What is signed.
    fn text(&self) -> String {
        let Self { origin, size, root, at } = self;
        format!("{origin}\n{size}\n{}\n{}\n", STANDARD.encode(root), at.seconds())
    }

    fn read(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let head = Self {
            origin: lines.next()?.to_owned(),
            size: exact::parse(lines.next()?)?,
            root: STANDARD.decode(lines.next()?).ok()?.try_into().ok()?,
            at: Moment::from_seconds(exact::parse(lines.next()?)?)?,
        };
        (head.text() == text).then_some(head)
    }
}

/// What a line of a signature begins with.
const DASH: &str = "\u{2014} ";

impl SignedHead {
    /// Reads a head.
    ///
    /// # Errors
    /// [`NoHead`] unless it has exactly a head's shape.
    pub fn parse(text: &str) -> Result<Self, NoHead> {
        if text.len() > LONGEST {
            return Err(NoHead);
        }
        let (head, signatures) = text.split_once("\n\n").ok_or(NoHead)?;
        let head = Head::read(&format!("{head}\n")).ok_or(NoHead)?;
        let lines = signatures.lines().map(Line::read).collect::<Result<Vec<_>, _>>()?;
        let signatures = lines.into_iter().flatten().collect();
        Ok(Self { head, signatures })
    }

    /// Whether the key's holder signed it.
    pub fn holds(&self, key: &PublicKey) -> bool {
        let text = self.head.text();
        let hash = key_hash(&self.head.origin, key);
        let ours = |line: &&Line| line.name == self.head.origin && line.key == hash;
        self.signatures.iter().filter(ours).any(|line| {
            let signature = Signature::from_bytes(&line.signature);
            key.verifying_key().verify_strict(text.as_bytes(), &signature).is_ok()
        })
    }
}

impl Line {
    /// Reads a line; nothing if the signature is of another kind.
    fn read(line: &str) -> Result<Option<Self>, NoHead> {
        let parts = line.strip_prefix(DASH).and_then(|rest| rest.split_once(' '));
        let (name, signature) = parts.ok_or(NoHead)?;
        let bytes = STANDARD.decode(signature).map_err(|_| NoHead)?;
        let (key, signature) = bytes.split_first_chunk().ok_or(NoHead)?;
        let signature = signature.try_into().ok();
        Ok(signature.map(|signature| Self { name: name.to_owned(), key: *key, signature }))
    }
}

/// How a line says which key it is of.
fn key_hash(name: &str, key: &PublicKey) -> [u8; 4] {
    const ED25519: u8 = 1;
    let hash = Sha256::new()
        .chain_update(name)
        .chain_update([b'\n', ED25519])
        .chain_update(key.verifying_key().as_bytes())
        .finalize();
    [hash[0], hash[1], hash[2], hash[3]]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::{KeyRing, Purpose};
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    fn now() -> Moment {
        Moment::from_seconds(1_619_605_800).unwrap()
    }

    fn signed() -> (String, KeyRing) {
        let ring = KeyRing::generate(now(), &mut StdRng::seed_from_u64(1));
        let issuer = Issuer::new("cowin.example").unwrap();
        let head = Head { origin: origin(&issuer), size: 1234, root: [7; 32], at: now() };
        (head.sign(ring.signing(Purpose::Log, now()).unwrap()), ring)
    }

    fn holds(text: &str, ring: &KeyRing) -> bool {
        let key = ring.signing(Purpose::Log, now()).unwrap().public();
        SignedHead::parse(text).is_ok_and(|head| head.holds(key))
    }

    #[test]
    fn a_head_comes_back_and_is_its_key_s() {
        let (text, ring) = signed();
        let read = SignedHead::parse(&text).unwrap();
        assert_eq!((read.head.size, read.head.root, read.head.at), (1234, [7; 32], now()));
        assert!(holds(&text, &ring));
        assert!(!read.holds(ring.signing(Purpose::Kyc, now()).unwrap().public()));
        assert!(text.starts_with("cowin.example/credentials/log\n1234\nBwcH"));
    }

    #[test]
    fn witnesses_may_sign_too() {
        let (text, ring) = signed();
        let witness = format!("{text}{DASH}witness.example {}\n", STANDARD.encode([1; 76]));
        assert!(holds(&witness, &ring));
        let other = text.replacen(
            "\n\n",
            &format!("\n\n{DASH}w.example {}\n", STANDARD.encode([1; 68])),
            1,
        );
        assert!(holds(&other, &ring));
    }

    #[test]
    fn another_head_is_refused() {
        let (text, ring) = signed();
        for (from, to) in [
            ("1234", "1235"),
            ("1234", "01234"),
            ("1234", "+1234"),
            ("Bwc", "Cwc"),
            ("cowin", "covin"),
            ("\n\n", "\nmore\n\n"),
            ("\n\n", "\n\nmore\n"),
            ("1619605800", "1619605801"),
        ] {
            let changed = text.replace(from, to);
            assert_ne!(changed, text);
            assert!(!holds(&changed, &ring), "{to:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,100}", at in any::<usize>()) {
            prop_assert!(SignedHead::parse(&text).is_err());
            let (head, ring) = signed();
            let cut: String = head.chars().take(at % head.chars().count()).collect();
            prop_assert!(!holds(&cut, &ring) || cut == head.trim_end());
        }
    }
}
