//! The keys that an issuer signs with.
//!
//! - [`ring`]: keys by purpose, and their lives: announced, signing, retired, revoked.
//! - [`file`](mod@file): the ring at rest, sealed under a passphrase or by a key management service.
//! - [`documents`]: what the world is told about them: `did.json` and `jwks.json`.
//! - [`public`]: public keys and their names.

pub mod documents;
pub mod file;
pub mod public;
pub mod ring;

pub use documents::{DidDocument, Jwks};
pub use file::{DataKey, KeyFileError, Passphrase, Wrap, WrappingKey};
pub use public::{PublicKey, ShortId};
pub use ring::{KeyRing, KeyState, Life, Purpose, RingError, SigningKey};
