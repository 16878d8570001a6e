//! Reading a result back from its file.

use super::{FORMAT, RunResult};
use serde::Deserialize;
use std::io;
use std::path::{Path, PathBuf};

/// Why a file is of no use.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It cannot be opened or read.
    #[error("{file} cannot be read: {error}", file = file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// It is something else altogether, or was cut short.
    #[error("{file} is not JSON: {error}", file = file.display())]
    NotJson {
        /// The file.
        file: PathBuf,
        /// Where it stops being so.
        error: serde_json::Error,
    },
    /// It is JSON, but not what `run --json` writes.
    #[error("{file} is JSON, but not the result of a run: it has no field `format`", file = file.display())]
    NotAResult {
        /// The file.
        file: PathBuf,
    },
    /// Another version of the program wrote it.
    #[error(
        "{file} is a result in format {found}, but this program reads format {FORMAT}: use the version that wrote it, \
         or run again", file = file.display()
    )]
    OtherFormat {
        /// The file.
        file: PathBuf,
        /// Its format.
        found: u64,
    },
    /// It says that it is a result, but something in it is missing or of another kind.
    #[error("{file} is a damaged result: {error}", file = file.display())]
    Damaged {
        /// The file.
        file: PathBuf,
        /// What does not fit.
        error: serde_json::Error,
    },
}

/// What tells a result from any other JSON.
#[derive(Deserialize)]
struct Mark {
    format: Option<u64>,
}

/// Reads a result of [`FORMAT`].
pub fn read(file: &Path) -> Result<RunResult, ReadError> {
    let named = || file.to_owned();
    let bytes =
        std::fs::read(file).map_err(|error| ReadError::Unreadable { file: named(), error })?;
    match mark(&bytes, file)?.format {
        None => return Err(ReadError::NotAResult { file: named() }),
        Some(found) if found != u64::from(FORMAT) => {
            return Err(ReadError::OtherFormat { file: named(), found });
        }
        Some(_) => {}
    }
    serde_json::from_slice(&bytes).map_err(|error| ReadError::Damaged { file: named(), error })
}

fn mark(bytes: &[u8], file: &Path) -> Result<Mark, ReadError> {
    // Serde takes a list for the fields of a struct in their order.
    if bytes.trim_ascii_start().first() == Some(&b'[') {
        return Err(ReadError::NotAResult { file: file.to_owned() });
    }
    serde_json::from_slice(bytes).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => ReadError::NotAResult { file: file.to_owned() },
        _ => ReadError::NotJson { file: file.to_owned(), error },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::NamedTempFile;

    fn file(text: &str) -> NamedTempFile {
        let file = NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        file
    }

    fn refusal(text: &str) -> String {
        let file = file(text);
        let sentence = read(file.path()).unwrap_err().to_string();
        sentence.replace(&file.path().display().to_string(), "F")
    }

    #[test]
    fn a_result_comes_back_as_it_was_written() {
        let result = RunResult { format: FORMAT, rate_target: 55_000.0, ..RunResult::default() };
        let again = read(file(&serde_json::to_string(&result).unwrap()).path()).unwrap();
        assert_eq!(again.rate_target, 55_000.0);
    }

    #[test]
    fn whatever_else_a_file_is_gets_a_clear_sentence() {
        assert!(refusal("<html>").starts_with("F is not JSON: expected value"));
        assert!(refusal("{\"format\": 1, ").starts_with("F is not JSON: EOF"));
        for text in ["[1, 2]", "{\"metrics\": {}}", "7", "{\"format\": \"wide\"}"] {
            assert!(refusal(text).starts_with("F is JSON, but not the result of a run"), "{text}");
        }
        assert!(refusal("{\"format\": 2}").starts_with("F is a result in format 2, but this"));
        assert!(refusal("{\"format\": 1}").starts_with("F is a damaged result: missing field"));
        let missing = read(Path::new("/nowhere/a.json")).unwrap_err().to_string();
        assert!(missing.starts_with("/nowhere/a.json cannot be read: No such file"), "{missing}");
    }
}
