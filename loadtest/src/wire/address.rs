//! Where simulated people are.

/// The address of a person: the same in every request of theirs, sent in `X-Forwarded-For`. Up to sixteen million people
/// have one of their own in 10.0.0.0/8; beyond that, addresses are shared as behind the gateways of mobile networks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Address(u32);

impl Address {
    /// The address of the person of this number.
    pub fn of(person: u64) -> Self {
        // Groups of people, told apart by the high bits, begin at different places. An odd multiplier permutes the
        // 2^24 addresses, so that neighbours do not share a prefix.
        let person = person.wrapping_add((person >> 40).wrapping_mul(0x3c_6ef3));
        Self((person.wrapping_mul(0x9e_37b1) & 0xff_ffff) as u32)
    }

    /// Calls with its text.
    pub(super) fn with_text<R>(self, call: impl FnOnce(&str) -> R) -> R {
        let mut text = [0; 15];
        let mut end = 0;
        let [_, b, c, d] = self.0.to_be_bytes();
        let mut push = |bytes: &[u8]| {
            text[end..end + bytes.len()].copy_from_slice(bytes);
            end += bytes.len();
        };
        push(b"10");
        for part in [b, c, d] {
            push(b".");
            push(itoa::Buffer::new().format(part).as_bytes());
        }
        call(std::str::from_utf8(&text[..end]).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn neighbours_have_addresses_of_their_own_and_keep_them() {
        let addresses: HashSet<String> =
            (0..10_000).map(|person| Address::of(person).with_text(str::to_owned)).collect();
        assert_eq!(addresses.len(), 10_000);
        assert!(
            addresses
                .iter()
                .all(|text| text.parse::<std::net::Ipv4Addr>().unwrap().octets()[0] == 10)
        );
        assert_eq!(Address::of(7), Address::of(7));
    }
}
