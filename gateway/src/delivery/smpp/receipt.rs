//! Delivery receipts: `deliver_sm` with what became of a message.

use crate::delivery::receipts::Status;
use rusmpp::pdus::DeliverSm;
use rusmpp::tlvs::{Tlv, TlvTag, TlvValue};
use rusmpp::values::{MessageState, MessageType};

/// The message that a receipt is about, and what it says; nothing if the command is no receipt.
///
/// Both stand in optional parameters or in the text (SMPP 3.4, 5.3.2.12, 5.3.2.35 and appendix B); centres send the one,
/// the other, or both.
pub(super) fn parse(command: &DeliverSm) -> Option<(String, Status)> {
    if command.esm_class.message_type != MessageType::ShortMessageContainsMCDeliveryReceipt {
        return None;
    }
    let text = String::from_utf8_lossy(command.short_message().as_ref());
    let id = match value(command, TlvTag::ReceiptedMessageId) {
        Some(TlvValue::ReceiptedMessageId(id)) => id.as_str().to_owned(),
        _ => word(&text, "id:")?.to_owned(),
    };
    let status = match value(command, TlvTag::MessageState) {
        Some(TlvValue::MessageState(state)) => of_state(*state),
        _ => Status::parse(word(&text, "stat:")?),
    };
    Some((id, status))
}

fn value(command: &DeliverSm, tag: TlvTag) -> Option<&TlvValue> {
    command.tlvs().iter().find(|tlv| tlv.tag() == tag).and_then(Tlv::value)
}

fn of_state(state: MessageState) -> Status {
    match state {
        MessageState::Delivered => Status::Delivered,
        MessageState::Expired
        | MessageState::Deleted
        | MessageState::Undeliverable
        | MessageState::Rejected => Status::Undelivered,
        _ => Status::UnderWay,
    }
}

/// What follows `name` up to the next space.
fn word<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.split_ascii_whitespace().find_map(|word| word.strip_prefix(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusmpp::tlvs::MessageDeliveryRequestTlvValue as DeliveryTlv;
    use rusmpp::types::{COctetString, OctetString};
    use rusmpp::values::EsmClass;
    use std::str::FromStr;

    fn receipt(text: &str, tlvs: Vec<DeliveryTlv>) -> DeliverSm {
        let class = EsmClass {
            message_type: MessageType::ShortMessageContainsMCDeliveryReceipt,
            ..EsmClass::default()
        };
        let text = OctetString::from_str(text).unwrap();
        DeliverSm::builder().esm_class(class).short_message(text).tlvs(tlvs).build()
    }

    const TEXT: &str = "id:7f3a sub:001 dlvrd:001 submit date:2104281000 done date:2104281001 \
                        stat:DELIVRD err:000 text:Your OTP is";

    #[test]
    fn a_receipt_is_read_from_its_text() {
        let told = parse(&receipt(TEXT, vec![]));
        assert_eq!(told, Some(("7f3a".to_owned(), Status::Delivered)));
        assert_eq!(parse(&receipt("stat:DELIVRD", vec![])), None);
        assert_eq!(parse(&receipt("thank you", vec![])), None);
    }

    #[test]
    fn optional_parameters_win_over_the_text() {
        let id = COctetString::from_str("99").unwrap();
        let tlvs = vec![
            DeliveryTlv::ReceiptedMessageId(id),
            DeliveryTlv::MessageState(MessageState::Undeliverable),
        ];
        let told = parse(&receipt(TEXT, tlvs));
        assert_eq!(told, Some(("99".to_owned(), Status::Undelivered)));
    }

    #[test]
    fn what_a_person_answers_is_no_receipt() {
        let answer = DeliverSm::builder().short_message(OctetString::from_str(TEXT).unwrap());
        assert_eq!(parse(&answer.build()), None);
    }
}
