//! Where requests may go: one origin and one path under it, chosen when the store is connected and never by an answer.

use url::{Host, Url};

use crate::ConnectorError;

/// The address that every path of a store hangs under. It cannot be an address that would carry credentials in the clear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseAddress {
    url: Url,
    loopback: bool,
}

impl BaseAddress {
    /// Takes the base as a person typed it.
    ///
    /// `https` anywhere, `http` only to this machine; no user, query or fragment, because each of them would travel with or
    /// change every request.
    ///
    /// # Errors
    /// [`ConnectorError::BadAddress`] for everything else.
    pub fn new(url: &Url) -> Result<Self, ConnectorError> {
        let bad = |detail: &str| Err(ConnectorError::BadAddress { detail: detail.to_owned() });
        let loopback = match url.host() {
            None => return bad("it names no host"),
            Some(Host::Domain(name)) => name.trim_end_matches('.').eq_ignore_ascii_case("localhost"),
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
        };
        match url.scheme() {
            "https" => {}
            "http" if loopback => {}
            "http" => return bad("http would send the secret in the clear; use https"),
            _ => return bad("it must begin with https"),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return bad("it must not hold a user name or a password");
        }
        if url.query().is_some() || url.fragment().is_some() {
            return bad("it must end before ? and #");
        }
        Ok(Self { url: url.clone(), loopback })
    }

    /// Whether the address is this machine's own.
    pub fn is_loopback(&self) -> bool {
        self.loopback
    }

    /// Scheme, host and port: what a browser calls the origin.
    pub fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    /// The address of a path under the base. Every segment is one step down, whatever characters it holds.
    pub fn join<'a>(
        &self,
        segments: impl IntoIterator<Item = &'a str>,
        query: &[(&'static str, String)],
    ) -> Result<Url, ConnectorError> {
        let mut url = self.url.clone();
        {
            let Ok(mut path) = url.path_segments_mut() else {
                return Err(ConnectorError::BadAddress { detail: "nothing can follow it".to_owned() });
            };
            path.pop_if_empty();
            for segment in segments {
                // "." and ".." would be steps up, and an empty one another path altogether.
                if segment.is_empty() || segment == "." || segment == ".." {
                    return Err(ConnectorError::BadAddress {
                        detail: "a part of the path is empty".to_owned(),
                    });
                }
                path.push(segment);
            }
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query.iter().map(|(key, value)| (*key, value.as_str())));
        }
        Ok(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(text: &str) -> Result<BaseAddress, ConnectorError> {
        BaseAddress::new(&text.parse().unwrap())
    }

    #[test]
    fn only_addresses_that_keep_a_secret_are_taken() {
        for good in [
            "https://api.tiendanube.com/v1",
            "https://192.168.0.9",
            "http://127.0.0.1:4010",
            "http://127.9.9.9/",
            "http://[::1]:80/v1/",
            "http://localhost:8080",
        ] {
            assert!(base(good).is_ok(), "{good}");
        }
        for bad in [
            "http://api.tiendanube.com/v1",
            "http://192.168.0.9",
            "http://0.0.0.0",
            "http://[::ffff:7f00:1]/",
            "http://localhost.example.com",
            "ftp://127.0.0.1",
            "file:///etc/passwd",
            "https://ana:secret@store.example",
            "https://store.example/?a=b",
            "https://store.example/#top",
            "mailto:ana@mail.com",
        ] {
            assert!(matches!(base(bad), Err(ConnectorError::BadAddress { .. })), "{bad}");
        }
    }

    #[test]
    fn a_path_stays_under_the_base_whatever_its_parts_hold() {
        let base = base("https://api.example/v1/").unwrap();
        let url = base.join(["7", "a/../b?c#d"], &[("q", "ana+x@mail.com &".to_owned())]).unwrap();
        assert_eq!(url.as_str(), "https://api.example/v1/7/a%2F..%2Fb%3Fc%23d?q=ana%2Bx%40mail.com+%26");
        assert!(base.join([".."], &[]).is_err());
        assert!(base.join([""], &[]).is_err());
    }
}
