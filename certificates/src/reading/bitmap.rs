//! A picture in black and white.

/// Which pixels are dark.
pub(super) struct Bitmap {
    width: usize,
    dark: Vec<bool>,
}

impl Bitmap {
    /// A picture of pixels in rows from the top.
    pub(super) fn new(width: usize, dark: Vec<bool>) -> Self {
        Self { width: width.max(1), dark }
    }

    /// A picture of gray pixels, the darker of which are dark: the threshold is the one that best tells two kinds apart
    /// (source: Otsu 1979, A threshold selection method from gray-level histograms).
    pub(super) fn from_gray(width: usize, gray: &[u8]) -> Self {
        let threshold = threshold(gray);
        Self::new(width, gray.iter().map(|pixel| *pixel <= threshold).collect())
    }

    pub(super) fn height(&self) -> usize {
        self.dark.len() / self.width
    }

    /// The pixels of a row.
    pub(super) fn row(&self, y: usize) -> &[bool] {
        &self.dark[y * self.width..(y + 1) * self.width]
    }

    /// Whether a pixel is dark; outside the picture none is.
    pub(super) fn dark(&self, x: isize, y: isize) -> bool {
        let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else { return false };
        x < self.width && y < self.height() && self.dark[y * self.width + x]
    }
}

/// The gray up to which pixels are dark.
fn threshold(gray: &[u8]) -> u8 {
    let mut counts = [0_u64; 256];
    for pixel in gray {
        counts[usize::from(*pixel)] += 1;
    }
    let weigh = |(gray, count): (usize, &u64)| gray as f64 * *count as f64;
    let total: f64 = counts.iter().enumerate().map(weigh).sum();
    let (mut dark, mut dark_sum, mut best) = (0.0, 0.0, (0.0, 127));
    for at in counts.iter().enumerate() {
        dark += *at.1 as f64;
        dark_sum += weigh(at);
        let light = gray.len() as f64 - dark;
        if dark > 0.0 && light > 0.0 {
            let apart = dark_sum / dark - (total - dark_sum) / light;
            let between = dark * light * apart * apart;
            if between > best.0 {
                best = (between, at.0 as u8);
            }
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_threshold_lies_between_paper_and_ink() {
        let gray: Vec<u8> =
            (0..100).map(|at| if at % 3 == 0 { 60 + at / 10 } else { 180 + at / 5 }).collect();
        assert!((69..180).contains(&threshold(&gray)));
        assert_eq!(Bitmap::from_gray(10, &gray).height(), 10);
    }
}
