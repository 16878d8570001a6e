//! Base45 (RFC 9285): bytes in the 45 characters that a QR code packs most densely.

const ALPHABET: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/// Two bytes as three characters, a last single one as two.
pub(crate) fn encode(bytes: &[u8], to: &mut String) {
    to.reserve(bytes.len().div_ceil(2) * 3);
    let mut push = |number: u32, characters: usize| {
        let mut rest = number;
        for _ in 0..characters {
            to.push(char::from(ALPHABET[(rest % 45) as usize]));
            rest /= 45;
        }
    };
    for pair in bytes.chunks(2) {
        match *pair {
            [high, low] => push(u32::from(high) << 8 | u32::from(low), 3),
            [single] => push(u32::from(single), 2),
            _ => {}
        }
    }
}

/// The bytes of a text; `None` if it is none of [`encode`]'s.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 3 * 2 + 1);
    for group in text.as_bytes().chunks(3) {
        let mut number = 0;
        for character in group.iter().rev() {
            number = number * 45 + digit(*character)?;
        }
        match group.len() {
            3 => bytes.extend_from_slice(&u16::try_from(number).ok()?.to_be_bytes()),
            2 => bytes.push(u8::try_from(number).ok()?),
            _ => return None,
        }
    }
    Some(bytes)
}

fn digit(character: u8) -> Option<u32> {
    ALPHABET.iter().position(|known| *known == character).map(|at| at as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(bytes: &[u8]) -> String {
        let mut text = String::new();
        encode(bytes, &mut text);
        text
    }

    /// RFC 9285, 4.3 and 4.4.
    #[test]
    fn texts_are_those_of_the_standard() {
        for (bytes, written) in [
            ("AB", "BB8"),
            ("Hello!!", "%69 VD92EX0"),
            ("base-45", "UJCLQE7W581"),
            ("ietf!", "QED8WEX0"),
        ] {
            assert_eq!(text(bytes.as_bytes()), written);
            assert_eq!(decode(written).as_deref(), Some(bytes.as_bytes()));
        }
    }

    #[test]
    fn what_no_bytes_are_written_as_is_refused() {
        for wrong in ["A", "BB8A", "GGW", ":::", "::", "bb8", "é", "AB\n"] {
            assert_eq!(decode(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn bytes_have_one_text(bytes in any::<Vec<u8>>(), other in "[0-9A-Z $%*+./:-]{0,40}") {
            prop_assert_eq!(decode(&text(&bytes)), Some(bytes));
            if let Some(bytes) = decode(&other) {
                prop_assert_eq!(text(&bytes), other);
            }
        }
    }
}
