//! An answer as it came over the socket.

use serde_json::Value;
use std::io::Read;

/// Status, headers and body, nothing interpreted.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    /// The value of a header; names in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub fn is_gzip(&self) -> bool {
        self.header("content-encoding") == Some("gzip")
    }

    /// The body without its content coding.
    pub fn plain(&self) -> Vec<u8> {
        if !self.is_gzip() {
            return self.body.clone();
        }
        let mut plain = Vec::new();
        flate2::read::GzDecoder::new(&self.body[..]).read_to_end(&mut plain).expect("gzip");
        plain
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.plain()).expect("UTF-8")
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        let kind = self.header("content-type").unwrap_or_default();
        assert!(kind.starts_with("application/json"), "{} {kind}: {}", self.status, self.text());
        serde_json::from_slice(&self.plain()).expect("JSON")
    }

    /// The lines of JSON of a request that was done.
    #[track_caller]
    pub fn lines(&self) -> Vec<Value> {
        assert_eq!(self.status, 200, "{}", self.text());
        self.text().lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    }

    /// The JSON of a request that was done.
    #[track_caller]
    pub fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.text());
        self.json()
    }

    /// That it was done and says nothing.
    #[track_caller]
    pub fn done(&self) {
        assert_eq!((self.status, self.text().as_str()), (204, ""));
    }

    /// The text of a refusal with this status and code.
    #[track_caller]
    pub fn refused(&self, status: u16, code: &str) -> String {
        assert_eq!(self.status, status, "{}", self.text());
        let body = self.json();
        assert_eq!(body["errorCode"], code, "{body}");
        assert_eq!(body.as_object().map(serde_json::Map::len), Some(2), "{body}");
        body["error"].as_str().expect("a text").to_owned()
    }

    /// That the caller was not let in for want of a token.
    #[track_caller]
    pub fn unauthenticated(&self) {
        assert_eq!((self.status, self.text().as_str()), (401, "Unauthenticated access!"));
        assert_eq!(self.header("content-type"), Some("text/plain; charset=utf-8"));
    }

    /// That the caller was not let in for want of a key.
    #[track_caller]
    pub fn forbidden(&self) {
        assert_eq!((self.status, self.text().as_str()), (403, r#"{"message":"Forbidden"}"#));
    }
}

/// The members of an object and their types, sorted: `center_id:integer name:string`.
pub fn shape(object: &Value) -> String {
    let kind = |value: &Value| match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let members = object.as_object().expect("an object").iter();
    let mut members: Vec<_> =
        members.map(|(name, value)| format!("{name}:{}", kind(value))).collect();
    members.sort_unstable();
    members.join(" ")
}
