//! The load generator `opencowin-loadtest`.

fn main() {}
