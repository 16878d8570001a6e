//! The JSON-LD context that says what a certificate's members mean.
//!
//! Our signatures are made over bytes and do not need it; readers who expand JSON-LD do. In DIVOC's context several members
//! have one meaning (batch, vaccine and manufacturer, the dates, dose and total doses), so that for signatures made over
//! meanings their values could be exchanged. Here each has its own, which tests hold.

use crate::issuer::Issuer;
use serde_json::{Map, Value, json};

/// The context as JSON-LD, to be served at [`Issuer::context`].
pub fn document(issuer: &Issuer) -> Value {
    let base = format!("{}#", issuer.context());
    let types = |name: &str, members: Map<String, Value>| json!({ "@id": format!("{base}{name}"), "@context": scope(members) });
    json!({ "@context": {
        "@version": 1.1,
        "@protected": true,
        "id": "@id",
        "type": "@type",
        "ProofOfVaccinationCredential": format!("{base}ProofOfVaccinationCredential"),
        "Person": types("Person", person(&base)),
        "Vaccination": types("Vaccination", vaccination(&base)),
    }})
}

/// The members of [`Subject`](crate::credential::Subject).
fn person(base: &str) -> Map<String, Value> {
    let mut members = texts(base, &["age", "gender", "passportNumber", "refId"]);
    members.insert("name".to_owned(), json!(NAME));
    members.insert("birthYear".to_owned(), typed(base, "birthYear", "integer"));
    members.insert("dob".to_owned(), typed(base, "dob", "date"));
    let document = texts(base, &["kind", "lastFour"]);
    members.insert("identityDocument".to_owned(), nested(base, "identityDocument", document));
    members
}

/// The members of [`Evidence`](crate::credential::Evidence).
fn vaccination(base: &str) -> Map<String, Value> {
    let mut members = texts(
        base,
        &[
            "batch",
            "certificateId",
            "icd11Code",
            "manufacturer",
            "previousCertificateId",
            "prophylaxis",
            "vaccine",
        ],
    );
    for member in ["date", "effectiveStart", "effectiveUntil"] {
        members.insert(member.to_owned(), typed(base, member, "date"));
    }
    for member in ["dose", "totalDoses", "version"] {
        members.insert(member.to_owned(), typed(base, member, "integer"));
    }
    members.insert("verifier".to_owned(), nested(base, "verifier", named()));
    let mut facility = named();
    let address = texts(base, &["addressCountry", "addressRegion", "district"]);
    facility.insert("address".to_owned(), nested(base, "address", address));
    members.insert("facility".to_owned(), nested(base, "facility", facility));
    members
}

/// What W3C's context means by `name`; a member that it protects may only be defined as it is there.
const NAME: &str = "https://schema.org/name";

fn texts(base: &str, members: &[&str]) -> Map<String, Value> {
    members.iter().map(|member| ((*member).to_owned(), json!(format!("{base}{member}")))).collect()
}

/// A name alone.
fn named() -> Map<String, Value> {
    Map::from_iter([("name".to_owned(), json!(NAME))])
}

fn typed(base: &str, member: &str, kind: &str) -> Value {
    let kind = format!("http://www.w3.org/2001/XMLSchema#{kind}");
    json!({ "@id": format!("{base}{member}"), "@type": kind })
}

fn nested(base: &str, member: &str, members: Map<String, Value>) -> Value {
    json!({ "@id": format!("{base}{member}"), "@context": scope(members) })
}

fn scope(members: Map<String, Value>) -> Value {
    let mut scope = members;
    scope.insert("@protected".to_owned(), json!(true));
    Value::Object(scope)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::Sample;
    use opencowin_model::CertificateId;
    use std::collections::BTreeSet;

    fn meaning(term: &Value) -> &str {
        term.as_str().or_else(|| term["@id"].as_str()).unwrap()
    }

    /// All scopes of a context.
    fn scopes<'a>(context: &'a Value, to: &mut Vec<&'a Map<String, Value>>) {
        let members = context.as_object().unwrap();
        to.push(members);
        members
            .values()
            .filter_map(|term| term.get("@context"))
            .for_each(|inner| scopes(inner, to));
    }

    #[test]
    fn no_two_members_of_a_scope_mean_the_same() {
        let document = document(&Issuer::new("cowin.example").unwrap());
        let mut found = Vec::new();
        scopes(&document["@context"], &mut found);
        assert_eq!(found.len(), 7);
        for scope in found {
            let terms = scope.iter().filter(|(name, _)| !name.starts_with('@'));
            let meanings: Vec<_> = terms.map(|(_, term)| meaning(term)).collect();
            let distinct: BTreeSet<_> = meanings.iter().collect();
            assert_eq!(distinct.len(), meanings.len(), "{meanings:?}");
        }
    }

    /// That every member of a value is defined in the scope, and those within it in theirs.
    fn covered(value: &Value, scope: &Value) {
        for (name, inner) in value.as_object().unwrap() {
            if name == "type" || name == "id" {
                continue;
            }
            let term = scope.get(name).unwrap_or_else(|| panic!("{name} has no meaning"));
            if inner.is_object() {
                covered(inner, &term["@context"]);
            }
        }
    }

    #[test]
    fn every_member_of_a_certificate_has_a_meaning() {
        let mut sample = Sample::international(1);
        sample.vaccination.previous = Some(CertificateId::from_random([1; 16]));
        let credential: Value = serde_json::from_slice(&sample.credential().canonical()).unwrap();
        let document = document(&sample.issuer);
        let context = &document["@context"];
        covered(&credential["credentialSubject"], &context["Person"]["@context"]);
        covered(&credential["evidence"][0], &context["Vaccination"]["@context"]);
        assert!(context.get("ProofOfVaccinationCredential").is_some());
    }
}
