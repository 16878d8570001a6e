//! How people show who they are: one-time passwords and tokens.

pub mod digest;
pub mod documents;
pub mod doors;
pub mod inquiry;
pub mod otp;
pub mod token;

pub use doors::Door;
