//! Holds answers against the OpenAPI description that the server gives of itself.

use super::Answer;
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub struct Described {
    document: Value,
    /// Compiled schemas by `path method status kind`, as they come to be needed: there are a thousand of them.
    validators: Mutex<HashMap<String, Arc<jsonschema::Validator>>>,
    /// The members that some schema speaks of.
    members: HashSet<String>,
}

impl Described {
    /// What this text says; the servers of a test run that say the same share it.
    pub fn of(text: &str) -> Arc<Self> {
        static KNOWN: Mutex<Vec<(String, Arc<Described>)>> = Mutex::new(Vec::new());
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, described)) = known.iter().find(|(other, _)| other == text) {
            return described.clone();
        }
        let described = Arc::new(Self::new(serde_json::from_str(text).expect("a description")));
        known.push((text.to_owned(), described.clone()));
        described
    }

    fn new(document: Value) -> Self {
        let mut members = HashSet::new();
        collect_members(&document["components"]["schemas"], &mut members);
        Self { document, validators: Mutex::default(), members }
    }

    /// That every body that is described has a schema that means something.
    pub fn check_schemas(&self) {
        for (path, methods) in object(&self.document["paths"]) {
            for (method, operation) in object(methods) {
                for (status, response) in object(&operation["responses"]) {
                    for (kind, _) in object(&response["content"]) {
                        let name = format!("{path} {method} {status} {kind}");
                        assert!(self.validator(&name, response, kind).is_some(), "{name}");
                    }
                }
            }
        }
    }

    pub fn document(&self) -> &Value {
        &self.document
    }

    /// That the description says of this answer what it is: the status is one that the operation can give, the code is
    /// listed there, the body has the shape and no member that no schema knows. CORS headers are on every answer.
    #[track_caller]
    pub fn check(&self, method: &str, target: &str, answer: &Answer) {
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "{method} {target}");
        let path = target.split('?').next().unwrap_or_default();
        let method = if method == "HEAD" { "get" } else { &method.to_ascii_lowercase() };
        let Some(template) = self.template(path) else {
            assert!(answer.status == 404 || method == "options", "{method} {path}: {answer:?}");
            return;
        };
        let operation = &self.document["paths"][template][method];
        if operation.is_null() {
            assert!(answer.status == 405 || method == "options", "{method} {path}: {answer:?}");
            return;
        }
        let status = answer.status.to_string();
        let response = &operation["responses"][&status];
        assert!(
            response.is_object(),
            "{method} {path} is not described to answer {status}: {}",
            answer.text()
        );
        self.check_body(template, method, response, answer);
    }

    #[track_caller]
    fn check_body(&self, template: &str, method: &str, response: &Value, answer: &Answer) {
        let what = format!("{method} {template} {}", answer.status);
        if answer.body.is_empty() {
            return;
        }
        let kind = answer.header("content-type").expect("a body has a type");
        let kind = kind.split(';').next().unwrap_or_default();
        let name = format!("{template} {method} {} {kind}", answer.status);
        let validator = self.validator(&name, response, kind);
        let validator =
            validator.unwrap_or_else(|| panic!("{what} is not described to send {kind}"));
        if kind == "application/x-ndjson" {
            answer.lines().iter().for_each(|line| check_shape(&what, &validator, line));
        }
        if kind == "application/json" {
            let body = answer.json();
            check_shape(&what, &validator, &body);
            if template != "/openapi.json" {
                self.check_members(&what, &body);
            }
            if let Some(code) = body["errorCode"].as_str() {
                let codes = response["description"].as_str().unwrap_or_default();
                assert!(
                    codes.contains(&format!("{code}: ")),
                    "{what} is not described to say {code}"
                );
            }
        }
    }

    /// The schema of a body of this kind in this response; none if no such body is described.
    fn validator(
        &self,
        name: &str,
        response: &Value,
        kind: &str,
    ) -> Option<Arc<jsonschema::Validator>> {
        if let Some(validator) = self.validators().get(name) {
            return Some(validator.clone());
        }
        let content = response["content"].get(kind)?;
        let validator = Arc::new(validator(&self.document, &content["schema"]));
        self.validators().insert(name.to_owned(), validator.clone());
        Some(validator)
    }

    fn validators(&self) -> MutexGuard<'_, HashMap<String, Arc<jsonschema::Validator>>> {
        self.validators.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[track_caller]
    fn check_members(&self, what: &str, value: &Value) {
        for (name, member) in object(value) {
            assert!(self.members.contains(name), "{what} has {name}, which is not described");
            self.check_members(what, member);
        }
        for item in value.as_array().into_iter().flatten() {
            self.check_members(what, item);
        }
    }

    /// The path of the description that a path falls under.
    fn template(&self, path: &str) -> Option<&str> {
        let fits = |template: &str| {
            if let Some(start) = template.strip_suffix("{file}") {
                return path.starts_with(start);
            }
            let (template, path) = (template.split('/'), path.split('/'));
            template.clone().count() == path.clone().count()
                && template
                    .zip(path)
                    .all(|(wanted, given)| wanted == given || wanted.starts_with('{'))
        };
        self.document["paths"].as_object()?.keys().map(String::as_str).find(|key| fits(key))
    }
}

#[track_caller]
fn check_shape(what: &str, validator: &jsonschema::Validator, body: &Value) {
    if let Some(error) = validator.iter_errors(body).next() {
        panic!("{what} at {}: {error}", error.instance_path());
    }
}

fn validator(document: &Value, schema: &Value) -> jsonschema::Validator {
    let root = json!({ "allOf": [schema], "components": document["components"] });
    jsonschema::draft202012::new(&root).expect("a valid schema")
}

fn collect_members(schema: &Value, into: &mut HashSet<String>) {
    into.extend(object(&schema["properties"]).map(|(name, _)| name.clone()));
    object(schema).for_each(|(_, part)| collect_members(part, into));
    schema.as_array().into_iter().flatten().for_each(|part| collect_members(part, into));
}

fn object(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}
