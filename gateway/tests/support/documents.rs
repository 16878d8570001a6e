//! Certificates that a server's own keys have signed, of invented people.

use super::TestServer;
use opencowin_certificates::compact::{Claims, QrText, Token};
use opencowin_certificates::credential::W3C_CONTEXT;
use opencowin_certificates::proof::Prover;
use opencowin_certificates::qr::Symbol;
use opencowin_certificates::sample::Sample;
use opencowin_certificates::{Issuer, Moment, Purpose};

impl TestServer {
    /// Who issues here.
    pub fn issuer(&self) -> Issuer {
        self.app().certification().issuer().clone()
    }

    pub fn moment(&self) -> Moment {
        self.app().clock().now().into()
    }

    /// A sample's certificate as JSON, issued here.
    pub fn certificate(&self, sample: Sample) -> String {
        let sample = Sample { issuer: self.issuer(), ..sample };
        let keys = self.app().certification().keys();
        let key = keys.signing(Purpose::Certificates, self.moment()).unwrap();
        let method = sample.issuer.method(&key.public().id());
        let contexts = [W3C_CONTEXT, sample.issuer.context()];
        let prover = Prover::new(key.signer(), &method, &contexts, self.moment());
        String::from_utf8(prover.prove(&sample.credential())).unwrap()
    }

    /// The text of its QR code.
    pub fn code(&self, sample: Sample) -> String {
        self.qr_text(sample).as_str().to_owned()
    }

    fn qr_text(&self, sample: Sample) -> QrText {
        let sample = Sample { issuer: self.issuer(), ..sample };
        let keys = self.app().certification().keys();
        let key = keys.signing(Purpose::Certificates, self.moment()).unwrap();
        let credential = sample.credential();
        let claims = Claims::of(&credential, self.moment()).unwrap();
        Token::sign(&claims, key)
    }

    /// A picture of its QR code.
    pub fn picture(&self, sample: Sample) -> Vec<u8> {
        Symbol::new(&self.qr_text(sample).link(&self.issuer())).unwrap().png(4)
    }
}
