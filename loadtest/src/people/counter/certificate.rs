//! Whether the certificate of a dose is there, and how long after the dose: whoever gave it asks until it is shown.
//!
//! Asking makes no certificate, so that what is measured is how long people wait who do nothing. What is measured is too long by
//! the pause between two looks at most, and never too short.

use super::super::desk::{Desk, Said};
use super::super::visit::Visit;
use super::facility::Facility;
use super::guest::{DOSE, Guest};
use crate::contract::CertificateLists;
use crate::measure::Operation;
use crate::scenario::Counter;
use crate::wire::Answer;
use rand::RngExt;
use std::ops::RangeInclusive;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// The pause before each look, in milliseconds: by chance, so that looks and batches of signatures do not fall into step.
const PAUSE_MS: RangeInclusive<u64> = 100..=250;

/// What every PDF begins with.
const PDF: &[u8] = b"%PDF-";

/// Somebody whose dose was acknowledged, and who waits for the certificate.
struct Waiting {
    desk: Rc<Desk>,
    group: usize,
    facility: Rc<Facility>,
    reference: String,
    recorded: Instant,
}

/// Waits for the certificate of a dose that has just been acknowledged, beside the visit: who was given the dose goes on. The end
/// of the traffic ends no wait, or those would be missing from what is measured that take longest.
pub(super) fn wait_for(visit: &Visit, guest: &Guest, counter: Counter, recorded: Instant) {
    let waiting = Waiting {
        desk: visit.desk.clone(),
        group: visit.group,
        facility: guest.facility.clone(),
        reference: guest.reference.clone(),
        recorded,
    };
    let wants_it = visit.chance(counter.downloads);
    let wait = visit.desk.begin_wait();
    tokio::task::spawn_local(async move {
        let came = waiting.comes(counter.certificate_patience.0).await;
        waiting.note(came);
        drop(wait);
        if came && wants_it && !waiting.desk.is_closing() {
            waiting.download().await;
        }
    });
}

impl Waiting {
    /// Waits until the certificate is shown; `false` if it was not within this time.
    async fn comes(&self, patience: Duration) -> bool {
        while self.recorded.elapsed() < patience {
            let pause = self.desk.random.borrow_mut().random_range(PAUSE_MS);
            // The pacer would wake up everybody at the end of the traffic.
            tokio::time::sleep(Duration::from_millis(pause)).await;
            let (desk, look) = (&self.desk, Operation::CertificateList);
            let shown =
                self.facility.has_certificate(desk, self.group, &self.reference, look).await;
            if let Said::Yes(true) = shown {
                return true;
            }
        }
        false
    }

    /// Writes down how long it took. One that did not come in time is left to be looked for when the traffic is over.
    fn note(&self, came: bool) {
        let wait = self.recorded.elapsed();
        self.desk.recorder.borrow_mut().waited(Operation::Certificate, wait, came);
        if !came {
            self.facility.lacks_certificate(&self.reference);
        }
    }

    /// Downloads it as a document, as somebody does who prints it.
    async fn download(&self) {
        let who = &self.reference;
        let path =
            format!("/api/v2/vaccinator/certificate/download?beneficiary_reference_id={who}");
        let read = |answer: Answer| answer.plain()?.starts_with(PDF).then_some(());
        let (by, what) = (&self.facility.vaccinator, Operation::CertificatePdf);
        by.read(&self.desk, self.group, what, &path, read).await;
    }
}

impl Facility {
    /// Whether somebody's certificate of the dose of the run is shown.
    pub async fn has_certificate(
        &self,
        desk: &Rc<Desk>,
        group: usize,
        reference: &str,
        counted_as: Operation,
    ) -> Said<bool> {
        let path =
            format!("/api/v2/vaccinator/certificate/list?beneficiary_reference_id={reference}");
        let read = |answer: Answer| {
            let lists: CertificateLists = serde_json::from_slice(&answer.plain()?).ok()?;
            Some(lists.hold_one_for(DOSE))
        };
        self.vaccinator.read(desk, group, counted_as, &path, read).await
    }
}
