//! Points on the Earth.

use serde::{Deserialize, Serialize};

/// A point in millionths of a degree (WGS 84), about 0.1 m.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Position {
    lat_micro: i32,
    long_micro: i32,
}

impl Position {
    /// From degrees; `None` unless latitude is within ±90 and longitude within ±180.
    pub fn new(lat: f64, long: f64) -> Option<Self> {
        let valid = (-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&long);
        valid.then(|| Self {
            lat_micro: (lat * 1e6).round() as i32,
            long_micro: (long * 1e6).round() as i32,
        })
    }

    /// Latitude in degrees, north positive.
    pub fn lat(self) -> f64 {
        f64::from(self.lat_micro) / 1e6
    }

    /// Longitude in degrees, east positive.
    pub fn long(self) -> f64 {
        f64::from(self.long_micro) / 1e6
    }

    /// Great-circle distance in kilometres (haversine, mean Earth radius 6371 km).
    pub fn distance_km(self, other: Self) -> f64 {
        let (a, b) = (self.lat().to_radians(), other.lat().to_radians());
        let half_lat = (b - a) / 2.0;
        let half_long = (other.long() - self.long()).to_radians() / 2.0;
        let h = half_lat.sin().powi(2) + a.cos() * b.cos() * half_long.sin().powi(2);
        2.0 * 6371.0 * h.sqrt().asin()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delhi_to_mumbai_is_about_1150_km() {
        let delhi = Position::new(28.6139, 77.2090).unwrap();
        let mumbai = Position::new(19.0760, 72.8777).unwrap();
        assert!((delhi.distance_km(mumbai) - 1150.0).abs() < 15.0);
    }

    #[test]
    fn a_point_lies_on_the_earth() {
        assert!(Position::new(90.1, 0.0).is_none());
        assert!(Position::new(0.0, f64::NAN).is_none());
    }
}
