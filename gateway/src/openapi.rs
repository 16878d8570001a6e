//! The OpenAPI description, made from the table of routes and the catalogue of errors, so that it cannot drift.

use crate::http::catalogue::{self, Entry};
use crate::http::shape::Kind;
use crate::routes::{Access, Param, ROUTES, Route, Success};
use http::Method;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Schemas of the answers, by the names that the table uses.
const SCHEMAS: [&str; 6] = [
    include_str!("openapi/schemas.json"),
    include_str!("openapi/certificates.json"),
    include_str!("openapi/downloads.json"),
    include_str!("openapi/kyc.json"),
    include_str!("openapi/programme.json"),
    include_str!("openapi/counter.json"),
];

/// The description of a server reached at `public_url`. A server that is no sandbox does not describe what only a
/// sandbox has.
pub fn describe(public_url: &str, sandbox: bool) -> Value {
    let mut paths = Map::new();
    for route in ROUTES.iter().filter(|route| sandbox || route.access != Access::Sandbox) {
        // A description cannot say that a parameter has slashes in it.
        let path = paths.entry(route.path.replace("{*", "{")).or_insert_with(|| json!({}));
        path[route.method.as_str().to_ascii_lowercase()] = operation(route);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "OpenCoWIN",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "An open implementation of the Co-WIN vaccination platform's API.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": public_url }],
        "paths": paths,
        "components": {
            "schemas": schemas(),
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" },
                "apiKey": { "type": "apiKey", "in": "header", "name": "x-api-key" },
            },
        },
        "x-error-catalogue": catalogue::ALL.iter().map(catalogued).collect::<Vec<_>>(),
    })
}

/// The errors that a route can answer: its own, and those that its access, its body and the shape of any request bring.
pub fn errors_of(route: &Route) -> Vec<Entry> {
    let mut errors = route.errors.to_vec();
    errors.extend([catalogue::URI_TOO_LONG, catalogue::HEADERS_TOO_MANY]);
    if route.method == Method::GET {
        errors.push(catalogue::BODY_UNEXPECTED);
    }
    if route.path.contains('{') {
        errors.push(catalogue::PATH_MALFORMED);
    }
    if !route.body.is_empty() {
        errors.extend([
            catalogue::BODY_ENCODED,
            catalogue::BODY_MALFORMED,
            catalogue::BODY_OF_OTHER_TYPE,
            catalogue::BODY_TOO_LARGE,
            catalogue::BODY_TOO_SLOW,
            catalogue::EXPECTATION_UNKNOWN,
            catalogue::PARAMETER_MISSING,
            catalogue::PARAMETER_INVALID,
        ]);
    }
    if route.access != Access::Free {
        errors.push(catalogue::OVERLOADED);
    }
    if route.access == Access::Portal {
        errors.push(catalogue::ROUTE_UNKNOWN);
    }
    if matches!(route.access, Access::Official(_) | Access::AnyOfficial | Access::Counter(..)) {
        errors.push(catalogue::NOT_YOURS);
    }
    errors.sort_by_key(|entry| entry.code);
    errors.dedup();
    errors
}

fn operation(route: &Route) -> Value {
    let mut operation = json!({
        "operationId": route.name,
        "summary": route.summary,
        "parameters": parameters(route),
        "responses": responses(route),
    });
    if !route.body.is_empty() {
        operation["requestBody"] = body(route);
    }
    if let Some(security) = security(route.access) {
        operation["security"] = security;
    }
    operation
}

/// What has to be shown: any one of the list, and of one all that it names.
fn security(access: Access) -> Option<Value> {
    match access {
        Access::Free | Access::Portal | Access::Sandbox => None,
        Access::Open(_) => Some(json!([{}, { "apiKey": [] }])),
        Access::Application(_) | Access::Trusted | Access::Operator => {
            Some(json!([{ "apiKey": [] }]))
        }
        Access::Counter(..) => Some(json!([{ "apiKey": [], "token": [] }, { "apiKey": [] }])),
        Access::Person(_)
        | Access::Proven(_)
        | Access::Inquirer
        | Access::Official(_)
        | Access::AnyOfficial
        | Access::Administrator => Some(json!([{ "token": [] }])),
    }
}

/// Whether a request can be refused for want of a token.
fn needs_token(access: Access) -> bool {
    matches!(
        access,
        Access::Person(_)
            | Access::Proven(_)
            | Access::Inquirer
            | Access::Counter(..)
            | Access::Official(_)
            | Access::AnyOfficial
            | Access::Administrator
    )
}

/// Whether a token of this access can be bound to a device.
fn is_bound_to_a_device(access: Access) -> bool {
    matches!(
        access,
        Access::Counter(..) | Access::Official(_) | Access::AnyOfficial | Access::Administrator
    )
}

fn parameters(route: &Route) -> Vec<Value> {
    let path = route.path.replace("{*", "{");
    let place = |name: &str| {
        if path.contains(&format!("{{{name}}}")) { "path" } else { "query" }
    };
    let mut parameters: Vec<Value> = route
        .query
        .iter()
        .map(|param| {
            json!({
                "name": param.name, "in": place(param.name), "required": param.required,
                "description": param.text, "schema": json_of(param.schema),
            })
        })
        .collect();
    if is_bound_to_a_device(route.access) {
        parameters.push(json!({
            "name": "X-Device-Id", "in": "header", "required": false,
            "description": "The id of the device that the token was given to; without it the token is none.",
            "schema": { "type": "string", "pattern": "^[!-~]{1,128}$" },
        }));
    }
    if matches!(route.access, Access::Counter(..)) {
        parameters.push(json!({
            "name": "X-Beneficiary-Token", "in": "header", "required": false,
            "description": "A token of whoever stands at the counter: with it their own people are shown too.",
            "schema": { "type": "string" },
        }));
    }
    if route.errors.contains(&catalogue::IDEMPOTENCY_KEY_INVALID) {
        parameters.push(json!({
            "name": "Idempotency-Key", "in": "header", "required": false,
            "description": "1 to 64 visible ASCII characters; the same request with the same key within 24 hours has the same outcome.",
            "schema": { "type": "string", "pattern": "^[!-~]{1,64}$" },
        }));
    }
    parameters
}

fn body(route: &Route) -> Value {
    let properties: Map<String, Value> = route
        .body
        .iter()
        .map(|field| {
            let mut schema = json_of(field.schema);
            schema["description"] = field.text.into();
            (field.name.to_owned(), schema)
        })
        .collect();
    let required: Vec<_> = route.body.iter().filter(|f| f.required).map(|f| f.name).collect();
    let schema = match route.takes() {
        Kind::Json | Kind::Certificate => {
            json!({ "type": "object", "required": required, "properties": properties })
        }
        Kind::Csv => json!({ "type": "string", "description": columns(route) }),
    };
    let kinds: &[&str] = match route.takes() {
        Kind::Json => &["application/json"],
        Kind::Csv => &["text/csv"],
        Kind::Certificate => &["application/json", "application/pdf", "image/png"],
    };
    let drawn = || json!({ "schema": { "type": "string", "format": "binary" } });
    let of = |kind: &str| if is_drawn(kind) { drawn() } else { json!({ "schema": schema }) };
    let content: Map<String, Value> =
        kinds.iter().map(|kind| ((*kind).to_owned(), of(kind))).collect();
    json!({ "required": true, "content": content })
}

/// Whether a body of this type is a document or a picture.
fn is_drawn(kind: &str) -> bool {
    matches!(kind, "application/pdf" | "image/png")
}

/// The columns of a file in words, since a schema has none for them.
fn columns(route: &Route) -> String {
    let column = |param: &Param| {
        let optional = if param.required { "" } else { ", optional" };
        format!("`{}`{optional}: {}", param.name, param.text)
    };
    let columns: Vec<_> = route.body.iter().map(column).collect();
    format!("UTF-8, with a first row of column names in any order. {}", columns.join(" "))
}

fn responses(route: &Route) -> Value {
    let mut responses = Map::new();
    let (status, success) = match route.success {
        Success::Json(name) => ("200", content("Done.", "application/json", reference(name))),
        Success::Published(kind, name) => ("200", content("Done.", kind, reference(name))),
        Success::Pdf => (
            "200",
            content(
                "A PDF document.",
                "application/pdf",
                json!({ "type": "string", "format": "binary" }),
            ),
        ),
        Success::Files(kinds) | Success::Documents(kinds) => ("200", files(kinds)),
        Success::Text(kind) => ("200", content("Text.", kind, json!({ "type": "string" }))),
        Success::Lines(name) => {
            let kind = "application/x-ndjson";
            ("200", content("A line of JSON for each, as they are done.", kind, reference(name)))
        }
        Success::NoContent => ("204", json!({ "description": "Done." })),
    };
    responses.insert(status.to_owned(), success);
    if let Success::Files(_) | Success::Published(..) = route.success {
        responses.insert("304".to_owned(), json!({ "description": "The client has it." }));
    }
    let mut by_status = BTreeMap::<u16, Vec<Entry>>::new();
    for entry in errors_of(route) {
        by_status.entry(entry.status.as_u16()).or_default().push(entry);
    }
    for (status, entries) in by_status {
        let lines: Vec<_> = entries.iter().map(|e| format!("{}: {}", e.code, e.when)).collect();
        let error = content(&lines.join("; "), "application/json", reference("Error"));
        responses.insert(status.to_string(), error);
    }
    of_admission(route.access, &mut responses);
    responses.into()
}

/// How whoever stands at the door can be turned away, in bodies that are not the application's.
fn of_admission(access: Access, responses: &mut Map<String, Value>) {
    if access == Access::Free {
        return;
    }
    if needs_token(access) {
        let text = json!({ "type": "string", "const": "Unauthenticated access!" });
        responses.insert("401".to_owned(), content("No valid token.", "text/plain", text));
    }
    let own = responses.remove("403").map(|own| own["description"].clone());
    let own = own.as_ref().and_then(Value::as_str).map_or(String::new(), |own| format!("{own}; "));
    let text = format!(
        "{own}no key in force that is subscribed to this API; or whoever asks is blocked (an explicit deny); or, as a \
         page, the address calls too often"
    );
    let either = json!({ "anyOf": [reference("Forbidden"), reference("Error")] });
    let mut refused = content(&text, "application/json", either);
    refused["content"]["text/html"] = json!({ "schema": { "type": "string" } });
    responses.insert("403".to_owned(), refused);
    let often = "The key, or the person, calls too often; a person is logged out by it.";
    let often = content(often, "application/json", reference("TooMany"));
    responses.insert("429".to_owned(), often);
}

fn content(description: &str, kind: &str, schema: Value) -> Value {
    json!({ "description": description, "content": { kind: { "schema": schema } } })
}

fn files(kinds: &[&str]) -> Value {
    let text = || json!({ "schema": { "type": "string" } });
    let content: Map<String, Value> =
        kinds.iter().map(|kind| ((*kind).to_owned(), text())).collect();
    json!({ "description": "A file.", "content": content })
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn catalogued(entry: &Entry) -> Value {
    json!({ "errorCode": entry.code, "status": entry.status.as_u16(), "error": entry.text, "when": entry.when })
}

fn schemas() -> Map<String, Value> {
    let all = SCHEMAS.into_iter().filter_map(|text| json_of(text).as_object().cloned());
    all.flatten().collect()
}

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).expect("invariant: schemas in the source are JSON, as a test checks")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_that_a_route_names_has_a_schema() {
        let description = describe("http://localhost", true);
        let schemas = description["components"]["schemas"].as_object().unwrap();
        for route in ROUTES {
            if let Success::Json(name) | Success::Published(_, name) | Success::Lines(name) =
                route.success
            {
                assert!(schemas.contains_key(name), "{name}");
            }
        }
    }

    #[test]
    fn production_does_not_describe_the_sandbox() {
        let text = describe("http://localhost", false).to_string();
        assert!(
            !text.contains("/sandbox/") && describe("x", true).to_string().contains("/sandbox/")
        );
    }

    #[test]
    fn every_catalogued_error_is_answered_by_some_route_or_by_all() {
        let everywhere =
            [catalogue::ROUTE_UNKNOWN, catalogue::METHOD_NOT_ALLOWED, catalogue::PATH_MALFORMED];
        for entry in catalogue::ALL {
            let used = ROUTES.iter().any(|route| errors_of(route).contains(entry));
            assert!(used || everywhere.contains(entry), "{}", entry.code);
        }
    }
}
