//! How API keys come and go: made, rotated, ended.

use super::Environment;
use super::key::{ApiKey, Elements, End, Ending, KeyHash};
use super::key_text::KeyText;
use super::partner::Partner;
use opencowin_admission::Apis;
use opencowin_model::Timestamp;
use rand::Rng;

/// The longest time for which a key goes on after it was rotated, in seconds: 30 days.
pub const LONGEST_OVERLAP_S: u64 = 30 * 86_400;

/// A new key, and the one moment in which its text is known.
pub struct Issued {
    /// What its owner is shown, once.
    pub text: KeyText,
    /// What is kept.
    pub key: ApiKey,
}

/// Makes a key for a partner. In the sandbox it is subscribed to all that the partner is to be tested with, in production
/// to nothing (guidelines, annexure 3, step 4).
pub fn issue(
    partner: &Partner,
    environment: Environment,
    label: String,
    hash: impl Fn(&[u8]) -> [u8; 32],
    now: Timestamp,
    random: &mut impl Rng,
) -> Issued {
    let text = KeyText::generate(environment, random);
    let KeyHash { id, proof } = KeyHash::new(hash(text.as_str().as_bytes()));
    let apis = match environment {
        Environment::Sandbox => partner.apis(environment, now),
        Environment::Production => Apis::NONE,
    };
    let plan = if partner.application.is_public_only() { "public" } else { "standard" };
    let key = ApiKey {
        id,
        proof,
        partner: partner.id,
        environment,
        label,
        apis,
        plan: plan.to_owned(),
        exceptions: Vec::new(),
        facilities: Vec::new(),
        elements: Elements::default(),
        lookup: None,
        created: now,
        expires: None,
        ended: None,
    };
    Issued { text, key }
}

impl ApiKey {
    /// A twin with another text and all that this key has.
    pub fn twin(
        &self,
        hash: impl Fn(&[u8]) -> [u8; 32],
        now: Timestamp,
        random: &mut impl Rng,
    ) -> Issued {
        let text = KeyText::generate(self.environment, random);
        let KeyHash { id, proof } = KeyHash::new(hash(text.as_str().as_bytes()));
        Issued { text, key: Self { id, proof, created: now, ended: None, ..self.clone() } }
    }

    /// This key with an end; one that it has already stays unless the new one is sooner.
    pub fn ending(&self, at: Timestamp, why: Ending, reason: String) -> Self {
        let sooner = self.ended.clone().filter(|end| end.at <= at);
        Self { ended: Some(sooner.unwrap_or(End { at, why, reason })), ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::partner::fixture::Story;
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;
    use sha2::{Digest, Sha256};

    fn hash(text: &[u8]) -> [u8; 32] {
        Sha256::digest(text).into()
    }

    fn issued(environment: Environment) -> (Issued, Timestamp) {
        let mut story = Story::protected();
        let partner = story.live();
        let random = &mut StdRng::seed_from_u64(1);
        (issue(&partner, environment, "app".to_owned(), hash, story.now, random), story.now)
    }

    #[test]
    fn a_production_key_is_linked_to_nothing_and_a_sandbox_key_to_what_is_tested() {
        assert!(issued(Environment::Production).0.key.apis.is_empty());
        let (sandbox, now) = issued(Environment::Sandbox);
        assert_eq!(sandbox.key.apis, Story::protected().live().granted);
        assert!(sandbox.key.is_in_force(now));
        let text = sandbox.text.as_str().as_bytes();
        assert!(sandbox.key.is_proven_by(KeyHash::new(hash(text))));
        let kept = serde_json::to_string(&sandbox.key).unwrap();
        assert!(!kept.contains(sandbox.text.as_str()), "the text is not kept");
    }

    #[test]
    fn a_rotated_key_and_its_twin_overlap_for_as_long_as_was_asked_for() {
        let (first, now) = issued(Environment::Sandbox);
        let twin = first.key.twin(hash, now, &mut StdRng::seed_from_u64(2));
        assert_ne!(twin.key.id, first.key.id);
        assert_eq!(twin.key.apis, first.key.apis);
        let old = first.key.ending(now.plus_ms(1000), Ending::Rotated, String::new());
        assert!(old.is_in_force(now.plus_ms(999)) && !old.is_in_force(now.plus_ms(1000)));
        assert!(twin.key.is_in_force(now.plus_ms(1000)));
    }

    #[test]
    fn a_compromised_key_ends_at_once_even_if_it_would_have_gone_on_for_a_while() {
        let (first, now) = issued(Environment::Sandbox);
        let rotated = first.key.ending(now.plus_ms(1000), Ending::Rotated, String::new());
        let ended = rotated.ending(now, Ending::Compromised, "in a repository".to_owned());
        assert!(!ended.is_in_force(now));
        let again = ended.ending(now.plus_ms(1), Ending::Revoked, String::new());
        assert_eq!(again.ended, ended.ended, "the first end is the one that counts");
    }
}
