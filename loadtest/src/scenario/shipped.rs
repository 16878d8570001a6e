//! The scenarios inside the program.

/// A scenario inside the program.
#[derive(Clone, Copy, Debug)]
pub struct Shipped {
    /// Its name.
    pub name: &'static str,
    /// Its text.
    pub toml: &'static str,
}

macro_rules! shipped {
    ($($name:literal),* $(,)?) => {
        /// Every scenario inside the program.
        pub const SHIPPED: &[Shipped] = &[$(Shipped {
            name: $name,
            toml: include_str!(concat!("../../scenarios/", $name, ".toml")),
        }),*];
    };
}

shipped! {
    "smoke",
    "steady-search",
    "slot-opening",
    "national-opening",
    "overload",
    "soak",
    "partner-app",
    "bot-swarm",
    "record-day",
}
