//! Forms for readers of other programmes, where whoever runs the programme asks for them: DIVOC's ZIP, and the EU's HCERT.

use crate::startup::StartError;
use opencowin_certificates::export::divoc;
use opencowin_certificates::export::hcert::{Authority, Codes, DocumentSigner};
use opencowin_certificates::{Credential, Moment};
use opencowin_model::Pack;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The longest time for which the EU's form of a certificate holds, in days.
const LONGEST: u32 = 3_660;

/// The section `[exports]` of the settings file.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ExportSettings {
    /// Whether certificates can be had as DIVOC packs them.
    pub divoc: bool,
    /// What the EU's form takes, if certificates can be had in it.
    pub hcert: Option<HcertSettings>,
}

/// The section `[exports.hcert]`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct HcertSettings {
    /// File of the document signer's key: PKCS #8 (PEM), on P-256.
    pub key: PathBuf,
    /// File of its certificate (PEM), which the readers' trust list has.
    pub certificate: PathBuf,
    /// The country by ISO 3166-1, two letters.
    pub country: String,
    /// The issuer's name.
    pub issuer: String,
    /// For how many days a certificate in this form holds after it was downloaded.
    pub days: u32,
    /// How the EU's registers name each vaccine; one that is not here has no such form.
    pub vaccines: BTreeMap<String, CodeSettings>,
}

/// How the EU's registers name a vaccine.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeSettings {
    /// `vp`: its kind.
    pub prophylaxis: String,
    /// `mp`: the product.
    pub product: String,
    /// `ma`: who holds its authorisation.
    pub manufacturer: String,
}

/// The forms that certificates can be had in beside our own.
#[derive(Default)]
pub struct Exports {
    divoc: bool,
    hcert: Option<Hcert>,
}

struct Hcert {
    signer: DocumentSigner,
    authority: Authority,
    life_s: u32,
    codes: BTreeMap<String, Codes>,
}

impl Exports {
    /// As the settings say.
    ///
    /// # Errors
    /// If a file cannot be read, or a setting is wrong.
    pub fn load(settings: &ExportSettings, pack: &Pack) -> Result<Self, StartError> {
        let hcert = settings.hcert.as_ref().map(|hcert| Hcert::load(hcert, pack));
        Ok(Self { divoc: settings.divoc, hcert: hcert.transpose()? })
    }

    /// A certificate as DIVOC packs it.
    pub fn divoc(&self, json: &[u8]) -> Option<Vec<u8>> {
        self.divoc.then(|| divoc::pack(json))
    }

    /// A certificate in the EU's form, as the text of a QR code, if there is one of it.
    pub fn hcert(&self, credential: &Credential<'_>, now: Moment) -> Option<String> {
        let hcert = self.hcert.as_ref()?;
        let codes = hcert.codes.get(&*credential.evidence[0].vaccine)?;
        let life = (now, now.plus_seconds(hcert.life_s));
        let signed = hcert.signer.sign(credential, codes, &hcert.authority, life);
        signed.inspect_err(|error| tracing::warn!(%error, "a certificate has no EU form")).ok()
    }
}

impl Hcert {
    fn load(settings: &HcertSettings, pack: &Pack) -> Result<Self, StartError> {
        let wrong = |text: String| StartError::Exports(text);
        let unknown = settings.vaccines.keys().find(|name| pack.vaccine_named(name).is_none());
        if let Some(name) = unknown {
            return Err(wrong(format!("vaccines: the programme has no {name}")));
        }
        if !(1..=LONGEST).contains(&settings.days) {
            return Err(wrong(format!("days must lie between 1 and {LONGEST}")));
        }
        let HcertSettings { key, certificate, country, issuer, .. } = settings;
        if country.len() != 2 || !country.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err(wrong("country must be two capital letters".to_owned()));
        }
        let of_file = |file: &PathBuf, why: &dyn std::fmt::Display| {
            StartError::Exports(format!("{}: {why}", file.display()))
        };
        let der = PrivatePkcs8KeyDer::from_pem_file(key).map_err(|why| of_file(key, &why))?;
        let signed =
            CertificateDer::from_pem_file(certificate).map_err(|why| of_file(certificate, &why))?;
        let signer = DocumentSigner::new(der.secret_pkcs8_der(), &signed);
        Ok(Self {
            signer: signer.map_err(|why| of_file(key, &why))?,
            authority: Authority { country: country.clone(), name: issuer.clone() },
            life_s: settings.days * 86_400,
            codes: settings
                .vaccines
                .iter()
                .map(|(name, codes)| (name.clone(), codes.into()))
                .collect(),
        })
    }
}

impl From<&CodeSettings> for Codes {
    fn from(settings: &CodeSettings) -> Self {
        Self {
            prophylaxis: settings.prophylaxis.clone(),
            product: settings.product.clone(),
            manufacturer: settings.manufacturer.clone(),
        }
    }
}
