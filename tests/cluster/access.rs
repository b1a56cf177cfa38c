//! NATS servers that want to know who speaks to them, and show who they are.

use std::fs;
use std::path::Path;
use std::process::Command;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use serde_json::json;

use crate::nats::Nodes;
use crate::support::{KEY, Server, TOKEN, chaffinch, refusal, run};
use crate::wait_for;

/// Certificates in a folder, signed by one authority: the servers', and a client's.
fn certificates(folder: &Path) {
    let write = |name: &str, text: String| fs::write(folder.join(name), text).unwrap();
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    write("ca.pem", authority.self_signed(&key).unwrap().pem());
    let issuer = Issuer::new(authority, key);
    for name in ["server", "client"] {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        let signed = params.signed_by(&key, &issuer).unwrap();
        write(&format!("{name}.pem"), signed.pem());
        write(&format!("{name}-key.pem"), key.serialize_pem());
    }
}

fn urls(nodes: &Nodes, scheme: &str) -> String {
    let hosts = (0..crate::nats::NODES).map(|n| format!("127.0.0.1:{}", nodes.address(n).1));
    format!("{scheme}://{}", hosts.collect::<Vec<_>>().join(","))
}

/// What a start says that comes to nothing.
fn refused(data: &Path, adjust: impl FnOnce(&mut Command)) -> String {
    let mut serve = chaffinch();
    serve
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(data)
        .env("CHAFFINCH_SITE_KEY", KEY)
        .env("CHAFFINCH_ADMIN_TOKEN", TOKEN);
    adjust(&mut serve);
    let said = refusal(&run(&mut serve, ""));
    assert!(!data.join("journal").exists(), "something was changed");
    said
}

fn works(server: &Server) {
    let body = json!({"comment": {"content": "casino bonus"}, "label": "spam"});
    assert_eq!(server.post("/v1/corrections", &body)["label"], "spam");
}

#[test]
#[ignore = "needs nats-server; tests/run brings it"]
fn nats_servers_are_known_by_their_certificate_and_know_ours() {
    let folder = tempfile::tempdir().unwrap();
    certificates(folder.path());
    let file = |name: &str| folder.path().join(name);
    let tls = format!(
        "tls {{ cert_file: {:?}, key_file: {:?}, ca_file: {:?}, verify: true }}\n",
        file("server.pem"),
        file("server-key.pem"),
        file("ca.pem")
    );
    let nodes = Nodes::start_with(folder.path(), &tls);
    let data = file("data");
    for (missing, said) in [
        ("CA", "UnknownIssuer"),
        ("CERTIFICATE", "CertificateRequired"),
    ] {
        let told = refused(&data, |serve| {
            serve.env("CHAFFINCH_CLUSTER", urls(&nodes, "tls"));
            if missing != "CA" {
                serve.env("CHAFFINCH_CLUSTER_CA", file("ca.pem"));
            }
        });
        assert!(told.contains(said), "{told}");
    }
    let told = refused(&data, |serve| {
        serve
            .env("CHAFFINCH_CLUSTER", urls(&nodes, "tls"))
            .env("CHAFFINCH_CLUSTER_CA", file("nowhere.pem"));
    });
    assert!(told.contains("nowhere.pem cannot be used"), "{told}");
    // With certificates, no other scheme makes it speak in the clear.
    for scheme in ["nats", "tls"] {
        let server = Server::start_with(&data, |serve| {
            serve
                .env("CHAFFINCH_CLUSTER", urls(&nodes, scheme))
                .env("CHAFFINCH_CLUSTER_CA", file("ca.pem"))
                .env("CHAFFINCH_CLUSTER_CERTIFICATE", file("client.pem"))
                .env("CHAFFINCH_CLUSTER_KEY", file("client-key.pem"))
        });
        works(&server);
        server.terminate();
        assert!(server.wait().success());
    }
}

#[test]
#[ignore = "needs nats-server; tests/run brings it"]
fn a_user_with_no_more_rights_than_documented_will_do() {
    let folder = tempfile::tempdir().unwrap();
    let identities = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cluster/identities");
    let accounts = fs::read_to_string(identities.join("server.conf")).unwrap();
    let nodes = Nodes::start_with(folder.path(), &accounts);
    let data = folder.path().join("data");
    let told = refused(&data, |serve| {
        serve.env("CHAFFINCH_CLUSTER", urls(&nodes, "nats"));
    });
    assert!(told.contains("uthorization"), "{told}");
    let no_credentials = folder.path().join("no.creds");
    fs::write(&no_credentials, "hello").unwrap();
    let told = refused(&data, |serve| {
        serve
            .env("CHAFFINCH_CLUSTER", urls(&nodes, "nats"))
            .env("CHAFFINCH_CLUSTER_CREDENTIALS", &no_credentials);
    });
    assert!(told.contains("no.creds cannot be used"), "{told}");
    let start = |name: &str| {
        Server::start_with(&folder.path().join(name), |serve| {
            let credentials = identities.join("user.creds");
            serve
                .env("CHAFFINCH_CLUSTER", urls(&nodes, "nats"))
                .env("CHAFFINCH_CLUSTER_CREDENTIALS", credentials)
                .env("CHAFFINCH_CLUSTER_SNAPSHOT", "4KiB")
        })
    };
    let [one, two] = ["one", "two"].map(start);
    works(&one);
    works(&two);
    let checked = one.post("/v1/check", &json!({"content": "casino bonus elsewhere"}));
    let id = checked["id"].as_str().unwrap();
    crate::verdicts::arrives(&two, id);
    for n in 0..75 {
        let content = format!("casino bonus number {n}");
        one.post(
            "/v1/corrections",
            &json!({"comment": {"content": content}, "label": "spam"}),
        );
    }
    wait_for("a stream that is shortened", || {
        let log = nodes.stream(0, crate::nats::LOG)?;
        (log["state"]["first_seq"].as_u64()? > 1).then_some(())
    });
}
