//! Doing many things, several at a time.

use tokio::task::JoinSet;

/// Does all of them on this thread, at most `limit` at a time, and hands over what comes of each. One that panics is left out.
pub(super) async fn several<T: 'static>(
    limit: usize,
    mut tasks: impl Iterator<Item: Future<Output = T> + 'static>,
    mut each: impl FnMut(T),
) {
    let mut running = JoinSet::new();
    loop {
        while running.len() < limit.max(1)
            && let Some(task) = tasks.next()
        {
            running.spawn_local(task);
        }
        let Some(done) = running.join_next().await else { return };
        if let Ok(done) = done {
            each(done);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;
    use std::rc::Rc;

    #[test]
    fn all_are_done_and_never_more_than_the_limit_at_a_time() {
        let runtime = super::super::thread::runtime().unwrap();
        let (running, most) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
        let task = |number: usize| {
            let (running, most) = (running.clone(), most.clone());
            async move {
                running.set(running.get() + 1);
                most.set(most.get().max(running.get()));
                tokio::task::yield_now().await;
                running.set(running.get() - 1);
                number
            }
        };
        let mut sum = 0;
        runtime.block_on(several(3, (0..10).map(task), |number| sum += number));
        assert_eq!((sum, most.get()), (45, 3));
    }
}
