//! What request headers ask for.

use http::{HeaderMap, header};
use opencowin_model::Pack;

/// Whether the client takes gzip (RFC 9110, 12.5.3): named, or any, and not with weight zero.
pub fn accepts_gzip(headers: &HeaderMap) -> bool {
    let Some(accepted) = headers.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()) else {
        return false;
    };
    let weight = |wanted: &str| {
        accepted.split(',').find_map(|coding| {
            let (name, parameters) = coding.split_once(';').unwrap_or((coding, ""));
            let named = name.trim().eq_ignore_ascii_case(wanted);
            named.then(|| !is_zero(parameters))
        })
    };
    weight("gzip").or_else(|| weight("*")).unwrap_or(false)
}

/// The language of companion fields, if the client prefers one that the pack has translations for over the default
/// one (`hi_IN`, `hi-IN`, `hi`). Weights are not compared: the first known language counts.
pub fn language<'a>(headers: &HeaderMap, pack: &'a Pack) -> Option<&'a str> {
    let accepted = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
    for choice in accepted.split(',') {
        let code = choice.split([';', '-', '_']).next().unwrap_or_default().trim();
        if code.eq_ignore_ascii_case(pack.default_language()) {
            return None;
        }
        if let Some(known) = pack.languages().iter().find(|l| l.eq_ignore_ascii_case(code)) {
            return Some(known);
        }
    }
    None
}

/// The token of `Authorization: Bearer …`. The bare token is taken as well (wire contract 1.2).
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?.trim();
    let scheme = value.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("bearer "));
    Some(if scheme.is_some() { value[7..].trim() } else { value })
}

fn is_zero(parameters: &str) -> bool {
    let weight = parameters.trim().strip_prefix("q=").or(parameters.trim().strip_prefix("Q="));
    weight.and_then(|weight| weight.trim().parse::<f32>().ok()) == Some(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn gzip(value: &'static str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(value));
        accepts_gzip(&headers)
    }

    #[test]
    fn gzip_is_sent_only_to_those_who_take_it() {
        for value in ["gzip", "br, gzip;q=0.5", "GZIP", "*", "deflate, *;q=0.1"] {
            assert!(gzip(value), "{value}");
        }
        for value in ["", "identity", "br", "gzip;q=0", "gzip; q=0.0, *", "*;q=0"] {
            assert!(!gzip(value), "{value}");
        }
    }

    #[test]
    fn a_bare_token_is_taken_like_one_with_its_scheme() {
        for value in ["Bearer abc", "bearer  abc ", "abc"] {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, HeaderValue::from_static(value));
            assert_eq!(bearer(&headers), Some("abc"), "{value}");
        }
    }
}
