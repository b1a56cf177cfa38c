//! The command line from outside: first start, refused starts, the end, `check`, configuration.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use support::{KEY, Server, TOKEN, chaffinch, clean, refusal, run};

/// `serve` with this data directory, on a free port.
fn serve(data: &Path) -> Command {
    let mut command = chaffinch();
    command
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(data);
    command
}

/// A line of the greeting, run as a newcomer would: pasted into a shell.
fn paste(line: &str) -> Value {
    let output = clean(Command::new("sh"))
        .args(["-c", line])
        .output()
        .expect("a shell");
    let text = String::from_utf8(output.stdout).unwrap();
    serde_json::from_str(&text)
        .unwrap_or_else(|_| panic!("{line}\n{text}{}", String::from_utf8_lossy(&output.stderr)))
}

#[test]
fn the_first_start_shows_keys_once_and_lines_that_work() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let without_keys = |command: &mut Command| {
        command
            .env_remove("CHAFFINCH_SITE_KEY")
            .env_remove("CHAFFINCH_ADMIN_TOKEN")
            .stderr(Stdio::null());
    };
    let mut server = Server::start_with(&data, |command| {
        without_keys(command);
        command
    });
    let mut lines = Vec::new();
    while !lines
        .last()
        .is_some_and(|line: &String| line.contains("README.md"))
    {
        lines.push(server.line());
    }
    let shown = |name: &str| {
        let line = lines.iter().find(|line| line.trim().starts_with(name));
        line.unwrap().trim()[name.len()..].trim().to_owned()
    };
    assert_eq!(shown("site key").len(), 12);
    assert_eq!(shown("admin token").len(), 40);
    let curls: Vec<&String> = lines.iter().filter(|line| line.contains("curl ")).collect();
    assert_eq!(curls.len(), 2);
    assert!(paste(curls[0])["verdict"].is_string());
    assert_eq!(paste(curls[1])["label"], "spam");
    server.terminate();
    assert!(server.wait().success());

    // The second start knows the key and shows nothing.
    let mut server = Server::start_with(&data, |command| {
        without_keys(command);
        command
    });
    let reply = ureq::post(format!("{}/1.1/verify-key", server.base))
        .send_form([
            ("key", shown("site key").as_str()),
            ("blog", "http://b.example/"),
        ])
        .unwrap()
        .body_mut()
        .read_to_string()
        .unwrap();
    assert_eq!(reply, "valid");
    server.terminate();
    let mut rest = String::new();
    while let Some(Ok(line)) = server.next_line() {
        rest += &line;
    }
    assert_eq!(rest, "");
}

#[test]
#[cfg(target_os = "linux")]
fn keys_that_nobody_saw_are_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let output = serve(&data)
        .stdout(full)
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let mut server = Server::start_with(&data, |command| {
        command
            .env_remove("CHAFFINCH_SITE_KEY")
            .env_remove("CHAFFINCH_ADMIN_TOKEN")
            .stderr(Stdio::null())
    });
    // The start fails here if there is no such line.
    while !server.line().trim().starts_with("admin token") {}
}

#[test]
fn a_data_directory_is_for_one_process() {
    let folder = tempfile::tempdir().unwrap();
    let _server = Server::start(folder.path());
    let refused = refusal(&run(&mut serve(folder.path()), ""));
    assert!(refused.contains("in use by another"), "{refused}");
    assert!(
        refused.contains(folder.path().to_str().unwrap()),
        "{refused}"
    );
}

#[test]
fn a_data_directory_that_cannot_be_written_stops_the_start() {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    // Readable for everyone, and the binary beside it, since the superuser may write anywhere and
    // has to become somebody else, who cannot look into the build folder.
    let binary = folder.path().join("chaffinch");
    fs::copy(env!("CARGO_BIN_EXE_chaffinch"), &binary).unwrap();
    for path in [folder.path(), &data] {
        fs::set_permissions(path, fs::Permissions::from_mode(0o555)).unwrap();
    }
    let mut command = clean(Command::new(&binary));
    command
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(&data);
    if rustix::process::geteuid().is_root() {
        command.uid(65534).gid(65534);
    }
    let output = run(&mut command, "");
    for path in [folder.path(), &data] {
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let refused = refusal(&output);
    assert!(refused.contains("is not writable"), "{refused}");
}

#[test]
fn a_file_is_no_data_directory() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let refused = refusal(&run(&mut serve(file.path()), ""));
    let expected = format!(
        "chaffinch: the data directory {} cannot be used: ",
        file.path().display()
    );
    assert!(refused.starts_with(&expected), "{refused}");
}

#[test]
fn a_data_directory_of_a_newer_version_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    Server::start(folder.path()).kill();
    let format = folder.path().join("FORMAT");
    fs::write(&format, "99\n").unwrap();
    let refused = refusal(&run(&mut serve(folder.path()), ""));
    assert!(refused.contains("newer Chaffinch"), "{refused}");
    assert_eq!(fs::read_to_string(&format).unwrap(), "99\n");
}

#[test]
fn a_damaged_model_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
    let shipped = fs::read_dir(models)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|e| e == "chaffinch"))
        .expect("a shipped model");
    let whole = fs::read(shipped).unwrap();
    let model = folder.path().join("model");
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    for bytes in [&flipped[..], &whole[..whole.len() - 1], b"no model", b""] {
        fs::write(&model, bytes).unwrap();
        let data = folder.path().join("data");
        let refused = refusal(&run(serve(&data).arg("--model").arg(&model), ""));
        assert!(refused.contains(model.to_str().unwrap()), "{refused}");
        assert!(!data.exists(), "nothing was begun");
        let refused = refusal(&run(
            chaffinch().args(["check", "text", "--model"]).arg(&model),
            "",
        ));
        assert!(refused.contains(model.to_str().unwrap()), "{refused}");
    }
    fs::write(&model, whole).unwrap();
    let output = run(
        chaffinch().args(["check", "text", "--model"]).arg(&model),
        "",
    );
    assert!(output.status.success());
}

#[test]
fn a_taken_port_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = other.local_addr().unwrap().to_string();
    let refused = refusal(&run(
        chaffinch()
            .args(["serve", "--listen", &address, "--data"])
            .arg(folder.path())
            .env("CHAFFINCH_LISTEN", "[::1]:1"),
        "",
    ));
    assert!(refused.contains(&address), "{refused}");
}

#[test]
fn mistakes_in_the_configuration_are_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("c.toml");
    fs::write(&file, "listne = \"127.0.0.1:1\"\n").unwrap();
    let refused = refusal(&run(chaffinch().args(["serve", "--config"]).arg(&file), ""));
    assert!(refused.ends_with("c.toml: there is no option `listne`; did you mean `listen`?"));
    let refused = refusal(&run(
        chaffinch().arg("serve").env("CHAFFINCH_WORKERS", "many"),
        "",
    ));
    assert_eq!(
        refused,
        "chaffinch: the value \"many\" of --workers (CHAFFINCH_WORKERS) cannot be used: give a whole number from 1 to 1024"
    );
    let refused = refusal(&run(
        chaffinch().args(["check", "x", "--threshold-spam=0.1"]),
        "",
    ));
    assert!(
        refused.starts_with("chaffinch: the thresholds must rise: "),
        "{refused}"
    );
    let usage = run(chaffinch().args(["serve", "--listne"]), "");
    assert_eq!(usage.status.code(), Some(2));
}

#[test]
fn the_first_start_tells_a_program_its_keys_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let greeted = || {
        let mut server = serve(&data)
            .arg("--json")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(server.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let greeting: Value = serde_json::from_str(&line).unwrap();
        let ready = ureq::get(format!("{}/readyz", greeting["url"].as_str().unwrap())).call();
        server.kill().unwrap();
        server.wait().unwrap();
        assert_eq!(ready.unwrap().status(), 200);
        greeting
    };
    let first = greeted();
    assert_eq!(first["site_key"].as_str().unwrap().len(), 12);
    assert_eq!(first["admin_token"].as_str().unwrap().len(), 40);
    let second = greeted();
    assert!(second.get("site_key").is_none() && second.get("admin_token").is_none());
}

#[test]
fn print_config_writes_json_where_that_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(
        chaffinch()
            .args(["serve", "--print-config", "--json", "--workers", "3"])
            .args(["--cors-origins", "https://a.example"])
            .env("CHAFFINCH_SITE_KEY", KEY)
            .current_dir(folder.path()),
        "",
    );
    assert!(output.status.success());
    let shown: Value = serde_json::from_slice(&output.stdout).unwrap();
    for (name, value, origin) in [
        ("workers", json!(3), "--workers"),
        (
            "cors_origins",
            json!(["https://a.example"]),
            "--cors-origins",
        ),
        ("site_key", json!("********"), "CHAFFINCH_SITE_KEY"),
        ("model", Value::Null, "not set"),
        ("allow_empty_ip", json!(false), "default"),
    ] {
        assert_eq!(shown[name], json!({"value": value, "origin": origin}));
    }
}

#[test]
fn print_config_shows_each_value_and_where_it_came_from() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("chaffinch.toml"),
        "log_format = \"json\"\nbase_domains = [\"spam.example\"]\nworkers = 2\nadmin_token = \"sixteen-characters-or-more\"\n",
    )
    .unwrap();
    let print = |dir: &Path| {
        let output = run(
            chaffinch()
                .args(["serve", "--print-config", "--threshold-spam", "0.6"])
                .env("CHAFFINCH_WORKERS", "3")
                .env("CHAFFINCH_SITE_KEY", KEY)
                .current_dir(dir),
            "",
        );
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap()
    };
    let text = print(folder.path());
    let expected = [
        ("data = \"./chaffinch-data\"", "default"),
        ("# cluster =", "not set"),
        ("# cluster_ca =", "not set"),
        ("# cluster_certificate =", "not set"),
        ("# cluster_key =", "not set"),
        ("# cluster_credentials =", "not set"),
        ("cluster_snapshot = \"16MiB\"", "default"),
        ("cluster_queue = 0", "default"),
        ("listen = \"127.0.0.1:8181\"", "default"),
        ("# tls_certificate =", "not set"),
        ("# tls_key =", "not set"),
        ("base_domains = [\"spam.example\"]", "chaffinch.toml"),
        ("# site_key = \"********\"", "CHAFFINCH_SITE_KEY"),
        ("# admin_token = \"********\"", "chaffinch.toml"),
        ("allow_empty_ip = false", "default"),
        ("rate_per_key = \"off\"", "default"),
        ("rate_per_address = \"off\"", "default"),
        ("rate_wrong_keys = \"60/m\"", "default"),
        ("# trusted_proxies =", "not set"),
        ("# callback_networks =", "not set"),
        ("# cors_origins =", "not set"),
        ("retention_records = 730", "default"),
        ("workers = 3", "CHAFFINCH_WORKERS"),
        ("max_body = \"2MiB\"", "default"),
        ("# model =", "not set"),
        ("threshold_unsure = 0.3", "default"),
        ("threshold_spam = 0.6", "--threshold-spam"),
        ("threshold_discard = 0.995", "default"),
        ("log = \"info\"", "default"),
        ("log_format = \"json\"", "chaffinch.toml"),
    ];
    let shown: Vec<(&str, &str)> = text
        .lines()
        .map(|line| line.rsplit_once("  # ").unwrap())
        .map(|(value, origin)| (value.trim_end(), origin))
        .collect();
    assert_eq!(shown, expected);
    assert!(!text.contains(KEY));

    // What was printed can be kept as a file.
    let kept = tempfile::tempdir().unwrap();
    fs::write(kept.path().join("chaffinch.toml"), &text).unwrap();
    assert!(print(kept.path()).contains("base_domains = [\"spam.example\"]"));
}

#[test]
fn check_tells_a_person_the_verdict_and_why() {
    let args = ["check", "--author", "Joe", "--title", "Roses"];
    let given = run(chaffinch().args(args).arg("I pruned mine in March."), "");
    let piped = run(chaffinch().args(args), "I pruned mine in March.\n");
    assert!(given.status.success());
    assert_eq!(given.stdout, piped.stdout);
    let text = String::from_utf8(given.stdout).unwrap();
    assert!(text.starts_with("verdict      "), "{text}");
    assert!(text.contains("\nprobability  "), "{text}");
    assert!(!text.contains('\x1b'), "no colour without a terminal");
}

#[test]
fn the_empty_model_wants_a_person_to_look_at_links() {
    let check = |text: &str| {
        let done = run(chaffinch().args(["check", "--model", "empty", text]), "");
        assert!(done.status.success());
        String::from_utf8(done.stdout).unwrap()
    };
    let plain = check("I pruned mine in March.");
    assert!(plain.starts_with("verdict      ham"), "{plain}");
    let linked = check("I pruned mine in March, see https://example.org/roses");
    assert!(linked.starts_with("verdict      unsure"), "{linked}");
    assert!(linked.contains("link"), "{linked}");
}

#[test]
fn check_json_answers_line_by_line_and_marks_bad_lines() {
    let input = concat!(
        r#"{"content":"first","author":{"name":"akismet-guaranteed-spam"}}"#,
        "\nno json\n",
        r#"{"author":{"name":"nobody"}}"#,
        "\n\n",
        r#"{"content":"last, without a newline"}"#,
    );
    let output = run(chaffinch().args(["check", "--json"]), input);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 5);
    assert_eq!(lines[0]["verdict"], "spam");
    assert_eq!(lines[1]["error"]["line"], 2);
    assert_eq!(lines[1]["error"]["code"], "invalid_json");
    assert_eq!(lines[2]["error"]["line"], 3);
    assert!(
        lines[2]["error"]["detail"]
            .as_str()
            .unwrap()
            .contains("content")
    );
    assert_eq!(lines[2]["error"]["code"], "invalid_field");
    assert_eq!(lines[3]["error"]["code"], "invalid_json");
    assert_eq!(lines[4]["action"], "publish");
    let good = run(
        chaffinch().args(["check", "--json"]),
        "{\"content\":\"x\"}\n",
    );
    assert!(good.status.success());
}

#[test]
fn check_json_keeps_the_order_of_many_lines() {
    let input: String = (0..20_000)
        .map(|n| {
            let name = if n % 3 == 0 { "viagra-test-123" } else { "n" };
            format!("{}\n", json!({"content": "x", "author": {"name": name}}))
        })
        .collect();
    let output = run(chaffinch().args(["check", "--json"]), &input);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text.lines().count(), 20_000);
    for (n, line) in text.lines().enumerate() {
        assert_eq!(
            line.contains("\"verdict\":\"spam\""),
            n % 3 == 0,
            "line {n}: {line}"
        );
    }
}

#[test]
fn sigterm_finishes_what_has_begun() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start_with(&folder.path().join("data"), |command| {
        command.stderr(Stdio::piped())
    });
    let mut log = server.log();
    let body = "comment_content=begun+before+the+end&blog=http://b.example/&user_ip=192.0.2.1";
    let mut stream = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
    write!(
        stream,
        "POST /1.1/comment-check HTTP/1.1\r\nHost: {KEY}.localhost\r\nContent-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        body.len()
    )
    .unwrap();
    // The answer to Expect shows that the request is in hand.
    let mut reply = BufReader::new(stream.try_clone().unwrap());
    let mut line = String::new();
    reply.read_line(&mut line).unwrap();
    assert!(line.starts_with("HTTP/1.1 100"), "{line}");
    server.terminate();
    assert!(log.any(|line| line.unwrap().contains("SIGTERM")));
    stream.write_all(body.as_bytes()).unwrap();
    let mut text = String::new();
    reply.read_to_string(&mut text).unwrap();
    assert!(text.contains("HTTP/1.1 200"), "{text}");
    assert!(text.ends_with("false"), "{text}");
    assert_eq!(server.wait().code(), Some(0));
}

#[test]
fn the_log_holds_no_words_keys_or_addresses() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let server = Server::start_with(&folder.path().join("data"), |command| {
        command
            .args(["--log", "trace", "--log-format", "json"])
            .stderr(fs::File::create(&log).unwrap())
    });
    let comment = json!({
        "site": "https://secret-site.example/", "content": "unmistakable-words",
        "author": {"name": "Unmistakable Name", "email": "person@mail.example", "ip": "198.51.100.77"},
    });
    server.post("/v1/check", &comment);
    server.post(
        "/v1/corrections",
        &json!({"comment": comment, "label": "spam"}),
    );
    let form = [
        ("api_key", KEY),
        ("blog", "https://secret-site.example/"),
        ("user_ip", "198.51.100.77"),
        ("comment_content", "unmistakable-words"),
    ];
    ureq::post(format!("{}/1.1/comment-check?api_key={KEY}", server.base))
        .send_form(form)
        .unwrap();
    // What strangers send to the port is no error of ours, whatever the level.
    let mut stranger = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
    stranger
        .write_all(b"unmistakable \x01 garbage\r\n\r\n")
        .unwrap();
    stranger.read_to_end(&mut Vec::new()).unwrap();
    server.terminate();
    assert!(server.wait().success());
    let log = fs::read_to_string(log).unwrap();
    assert!(!log.contains("ERROR"), "{log}");
    assert!(log.contains("started") && log.contains("stopped"), "{log}");
    for line in log.lines() {
        serde_json::from_str::<Value>(line).expect("a JSON object a line");
    }
    for secret in [
        KEY,
        TOKEN,
        "unmistakable",
        "Unmistakable",
        "person@",
        "198.51.100.77",
    ] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
}

#[test]
fn the_health_check_of_the_container_tells_ready_from_not() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let address = server.base.trim_start_matches("http://").to_owned();
    let ask = || {
        let mut command = chaffinch();
        run(
            command.args(["serve", "--check-health", "--listen", &address]),
            "",
        )
    };
    assert!(ask().status.success());
    server.kill();
    assert!(refusal(&ask()).contains("no answer from"));
}

#[test]
fn help_lists_what_exists() {
    let output = run(chaffinch().arg("--help"), "");
    let text = String::from_utf8(output.stdout).unwrap();
    for command in [
        "serve", "check", "train", "evaluate", "import", "export", "backup", "restore", "site",
        "key", "rule", "doctor",
    ] {
        assert!(text.contains(&format!("\n  {command} ")), "{text}");
    }
}
