//! Settings that fit together, and sentences about those that do not.

use super::*;

fn file(text: &str) -> Result<Settings, ConfigError> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("opencowin.toml");
    std::fs::write(&path, text).unwrap();
    Settings::read(&path).map_err(|e| ConfigError(e.0.replace(&path.display().to_string(), "FILE")))
}

#[test]
fn flags_win_over_the_file() {
    let flags = Settings { seed: Some(7), ..Settings::default() };
    let config = Config::new(flags.over(file("seed = 3\nscale = 0.5").unwrap())).unwrap();
    assert_eq!((config.seed, config.scale), (7, 0.5));
}

#[test]
fn a_wrong_file_is_named_with_its_line() {
    let error = file("seed = 3\ncolour = \"red\"").unwrap_err().0;
    assert!(error.starts_with("FILE line 2: unknown field `colour`"), "{error}");
    assert!(file("seed = -1").is_err());
}

#[test]
fn a_ledger_is_embedded_or_on_a_cluster() {
    let place = |text| Config::new(file(text).unwrap()).unwrap().ledger;
    assert_eq!(place(""), LedgerPlace::Embedded);
    assert_eq!(place("ledger = 'embedded'"), LedgerPlace::Embedded);
    assert_eq!(place("ledger = 'fdb:/a/b'"), LedgerPlace::FoundationDb("/a/b".into()));
    for wrong in ["ledger = 'fdb:'", "ledger = '/a/b'", "ledger = 'Embedded'"] {
        let error = file(wrong).unwrap_err().0;
        assert_eq!(error, "FILE line 1: it must be embedded or fdb:/path/to/fdb.cluster");
    }
}

#[test]
fn keys_are_kept_apart_from_what_they_protect() {
    let config = Config::new(Settings::default()).unwrap();
    assert_eq!(config.keys, Path::new("opencowin-data.keys.toml"));
    let inside = Settings { keys: Some("opencowin-data/keys".into()), ..Settings::default() };
    assert!(Config::new(inside).is_err());
}

#[test]
fn certificates_are_issued_by_the_host_that_people_reach() {
    let issuer = |text| {
        let config = Config::new(file(text).unwrap());
        config.map(|config| config.issuer.map(|issuer| issuer.host().to_owned()))
    };
    for (text, host) in [
        ("", "127.0.0.1:8080"),
        ("public-url = 'https://Cowin.example/api'", "cowin.example"),
        ("public-url = 'https://a'\nissuer = 'b.example:8443'", "b.example:8443"),
        ("listen = '[::1]:80'", "localhost"),
        ("mode = 'production'\nissuer = 'a.example'", "a.example"),
    ] {
        assert_eq!(issuer(text).unwrap().as_deref(), Some(host), "{text}");
    }
    assert_eq!(issuer("mode = 'production'").unwrap(), None, "no server starts so");
    assert!(issuer("public-url = 'https://[::1]'").is_err());
    assert!(issuer("issuer = 'https://cowin.example'").is_err());
}

#[test]
fn what_locks_the_signing_keys_is_said_once() {
    let lock = |text| Config::new(file(text).unwrap()).map(|config| config.signing_lock);
    assert_eq!(lock("").unwrap(), Some(Lock::KeyFile));
    assert_eq!(lock("mode = 'production'").unwrap(), None, "no server starts so");
    assert_eq!(lock("signing-program = 'p'").unwrap(), Some(Lock::Program("p".into())));
    assert!(lock("signing-program = 'p'\nsigning-passphrase = 'f'").is_err());
}

#[test]
fn tls_is_whole_or_absent() {
    let config = |text| Config::new(file(text).unwrap());
    let whole = config("tls-cert = 'c'\ntls-key = 'k'").unwrap();
    assert!(whole.tls.is_some_and(|tls| tls.client_ca.is_none()));
    assert_eq!(whole.public_url, "https://127.0.0.1:8080");
    for text in ["tls-cert = 'c'", "tls-key = 'k'", "tls-client-ca = 'a'"] {
        assert!(config(text).is_err(), "{text}");
    }
}

#[test]
fn production_speaks_no_plain_http_to_other_machines() {
    let config = |listen: &str, more: &str| {
        Config::new(file(&format!("mode = 'production'\nlisten = '{listen}'\n{more}")).unwrap())
    };
    for listen in ["127.0.0.1:80", "[::1]:80", "[::ffff:127.0.0.1]:80"] {
        assert!(config(listen, "").is_ok(), "{listen}");
    }
    for listen in ["0.0.0.0:80", "[::]:80", "192.0.2.1:80"] {
        assert!(config(listen, "").unwrap_err().0.contains("tls-cert"), "{listen}");
        assert!(config(listen, "tls-cert = 'c'\ntls-key = 'k'").is_ok(), "{listen}");
    }
}

#[test]
fn a_production_server_has_no_public_key_no_trusted_proxy_and_no_portal() {
    let production = Settings { mode: Some(Mode::Production), ..Settings::default() };
    let config = Config::new(production).unwrap();
    assert!(config.trusted_proxies.is_empty() && config.operator_key.is_none());
    assert_eq!(config.portal, Portal::Off);
}
