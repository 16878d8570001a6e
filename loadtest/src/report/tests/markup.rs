//! Reads a page strictly, as XML would be read: every element is closed, every attribute quoted.

/// Elements that HTML leaves open; this page closes them all the same.
const RAW: [&str; 2] = ["style", "script"];

/// The ids of a page. Panics where the page is not well formed.
pub(super) fn checked_ids(page: &str) -> Vec<String> {
    let mut ids = Vec::new();
    let mut open: Vec<String> = Vec::new();
    walk(page, |tag| match tag.strip_prefix('/') {
        Some(closed) => assert_eq!(open.pop().as_deref(), Some(closed)),
        None => {
            let attributes = attributes(tag);
            let mut names: Vec<&str> = attributes.iter().map(|(name, _)| *name).collect();
            names.sort_unstable();
            assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "twice the same in {tag}");
            ids.extend(
                attributes.iter().filter(|(name, _)| *name == "id").map(|(_, id)| (*id).to_owned()),
            );
            if !tag.ends_with('/') {
                open.push(name(tag).to_owned());
            }
        }
    });
    assert!(open.is_empty(), "left open: {open:?}");
    ids
}

/// The names of the elements of a page, in order.
pub(super) fn tags(page: &str) -> Vec<String> {
    let mut tags = Vec::new();
    walk(page, |tag| {
        if !tag.starts_with('/') {
            tags.push(name(tag).to_owned());
        }
    });
    tags
}

/// Calls `each` with what stands between `<` and `>`.
fn walk(page: &str, mut each: impl FnMut(&str)) {
    let mut rest = page.strip_prefix("<!DOCTYPE html>").expect("a document type");
    while let Some(start) = rest.find('<') {
        entities(&rest[..start]);
        let end = start + rest[start..].find('>').expect("a tag ends");
        let tag = &rest[start + 1..end];
        assert!(!tag.contains('<'), "{tag}");
        each(tag);
        rest = &rest[end + 1..];
        if RAW.contains(&tag) {
            rest = &rest[rest.find(&format!("</{tag}>")).expect("raw text ends")..];
        }
    }
}

/// Text holds no `&` but in the five entities that are written, and no `>`.
fn entities(text: &str) {
    const KNOWN: [&str; 5] = ["&amp;", "&lt;", "&gt;", "&quot;", "&#39;"];
    assert!(!text.contains('>'), "{text}");
    for (at, _) in text.match_indices('&') {
        assert!(KNOWN.iter().any(|entity| text[at..].starts_with(entity)), "{text}");
    }
}

fn name(tag: &str) -> &str {
    tag.split([' ', '/']).next().unwrap_or_default()
}

fn attributes(tag: &str) -> Vec<(&str, &str)> {
    let mut rest = tag[name(tag).len()..].trim_end_matches('/').trim_start();
    let mut attributes = Vec::new();
    while !rest.is_empty() {
        let (name, value) = rest.split_once("=\"").unwrap_or_else(|| panic!("unquoted in {tag}"));
        let (value, after) = value.split_once('"').unwrap_or_else(|| panic!("open in {tag}"));
        entities(value);
        attributes.push((name, value));
        rest = after.trim_start();
    }
    attributes
}
