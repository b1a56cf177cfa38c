//! TLS: the server's certificate, read again when its files change.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use rustls::ServerConfig;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

/// How often the files are looked at, at most: whoever renews a certificate does so days before it
/// ends.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// Where the certificate and its key are, both in PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate, followed by those that lead to a known authority.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read, or holds something else.
    #[error("cannot use {}: {reason}", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// The two do not belong together, or are of a kind that is not known.
    #[error("the certificate and the key cannot be used: {0}")]
    Pair(#[from] rustls::Error),
}

/// TLS 1.2 and 1.3 with the certificate of these files.
pub(super) fn config(files: TlsFiles) -> Result<ServerConfig, TlsError> {
    let provider = Arc::new(ring::default_provider());
    let certificates = Certificates::load(files, Arc::clone(&provider))?;
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth();
    Ok(config.with_cert_resolver(Arc::new(certificates)))
}

/// The certificate in force.
#[derive(Debug)]
struct Certificates {
    files: TlsFiles,
    provider: Arc<CryptoProvider>,
    current: Mutex<Current>,
}

#[derive(Debug)]
struct Current {
    key: Arc<CertifiedKey>,
    /// When the files were changed last.
    changed: [Option<SystemTime>; 2],
    /// When they were looked at last.
    looked: Instant,
}

impl Certificates {
    fn load(files: TlsFiles, provider: Arc<CryptoProvider>) -> Result<Self, TlsError> {
        let current = Current {
            changed: files.changed(),
            key: files.read(&provider)?,
            looked: Instant::now(),
        };
        Ok(Self {
            files,
            provider,
            current: Mutex::new(current),
        })
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        // Whoever panicked here left a certificate behind.
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if current.looked.elapsed() >= LOOK_EVERY {
            current.looked = Instant::now();
            let changed = self.files.changed();
            if changed != current.changed {
                match self.files.read(&self.provider) {
                    Ok(key) => {
                        tracing::info!("took over a new certificate");
                        current.key = key;
                        current.changed = changed;
                    }
                    // Half written, perhaps: it is looked at again.
                    Err(error) => tracing::error!(%error, "the old certificate stays in force"),
                }
            }
        }
        Some(Arc::clone(&current.key))
    }
}

impl TlsFiles {
    fn changed(&self) -> [Option<SystemTime>; 2] {
        [&self.certificate, &self.key].map(|path| fs::metadata(path).ok()?.modified().ok())
    }

    fn read(&self, provider: &CryptoProvider) -> Result<Arc<CertifiedKey>, TlsError> {
        let file = |path: &Path, reason: String| TlsError::File {
            path: path.to_path_buf(),
            reason,
        };
        let chain: Vec<_> = CertificateDer::pem_file_iter(&self.certificate)
            .and_then(Iterator::collect)
            .map_err(|e| file(&self.certificate, e.to_string()))?;
        if chain.is_empty() {
            let reason = "there is no certificate in it".to_owned();
            return Err(file(&self.certificate, reason));
        }
        let key =
            PrivateKeyDer::from_pem_file(&self.key).map_err(|e| file(&self.key, e.to_string()))?;
        Ok(Arc::new(CertifiedKey::from_der(chain, key, provider)?))
    }
}
