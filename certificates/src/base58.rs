//! Base58 in Bitcoin's alphabet, as multibase writes keys (`z…`). It is quadratic, which is no matter for a key; signatures,
//! of which there are many, take a table-driven one (see [`proof`](crate::proof)).

const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// The text of these bytes.
pub(crate) fn encode(bytes: &[u8]) -> String {
    // Digits in base 58, the least first.
    let mut digits: Vec<u8> = Vec::with_capacity(bytes.len() * 138 / 100 + 1);
    for byte in bytes {
        let mut carry = u32::from(*byte);
        for digit in &mut digits {
            carry += u32::from(*digit) << 8;
            *digit = (carry % 58) as u8;
            carry /= 58;
        }
        while carry > 0 {
            digits.push((carry % 58) as u8);
            carry /= 58;
        }
    }
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let digits = digits.iter().rev().map(|digit| ALPHABET[usize::from(*digit)]);
    std::iter::repeat_n(ALPHABET[0], zeros).chain(digits).map(char::from).collect()
}

/// The bytes that are written so, if there are exactly `N`.
pub(crate) fn decode<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    if text.len() > 2 * N {
        return None;
    }
    for character in text.bytes() {
        let mut carry = ALPHABET.iter().position(|known| *known == character)? as u32;
        for byte in bytes.iter_mut().rev() {
            carry += u32::from(*byte) * 58;
            *byte = carry as u8;
            carry >>= 8;
        }
        if carry > 0 {
            return None;
        }
    }
    (encode(&bytes) == text).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// draft-msporny-base58, section 5.
    #[test]
    fn known_texts() {
        assert_eq!(encode(b"Hello World!"), "2NEpo7TZRRrLZSi2U");
        assert_eq!(encode(&[0, 0, 0x28, 0x7f, 0xb4, 0xcd]), "11233QC4");
        assert_eq!(decode::<12>("2NEpo7TZRRrLZSi2U").as_ref(), Some(b"Hello World!"));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(bytes in any::<[u8; 34]>(), other in "\\PC{0,60}") {
            prop_assert_eq!(decode(&encode(&bytes)), Some(bytes));
            if let Some(read) = decode::<34>(&other) {
                prop_assert_eq!(encode(&read), other);
            }
        }
    }
}
