//! A first look at the cluster file, so that what is wrong with it is said at once and plainly.

use super::OpenError;
use std::io::ErrorKind;
use std::path::Path;

/// The path as the client library takes it, if there is a cluster file.
pub(super) fn check(path: &Path) -> Result<&str, OpenError> {
    let bad = |reason: &str| OpenError::BadClusterFile(path.to_owned(), reason.to_owned());
    let text = std::fs::read_to_string(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => OpenError::NoClusterFile(path.to_owned()),
        _ => bad(&error.to_string()),
    })?;
    if !names_a_cluster(&text) {
        return Err(bad("it has no line like description:id@10.0.0.1:4500"));
    }
    path.to_str().ok_or_else(|| bad("its path is not UTF-8"))
}

/// Whether the first line that is no comment has the form `description:id@address,address`.
fn names_a_cluster(text: &str) -> bool {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
    line.and_then(|line| line.split_once('@')).is_some_and(|(name, addresses)| {
        let named =
            name.split_once(':').is_some_and(|(name, id)| !name.is_empty() && !id.is_empty());
        named && addresses.split(',').all(|address| address.contains(':'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cluster_is_named_after_comments() {
        assert!(names_a_cluster("# made by hand\n\n local:abc1@127.0.0.1:4500:tls,[::1]:4501\n"));
    }

    #[test]
    fn what_names_no_cluster_is_told_apart() {
        for text in ["", "#a:b@c:1", "a:b", "a@127.0.0.1:4500", ":b@c:1", "a:b@", "a:b@c:1,d"] {
            assert!(!names_a_cluster(text), "{text}");
        }
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = check(Path::new("/nowhere/fdb.cluster")).unwrap_err();
        assert_eq!(error.to_string(), "there is no cluster file /nowhere/fdb.cluster");
    }
}
