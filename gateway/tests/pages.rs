//! The pages: what they are allowed to do, and who may show them in a frame.

use crate::support::{Answer, Applicant, TestServer};
use serde_json::json;

/// Whatever page it is: it runs its own scripts and no others, and sends nothing elsewhere.
const OWN: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                   base-uri 'none'; form-action 'none'; frame-ancestors ";

fn ancestors(answer: &Answer) -> String {
    let policy = answer.header("content-security-policy").expect("a policy");
    policy.strip_prefix(OWN).unwrap_or_else(|| panic!("{policy}")).to_owned()
}

/// A partner that may ask for a status, and embeds the page in these origins.
fn partner<'a>(server: &'a TestServer, origins: &[&str]) -> Applicant<'a> {
    let partner = server.applicant(&["status"]);
    server.minister().decide(&partner, "approve").ok();
    let told = partner.post("/origins", &json!({ "origins": origins })).ok();
    assert_eq!(told["embed_origins"], json!(origins));
    partner
}

#[test]
fn pages_and_their_files_come_with_the_headers_that_keep_them_to_themselves() {
    let server = TestServer::shared();
    for (path, kind) in [
        ("/verify", "text/html; charset=utf-8"),
        ("/verify/page.js", "text/javascript; charset=utf-8"),
        ("/verify/core/verifier.js", "text/javascript; charset=utf-8"),
        ("/verify/style.css", "text/css; charset=utf-8"),
        ("/kyc", "text/html; charset=utf-8"),
        ("/kyc/page.js", "text/javascript; charset=utf-8"),
        ("/kyc/embed.js", "text/javascript; charset=utf-8"),
        ("/api/v3/vaccination/status/knowYourStatus", "text/html; charset=utf-8"),
    ] {
        let answer = server.get(path).send();
        assert_eq!((answer.status, answer.header("content-type")), (200, Some(kind)), "{path}");
        assert_eq!(ancestors(&answer), "'none'", "{path}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(answer.header("permissions-policy"), Some("camera=(self)"));
        let sharing = if path == "/kyc/embed.js" { "cross-origin" } else { "same-origin" };
        assert_eq!(answer.header("cross-origin-resource-policy"), Some(sharing), "{path}");
    }
}

#[test]
fn a_file_that_a_browser_has_is_not_sent_again() {
    let server = TestServer::shared();
    let first = server.get("/verify/page.js").send();
    assert_eq!(first.header("cache-control"), Some("no-cache"));
    let tag = first.header("etag").unwrap();
    let again = server.get("/verify/page.js").header("If-None-Match", tag).send();
    assert_eq!((again.status, again.body.len()), (304, 0));
    assert_eq!(ancestors(&again), "'none'");
}

#[test]
fn nothing_but_the_files_of_the_pages_is_served() {
    let server = TestServer::shared();
    for path in [
        "/verify/nothing.js",
        "/verify/README.md",
        "/verify/core",
        "/kyc/tests/server.js",
        "/verify/..%2f..%2fCargo.toml",
        "/kyc/%2e%2e/README.md",
    ] {
        let answer = server.get(path).send();
        assert!([400, 404].contains(&answer.status), "{path}: {}", answer.status);
    }
    server.get("/verify/nothing.js").send().refused(404, "USRRES0004");
}

#[test]
fn the_status_page_is_shown_in_frames_of_the_partner_that_is_named_and_of_nobody_else() {
    let server = TestServer::ministry(|_| {});
    let origins = ["https://air.example.in", "http://localhost:3000"];
    let partner = partner(&server, &origins);
    for path in ["/kyc", "/kyc/index.html", "/api/v3/vaccination/status/knowYourStatus"] {
        let asked = |id: &str| server.get(format!("{path}?partner={id}")).send();
        assert_eq!(ancestors(&asked(&partner.id)), origins.join(" "));
        assert_eq!(ancestors(&asked(&uuid::Uuid::new_v4().to_string())), "'none'");
        assert_eq!(ancestors(&asked("https://evil.example%0d%0a")), "'none'");
        assert_eq!(asked(&partner.id).header("cache-control"), Some("no-store"));
    }
    let script = server.get(format!("/kyc/page.js?partner={}", partner.id)).send();
    assert_eq!(ancestors(&script), "'none'", "a script is no page");

    server.minister().decide(&partner, "suspend").ok();
    let suspended = server.get(format!("/kyc?partner={}", partner.id)).send();
    assert_eq!(ancestors(&suspended), "'none'");
}

#[test]
fn a_partner_that_may_not_ask_for_a_status_embeds_nothing() {
    let server = TestServer::ministry(|_| {});
    let partner = server.applicant(&["search"]);
    partner.post("/origins", &json!({ "origins": ["https://air.example.in"] })).ok();
    let page = server.get(format!("/kyc?partner={}", partner.id)).send();
    assert_eq!(ancestors(&page), "'none'");
}

#[test]
fn origins_are_those_of_browsers_at_most_ten_and_kept_with_who_set_them() {
    let server = TestServer::ministry(|_| {});
    let partner = partner(&server, &["https://air.example.in"]);
    for wrong in [
        json!(["https://air.example.in/path"]),
        json!(["http://air.example.in"]),
        json!(["*"]),
        json!("https://air.example.in"),
        json!([7]),
    ] {
        partner.post("/origins", &json!({ "origins": wrong })).refused(400, "USRRES0002");
    }
    let many: Vec<_> = (0..11).map(|n| format!("https://n{n}.example.in")).collect();
    partner.post("/origins", &json!({ "origins": many })).refused(409, "PARTNR0003");
    assert_eq!(partner.get("").ok()["embed_origins"], json!(["https://air.example.in"]));

    let path = format!("/api/v2/ministry/partners/{}/origins", partner.id);
    let minister = server.minister();
    minister.post(&path, &json!({ "origins": [] })).send().refused(400, "USRRES0001");
    let none = json!({ "origins": [], "reason": "the site was taken over" });
    let told = minister.post(&path, &none).send().ok();
    assert_eq!(told["embed_origins"], json!([]));
    let last = told["history"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&last["by"], &last["step"]), (&json!("official"), &json!("origins-set")));
}
