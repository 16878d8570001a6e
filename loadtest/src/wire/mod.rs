//! Requests and answers.
//!
//! HTTP/1.1 is written here by hand, because a generator that costs as much as its target measures itself: one buffer
//! written, one read, a head parsed for six headers, and bodies that nobody wants dropped by the kernel. HTTP/2 is
//! hyper's.

mod address;
mod answer;
mod call;
mod dial;
mod head;
mod http1;
mod http2;
mod pool;
mod stream;
mod target;
mod tls;
mod watch;

pub use address::Address;
pub use answer::{Answer, Content, Want};
pub use call::Call;
pub use dial::Dialler;
pub use pool::{Exchanged, Pool};
pub use target::{Target, TargetError};
pub use tls::config as tls_config;
