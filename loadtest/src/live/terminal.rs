//! Holding the terminal, and giving it back however the program ends.
//!
//! The screen replaces what stood on the terminal, hides the cursor and keeps typed keys from being echoed into it. The
//! terminal stays in its usual mode otherwise, so that Ctrl-C is a signal as ever. Three roads lead to [`release`]: the
//! view's end, a panic of any thread, and Ctrl-C.

use crossterm::cursor::{Hide, Show};
use crossterm::execute;
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen};
use rustix::termios::{
    LocalModes, OptionalActions, QueueSelector, Termios, tcflush, tcgetattr, tcsetattr,
};
use std::io;
use std::sync::{Mutex, MutexGuard, Once, OnceLock, PoisonError, TryLockError};
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};

/// Whether the terminal is held. Whoever draws has the lock meanwhile.
static HELD: Mutex<bool> = Mutex::new(false);

/// The terminal's settings before the first screen.
static SETTINGS: OnceLock<Termios> = OnceLock::new();

/// Takes the terminal.
pub(super) fn hold() -> io::Result<()> {
    watch();
    let mut held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
    execute!(io::stderr(), EnterAlternateScreen, Hide)?;
    silence_keys();
    *held = true;
    Ok(())
}

/// Gives the terminal back; does nothing if it is not held.
pub(super) fn release() -> io::Result<()> {
    leave(&mut HELD.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Draws while nobody else can give the terminal back; `None` if somebody has.
pub(super) fn while_held<T>(draw: impl FnOnce() -> T) -> Option<T> {
    let held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
    held.then(draw)
}

fn leave(held: &mut bool) -> io::Result<()> {
    if !std::mem::take(held) {
        return Ok(());
    }
    if let Some(settings) = SETTINGS.get() {
        // Keys that were typed into the screen are not meant for the shell.
        let _ = tcflush(io::stderr(), QueueSelector::IFlush);
        let _ = tcsetattr(io::stderr(), OptionalActions::Now, settings);
    }
    execute!(io::stderr(), LeaveAlternateScreen, Show)
}

/// An Enter echoed on the last line would scroll the screen. A terminal that has no such setting is none the worse.
fn silence_keys() {
    let Ok(mut settings) = tcgetattr(io::stderr()) else { return };
    SETTINGS.get_or_init(|| settings.clone());
    settings.local_modes.remove(LocalModes::ECHO);
    let _ = tcsetattr(io::stderr(), OptionalActions::Now, &settings);
}

fn watch() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            release_in_a_panic();
            usual(panic);
        }));
        // Without the thread all is well but for Ctrl-C, which then does what it does without a screen.
        let _ = std::thread::Builder::new().name("ctrl-c".to_owned()).spawn(watch_interrupts);
    });
}

/// The thread that panics may be the one that draws and has the lock; it will not give it back before this returns.
fn release_in_a_panic() {
    let _ = match lock_soon() {
        Some(mut held) => leave(&mut held),
        None => leave(&mut true),
    };
}

fn lock_soon() -> Option<MutexGuard<'static, bool>> {
    for _ in 0..20 {
        match HELD.try_lock() {
            Ok(held) => return Some(held),
            Err(TryLockError::Poisoned(held)) => return Some(held.into_inner()),
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(10)),
        }
    }
    None
}

/// Ctrl-C gives the terminal back. What else it means is for the run to say.
fn watch_interrupts() {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_io().build() else {
        return;
    };
    runtime.block_on(async {
        let Ok(mut interrupts) = signal(SignalKind::interrupt()) else { return };
        while interrupts.recv().await.is_some() {
            let _ = release();
        }
    });
}
