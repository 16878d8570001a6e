//! The signature of a request, by which a provider knows that it is ours and fresh.

use crate::delivery::settings::{self, HttpSettings, SettingError};
use hmac::{Hmac, KeyInit, Mac};
use http::HeaderName;
use opencowin_model::Timestamp;
use sha2::Sha256;
use std::fmt::Write;

/// Signs with HMAC-SHA256 over the time in seconds since 1970, a full stop and the body; written in hex.
pub(super) struct Signer {
    key: Hmac<Sha256>,
    header: HeaderName,
    timestamp_header: HeaderName,
}

impl Signer {
    /// The signer of these settings, if requests are signed.
    ///
    /// # Errors
    /// If a header cannot be one, or the file of the secret cannot be read.
    pub(super) fn new(settings: &HttpSettings) -> Result<Option<Self>, SettingError> {
        let Some(signature) = &settings.signature else { return Ok(None) };
        let at = |setting: &str| settings::of(&settings.name, &format!("signature.{setting}"));
        let header = |setting: &str, name: &str| {
            HeaderName::try_from(name).map_err(|error| SettingError::new(&at(setting), error))
        };
        let secret = settings::secret(&at("secret-file"), &signature.secret_file)?;
        Ok(Some(Self {
            key: Hmac::new_from_slice(secret.as_bytes())
                .expect("invariant: HMAC takes keys of any length"),
            header: header("header", &signature.header)?,
            timestamp_header: header("timestamp-header", &signature.timestamp_header)?,
        }))
    }

    /// The headers for a request with this body, sent now.
    pub(super) fn sign(&self, now: Timestamp, body: &str) -> [(&HeaderName, String); 2] {
        let seconds = now.seconds().to_string();
        let mut mac = self.key.clone();
        for part in [seconds.as_str(), ".", body] {
            mac.update(part.as_bytes());
        }
        let mut hex = String::with_capacity(64);
        for byte in mac.finalize().into_bytes() {
            write!(hex, "{byte:02x}").expect("invariant: writing to a string does not fail");
        }
        [(&self.timestamp_header, seconds), (&self.header, hex)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::settings::SignatureSettings;
    use std::io::Write as _;

    #[test]
    fn time_and_body_are_signed() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"key\n").unwrap();
        let signature = SignatureSettings {
            header: "X-Signature".to_owned(),
            timestamp_header: "X-Timestamp".to_owned(),
            secret_file: file.path().to_owned(),
        };
        let settings = HttpSettings { signature: Some(signature), ..HttpSettings::default() };
        let signer = Signer::new(&settings).unwrap().unwrap();
        let [(_, time), (name, hex)] = signer.sign(Timestamp(1_619_600_000_500), "body");
        assert_eq!((time.as_str(), name.as_str()), ("1619600000", "x-signature"));
        // printf 1619600000.body | openssl dgst -sha256 -hmac key
        assert_eq!(hex, EXPECTED);
    }

    const EXPECTED: &str = "c06d212bbb7cbd3096f14a74b824f01cf429546f979e777b0d51cd4c43ce86ce";
}
