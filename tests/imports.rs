//! `chaffinch import`: the exports and databases of other programs, sound and unsound ones.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use support::{Server, TOKEN, chaffinch, refusal, run};
use tempfile::TempDir;

/// A data folder, and the files that are imported into it.
struct Blog {
    folder: TempDir,
}

impl Blog {
    fn new() -> Self {
        let blog = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        let server = Server::start(&blog.data());
        server.terminate();
        server.wait();
        blog
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    fn run(&self, format: &str, file: &Path, more: &[&str]) -> Output {
        let mut command = chaffinch();
        command.args(["import", "--format", format, "--site", "garden.example"]);
        command.arg(file).arg("--data").arg(self.data()).args(more);
        run(&mut command, "")
    }

    /// What came of an import that goes well, and what it complains of.
    fn import(&self, format: &str, file: &Path, more: &[&str]) -> (Value, Vec<String>) {
        let output = self.run(format, file, &[more, &["--json"]].concat());
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{errors}");
        let report = serde_json::from_slice(&output.stdout).unwrap();
        (report, errors.lines().map(str::to_owned).collect())
    }

    /// One that breaks off after some comments.
    fn broken(&self, format: &str, file: &Path) -> (Value, String) {
        let output = self.run(format, file, &["--json"]);
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{errors}");
        (serde_json::from_slice(&output.stdout).unwrap(), errors)
    }

    /// What is labelled now.
    fn labelled(&self) -> Vec<Value> {
        let mut command = chaffinch();
        command.args(["export", "--labelled", "--data"]);
        let output = run(command.arg(self.data()), "");
        let lines = String::from_utf8(output.stdout).unwrap();
        lines
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// The same as author, label and text.
    fn said(&self) -> Vec<(String, String, String)> {
        let text = |line: &Value, name: &str| line[name].as_str().unwrap().to_owned();
        self.labelled()
            .iter()
            .map(|line| {
                (
                    text(line, "author"),
                    text(line, "label"),
                    text(line, "content"),
                )
            })
            .collect()
    }
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/imports")
        .join(name)
}

fn counts(report: &Value) -> [u64; 4] {
    ["comments", "spam", "unlabelled", "unreadable"].map(|name| report[name].as_u64().unwrap())
}

fn said(lines: &[(&str, &str, &str)]) -> Vec<(String, String, String)> {
    let owned = |&(a, b, c): &(&str, &str, &str)| (a.into(), b.into(), c.into());
    lines.iter().map(owned).collect()
}

const MARTA: &str = "I cut mine back in autumn, and they bear well.";
const CASINO: &str = "Free casino bonus!!! http://casino.example/";

#[test]
fn wordpress_export() {
    let blog = Blog::new();
    let (report, errors) = blog.import("wordpress", &fixture("wordpress.xml"), &[]);
    assert_eq!(counts(&report), [3, 1, 2, 0], "{report}");
    assert_eq!(errors, [""; 0]);
    let lines = blog.labelled();
    assert_eq!(
        lines[0]["content"],
        "I cut mine back in autumn, and they bear <em>well</em>. Is ]]> an odd sign?"
    );
    let told = |line: &Value| {
        ["author_email", "author_url", "permalink", "title", "kind"]
            .map(|name| line[name].as_str().unwrap().to_owned())
    };
    let page = "https://garden.example/2026/03/pruning-currants/";
    assert_eq!(
        told(&lines[0]),
        [
            "marta@mail.example",
            "",
            page,
            "Pruning currants",
            "comment"
        ]
    );
    assert_eq!(lines[1]["label"], "spam");
    assert_eq!(lines[1]["author_url"], "http://casino.example/?a=1&b=2");
    assert_eq!(
        (&lines[2]["author"], &lines[2]["content"], &lines[2]["kind"]),
        (
            &json!("Jörg & Anna"),
            &json!("Boskop h&auml;lt sich bei uns bis März."),
            &json!("comment")
        )
    );
    assert_eq!(lines[2]["title"], "Über Äpfel");
}

#[test]
fn comments_that_share_a_number_are_all_kept() {
    let blog = Blog::new();
    // As where two blogs were joined.
    let whole = fs::read_to_string(fixture("wordpress.xml")).unwrap();
    let number = |n| format!("<wp:comment_id>{n}</wp:comment_id>");
    assert!(whole.contains(&number(1)) && whole.contains(&number(2)));
    let file = blog.write("joined.xml", whole.replace(&number(2), &number(1)));
    let (report, _) = blog.import("wordpress", &file, &[]);
    assert_eq!(counts(&report), [3, 1, 2, 0], "{report}");
    assert_eq!(report["known"], 0);
    assert_eq!(blog.labelled().len(), 3);
}

#[test]
fn wordpress_database() {
    let blog = Blog::new();
    let (report, errors) = blog.import("wordpress-sql", &fixture("wordpress.sql"), &[]);
    assert_eq!(counts(&report), [3, 1, 2, 1], "{report}");
    assert!(
        errors[0].ends_with("wordpress.sql, line 52: 4 values for 6 columns"),
        "{errors:?}"
    );
    let lines = blog.labelled();
    assert_eq!(
        lines[0]["content"],
        "It's autumn when I cut mine.\r\nThey bear \"well\"; (really) \\o/"
    );
    assert_eq!(lines[0]["user_agent"], "Mozilla/5.0 (X11; Linux)");
    assert_eq!(
        (&lines[1]["label"], &lines[1]["permalink"]),
        (&json!("spam"), &json!("?p=12"))
    );
    assert_eq!(lines[2]["author"], "Jörg");
}

#[test]
fn disqus() {
    let blog = Blog::new();
    let (report, _) = blog.import("disqus", &fixture("disqus.xml"), &[]);
    assert_eq!(counts(&report), [2, 1, 1, 0], "{report}");
    let lines = blog.labelled();
    assert_eq!(lines[0]["content"], format!("<p>{MARTA}</p>"));
    assert_eq!(
        lines[0]["permalink"],
        "https://garden.example/pruning-currants/"
    );
    assert_eq!(
        (&lines[1]["author"], &lines[1]["label"], &lines[1]["title"]),
        (
            &json!("best casino bonus"),
            &json!("spam"),
            &json!("Pruning currants")
        )
    );
}

#[test]
fn a_folder_of_staticman() {
    let blog = Blog::new();
    let (report, errors) = blog.import("staticman", &fixture("staticman"), &[]);
    assert_eq!(counts(&report), [3, 0, 0, 1], "{report}");
    assert!(
        errors[0].contains("staticman, apples/comment-3.yml: it is no YAML"),
        "{errors:?}"
    );
    assert_eq!(
        blog.said(),
        said(&[
            ("Jörg", "ham", "Boskop hält sich bei uns bis März."),
            ("Ann", "ham", "Ours never last that long."),
            (
                "Marta",
                "ham",
                "I cut mine back in autumn,\r\nand they bear well."
            ),
        ])
    );
    let lines = blog.labelled();
    assert_eq!(lines[2]["permalink"], "pruning-currants");
}

#[test]
fn isso() {
    let blog = Blog::new();
    let (report, _) = blog.import("isso", &fixture("isso.sql"), &[]);
    assert_eq!(counts(&report), [1, 0, 2, 0], "{report}");
    let lines = blog.labelled();
    assert_eq!(
        lines[0]["content"],
        "I cut mine back in autumn,\nand they're fine; (really)"
    );
    assert_eq!(lines[0]["permalink"], "/pruning-currants/");
}

#[test]
fn commento_and_comentario() {
    let blog = Blog::new();
    let (report, _) = blog.import("commento", &fixture("commento.sql"), &[]);
    assert_eq!(counts(&report), [1, 0, 3, 0], "{report}");
    let (report, _) = blog.import("commento", &fixture("comentario.sql"), &[]);
    assert_eq!(counts(&report), [2, 0, 1, 0], "{report}");
    let lines = blog.labelled();
    for (line, content, url) in [
        (
            &lines[0],
            "I cut mine back in autumn,\nand they're *fine*.",
            "",
        ),
        (
            &lines[1],
            "I cut mine back in autumn,\nand they're \\*fine\\*.",
            "https://marta.example/",
        ),
    ] {
        assert_eq!(line["content"], content);
        assert_eq!(line["author_url"], url);
        assert_eq!(line["author"], "Marta");
        assert_eq!(line["author_email"], "marta@mail.example");
        assert_eq!(line["permalink"], "/pruning-currants/");
    }
    assert_eq!(lines[2]["author"], "Guest");
    // Commento's dump has no titles.
    assert_eq!(lines[1]["title"], "Pruning currants");
}

#[test]
fn a_packed_backup_of_remark42() {
    let blog = Blog::new();
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed
        .write_all(&fs::read(fixture("remark42.json")).unwrap())
        .unwrap();
    let file = blog.write("backup-garden-20261120.gz", packed.finish().unwrap());
    let (report, errors) = blog.import("remark42", &file, &[]);
    assert_eq!(counts(&report), [1, 0, 1, 1], "{report}");
    assert!(
        errors[0].contains("line 4: the JSON breaks off"),
        "{errors:?}"
    );
    let lines = blog.labelled();
    assert_eq!(lines[0]["content"], format!("<p>{MARTA}</p>\n"));
    assert_eq!(lines[0]["title"], "Pruning currants");
}

#[test]
fn tables_with_columns_of_any_name() {
    let blog = Blog::new();
    let (report, _) = blog.import("discourse", &fixture("discourse.csv"), &[]);
    assert_eq!(counts(&report), [2, 1, 0, 0], "{report}");
    let columns = "content=body,label=state,author=who,date=when";
    let named = ["--columns", columns, "--ham", "published", "--spam", "junk"];
    let (report, _) = blog.import("csv", &fixture("table.csv"), &named);
    assert_eq!(counts(&report), [3, 1, 1, 0], "{report}");
    let lines = r#"{"text":"Ours are bare.","ok":true,"user":{"name":"Joe"}}
{"text":"Free casino bonus","ok":false}
{"text":"no label"}
"#;
    let file = blog.write("lines.json", lines);
    let columns = "content=text,label=ok,author=user.name";
    let named = ["--columns", columns, "--ham", "true", "--spam", "false"];
    let (report, errors) = blog.import("jsonl", &file, &named);
    assert_eq!(counts(&report), [2, 1, 0, 1], "{report}");
    assert!(
        errors[0].ends_with("line 3: there is no ok; name it with --columns label=NAME"),
        "{errors:?}"
    );
    assert_eq!(
        blog.said(),
        said(&[
            (
                "marta",
                "ham",
                "I cut mine back in autumn,\nand they \"bear\" well."
            ),
            ("bestcasino", "spam", CASINO),
            (
                "Marta",
                "ham",
                "I cut mine back in autumn; and they bear well."
            ),
            ("Joe", "ham", "Ours are bare."),
            ("best casino", "spam", CASINO),
            ("Joe", "ham", "Ours are bare."),
            ("", "spam", "Free casino bonus"),
        ])
    );
    let wrong = blog.run("csv", &fixture("table.csv"), &[]);
    let errors = String::from_utf8(wrong.stderr).unwrap();
    assert!(errors.contains("--columns content=NAME"), "{errors}");
    let wrong = refusal(&blog.run("wordpress", &fixture("table.csv"), &named));
    assert!(wrong.contains("for csv and jsonl"), "{wrong}");
}

/// Comments that the filter knows what to say of, one that it errs about, and one that comes twice.
fn history() -> String {
    let mut lines = String::new();
    for n in 0..30 {
        let ham = format!("I pruned currant number {n} in March and lost half of its fruit.");
        let spam = format!("Buy cheap viagra online, no prescription: http://pills{n}.example/buy");
        lines.push_str(&format!(
            "{}\n{}\n",
            json!({"label": "ham", "content": ham, "author": "Marta"}),
            json!({"label": "spam", "content": spam, "author": "cheap pills"})
        ));
    }
    let err = json!({"label": "ham", "content": "Buy cheap viagra online, no prescription: http://pills.example/buy"});
    lines.push_str(&format!("{err}\n{err}\n"));
    lines
}

#[test]
fn a_trial_says_what_an_import_does_and_the_same_again_teaches_nothing() {
    let blog = Blog::new();
    let file = blog.write("history.jsonl", history());
    let errors = ["--learn", "errors"];
    let (trial, _) = blog.import("jsonl", &file, &[&errors[..], &["--dry-run"]].concat());
    assert_eq!(blog.labelled().len(), 0, "nothing is kept of a trial");
    let text = blog.run("jsonl", &file, &[&errors[..], &["--dry-run"]].concat());
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(
        text.starts_with("62 comments, 30 spam; the filter already agrees on "),
        "{text}"
    );
    assert!(text.contains("would learn"), "{text}");

    let (report, _) = blog.import("jsonl", &file, &errors);
    assert_eq!(
        (&report["comments"], &report["known"]),
        (&json!(62), &json!(1))
    );
    let learned = report["learned"].as_u64().unwrap();
    assert_eq!(report["agreed"].as_u64().unwrap() + learned, 61);
    assert!((1..30).contains(&learned), "{report}");
    assert_eq!(trial["known"], 1);
    assert!(trial["learned"].as_u64().unwrap() >= learned);
    assert_eq!(blog.labelled().len(), 61, "all are kept");

    let (again, _) = blog.import("jsonl", &file, &errors);
    assert_eq!(
        (&again["known"], &again["learned"]),
        (&json!(62), &json!(0))
    );
    let server = Server::start(&blog.data());
    assert_eq!(server.get("/readyz")["learned_from"], learned);
    let stats = server.get("/v1/stats");
    assert!(
        !stats.to_string().contains("\"false_positives\":1"),
        "{stats}"
    );
    let key = report["key"].as_str().unwrap();
    let reach = ["--url", &server.base, "--admin-token", TOKEN];
    let taken = run(chaffinch().args(["key", "take-back", key]).args(reach), "");
    assert!(taken.status.success());
    assert_eq!(server.get("/readyz")["learned_from"], 0);
    server.terminate();
    server.wait();
    assert_eq!(blog.labelled().len(), 0);
    let (anew, _) = blog.import("jsonl", &file, &errors);
    assert_eq!(
        anew["learned"], learned,
        "what was taken back is taught again"
    );
}

#[test]
fn what_a_moderator_says_of_an_imported_comment_stands() {
    let blog = Blog::new();
    let line = json!({"label": "spam", "content": "A word on plums", "author": "Ann"});
    let file = blog.write("one.jsonl", format!("{line}\n"));
    blog.import("jsonl", &file, &[]);
    let server = Server::start(&blog.data());
    let authorized = format!("Bearer {TOKEN}");
    let list =
        ureq::get(format!("{}/v1/verdicts", server.base)).header("Authorization", &authorized);
    let list: Value = list.call().unwrap().body_mut().read_json().unwrap();
    let body = json!({"id": list["items"][0]["id"], "label": "ham"});
    let call = ureq::post(format!("{}/v1/corrections", server.base));
    call.header("Authorization", &authorized)
        .send_json(body)
        .unwrap();
    server.terminate();
    server.wait();
    let (again, _) = blog.import("jsonl", &file, &[]);
    assert_eq!(again["known"], 1);
    assert_eq!(blog.said()[0].1, "ham");
    // The blog's own moderator has changed their mind.
    let blog = Blog::new();
    blog.import("jsonl", &file, &[]);
    let changed = line.to_string().replace("spam", "ham");
    let file = blog.write("two.jsonl", changed);
    let (report, _) = blog.import("jsonl", &file, &[]);
    assert_eq!(
        (&report["known"], &report["learned"]),
        (&json!(0), &json!(1))
    );
    assert_eq!(blog.said(), said(&[("Ann", "ham", "A word on plums")]));
}

#[test]
fn what_an_import_that_breaks_off_has_brought_stays() {
    let blog = Blog::new();
    let whole = fs::read_to_string(fixture("wordpress.xml")).unwrap();
    let cut = whole.find("<wp:comment_id>2<").unwrap();
    let file = blog.write("cut.xml", &whole[..cut]);
    let (report, errors) = blog.broken("wordpress", &file);
    assert_eq!(counts(&report), [1, 0, 0, 1]);
    assert!(
        errors.contains(
            "cut.xml, line 42: the file ends within an element; nothing behind it was read"
        ),
        "{errors}"
    );
    let (report, _) = blog.import("wordpress", &fixture("wordpress.xml"), &[]);
    assert_eq!(
        (&report["comments"], &report["known"]),
        (&json!(3), &json!(1))
    );
    let sql = fs::read(fixture("wordpress.sql")).unwrap();
    let file = blog.write("cut.sql", &sql[..sql.len() - 1000]);
    let (_, errors) = blog.broken("wordpress-sql", &file);
    assert!(errors.contains("the file ends too early"), "{errors}");
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(whole.as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    let file = blog.write("cut.xml.gz", &packed[..packed.len() / 2]);
    let (_, errors) = blog.broken("wordpress", &file);
    assert!(errors.contains("the file ends too early"), "{errors}");
}

#[test]
fn killed_half_way_and_begun_again_it_brings_each_comment_once() {
    let blog = Blog::new();
    let lines: Vec<_> = (0..2_000)
        .map(|n| {
            let label = if n % 3 == 0 { "spam" } else { "ham" };
            let content = format!("Comment number {n}: {}", "a few words more ".repeat(10));
            format!("{}\n", json!({"label": label, "content": content}))
        })
        .collect();
    // A pipe holds 64 KiB and the reader as much: when all of this is written, most of it has been read.
    let pipe = blog.folder.path().join("pipe.jsonl");
    let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    let mut command = chaffinch();
    command.args(["import", "--format", "jsonl", "--site", "garden.example"]);
    let mut import = command
        .arg(&pipe)
        .arg("--data")
        .arg(blog.data())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut pipe = fs::OpenOptions::new().write(true).open(&pipe).unwrap();
    pipe.write_all(lines[..1_800].concat().as_bytes()).unwrap();
    import.kill().unwrap();
    import.wait().unwrap();
    let file = blog.write("whole.jsonl", lines.concat());
    let (report, _) = blog.import("jsonl", &file, &[]);
    assert_eq!(report["comments"], 2_000);
    let known = report["known"].as_u64().unwrap();
    assert!((1..=1_800).contains(&known), "{report}");
    let mut said: Vec<_> = blog.said().into_iter().map(|(_, _, text)| text).collect();
    assert_eq!(said.len(), 2_000);
    said.sort_unstable();
    said.dedup();
    assert_eq!(said.len(), 2_000);
}

#[test]
fn other_encodings_are_read_as_what_they_are() {
    let blog = Blog::new();
    let whole = fs::read_to_string(fixture("wordpress.xml")).unwrap();
    let latin: Vec<u8> = whole
        .replace("UTF-8", "ISO-8859-1")
        .chars()
        .map(|char| u8::try_from(char).unwrap())
        .collect();
    let file = blog.write("latin.xml", latin);
    let (report, _) = blog.import("wordpress", &file, &[]);
    assert_eq!(counts(&report), [3, 1, 2, 0]);
    assert_eq!(report["foreign_bytes"], 2);
    assert_eq!(blog.labelled()[2]["title"], "Über Äpfel");
    let mangled =
        json!({"label": "ham", "content": "Boskop hÃ¤lt sich â€“ bis MÃ¤rz", "author": "JÃ¶rg"});
    let file = blog.write("mangled.jsonl", format!("\u{feff}{mangled}\n"));
    let (report, _) = blog.import("jsonl", &file, &[]);
    assert_eq!(report["mended_texts"], 2);
    assert_eq!(
        blog.said()[3],
        said(&[("Jörg", "ham", "Boskop hält sich – bis März")])[0]
    );
    let wide: Vec<u8> = whole.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let file = blog.write("wide.xml", [&b"\xff\xfe"[..], &wide].concat());
    let wrong = refusal(&blog.run("wordpress", &file, &[]));
    assert!(wrong.ends_with("it is UTF-16: save it as UTF-8"), "{wrong}");
}

#[test]
fn entities_that_a_document_defines_are_not_expanded() {
    let blog = Blog::new();
    let mut bomb = "<?xml version=\"1.0\"?>\n<!DOCTYPE rss [\n<!ENTITY a \"ha\">\n".to_owned();
    for (this, last) in ('b'..='k').zip('a'..='j') {
        let ten = format!("&{last};").repeat(10);
        bomb.push_str(&format!("<!ENTITY {this} \"{ten}\">\n"));
    }
    bomb.push_str(
        "<!ENTITY file SYSTEM \"file:///etc/hostname\">\n]>\n<rss><channel><item><wp:comment>\
         <wp:comment_content>ham &k; &file; &amp;</wp:comment_content>\
         <wp:comment_approved>1</wp:comment_approved></wp:comment></item></channel></rss>",
    );
    let file = blog.write("bomb.xml", bomb);
    let (report, _) = blog.import("wordpress", &file, &[]);
    assert_eq!(counts(&report), [1, 0, 0, 0]);
    assert_eq!(blog.said()[0].2, "ham &k; &file; &");
}

#[test]
fn a_bomb_is_no_export() {
    let blog = Blog::new();
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    let zeros = vec![b'\n'; 1 << 20];
    for _ in 0..200 {
        packed.write_all(&zeros).unwrap();
    }
    let file = blog.write("bomb.gz", packed.finish().unwrap());
    let (_, errors) = blog.broken("jsonl", &file);
    assert!(errors.contains("more than 300 times its size"), "{errors}");
    let endless = format!(
        "<rss><channel><item><wp:comment><wp:comment_content>{}",
        "x".repeat(17 << 20)
    );
    let file = blog.write("endless.xml", endless);
    let (_, errors) = blog.broken("wordpress", &file);
    assert!(errors.contains("longer than 16 MiB"), "{errors}");
    let long = format!(
        "{{\"label\":\"ham\",\"content\":\"{}\"}}\n{{\"label\":\"ham\",\"content\":\"short\"}}\n",
        "x".repeat(5 << 20)
    );
    let file = blog.write("long.jsonl", long);
    let (report, errors) = blog.import("jsonl", &file, &[]);
    assert_eq!(counts(&report), [1, 0, 0, 1]);
    assert!(errors[0].ends_with("line 1: it is longer than 4 MiB"));
}

#[test]
fn what_is_no_export_at_all_is_refused() {
    let blog = Blog::new();
    for (format, text) in [
        ("wordpress", "plain text"),
        ("disqus", "<html><body>Not found</body></html>"),
        ("wordpress-sql", "SELECT 1;"),
        ("isso", ""),
        ("jsonl", ""),
        ("remark42", ""),
    ] {
        let file = blog.write("wrong", text);
        let wrong = refusal(&blog.run(format, &file, &[]));
        let expected = format!("could be read as {format}; is it another --format?");
        assert!(wrong.ends_with(&expected), "{format}: {wrong}");
    }
    let missing = refusal(&blog.run("disqus", Path::new("/nowhere/at-all.xml"), &[]));
    assert!(
        missing.contains("cannot read /nowhere/at-all.xml"),
        "{missing}"
    );
    // Thousands of bad rows are counted, and some of them told.
    let file = blog.write(
        "bad.jsonl",
        "nonsense\n".repeat(5000) + "{\"label\":\"ham\",\"content\":\"x\"}",
    );
    let (report, errors) = blog.import("jsonl", &file, &[]);
    assert_eq!(counts(&report), [1, 0, 0, 5000]);
    assert_eq!(errors.len(), 20);
}

#[test]
fn an_owner_is_told_how_well_the_filter_does_on_their_history() {
    let blog = Blog::new();
    let evaluate = |more: &[&str]| {
        let mut command = chaffinch();
        command
            .args(["evaluate", "--own", "--data"])
            .arg(blog.data());
        run(command.args(more), "")
    };
    let nothing = refusal(&evaluate(&[]));
    assert!(
        nothing.contains("no comment was corrected or imported"),
        "{nothing}"
    );
    // The newest first: what comes later in the file was written before.
    let mut lines = String::new();
    for n in 0..40 {
        let (label, content) = match n % 2 {
            0 => (
                "spam",
                format!("We garden for you, dear neighbour, number {n}"),
            ),
            _ => ("ham", format!("I pruned currant number {n} in March")),
        };
        let date = format!("2026-03-{:02}T10:00:00Z", 30 - n / 2);
        let line = json!({"label": label, "content": content, "author": "Joe", "date": date});
        lines.push_str(&format!("{line}\n"));
    }
    let file = blog.write("history.jsonl", lines);
    blog.import("jsonl", &file, &[]);
    let figures = blog.folder.path().join("figures.json");
    let plots = blog.folder.path().join("plots");
    let paths = [figures.to_str().unwrap(), plots.to_str().unwrap()];
    let output = evaluate(&["--json", paths[0], "--plots", paths[1]]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.starts_with("40 comments in the order in which they were written: 20 ham, 20 spam"),
        "{text}"
    );
    let figures: Value = serde_json::from_slice(&fs::read(figures).unwrap()).unwrap();
    let caught = |way: &str| figures[way]["caught"].as_f64().unwrap();
    assert!(caught("learning") > caught("base"), "{figures}");
    assert!(
        fs::read_to_string(plots.join("roc.svg"))
            .unwrap()
            .starts_with("<svg")
    );
    let newest = evaluate(&["--newest", "7"]);
    let text = String::from_utf8(newest.stdout).unwrap();
    // The newest seven are the first of the file.
    assert!(text.starts_with("7 comments"), "{text}");
    let both = evaluate(&["comments.jsonl"]);
    assert_eq!(both.status.code(), Some(2), "either one's own or files");
}
