//! The server as its clients meet it: over HTTP, started within the test's process. A module is a part of the promise;
//! the names of the tests say what each protects.

mod booking;
mod contention;
mod durability;
mod hostile;
mod identity;
mod operations;
mod registration;
mod search;
mod support;
mod tidy;
