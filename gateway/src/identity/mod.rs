//! Who calls: API keys, one-time passwords, tokens.

pub mod api_keys;
pub mod doors;
pub mod otp;
pub mod token;

pub use doors::Door;
