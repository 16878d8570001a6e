//! The program under test, run as its users run it.

use opencowin_loadtest::result::{RunResult, ViolationKind};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The longest that any run of a test may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A run that is being prepared.
pub struct Harness {
    command: Command,
    home: TempDir,
}

/// What became of a run.
#[derive(Debug)]
pub struct Ended {
    /// The exit status; `None` if a signal ended it.
    pub code: Option<i32>,
    /// What it wrote to both of its outputs.
    pub said: String,
    /// What it left as JSON; empty if nothing.
    pub json: String,
    /// The same, read.
    pub result: Option<RunResult>,
}

impl Harness {
    /// A run of this scenario text against a target.
    pub fn run(target: &str, scenario: &str) -> Self {
        let home = tempfile::tempdir().expect("a directory");
        let file = home.path().join("scenario.toml");
        std::fs::write(&file, scenario).expect("a file");
        let json = home.path().join("result.json");
        let mut harness = Self { command: Command::new(program()), home };
        harness.command.arg("run").arg(file).args(["--target", target]).arg("--json").arg(json);
        harness
    }

    /// The program with other arguments.
    pub fn with(args: &[&str]) -> Self {
        let mut command = Command::new(program());
        command.args(args);
        Self { command, home: tempfile::tempdir().expect("a directory") }
    }

    /// One more argument with its value.
    pub fn set(mut self, flag: &str, value: &str) -> Self {
        self.command.args([flag, value]);
        self
    }

    /// Runs it to its end.
    #[track_caller]
    pub fn end(self) -> Ended {
        self.start().end()
    }

    /// Starts it.
    #[track_caller]
    pub fn start(mut self) -> Running {
        let files = ["stdout", "stderr"].map(|name| self.home.path().join(name));
        let [out, err] = files.each_ref().map(|path| std::fs::File::create(path).expect("a file"));
        let command = self.command.stdin(Stdio::null()).stdout(out).stderr(err);
        let child = command.current_dir(self.home.path()).spawn().expect("the program starts");
        Running { child, files, home: self.home }
    }
}

/// A run that is under way.
pub struct Running {
    child: Child,
    files: [PathBuf; 2],
    home: TempDir,
}

impl Running {
    /// Presses Ctrl-C.
    pub fn interrupt(&self) {
        let id = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(id, rustix::process::Signal::INT).expect("it runs");
    }

    /// Ends it without a word, as the loss of a machine does.
    pub fn kill(mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("a child");
    }

    /// Waits for its end.
    #[track_caller]
    pub fn end(mut self) -> Ended {
        let started = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                break status;
            }
            if started.elapsed() > PATIENCE {
                self.child.kill().expect("it runs");
                panic!("no end within {PATIENCE:?}: {}", self.said());
            }
            std::thread::sleep(Duration::from_millis(10));
        };
        let json = self.home.path().join("result.json");
        let json = std::fs::read_to_string(json).unwrap_or_default();
        let read = || serde_json::from_str(&json).expect("the result's format");
        let result = (!json.is_empty()).then(read);
        Ended { code: status.code(), said: self.said(), json, result }
    }

    /// What it has written so far.
    pub fn said(&self) -> String {
        self.files.iter().map(|path| std::fs::read_to_string(path).unwrap_or_default()).collect()
    }
}

impl Ended {
    /// The result of a run that left one.
    #[track_caller]
    pub fn result(&self) -> &RunResult {
        self.result.as_ref().unwrap_or_else(|| panic!("no result: {}", self.said))
    }

    /// That it ended with this status and says something with all of these words.
    #[track_caller]
    pub fn ended(&self, code: i32, words: &[&str]) -> &Self {
        assert_eq!(self.code, Some(code), "{}", self.told());
        for word in words {
            let said = self.said.to_lowercase();
            assert!(said.contains(&word.to_lowercase()), "`{word}` is not said: {}", self.said);
        }
        assert!(!self.said.contains("panicked"), "{}", self.said);
        self
    }

    /// That exactly this rule was found broken, and how often.
    #[track_caller]
    pub fn broke(&self, kind: ViolationKind) -> u64 {
        self.ended(3, &[]);
        let [violation] = self.result().violations.as_slice() else { panic!("{}", self.told()) };
        assert_eq!(violation.kind, kind, "{}", self.told());
        assert!(!violation.examples.is_empty(), "{}", self.told());
        violation.count
    }

    /// Errors of this kind over all operations.
    pub fn errors(&self, kind: &str) -> u64 {
        let operations = self.result().operations.values();
        operations.filter_map(|operation| operation.errors.get(kind)).sum()
    }

    /// What is worth reading when a test fails.
    pub fn told(&self) -> String {
        let Some(result) = &self.result else { return self.said.clone() };
        let errors: Vec<_> =
            result.operations.iter().map(|(name, one)| (name, &one.errors, &one.refused)).collect();
        format!(
            "{}\n{:#?}\n{:?}\n{:?}\n{errors:?}",
            self.said, result.violations, result.invalid_because, result.bookings
        )
    }
}

fn program() -> &'static str {
    env!("CARGO_BIN_EXE_opencowin-loadtest")
}
