//! TLS from the configuration, and a certificate that is renewed while the server runs.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use rcgen::CertifiedKey;
use support::{Server, chaffinch, refusal, run};
use ureq::tls::{Certificate, RootCerts, TlsConfig};

/// Writes a new certificate, and gives its text.
fn renew(folder: &Path) -> String {
    let CertifiedKey { cert, signing_key } =
        rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    fs::write(folder.join("key.pem"), signing_key.serialize_pem()).unwrap();
    fs::write(folder.join("cert.pem"), cert.pem()).unwrap();
    cert.pem()
}

/// Asks as somebody who trusts this certificate alone and has never been there before.
fn ask(url: &str, certificate: &str) -> Result<u16, ureq::Error> {
    let trusted = Certificate::from_pem(certificate.as_bytes()).unwrap();
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::new_with_certs(&[trusted]))
        .build();
    let config = ureq::Agent::config_builder().tls_config(tls);
    let agent: ureq::Agent = config.build().into();
    Ok(agent.get(url).call()?.status().as_u16())
}

#[test]
fn a_certificate_is_used_and_renewed_without_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let first = renew(folder.path());
    let file = |name: &str| folder.path().join(name);
    let server = Server::start_with(&file("data"), |command| {
        command
            .env("CHAFFINCH_TLS_CERTIFICATE", file("cert.pem"))
            .env("CHAFFINCH_TLS_KEY", file("key.pem"))
            .stderr(Stdio::null())
    });
    assert!(server.base.starts_with("https://"), "{}", server.base);
    let url = format!("{}/healthz", server.base);
    assert_eq!(ask(&url, &first).unwrap(), 200);
    let plain = format!("http://127.0.0.1:{}/healthz", server.port());
    assert!(
        ureq::get(plain).call().is_err(),
        "nothing is said in the clear"
    );
    let health = chaffinch()
        .args(["serve", "--check-health", "--listen"])
        .arg(format!("127.0.0.1:{}", server.port()))
        .env("CHAFFINCH_TLS_CERTIFICATE", file("cert.pem"))
        .env("CHAFFINCH_TLS_KEY", file("key.pem"))
        .status();
    assert!(health.unwrap().success());

    let second = renew(folder.path());
    let began = Instant::now();
    while ask(&url, &second).is_err() {
        assert!(
            began.elapsed() < Duration::from_secs(60),
            "it was never taken over"
        );
        thread::sleep(Duration::from_millis(200));
    }
    assert!(
        ask(&url, &first).is_err(),
        "the old one is in force no more"
    );
    // A broken one is not taken over.
    fs::write(file("cert.pem"), "nonsense").unwrap();
    assert_eq!(ask(&url, &second).unwrap(), 200);
}

#[test]
fn a_certificate_that_cannot_be_used_is_named() {
    let folder = tempfile::tempdir().unwrap();
    renew(folder.path());
    let cert = folder.path().join("cert.pem");
    let start = |key: &Path| {
        let mut command = chaffinch();
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--log", "off", "--data"])
            .arg(folder.path().join("data"))
            .arg("--tls-certificate")
            .arg(&cert)
            .arg("--tls-key")
            .arg(key);
        refusal(&run(&mut command, ""))
    };
    let missing = start(&folder.path().join("missing.pem"));
    assert!(missing.contains("missing.pem"), "{missing}");
    let swapped = start(&cert);
    assert!(swapped.contains("cert.pem"), "{swapped}");
}
