//! A message as a `submit_sm`.

use super::Account;
use crate::delivery::sender::{Failure, Submission};
use rusmpp::extra::encoding::gsm7bit::Gsm7BitUnpacked;
use rusmpp::pdus::SubmitSm;
use rusmpp::tlvs::{MessageSubmissionRequestTlvValue as Tlv, TlvTag};
use rusmpp::types::{AnyOctetString, COctetString, EmptyOrFullCOctetString, OctetString};
use rusmpp::values::{
    DataCoding, IntermediateNotification, MCDeliveryReceipt, MessagePayload, Npi,
    RegisteredDelivery, SmeOriginatedAcknowledgement, Ton,
};
use std::time::Duration;

/// The DLT id of the principal entity (source: the operators' SMPP interface for DLT, version 1.1 of October 2020).
const ENTITY: u16 = 0x1400;

/// The DLT id of the text (same source).
const TEMPLATE: u16 = 0x1401;

/// The longest text in one short message: 160 letters of the GSM alphabet, a byte each here; or 140 bytes of UCS-2.
const GSM_BYTES: usize = 160;
const UCS2_BYTES: usize = 140;

/// The longest that a relative validity can say in hours and minutes; the centre's own is shorter.
const LONGEST: Duration = Duration::from_secs(24 * 3600 - 1);

/// The command that hands a message over.
///
/// # Errors
/// [`Failure::Rejected`] if a value does not fit.
pub(super) fn submit_sm(
    account: &Account,
    submission: &Submission<'_>,
) -> Result<SubmitSm, Failure> {
    build(account, submission).ok_or(Failure::Rejected)
}

fn build(account: &Account, submission: &Submission<'_>) -> Option<SubmitSm> {
    let to = format!("{}{}", account.country_code, submission.to.0);
    let (text, coding) = encode(submission.text);
    let mut command = SubmitSm::builder()
        .source_addr_ton(Ton::Alphanumeric)
        .source_addr(COctetString::from_string(account.sender_id.clone()).ok()?)
        .dest_addr_ton(Ton::International)
        .dest_addr_npi(Npi::Isdn)
        .destination_addr(COctetString::from_string(to).ok()?)
        .validity_period(EmptyOrFullCOctetString::from_string(validity(submission.left)).ok()?)
        .registered_delivery(receipt())
        .data_coding(coding)
        .build();
    let longest = if coding == DataCoding::Ucs2 { UCS2_BYTES } else { GSM_BYTES };
    if text.len() <= longest {
        command.set_short_message(OctetString::from_vec(text).ok()?);
    } else {
        // One command for the whole text: in parts, some could be accepted and some not.
        let payload = MessagePayload::new(AnyOctetString::from_vec(text));
        command.push_tlv(Tlv::MessagePayload(payload));
    }
    for (tag, id) in [(ENTITY, account.entity_id.as_str()), (TEMPLATE, submission.template_id)] {
        if !id.is_empty() {
            let value = AnyOctetString::from_slice(id.as_bytes());
            command.push_tlv(Tlv::Other { tag: TlvTag::Other(tag), value });
        }
    }
    Some(command)
}

/// In the GSM alphabet if it has all the letters, else in UCS-2, which phones read as UTF-16.
fn encode(text: &str) -> (Vec<u8>, DataCoding) {
    match Gsm7BitUnpacked::new().encode_to_vec(text) {
        Ok(bytes) => (bytes, DataCoding::McSpecific),
        Err(_) => (text.encode_utf16().flat_map(u16::to_be_bytes).collect(), DataCoding::Ucs2),
    }
}

/// For how long the centre may try, so that an old password does not arrive: `000000hhmmss000R`, relative (SMPP 3.4,
/// 7.1.1.2).
fn validity(left: Duration) -> String {
    // Nothing would be the centre's default, which is longer.
    let seconds = left.min(LONGEST).as_secs().max(1);
    format!("000000{:02}{:02}{:02}000R", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

fn receipt() -> RegisteredDelivery {
    RegisteredDelivery::new(
        MCDeliveryReceipt::McDeliveryReceiptRequestedWhereFinalDeliveryOutcomeIsSuccessOrFailure,
        SmeOriginatedAcknowledgement::default(),
        IntermediateNotification::default(),
        0,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use opencowin_model::Mobile;
    use rusmpp::tlvs::TlvValue;
    use uuid::Uuid;

    fn submitted(text: &str) -> SubmitSm {
        let account = Account {
            sender_id: "OCOWIN".to_owned(),
            entity_id: "1101".to_owned(),
            country_code: "91".to_owned(),
            ..Account::default()
        };
        let submission = Submission {
            id: Uuid::nil(),
            to: Mobile(9_876_543_210),
            text,
            template_id: "1107",
            left: Duration::from_secs(179),
        };
        submit_sm(&account, &submission).unwrap()
    }

    fn tlv(command: &SubmitSm, wanted: TlvTag) -> Option<&TlvValue> {
        command.tlvs().iter().find(|tlv| tlv.tag() == wanted).and_then(|tlv| tlv.value())
    }

    #[test]
    fn a_message_says_from_whom_for_whom_and_for_how_long() {
        let command = submitted("Your OTP is 123456");
        assert_eq!(command.source_addr.as_str(), "OCOWIN");
        assert_eq!(command.destination_addr.as_str(), "919876543210");
        assert_eq!(command.validity_period.as_str(), "000000000259000R");
        assert_eq!(command.short_message().to_str(), Ok("Your OTP is 123456"));
    }

    #[test]
    fn the_ids_of_entity_and_text_are_there_for_the_operators() {
        let command = submitted("x");
        for (tag, id) in [(ENTITY, "1101"), (TEMPLATE, "1107")] {
            let Some(TlvValue::Other { value, .. }) = tlv(&command, TlvTag::Other(tag)) else {
                panic!("{tag:x} in {:?}", command.tlvs())
            };
            assert_eq!(value.to_str(), Ok(id));
        }
    }

    #[test]
    fn texts_in_other_scripts_are_sent_as_utf16() {
        let (bytes, coding) = encode("टीका");
        assert_eq!((bytes.len(), coding), (8, DataCoding::Ucs2));
        assert_eq!(encode("@£ä€"), (vec![0x00, 0x01, 0x7b, 0x1b, 0x65], DataCoding::McSpecific));
    }

    #[test]
    fn a_long_text_is_one_command() {
        let command = submitted(&"x".repeat(161));
        assert_eq!(command.sm_length(), 0);
        assert!(tlv(&command, TlvTag::MessagePayload).is_some());
        assert_eq!(submitted(&"x".repeat(160)).sm_length(), 160);
        assert_eq!(submitted(&"क".repeat(71)).sm_length(), 0);
    }

    #[test]
    fn a_validity_is_never_the_centres_own() {
        assert_eq!(validity(Duration::ZERO), "000000000001000R");
        assert_eq!(validity(Duration::from_secs(100 * 3600)), "000000235959000R");
    }
}
