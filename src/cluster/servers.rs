//! Addresses of NATS servers and how they are spoken to, as it is configured.

use std::path::{Path, PathBuf};
use std::{fmt, fs};

use async_nats::{ConnectOptions, ServerAddr};

use super::ClusterError;

/// One or more servers of one NATS cluster.
#[derive(Clone, PartialEq, Eq)]
pub struct Servers {
    addresses: Vec<ServerAddr>,
    files: Files,
}

/// What is shown to NATS servers, and what they have to show.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Files {
    /// Certificates that theirs are signed with.
    pub ca: Option<PathBuf>,
    /// Ours, and its private key.
    pub certificate: Option<(PathBuf, PathBuf)>,
    /// Those of a user: a signed token and its seed.
    pub credentials: Option<PathBuf>,
}

impl Servers {
    /// Reads addresses such as `nats://a.example:4222`. Scheme, user and password of the first are those of the
    /// others, where these have none.
    pub fn parse(addresses: &[String], files: Files) -> Result<Self, ClusterError> {
        let scheme = addresses.first().and_then(|first| first.split_once("://"));
        let scheme = scheme.map_or("nats", |(scheme, _)| scheme);
        let parsed = addresses.iter().map(|address| {
            // What was given may hold a password.
            let refuse = |reason: String| ClusterError::Address {
                address: address.rsplit('@').next().unwrap_or_default().to_owned(),
                reason,
            };
            let full = match address.contains("://") {
                true => address.clone(),
                false => format!("{scheme}://{address}"),
            };
            let parsed: ServerAddr = full
                .parse()
                .map_err(|e: std::io::Error| refuse(e.to_string()))?;
            match (parsed.scheme(), parsed.host()) {
                (_, "") => Err(refuse("it names no host".to_owned())),
                ("nats" | "tls", _) => Ok(parsed),
                _ => Err(refuse(
                    "give it as nats://HOST:PORT or tls://HOST:PORT".to_owned(),
                )),
            }
        });
        Ok(Self {
            addresses: parsed.collect::<Result<_, _>>()?,
            files,
        })
    }

    /// The addresses.
    pub(super) fn addresses(&self) -> &[ServerAddr] {
        &self.addresses
    }

    /// How they are spoken to. With certificates, only by TLS.
    pub(super) fn options(&self) -> Result<ConnectOptions, ClusterError> {
        let mut options = ConnectOptions::new();
        if let Some((user, password)) = self.login() {
            options = options.user_and_password(user, password);
        }
        if let Some(ca) = &self.files.ca {
            read(ca)?;
            options = options.add_root_certificates(ca.clone()).require_tls(true);
        }
        if let Some((certificate, key)) = &self.files.certificate {
            read(certificate)?;
            read(key)?;
            options = options
                .add_client_certificate(certificate.clone(), key.clone())
                .require_tls(true);
        }
        if let Some(path) = &self.files.credentials {
            let credentials = options.credentials(&read(path)?);
            options = credentials.map_err(|error| unusable(path, &error))?;
        }
        Ok(options)
    }

    /// User and password, if some are given.
    fn login(&self) -> Option<(String, String)> {
        let mut logins = self.addresses.iter().filter_map(|server| {
            let user = server.username()?;
            Some((
                user.to_owned(),
                server.password().unwrap_or_default().to_owned(),
            ))
        });
        logins.next()
    }
}

fn read(path: &Path) -> Result<String, ClusterError> {
    fs::read_to_string(path).map_err(|error| unusable(path, &error))
}

fn unusable(path: &Path, error: &dyn fmt::Display) -> ClusterError {
    ClusterError::File {
        path: path.to_path_buf(),
        reason: error.to_string(),
    }
}

/// Without passwords.
impl fmt::Display for Servers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, server) in self.addresses.iter().enumerate() {
            let comma = if n > 0 { ", " } else { "" };
            write!(f, "{comma}{}:{}", server.host(), server.port())?;
        }
        Ok(())
    }
}

impl fmt::Debug for Servers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Servers({self})")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn parse(list: &str) -> Result<Servers, ClusterError> {
        let addresses: Vec<_> = list.split(',').map(str::to_owned).collect();
        Servers::parse(&addresses, Files::default())
    }

    #[test]
    fn scheme_and_password_of_the_first_hold_for_all() {
        let servers = parse("tls://ann:secret@a.example,b.example:4333").unwrap();
        assert_eq!(servers.to_string(), "a.example:4222, b.example:4333");
        assert!(servers.addresses().iter().all(ServerAddr::tls_required));
        assert_eq!(servers.login(), Some(("ann".into(), "secret".into())));
        assert!(!format!("{servers:?}").contains("secret"));
    }

    #[test]
    fn what_is_no_address_is_named_without_its_password() {
        for wrong in ["http://a.example", "nats://", "nats://u:hunter2@a:port"] {
            let error = parse(wrong).unwrap_err().to_string();
            assert!(error.contains("is no address"), "{error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
    }
}
