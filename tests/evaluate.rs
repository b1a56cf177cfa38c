//! `chaffinch evaluate` from outside: figures, files written, refusals.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::{Value, json};
use support::{chaffinch, refusal, run};

const HAM: [&str; 6] = [
    "I pruned the pear tree in autumn and it bears again.",
    "Thank you, the second paragraph answered my question.",
    "Does the recipe work with rye flour as well?",
    "My bicycle has the same bearing, it lasted nine winters.",
    "The link in the third footnote is broken, by the way.",
    "We walked there last May, the swallows were back.",
];

const SPAM: [&str; 6] = [
    "Cheap pills without prescription http://pills.example/buy",
    "Free casino bonus, best online poker http://casino.example",
    "Make money fast from home, click here http://cash.example",
    "Replica watches at low prices http://watches.example",
    "Payday loans approved in minutes http://loans.example",
    "Buy followers and likes now http://likes.example",
];

/// Ham and spam in turn, as many of each as asked for, the sentences numbered.
fn corpus(folder: &Path, name: &str, ham: usize, spam: usize) -> PathBuf {
    let mut lines = String::new();
    for n in 0..ham.max(spam) {
        for (label, count, texts) in [("ham", ham, HAM), ("spam", spam, SPAM)] {
            if n < count {
                let content = format!("{} {}", texts[n % texts.len()], n / texts.len());
                let id = format!("{name}:{label}{n}");
                lines += &format!(
                    "{}\n",
                    json!({"id": id, "label": label, "content": content})
                );
            }
        }
    }
    let path = folder.join(format!("{name}.jsonl"));
    fs::write(&path, lines).unwrap();
    path
}

fn evaluate(args: &[&str], paths: &[&Path]) -> Output {
    run(chaffinch().arg("evaluate").args(args).args(paths), "")
}

/// Standard output of a run that went well.
fn good(args: &[&str], paths: &[&Path]) -> String {
    let output = evaluate(args, paths);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    assert_eq!(stderr, "", "a progress bar is drawn on terminals only");
    String::from_utf8(output.stdout).unwrap()
}

/// The figures that it writes as JSON.
fn figures(args: &[&str], paths: &[&Path]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("figures.json");
    let args: Vec<&str> = args
        .iter()
        .copied()
        .chain(["--json", file.to_str().unwrap()])
        .collect();
    good(&args, paths);
    serde_json::from_slice(&fs::read(file).unwrap()).unwrap()
}

#[test]
fn cold_figures_are_those_of_the_probabilities_that_check_gives() {
    let folder = tempfile::tempdir().unwrap();
    let blog = corpus(folder.path(), "blog-garden", 6, 5);
    let other = corpus(folder.path(), "sms-club", 4, 0);
    let scores = folder.path().join("scores.txt");
    let table = good(&["--scores", scores.to_str().unwrap()], &[folder.path()]);
    let line = |name: &str| {
        let line = table.lines().find(|line| line.starts_with(name));
        line.unwrap_or_else(|| panic!("{name}\n{table}"))
            .split_whitespace()
            .collect::<Vec<_>>()
    };
    assert_eq!(line("blog-garden")[1..3], ["5", "6"]);
    assert_eq!(line("sms-club")[1..4], ["0", "4", "-"]);
    assert_eq!(line("ALL pooled")[2..4], ["5", "10"]);
    assert_eq!(line("BLOG pooled")[2..4], ["5", "6"]);

    let asked: Vec<String> = [blog, other]
        .iter()
        .flat_map(|path| {
            let text = fs::read_to_string(path).unwrap();
            text.lines().map(str::to_owned).collect::<Vec<_>>()
        })
        .collect();
    let checked = run(
        chaffinch().args(["check", "--json"]),
        &(asked.join("\n") + "\n"),
    );
    let checked = String::from_utf8(checked.stdout).unwrap();
    let scores = fs::read_to_string(scores).unwrap();
    assert_eq!(scores.lines().count(), asked.len());
    for ((scored, checked), asked) in scores.lines().zip(checked.lines()).zip(&asked) {
        let [scored, checked, asked]: [Value; 3] =
            [scored, checked, asked].map(|line| serde_json::from_str(line).unwrap());
        assert_eq!(scored["probability"], checked["probability"]);
        assert_eq!(scored["label"], asked["label"]);
        assert_eq!(scored["id"], asked["id"]);
        let id = scored["id"].as_str().unwrap();
        assert!(id.starts_with(scored["source"].as_str().unwrap()));
    }
}

/// The test author is surely spam, and empty comments are all alike: so the order of the
/// probabilities is known without asking any model.
#[test]
fn figures_of_known_probabilities_are_those_computed_by_hand() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("blog-known.jsonl");
    let mut lines = String::new();
    // Of five spam comments three score 1, of five ham comments one; all others are level.
    for n in 0..10 {
        let (spam, surely) = (n < 5, n < 3 || n == 5);
        let author = if surely { "viagra-test-123" } else { "" };
        let label = if spam { "spam" } else { "ham" };
        lines += &format!(
            "{}\n",
            json!({"label": label, "content": "", "author": author})
        );
    }
    fs::write(&file, lines).unwrap();

    let found = figures(
        &["--protocol", "split", "--cut", "0.9"],
        &[
            &corpus(folder.path(), "known-train", 8, 8),
            &renamed(&file, "known-test.jsonl"),
        ],
    );
    let known = &found["figures"]["sources"][0];
    assert_eq!(known["source"], "known");
    let near = |name: &str, expected: f64| {
        let found = known[name].as_f64().unwrap();
        assert!(
            (found - expected).abs() < 1e-12,
            "{name}: {found} {expected}"
        );
    };
    // 3 of 5 above 4 of 5 ham and level with one; the other 2 level with 4: (3*4.5 + 2*2) / 25.
    near("auc", 0.7);
    near("caught", 0.6);
    near("blocked", 0.2);
    near("caught@1%", 0.0);
    // (3*4 - 1*2) / sqrt(4 * 5 * 5 * 6)
    near("mcc", 10.0 / 600f64.sqrt());
    // Errors 2.5 of 6 and 1.5 of 6: odds 5/7 and 1/3.
    let odds = (5f64 / 21.0).sqrt();
    near("lam%", 100.0 * odds / (1.0 + odds));
    let mean = &found["figures"]["mean_mcc"];
    assert_eq!(mean["value"], known["mcc"]);
    let interval = &known["intervals"]["auc"];
    let (low, high) = (
        interval["low"].as_f64().unwrap(),
        interval["high"].as_f64().unwrap(),
    );
    assert!(
        low < 0.7 && 0.7 < high && low >= 0.0 && high <= 1.0,
        "{interval}"
    );
}

fn renamed(file: &Path, name: &str) -> PathBuf {
    let to = file.with_file_name(name);
    fs::rename(file, &to).unwrap();
    to
}

#[test]
fn wrong_corrections_teach_less_than_right_ones() {
    let folder = tempfile::tempdir().unwrap();
    let file = corpus(folder.path(), "blog-one", 60, 60);
    let area = |wrong: &str| {
        let args = ["--protocol", "online", "--no-base", "--wrong", wrong];
        let told = figures(&args, &[&file]);
        assert_eq!(told["wrong"].to_string(), wrong);
        told["figures"]["sources"][0]["auc"].as_f64().unwrap()
    };
    let (right, some, all) = (area("0.0"), area("0.1"), area("1.0"));
    assert!(right > 0.9 && some > 0.8 && some <= right, "{right} {some}");
    assert!(all < 0.2, "{all}");
}

#[test]
fn online_learns_and_every_source_starts_afresh() {
    let folder = tempfile::tempdir().unwrap();
    let [one, two] = ["blog-one", "blog-two"].map(|name| {
        let path = corpus(folder.path(), name, 60, 60);
        // Without a link in any, nothing tells them apart before they are taught.
        let unlinked = fs::read_to_string(&path).unwrap().replace("http://", "by ");
        fs::write(&path, unlinked.replace(".example", "")).unwrap();
        path
    });
    let args = ["--protocol", "online", "--no-base", "--feedback"];
    let all = figures(&[&args[..], &["all"]].concat(), &[&one, &two]);
    assert_eq!(all["model"], "empty");
    let source = &all["figures"]["sources"][0];
    assert_eq!(source["taught"], 120);
    let at = |n: usize| {
        let curve = source["curve"].as_array().unwrap();
        let point = curve.iter().find(|point| point["corrections"] == n);
        point.unwrap()["auc"].as_f64().unwrap()
    };
    assert_eq!(at(0), 0.5, "nothing is known of them");
    assert!(at(10) > 0.8 && at(60) > 0.99, "{source}");
    // The same comments at the same place teach the same, whatever was taught before.
    assert_eq!(all["figures"]["sources"][1]["curve"], source["curve"]);
    let errors = figures(&[&args[..], &["errors"]].concat(), &[&one]);
    let taught = errors["figures"]["sources"][0]["taught"].as_u64().unwrap();
    assert!((2..60).contains(&taught), "{taught}");
    let table = good(&[&args[..], &["all"]].concat(), &[&one]);
    assert!(table.contains("corrections  overall"), "{table}");
}

#[test]
fn a_model_ties_with_itself_and_wins_over_one_taught_nonsense() {
    let folder = tempfile::tempdir().unwrap();
    let source = corpus(folder.path(), "blog-source", 60, 60);
    let model = |name: &str, turned: bool| {
        let text = fs::read_to_string(&source).unwrap();
        let text = if turned {
            let text = text.replace("\"label\":\"ham\"", "\"label\":\"?\"");
            let text = text.replace("\"label\":\"spam\"", "\"label\":\"ham\"");
            text.replace("\"label\":\"?\"", "\"label\":\"spam\"")
        } else {
            text
        };
        let corpus = folder.path().join("labels");
        fs::write(&corpus, text).unwrap();
        let path = folder.path().join(name);
        let output = run(
            chaffinch()
                .args(["train", "--json", "--out"])
                .args([&path, &corpus]),
            "",
        );
        assert!(output.status.success());
        let told: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(told["bytes"], fs::metadata(&path).unwrap().len());
        path.to_str().unwrap().to_owned()
    };
    let (right, wrong) = (model("right", false), model("wrong", true));
    let compared = |one: &str, other: &str| {
        let found = figures(&["--model", one, "--compare", other], &[&source]);
        found["comparison"][0]["outcome"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(compared(&right, &right), "tied");
    assert_eq!(compared(&right, &wrong), "won");
    assert_eq!(compared(&wrong, &right), "lost");
    let table = good(&["--model", &right, "--compare", &wrong], &[&source]);
    assert!(
        table.trim_end().ends_with("won 1, tied 0, lost 0"),
        "{table}"
    );
}

#[test]
fn plots_are_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let source = corpus(folder.path(), "blog-plots", 30, 30);
    let plots = folder.path().join("some").join("plots");
    let args = ["--protocol", "online", "--plots", plots.to_str().unwrap()];
    good(&args, &[&source]);
    for name in ["roc.svg", "calibration.svg", "learning.svg"] {
        let svg = fs::read_to_string(plots.join(name)).unwrap();
        assert!(svg.starts_with("<svg") && svg.contains("<text"), "{name}");
    }
}

#[test]
fn two_runs_give_the_same_to_the_last_digit() {
    let folder = tempfile::tempdir().unwrap();
    let source = corpus(folder.path(), "blog-twice", 20, 20);
    assert_eq!(figures(&[], &[&source]), figures(&[], &[&source]));
}

#[test]
fn what_cannot_be_measured_is_refused_in_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let bad = path(
        "bad.jsonl",
        "{\"label\":\"ham\",\"content\":\"a\"}\n\n{\"label\":\"eggs\",\"content\":\"b\"}\n",
    );
    let bad = refusal(&evaluate(&[], &[&bad]));
    assert!(
        bad.contains("bad.jsonl, line 3: ") && bad.contains("eggs"),
        "{bad}"
    );
    let refused = |args: &[&str], paths: &[&Path], words: &str| {
        let sentence = refusal(&evaluate(args, paths));
        assert!(sentence.contains(words), "{sentence}");
    };
    let empty = path("empty.jsonl", "\n");
    refused(&[], &[&empty], "there is no comment in ");
    let ham = corpus(folder.path(), "ham-train", 12, 0);
    let tests = corpus(folder.path(), "ham-test", 3, 3);
    let split = ["--protocol", "split"];
    refused(
        &split,
        &[&ham, &tests],
        "training on ham-train: the corpus has 12 ham and 0 spam",
    );
    refused(&split, &[&ham], "ham-train has no ham-test beside it");
    refused(&split, &[&tests], "ham-test has no ham-train beside it");
    refused(&["--feedback", "errors"], &[&tests], "--protocol online");
    refused(&["--wrong", "0.1"], &[&tests], "--protocol online");
    refused(&["--no-base"], &[&tests], "--protocol online");
    refused(
        &["--plots", "p"],
        &[&ham],
        "has 12 ham and 0 spam comments; a ROC curve needs both",
    );
    let nowhere = folder.path().join("nowhere");
    refused(&[], &[&nowhere], "cannot read ");
    refused(
        &["--compare", nowhere.to_str().unwrap()],
        &[&tests],
        "nowhere",
    );
}
