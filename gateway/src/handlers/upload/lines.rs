//! The answer to an upload: a line of JSON for each row, and one at the end.
//!
//! A client may send all of its file before it reads anything, so lines wait for it here and not in the socket. What waits is
//! not text but what the text is made of, a few dozen bytes a row.

use crate::http::catalogue;
use crate::http::content::Source;
use crate::http::problem::Problem;
use bytes::{BufMut, Bytes, BytesMut};
use opencowin_model::BeneficiaryRef;
use serde::Serialize;
use std::task::{Context, Poll};
use tokio::sync::mpsc::UnboundedReceiver;

/// Bytes that are handed over at once.
const PIECE: usize = 16 * 1024;

/// What came of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// The person is registered under this reference.
    Registered(BeneficiaryRef),
    /// The row did nothing.
    Refused(Refused),
}

/// Why a row did nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refused {
    /// The code of the catalogue.
    pub(super) code: &'static str,
    /// The column in which it is wrong, if it is one.
    pub(super) field: Option<&'static str>,
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        let code = problem.label();
        Self { code, field: column_of(code) }
    }
}

/// The column that a refusal of the ledger is about.
fn column_of(code: &str) -> Option<&'static str> {
    let columns = [
        (catalogue::ID_ALREADY_USED, "photo_id_number"),
        (catalogue::TOO_MANY_BENEFICIARIES, "mobile_number"),
    ];
    columns.into_iter().find(|(entry, _)| entry.code == code).map(|(_, column)| column)
}

/// A line of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// About the row of this number; the first behind the names of columns is 1.
    Row(u32, Told),
    /// The last.
    End(Sum),
}

/// What came of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sum {
    pub(super) registered: u32,
    pub(super) refused: u32,
    /// Why the file was not read to its end, if it was not.
    pub(super) broken: Option<&'static str>,
}

/// A line as it is written.
#[derive(Default, Serialize)]
struct Written {
    #[serde(skip_serializing_if = "Option::is_none")]
    row: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rows: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    registered: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    beneficiary_reference_id: Option<String>,
    #[serde(rename = "errorCode", skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
}

impl Line {
    fn write(self, to: &mut BytesMut) {
        let written = match self {
            Self::Row(row, told) => Written { row: Some(row), ..told.into() },
            Self::End(sum) => sum.into(),
        };
        serde_json::to_writer(to.writer(), &written)
            .expect("invariant: memory takes what is written, and names are strings");
        to.put_u8(b'\n');
    }
}

impl From<Told> for Written {
    fn from(told: Told) -> Self {
        match told {
            Told::Registered(person) => {
                let id = Some(person.to_string());
                Self { beneficiary_reference_id: id, ..Self::default() }
            }
            Told::Refused(Refused { code, field }) => Self { field, ..Self::of_code(code) },
        }
    }
}

impl From<Sum> for Written {
    fn from(sum: Sum) -> Self {
        let Sum { registered, refused, broken } = sum;
        Self {
            rows: Some(registered + refused),
            registered: Some(registered),
            refused: Some(refused),
            ..broken.map(Self::of_code).unwrap_or_default()
        }
    }
}

impl Written {
    fn of_code(code: &'static str) -> Self {
        let entry = catalogue::ALL.iter().find(|entry| entry.code == code);
        Self { code: Some(code), error: entry.map(|entry| entry.text), ..Self::default() }
    }
}

/// The lines of an answer, as they come.
pub(super) struct Lines(pub(super) UnboundedReceiver<Line>);

impl Source for Lines {
    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let mut piece = BytesMut::new();
        while piece.len() < PIECE {
            match self.0.poll_recv(cx) {
                Poll::Ready(Some(line)) => line.write(&mut piece),
                Poll::Ready(None) if piece.is_empty() => return Poll::Ready(None),
                Poll::Pending if piece.is_empty() => return Poll::Pending,
                Poll::Ready(None) | Poll::Pending => break,
            }
        }
        Poll::Ready(Some(piece.freeze()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::task::Waker;
    use tokio::sync::mpsc;

    #[test]
    fn a_line_is_told_as_soon_as_it_is_there_and_what_waits_goes_together() {
        let (to, from) = mpsc::unbounded_channel();
        let mut lines = Lines(from);
        let mut cx = Context::from_waker(Waker::noop());
        assert!(lines.poll_piece(&mut cx).is_pending());
        let person = BeneficiaryRef::new(12_345_678_901_234).unwrap();
        to.send(Line::Row(1, Told::Registered(person))).unwrap();
        let refused = Refused { code: "USRRES0002", field: Some("name") };
        to.send(Line::Row(2, Told::Refused(refused))).unwrap();
        let sum = Sum { registered: 1, refused: 1, broken: Some("USRRES0007") };
        to.send(Line::End(sum)).unwrap();
        let Poll::Ready(Some(piece)) = lines.poll_piece(&mut cx) else { panic!("no piece") };
        let expected = concat!(
            r#"{"row":1,"beneficiary_reference_id":"12345678901234"}"#,
            "\n",
            r#"{"row":2,"errorCode":"USRRES0002","field":"name","error":"Invalid input parameter"}"#,
            "\n",
            r#"{"rows":2,"registered":1,"refused":1,"errorCode":"USRRES0007","error":"Request body did not arrive in time"}"#,
            "\n",
        );
        assert_eq!(std::str::from_utf8(&piece).unwrap(), expected);
        assert!(lines.poll_piece(&mut cx).is_pending());
        drop(to);
        assert!(matches!(lines.poll_piece(&mut cx), Poll::Ready(None)));
    }
}
