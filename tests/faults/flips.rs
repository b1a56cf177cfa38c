//! Single bits of the data folder's files are flipped: that is found and named, and mended, or it makes no
//! difference.

use std::fs;
use std::path::{Path, PathBuf};

use chaffinch::store::{
    self, Diagnosis, DumpReader, DumpWriter, Line, Losses, Remedy, StoreError, StoreSettings,
};
use serde_json::json;
use tempfile::TempDir;

use crate::dice::Dice;
use crate::support::{Server, TOKEN};

/// Flips a file.
const FLIPS: usize = 40;

/// A folder with something of everything, left in order.
fn used(folder: &Path) {
    let server = Server::start(folder);
    for n in 0..30 {
        let content = format!("Comment {n}: my currants are full of aphids, what can I do?");
        let author = json!({"name": format!("Person {n}"), "email": format!("p{n}@example.org")});
        let body = json!({"content": content, "author": author, "site": "blog.example.com"});
        let id = server.post("/v1/check", &body)["id"].clone();
        if n % 3 == 0 {
            server.post("/v1/corrections", &json!({"id": id, "label": "spam"}));
        }
    }
    let admin = |path: &str, body: &serde_json::Value| {
        let reply = ureq::post(format!("{}{path}", server.base))
            .header("Authorization", format!("Bearer {TOKEN}"))
            .send_json(body);
        reply.unwrap_or_else(|error| panic!("{path}: {error}"));
    };
    admin(
        "/v1/rules",
        &json!({"match": "word", "pattern": "casino", "outcome": "hold"}),
    );
    admin("/v1/keys", &json!({"name": "another"}));
    admin(
        "/v1/sites",
        &json!({"site": "new.example.com", "settings": {"shadow": true}}),
    );
    admin("/v1/erasures", &json!({"email": "p3@example.org"}));
    server.terminate();
    assert!(server.wait().success());
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).unwrap()),
        }
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => all.extend(files(&path)),
            false => all.push(path),
        }
    }
    all.sort();
    all
}

/// Everything that a folder's store holds.
fn lines(folder: &Path) -> Vec<Line> {
    let store = store::open(folder, &StoreSettings::default()).unwrap();
    let lines = store.dump().map(Result::unwrap);
    lines
        .filter(|line| !matches!(line, Line::Head(_)))
        .collect()
}

fn backup(folder: &Path) -> Vec<u8> {
    let store = store::open(folder, &StoreSettings::default()).unwrap();
    let (mut writer, mut bytes) = (DumpWriter::default(), Vec::new());
    for line in store.dump() {
        writer.line(&line.unwrap(), &mut bytes).unwrap();
    }
    writer.end(&mut bytes).unwrap();
    bytes
}

fn damaged(diagnosis: &Diagnosis) -> bool {
    let mut findings = diagnosis.findings.iter();
    findings.any(|finding| matches!(finding.remedy, Remedy::Rebuild | Remedy::Backup))
}

/// Something that is made anew by itself.
fn passed_over(diagnosis: &Diagnosis) -> bool {
    let mut findings = diagnosis.findings.iter();
    let by_itself = findings.all(|finding| finding.remedy == Remedy::Start);
    by_itself && !diagnosis.findings.is_empty()
}

/// After a repair every event is there, and no verdict is another than it was.
fn assert_mended(folder: &Path, before: &[Line], what: &str) {
    let settings = StoreSettings::default();
    let after = lines(folder);
    let events = |lines: &[Line]| {
        let events = lines.iter().filter(|line| matches!(line, Line::Event(_)));
        events.cloned().collect::<Vec<_>>()
    };
    assert_eq!(events(&after), events(before), "{what}");
    for line in &after {
        let Line::Verdict(verdict) = line else {
            continue;
        };
        let same = before.contains(line) || verdict.record.comment.is_none();
        assert!(same, "{what}: {verdict:?}");
    }
    let again = store::examine(folder, &settings).unwrap();
    assert!(!damaged(&again), "{what}: {:?}", again.findings);
}

#[test]
fn a_flipped_bit_is_found_and_mended_or_makes_no_difference() {
    let parent = TempDir::new().unwrap();
    let sound = parent.path().join("sound");
    used(&sound);
    let settings = StoreSettings::default();
    let before = lines(&sound);
    let bytes = backup(&sound);
    let mut dice = Dice::new("flips");
    let mut table = Vec::new();
    for file in files(&sound) {
        let name = file.strip_prefix(&sound).unwrap().to_owned();
        let length = fs::metadata(&file).unwrap().len() as usize;
        let (mut found, mut harmless, mut lost) = (0, 0, 0);
        for flip in 0..FLIPS.min(length * 8) {
            // The front of a file has what matters most; the rest at random.
            let at = if flip < 10 {
                flip * 7 % length
            } else {
                dice.below(length)
            };
            let folder = parent.path().join("flipped");
            copy(&sound, &folder);
            let mut content = fs::read(folder.join(&name)).unwrap();
            content[at] ^= 1 << dice.below(8);
            fs::write(folder.join(&name), content).unwrap();
            let what = format!("{} at byte {at}", name.display());
            match store::examine(&folder, &settings) {
                Ok(diagnosis) if damaged(&diagnosis) => {
                    found += 1;
                    let named = name.components().next().unwrap().as_os_str();
                    let names = |path: &Path| path.components().any(|c| c.as_os_str() == named);
                    assert!(
                        diagnosis
                            .findings
                            .iter()
                            .any(|finding| names(&finding.path)),
                        "{what}: {:?}",
                        diagnosis.findings
                    );
                    let mut lines = DumpReader::new(&bytes[..]);
                    let backup: Option<&mut dyn Iterator<Item = _>> = Some(&mut lines);
                    store::repair(&folder, &settings, backup, Losses::Refuse)
                        .unwrap_or_else(|error| panic!("{what}: {error}"));
                    assert_mended(&folder, &before, &what);
                }
                Ok(diagnosis) if passed_over(&diagnosis) => {
                    found += 1;
                    assert!(lines(&folder) == before, "{what} changes something unseen");
                }
                Ok(diagnosis) if !diagnosis.findings.is_empty() => {
                    lost += 1;
                    assert_mended(&folder, &before, &what);
                }
                Ok(_) => {
                    harmless += 1;
                    assert!(lines(&folder) == before, "{what} changes something unseen");
                }
                // One digit of the format is another one.
                Err(StoreError::NewerFormat { .. }) => found += 1,
                Err(error) => panic!("{what}: {error}"),
            }
            fs::remove_dir_all(&folder).unwrap();
        }
        table.push(format!(
            "| `{}` | {} | {found} | {lost} | {harmless} |",
            name.display(),
            found + lost + harmless
        ));
    }
    println!(
        "\n| file | bits flipped | found and mended | found, a comment lost | no difference |"
    );
    println!("|---|---|---|---|---|\n{}", table.join("\n"));
}

/// Without a backup, a repair says which events are lost, keeps the places of the others, and does nothing
/// unless that is accepted.
#[test]
fn a_journal_without_a_backup_is_mended_only_if_the_loss_is_accepted() {
    let parent = TempDir::new().unwrap();
    let folder = parent.path().join("data");
    used(&folder);
    let settings = StoreSettings::default();
    let before = lines(&folder);
    let log = folder.join("journal/events.log");
    let mut content = fs::read(&log).unwrap();
    let middle = content.len() / 2;
    content[middle] ^= 1;
    fs::write(&log, &content).unwrap();
    let error = store::open(&folder, &settings)
        .err()
        .expect("damage is refused");
    assert!(
        error.to_string().contains("events.log is damaged at byte"),
        "{error}"
    );
    let refused = store::repair(&folder, &settings, None, Losses::Refuse).unwrap_err();
    assert!(refused.to_string().contains("cannot be read"), "{refused}");
    assert_eq!(fs::read(&log).unwrap(), content, "nothing was changed");
    let repair = store::repair(&folder, &settings, None, Losses::Accept).unwrap();
    assert_eq!(repair.lost_events.len(), 1);
    let events = |lines: &[Line]| lines.iter().filter(|l| matches!(l, Line::Event(_))).count();
    let after = lines(&folder);
    assert_eq!(events(&after), events(&before), "each keeps its place");
    let lost = repair.lost_events[0];
    let same = |line: &&Line| matches!(line, Line::Event(e) if e.sequence != lost);
    assert_eq!(
        after.iter().filter(same).collect::<Vec<_>>(),
        before.iter().filter(same).collect::<Vec<_>>()
    );
}

/// A database that cannot be opened at all costs verdicts and nothing else; its exchange may be broken off
/// anywhere.
#[test]
fn a_repair_that_was_broken_off_can_be_begun_again() {
    let parent = TempDir::new().unwrap();
    let folder = parent.path().join("data");
    used(&folder);
    let before = lines(&folder);
    // Between the two renames, and with a new one half made.
    fs::rename(folder.join("sled"), folder.join("sled.old")).unwrap();
    fs::create_dir(folder.join("sled.new")).unwrap();
    assert!(lines(&folder) == before);
    assert!(!folder.join("sled.new").exists() && !folder.join("sled.old").exists());
    let (old, new) = store::compact(&folder, &StoreSettings::default()).unwrap();
    assert!(new <= old, "{new} {old}");
    assert!(lines(&folder) == before);
}
