//! The style of the house, as far as a program can see it.

use std::fs;
use std::path::{Path, PathBuf};

/// The most lines of a file that somebody is to read at once.
const LINES: usize = 700;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace above the gateway")
}

/// The Rust files of the workspace, named from its root.
fn sources() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for member in fs::read_dir(root()).unwrap().map(|entry| entry.unwrap().path()) {
        if member.join("Cargo.toml").exists() {
            collect(&member, &mut found);
        }
    }
    assert!(found.len() > 100, "the workspace was found");
    let name = |path: &PathBuf| path.strip_prefix(root()).unwrap().display().to_string();
    found.iter().map(|path| (name(path), fs::read_to_string(path).unwrap())).collect()
}

fn collect(under: &Path, into: &mut Vec<PathBuf>) {
    for path in fs::read_dir(under).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() && path.file_name().is_some_and(|name| name != "target") {
            collect(&path, into);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            into.push(path);
        }
    }
}

#[test]
fn no_file_is_too_long_to_read() {
    for (name, text) in sources() {
        let lines = text.lines().count();
        assert!(lines <= LINES, "{name} has {lines} lines");
    }
}

#[test]
fn every_module_says_what_it_is_for() {
    for (name, text) in sources() {
        assert!(text.starts_with("//! "), "{name} does not start with `//!`");
    }
}

#[test]
fn nothing_is_left_for_later() {
    // Spelt so that this file does not find itself.
    let words =
        ["TO_DO", "FIX_ME", "to_do!", "unimplement_ed!", "db_g!"].map(|word| word.replace('_', ""));
    for (name, text) in sources() {
        for (number, line) in text.lines().enumerate() {
            let left = words.iter().find(|word| line.contains(word.as_str()));
            assert!(left.is_none(), "{name} line {}: {left:?}", number + 1);
        }
    }
}

/// Where `unsafe` is allowed; why stands there.
const UNSAFE: &str = "ledger/src/store/foundationdb/network.rs";

#[test]
fn what_is_not_safe_is_in_one_file() {
    let table = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    // Spelt so that this file does not find itself.
    let lint = ["unsafe", "code"].join("_");
    assert!(table.contains(&format!("{lint} = \"deny\"")));
    let named: Vec<_> = sources().into_iter().filter(|(_, text)| text.contains(&lint)).collect();
    let names: Vec<_> = named.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, [UNSAFE]);
    assert_eq!(named[0].1.matches("unsafe {").count(), 1);
    for member in fs::read_dir(root()).unwrap().map(|entry| entry.unwrap().path()) {
        let manifest = fs::read_to_string(member.join("Cargo.toml")).unwrap_or_default();
        assert!(manifest.is_empty() || manifest.contains("[lints]\nworkspace = true"));
    }
}

#[test]
fn every_capability_names_a_test_that_exists() {
    let table = fs::read_to_string(root().join("docs/capabilities.md")).unwrap();
    let rows: Vec<Vec<&str>> = table
        .lines()
        .filter(|line| line.starts_with("| R") || line.starts_with("| B"))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    assert!(!rows.is_empty());
    for row in rows {
        let [id, _, places, tests] = row[..] else { panic!("{row:?}") };
        for place in names(places) {
            assert!(root().join(place).exists(), "{id}: {place}");
        }
        assert!(names(tests).next().is_some(), "{id} names no test");
        for test in names(tests) {
            let (file, function) = test.split_once("::").unwrap_or_else(|| panic!("{id}: {test}"));
            let text = fs::read_to_string(root().join(file)).unwrap_or_default();
            assert!(text.contains(&format!("#[test]\nfn {function}()")), "{id}: {test}");
        }
    }
}

/// What stands between backquotes.
fn names(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}
