//! The origins in which a partner embeds the page that tells a vaccination status: nobody else may show it in a frame for them.

use super::Partner;
use super::life::Refused;
use super::words;
use crate::access::Environment;
use crate::http::body::{Field, Loose};
use crate::http::problem::Problem;
use serde::{Deserialize, Serialize};

/// The most origins of one partner.
pub const MOST: usize = 10;

/// The longest origin, in bytes.
const LONGEST: usize = 254;

/// Where a page comes from (RFC 6454), written as browsers write it: `https://example.org`, `http://localhost:3000`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Origin(String);

impl Origin {
    /// Reads an origin: `https` and a public name, or this machine itself; in lower case, without the port that goes without
    /// saying, without anything behind it.
    pub fn parse(text: &str) -> Option<Self> {
        let (scheme, authority) = text.split_once("://").filter(|_| text.len() <= LONGEST)?;
        let (host, port) = match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        };
        let usual = if scheme == "https" { "443" } else { "80" };
        let is_port = |port: &str| {
            port.parse::<u16>().is_ok_and(|number| number > 0 && number.to_string() == port)
        };
        let port_fits = port.is_none_or(|port| port != usual && is_port(port));
        let host_fits = match scheme {
            "https" => words::is_domain(host) && !host.bytes().any(|b| b.is_ascii_uppercase()),
            "http" => is_this_machine(host),
            _ => false,
        };
        (host_fits && port_fits).then(|| Self(text.to_owned()))
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is for trying things out alone: whatever runs on somebody's own machine has it.
    fn is_local(&self) -> bool {
        self.0.starts_with("http://")
    }
}

fn is_this_machine(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1")
}

/// A list of origins, perhaps of none.
///
/// # Errors
/// USRRES0001 or USRRES0002 with the name of the field.
pub fn read(field: &Field, name: &str) -> Result<Vec<Origin>, Problem> {
    let Loose::List(items) = words::present(field, name)? else {
        return Err(Problem::invalid(name));
    };
    let origin = |item: &Loose| item.text().and_then(|text| Origin::parse(&text));
    items.iter().map(origin).collect::<Option<_>>().ok_or_else(|| Problem::invalid(name))
}

impl Partner {
    /// Where it embeds the status page. A machine of its own counts in the sandbox alone.
    pub fn embeds_in(&self, environment: Environment) -> impl Iterator<Item = &Origin> {
        let counts =
            move |origin: &&Origin| environment == Environment::Sandbox || !origin.is_local();
        self.origins.iter().filter(counts)
    }

    /// Replaces all of them; what is named twice counts once.
    pub(super) fn embed(&mut self, origins: Vec<Origin>) -> Result<(), Refused> {
        let mut each: Vec<Origin> = Vec::with_capacity(origins.len());
        for origin in origins {
            if !each.contains(&origin) {
                each.push(origin);
            }
        }
        if each.len() > MOST {
            return Err(Refused::Full);
        }
        self.origins = each;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::deeds::Deed;
    use super::super::fixture::Story;
    use super::*;

    #[test]
    fn an_origin_is_written_as_browsers_write_it() {
        for right in [
            "https://example.org",
            "https://www.example.co.in:8443",
            "http://localhost:3000",
            "http://127.0.0.1",
        ] {
            assert_eq!(Origin::parse(right).unwrap().as_str(), right);
        }
        for wrong in [
            "http://example.org",
            "https://localhost",
            "https://example.org/",
            "https://example.org:443",
            "https://example.org:08443",
            "https://example.org:70000",
            "https://Example.org",
            "https://*.example.org",
            "https://example.org; script-src *",
            "https://example.org https://other.org",
            "https://a@example.org",
            "http://localhost:80",
            "http://localhost.example.org",
            "null",
            "*",
            "",
        ] {
            assert_eq!(Origin::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_machine_of_one_s_own_embeds_in_the_sandbox_alone() {
        let mut story = Story::protected();
        story.approved();
        let origins = ["https://a.example.in", "http://localhost:3000", "https://a.example.in"];
        let origins = origins.map(|text| Origin::parse(text).unwrap());
        story.does(Deed::Embed(origins.to_vec())).unwrap();
        let embeds = |environment| -> Vec<_> {
            story.partner.embeds_in(environment).map(Origin::as_str).collect()
        };
        assert_eq!(embeds(Environment::Production), ["https://a.example.in"]);
        assert_eq!(
            embeds(Environment::Sandbox),
            ["https://a.example.in", "http://localhost:3000"],
            "named twice, there once"
        );
    }

    #[test]
    fn a_partner_embeds_in_so_many_origins_or_in_none() {
        let mut story = Story::protected();
        story.approved();
        let origins = |count: usize| -> Vec<_> {
            let text = |n| format!("https://n{n}.example.in");
            (0..count).map(|n| Origin::parse(&text(n)).unwrap()).collect()
        };
        assert_eq!(story.does(Deed::Embed(origins(MOST + 1))), Err(Refused::Full));
        story.does(Deed::Embed(origins(MOST))).unwrap();
        story.does(Deed::Embed(Vec::new())).unwrap();
        assert!(story.partner.origins.is_empty());
    }
}
