//! The pages of `gateway/pages`, as they are built into the program.

use crate::http::document::Document;
use std::collections::HashMap;
use std::sync::LazyLock;

/// No build step comes between: every file is sent as it is. What is kept is asked about each time it is used, so that the
/// modules of one release stay together.
const CACHED: &str = "no-cache";

macro_rules! files {
    ($($name:literal)*) => {
        /// Every file that is served, under its name.
        const FILES: &[(&str, &[u8])] =
            &[$(($name, include_bytes!(concat!("../pages/", $name)))),*];
    };
}

files! {
    "kyc/consent.js"
    "kyc/embed.js"
    "kyc/index.html"
    "kyc/labels.js"
    "kyc/page.js"
    "kyc/service.js"
    "verify/core/bytes.js"
    "verify/core/cbor.js"
    "verify/core/compact.js"
    "verify/core/credential.js"
    "verify/core/ed25519.js"
    "verify/core/inflate.js"
    "verify/core/issuer.js"
    "verify/core/jcs.js"
    "verify/core/json.js"
    "verify/core/keys.js"
    "verify/core/proof.js"
    "verify/core/shape.js"
    "verify/core/status.js"
    "verify/core/together.js"
    "verify/core/trust.js"
    "verify/core/verifier.js"
    "verify/core/zip.js"
    "verify/index.html"
    "verify/page.js"
    "verify/qr/finders.js"
    "verify/qr/fit.js"
    "verify/qr/grid.js"
    "verify/qr/patterns.js"
    "verify/qr/perspective.js"
    "verify/qr/picture.js"
    "verify/qr/read.js"
    "verify/qr/reed-solomon.js"
    "verify/qr/segments.js"
    "verify/qr/symbol.js"
    "verify/qr/tables.js"
    "verify/style.css"
    "verify/ui/camera.js"
    "verify/ui/dom.js"
    "verify/ui/files.js"
    "verify/ui/labels.js"
    "verify/ui/pdf.js"
    "verify/ui/pictures.js"
    "verify/ui/verdict.js"
}

/// The file of this name, such as `verify/index.html`.
pub fn file(name: &str) -> Option<&'static Document> {
    DOCUMENTS.get(name)
}

static DOCUMENTS: LazyLock<HashMap<&'static str, Document>> = LazyLock::new(|| {
    let document = |(name, bytes): &(&'static str, &'static [u8])| {
        (*name, Document::new(kind(name), CACHED, *bytes))
    };
    FILES.iter().map(document).collect()
});

/// Browsers run no module of another type than that of JavaScript.
fn kind(name: &str) -> &'static str {
    match name.rsplit_once('.') {
        Some((_, "js")) => "text/javascript; charset=utf-8",
        Some((_, "css")) => "text/css; charset=utf-8",
        _ => "text/html; charset=utf-8",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::path::Path;

    fn walk(directory: &Path, prefix: &str, into: &mut Vec<String>) {
        for entry in fs::read_dir(directory).unwrap().map(Result::unwrap) {
            let name = format!("{prefix}{}", entry.file_name().to_str().unwrap());
            match entry.file_type().unwrap().is_dir() {
                true => walk(&entry.path(), &format!("{name}/"), into),
                false => into.push(name),
            }
        }
    }

    #[test]
    fn every_file_of_the_pages_is_served() {
        let mut there = Vec::new();
        for page in ["verify", "kyc"] {
            let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("pages").join(page);
            walk(&directory, &format!("{page}/"), &mut there);
        }
        there.sort();
        let mut served: Vec<_> = FILES.iter().map(|(name, _)| *name).collect();
        served.sort_unstable();
        assert_eq!(served, there);
    }

    #[test]
    fn pages_load_nothing_from_anywhere_else() {
        for (name, bytes) in FILES {
            let text = str::from_utf8(bytes).unwrap();
            for line in text.lines().filter(|line| !line.trim_start().starts_with(['*', '/'])) {
                let loads = line.contains("src=\"http") || line.contains("from 'http");
                assert!(!loads && !line.contains("@import"), "{name}: {line}");
            }
        }
    }
}
