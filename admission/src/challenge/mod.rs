//! Challenges: what has to be paid before somebody suspicious goes on.
//!
//! | challenge | what it costs | what it is for |
//! |---|---|---|
//! | [`proof_of_work`] | `2^difficulty` hashes: a tenth of a second of a telephone at the default, for each call | all clients that can compute |
//! | [`captcha`] | nothing: scripts of a few lines read such drawings (wire contract 1.7) | clients that know only the original's captcha |

pub mod captcha;
pub mod proof_of_work;
