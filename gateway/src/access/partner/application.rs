//! What an organisation tells about itself when it applies (guidelines, annexure 3).

use super::words::{self, Email, Link};
use super::{Declaration, PUBLIC, TERMS};
use crate::http::body::{Field, Loose};
use crate::http::problem::Problem;
use opencowin_admission::{Api, Apis};
use opencowin_model::{Mobile, Pack, Pincode, Timestamp};
use serde::{Deserialize, Serialize};

/// The details of annexure 3, parsed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Application {
    /// Who applies.
    pub organisation: Organisation,
    /// Who signs for it.
    pub person: Person,
    /// Where post reaches it.
    pub address: PostalAddress,
    /// What it will use the API for.
    pub purpose: String,
    /// How many employees, users or customers would be served, as far as it can tell.
    pub expected_users: u64,
    /// How many requests it expects to send in a day.
    pub expected_requests_per_day: u64,
    /// The address of mail that is used for access to the API.
    pub api_email: Email,
    /// Its official site.
    pub website: Link,
    /// Where its own terms of service stand.
    pub terms_url: Link,
    /// Where its privacy policy stands.
    pub privacy_url: Link,
    /// What it wants to call.
    pub apis: Apis,
}

/// An organisation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Organisation {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Its number in the register; a part of the government has none.
    #[serde(default)]
    pub registration: Option<String>,
}

/// What kind of organisation it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A part of the government.
    Government,
    /// Anybody else.
    Private,
}

/// The authorised person. All of it is personal: it is shown to the ministry and to the partner itself.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// Their name.
    pub name: String,
    /// What they are there.
    pub designation: String,
    /// Their mobile number, in digits.
    pub mobile: String,
    /// Another number, if they have one.
    #[serde(default)]
    pub phone: Option<String>,
    /// Their address of mail.
    pub email: Email,
}

/// Hides who it is.
impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Person(****)")
    }
}

/// Where post reaches an organisation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PostalAddress {
    /// House, building, street.
    pub street: String,
    /// City or village.
    pub city: String,
    /// District.
    pub district: String,
    /// State.
    pub state: String,
    /// Postal code.
    pub pincode: Pincode,
}

/// An application as it comes: one level of fields, so that each error names its own.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the route's row describes each")]
pub struct Form {
    pub organisation_name: Field,
    pub organisation_type: Field,
    pub registration_number: Field,
    pub person_name: Field,
    pub person_designation: Field,
    pub person_mobile: Field,
    pub person_phone: Field,
    pub person_email: Field,
    pub address_street: Field,
    pub address_city: Field,
    pub address_district: Field,
    pub address_state: Field,
    pub address_pincode: Field,
    pub purpose: Field,
    pub expected_users: Field,
    pub expected_requests_per_day: Field,
    pub api_email: Field,
    pub website: Field,
    pub terms_url: Field,
    pub privacy_url: Field,
    pub apis: Field,
    pub declaration_version: Field,
    pub declaration_name: Field,
    pub administrator_name: Field,
    pub administrator_mobile: Field,
}

/// Somebody who is to administer a partner's access.
#[derive(Clone, PartialEq)]
pub struct Nomination {
    /// Their name.
    pub name: String,
    /// The number that they will prove.
    pub mobile: Mobile,
}

impl Form {
    /// The details.
    ///
    /// # Errors
    /// USRRES0001 or USRRES0002 with the name of the first field that is missing or wrong.
    pub fn application(&self, pack: &Pack) -> Result<Application, Problem> {
        Ok(Application {
            organisation: self.organisation()?,
            person: self.person(pack)?,
            address: self.address(pack)?,
            purpose: words::text(&self.purpose, "purpose", words::PARAGRAPH)?,
            expected_users: words::whole(&self.expected_users, "expected_users")?,
            expected_requests_per_day: words::whole(
                &self.expected_requests_per_day,
                "expected_requests_per_day",
            )?,
            api_email: words::parsed(&self.api_email, "api_email", Email::parse)?,
            website: words::parsed(&self.website, "website", Link::parse)?,
            terms_url: words::parsed(&self.terms_url, "terms_url", Link::parse)?,
            privacy_url: words::parsed(&self.privacy_url, "privacy_url", Link::parse)?,
            apis: apis(&self.apis, "apis")?,
        })
    }

    /// The authorised person's declaration that all this is true and the terms are agreed to.
    ///
    /// # Errors
    /// As for [`application`](Self::application); the name must be that of the authorised person.
    pub fn declaration(&self, now: Timestamp) -> Result<Declaration, Problem> {
        let declaration = declaration(&self.declaration_version, &self.declaration_name, now)?;
        let person = words::line(&self.person_name, "person_name")?;
        if declaration.name.to_lowercase() == person.to_lowercase() {
            Ok(declaration)
        } else {
            Err(Problem::invalid("declaration_name"))
        }
    }

    /// The first administrator.
    ///
    /// # Errors
    /// As for [`application`](Self::application).
    pub fn administrator(&self, pack: &Pack) -> Result<Nomination, Problem> {
        Ok(Nomination {
            name: words::line(&self.administrator_name, "administrator_name")?,
            mobile: words::mobile(&self.administrator_mobile, "administrator_mobile", pack)?,
        })
    }

    fn organisation(&self) -> Result<Organisation, Problem> {
        let name = words::line(&self.organisation_name, "organisation_name")?;
        let kind = words::parsed(&self.organisation_type, "organisation_type", Kind::parse)?;
        let number = &self.registration_number;
        let field = "registration_number";
        let registration = match kind {
            Kind::Private => Some(words::parsed(number, field, registration)?),
            Kind::Government => words::optional(number, |_| Err(Problem::invalid(field)))?,
        };
        Ok(Organisation { name, kind, registration })
    }

    fn person(&self, pack: &Pack) -> Result<Person, Problem> {
        let mobile = words::mobile(&self.person_mobile, "person_mobile", pack)?;
        let phone = |field: &Field| words::parsed(field, "person_phone", phone);
        Ok(Person {
            name: words::line(&self.person_name, "person_name")?,
            designation: words::line(&self.person_designation, "person_designation")?,
            mobile: mobile.0.to_string(),
            phone: words::optional(&self.person_phone, phone)?,
            email: words::parsed(&self.person_email, "person_email", Email::parse)?,
        })
    }

    fn address(&self, pack: &Pack) -> Result<PostalAddress, Problem> {
        let pincode = |text: &str| {
            Pincode::parse(text).filter(|pincode| pack.postal_area(*pincode).is_some())
        };
        Ok(PostalAddress {
            street: words::line(&self.address_street, "address_street")?,
            city: words::line(&self.address_city, "address_city")?,
            district: words::line(&self.address_district, "address_district")?,
            state: words::line(&self.address_state, "address_state")?,
            pincode: words::parsed(&self.address_pincode, "address_pincode", pincode)?,
        })
    }
}

impl Application {
    /// Whether it wants nothing but what everybody may read, which no official has to approve (guidelines, 5 iv).
    pub fn is_public_only(&self) -> bool {
        self.apis.and(PUBLIC) == self.apis
    }
}

impl Kind {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "government" => Some(Self::Government),
            "private" => Some(Self::Private),
            _ => None,
        }
    }
}

/// A declaration to abide by the terms, made now.
///
/// # Errors
/// USRRES0001 or USRRES0002; the version must be that of the terms in force.
pub fn declaration(version: &Field, name: &Field, now: Timestamp) -> Result<Declaration, Problem> {
    let in_force = |text: &str| (text == TERMS).then(|| text.to_owned());
    Ok(Declaration {
        version: words::parsed(version, "declaration_version", in_force)?,
        name: words::line(name, "declaration_name")?,
        at: now,
    })
}

/// A list of one or more APIs by their names.
///
/// # Errors
/// USRRES0001 or USRRES0002 with the name of the field.
pub fn apis(field: &Field, name: &str) -> Result<Apis, Problem> {
    let Loose::List(items) = words::present(field, name)? else {
        return Err(Problem::invalid(name));
    };
    let api = |item: &Loose| item.text().and_then(|text| Api::parse(&text));
    let apis: Option<Apis> = items.iter().map(api).collect();
    apis.filter(|apis| !apis.is_empty()).ok_or_else(|| Problem::invalid(name))
}

/// Registers number differently (a director's DIN has 8 digits, a company's CIN 21 letters and digits, a partnership's
/// LLPIN a hyphen), so only what all have in common is asked for.
fn registration(text: &str) -> Option<String> {
    let fits = (6..=25).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-/".contains(&b))
        && text.bytes().any(|b| b.is_ascii_digit());
    fits.then(|| text.to_ascii_uppercase())
}

/// A number that can be dialled: 6 to 15 digits, with what people write between them.
fn phone(text: &str) -> Option<String> {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let plain = text.bytes().all(|b| b.is_ascii_digit() || b"+-() ".contains(&b));
    (plain && text.len() <= 25 && (6..=15).contains(&digits)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{form, sent};
    use super::*;
    use serde_json::{Value, json};

    fn told(body: &Value) -> Result<(), String> {
        let (form, pack) = (form(body), Pack::india().unwrap());
        let parsed = form.application(&pack).map(drop);
        let parsed = parsed.and_then(|()| form.declaration(Timestamp(0)).map(drop));
        match parsed.and_then(|()| form.administrator(&pack).map(drop)) {
            Ok(()) => Ok(()),
            Err(Problem::Entry(entry, text)) => Err(format!("{} {text}", entry.code)),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_complete_application_is_accepted() {
        assert_eq!(told(&sent()), Ok(()));
        let application = form(&sent()).application(&Pack::india().unwrap()).unwrap();
        assert_eq!(application.organisation.registration.as_deref(), Some("U85110DL2015PTC123456"));
        let text = serde_json::to_string(&application).unwrap();
        assert_eq!(serde_json::from_str::<Application>(&text).unwrap(), application);
    }

    #[test]
    fn each_field_of_the_annexure_is_asked_for_by_name() {
        for (name, _) in sent().as_object().unwrap() {
            let mut body = sent();
            body.as_object_mut().unwrap().remove(name);
            let missing = format!("USRRES0001 Input parameter missing: {name}");
            let expected = if name == "person_phone" { Ok(()) } else { Err(missing) };
            assert_eq!(told(&body), expected);
        }
    }

    #[test]
    fn each_wrong_field_is_named() {
        for (name, wrong) in [
            ("organisation_type", json!("charity")),
            ("registration_number", json!("none")),
            ("person_mobile", json!("12345")),
            ("person_phone", json!("ask for Ravi")),
            ("person_email", json!("nobody")),
            ("address_pincode", json!("999999")),
            ("purpose", json!("x".repeat(2001))),
            ("expected_users", json!("many")),
            ("expected_requests_per_day", json!(-1)),
            ("website", json!("http://example.org")),
            ("privacy_url", json!("https://10.0.0.1/privacy")),
            ("apis", json!(["search", "everything"])),
            ("apis", json!([])),
            ("apis", json!("search")),
            ("declaration_version", json!("0")),
            ("declaration_name", json!("Somebody Else")),
            ("administrator_mobile", json!({})),
        ] {
            let mut body = sent();
            body[name] = wrong;
            assert_eq!(told(&body), Err(format!("USRRES0002 Invalid input parameter: {name}")));
        }
    }

    #[test]
    fn a_part_of_the_government_has_no_registration_number() {
        let mut body = sent();
        body["organisation_type"] = json!("government");
        assert!(told(&body).unwrap_err().ends_with("registration_number"));
        body.as_object_mut().unwrap().remove("registration_number");
        assert_eq!(told(&body), Ok(()));
    }

    #[test]
    fn only_what_everybody_may_read_needs_no_approval() {
        let mut application = form(&sent()).application(&Pack::india().unwrap()).unwrap();
        assert!(!application.is_public_only());
        application.apis = PUBLIC;
        assert!(application.is_public_only());
    }

    #[test]
    fn whoever_signs_is_not_shown_when_logged() {
        let application = form(&sent()).application(&Pack::india().unwrap()).unwrap();
        let text = format!("{application:?}");
        assert!(!text.contains("9876500001") && !text.contains("Ravi"), "{text}");
    }
}
