//! Who waits outside while there is more to do than can be done.

use crate::http::pressure::Pressure;
use crate::routes::Priority;
use opencowin_admission::Limits;
use opencowin_admission::shed::{Class, Shedder};
use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::time::Instant;

/// The gate of one serving thread: it sheds what matters least when that thread is behind its work.
pub struct Gate {
    pressure: Pressure,
    shedder: Shedder,
    started: Instant,
    /// The limits that the shedder goes by; compared, never followed.
    limits: AtomicPtr<Limits>,
}

impl Gate {
    /// The gate of the thread that is measured by `pressure`.
    pub fn new(pressure: Pressure) -> Self {
        let limits = Limits::default();
        Self {
            pressure,
            shedder: Shedder::new(&limits.shedding),
            started: Instant::now(),
            limits: AtomicPtr::default(),
        }
    }

    /// Whether a request of this priority is served now; what an application with a key of ours asks for goes before what
    /// anybody does.
    pub(super) fn admits(&self, priority: Priority, keyed: bool, limits: &Arc<Limits>) -> bool {
        let Some(class) = class(priority, keyed) else { return true };
        let current = Arc::as_ptr(limits).cast_mut();
        if self.limits.swap(current, Ordering::Relaxed) != current {
            self.shedder.set(&limits.shedding);
        }
        let now_ns = u64::try_from(self.started.elapsed().as_nanos()).unwrap_or(u64::MAX);
        let delay_ns = u64::try_from(self.pressure.delay().as_nanos()).unwrap_or(u64::MAX);
        self.shedder.observe(delay_ns, now_ns);
        self.shedder.admits(class, now_ns)
    }
}

fn class(priority: Priority, keyed: bool) -> Option<Class> {
    match priority {
        Priority::Operations => None,
        Priority::Staff => Some(Class::Staff),
        Priority::Booking => Some(Class::Booking),
        Priority::Registration => Some(Class::Registration),
        Priority::PersonalSearch => Some(Class::KeyedSearch),
        Priority::PublicSearch if keyed => Some(Class::KeyedSearch),
        Priority::PublicSearch => Some(Class::PublicSearch),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_operator_is_never_kept_out_and_a_key_goes_before_none() {
        assert!(class(Priority::Operations, false).is_none());
        let of = |keyed| class(Priority::PublicSearch, keyed).map(|class| class as usize);
        assert!(of(true) < of(false));
    }

    #[test]
    fn an_idle_thread_lets_everybody_in() {
        let gate = Gate::new(Pressure::default());
        let limits = Arc::new(Limits::default());
        assert!((0..100).all(|_| gate.admits(Priority::PublicSearch, false, &limits)));
    }
}
