//! Logging in, and the file in which the token is kept.

use super::client::Client;
use super::{Ended, To};
use opencowin::identity::digest::{digest, hex};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::error::Error;
use std::fs::{self, OpenOptions};
use std::io::{self, BufRead, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use uuid::Uuid;

const DEFAULT_SERVER: &str = "http://127.0.0.1:8080";

/// What a login leaves behind.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Session {
    pub(super) server: String,
    pub(super) token: String,
    /// The token is good on this device alone.
    pub(super) device_id: String,
}

impl Session {
    pub(super) fn read(path: &Path) -> Result<Self, Box<dyn Error>> {
        let text = fs::read(path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => "nobody is logged in: opencowin admin login".to_owned(),
            _ => format!("{}: {error}", path.display()),
        })?;
        let wrong = |error| format!("{}: {error}", path.display());
        Ok(serde_json::from_slice(&text).map_err(wrong)?)
    }

    /// For nobody else to read, also where the file was there before.
    fn write(&self, path: &Path) -> io::Result<()> {
        if let Some(directory) = path.parent() {
            fs::create_dir_all(directory)?;
        }
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        file.write_all(json!(self).to_string().as_bytes())
    }
}

/// Where the token is kept.
pub(super) fn path(to: &To) -> Result<PathBuf, Box<dyn Error>> {
    if let Some(path) = &to.token_file {
        return Ok(path.clone());
    }
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    let configuration = variable("XDG_CONFIG_HOME").map(PathBuf::from);
    let home = || variable("HOME").map(|home| Path::new(&home).join(".config"));
    let directory = configuration.or_else(home).ok_or("there is no home: use --token-file")?;
    Ok(directory.join("opencowin/session.json"))
}

/// Sends a password to the number, asks for it, and keeps the token.
#[expect(clippy::print_stdout, reason = "it says what it did")]
pub(super) fn log_in(to: &To, mobile: &str) -> Ended {
    let path = path(to)?;
    let before = Session::read(&path).ok();
    let known = before.as_ref().map(|session| session.server.clone());
    let server = to.server.clone().or(known).unwrap_or_else(|| DEFAULT_SERVER.to_owned());
    let device_id = before.map_or_else(|| Uuid::new_v4().to_string(), |session| session.device_id);
    let client = Client::new(&server, to.ca_file.as_deref())?;
    let asked = client.post("/api/v2/staff/auth/generateOTP", &json!({ "mobile": mobile }))?;
    let otp = hashed(&ask("The six digits of the message: ")?);
    let body = json!({ "otp": otp, "txnId": asked["txnId"], "device_id": device_id });
    let answer = client.post("/api/v2/staff/auth/confirmOTP", &body)?;
    let token = answer["token"].as_str().ok_or("the server sent no token")?.to_owned();
    Session { server, token, device_id }.write(&path)?;
    println!("logged in for 15 minutes; the token is in {}", path.display());
    Ok(ExitCode::SUCCESS)
}

fn ask(question: &str) -> io::Result<String> {
    let mut terminal = io::stderr();
    terminal.write_all(question.as_bytes())?;
    terminal.flush()?;
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim().to_owned())
}

/// As the wire wants a password: lowercase hex of its SHA-256.
fn hashed(password: &str) -> String {
    hex(&digest(password.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_token_is_kept_where_nobody_else_can_read_it() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("opencowin/session.json");
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "readable by all").unwrap();
        let text = |text: &str| text.to_owned();
        let session = Session { server: text("http://a"), token: text("t"), device_id: text("d") };
        session.write(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(Session::read(&path).unwrap(), session);
        let nobody = Session::read(&home.path().join("none")).unwrap_err().to_string();
        assert!(nobody.contains("login"));
    }
}
