//! What the drivers of the side-by-side runs share. The runs themselves are the scripts under `benches/peers`.

pub mod client;
