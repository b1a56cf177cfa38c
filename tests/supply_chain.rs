//! What is built upon: `deny.toml` against the packages in `Cargo.lock`.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;

fn policy() -> toml::Table {
    include_str!("../deny.toml").parse().unwrap()
}

fn packages() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

/// Whether a licence expression can be met with licences of a list. `A/B` is an old spelling of `A OR B`.
fn is_met(expression: &str, allowed: &BTreeSet<&str>) -> bool {
    let mut depth = 0usize;
    let tops = |word: &str| {
        let mut parts = vec![String::new()];
        for token in expression
            .replace('(', " ( ")
            .replace(')', " ) ")
            .replace('/', " OR ")
            .split_whitespace()
        {
            match token {
                "(" => depth += 1,
                ")" => depth -= 1,
                _ => {}
            }
            if depth == 0 && token == word {
                parts.push(String::new());
            } else {
                let last = parts.last_mut().unwrap();
                last.push_str(token);
                last.push(' ');
            }
        }
        parts
    };
    let mut split = tops;
    let choices = split("OR");
    if choices.len() > 1 {
        return choices.iter().any(|choice| is_met(choice.trim(), allowed));
    }
    let all = split("AND");
    if all.len() > 1 {
        return all.iter().all(|part| is_met(part.trim(), allowed));
    }
    let one = expression.trim();
    match one
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
    {
        Some(inner) => is_met(inner, allowed),
        None => allowed.contains(one),
    }
}

#[test]
fn every_licence_is_one_of_the_allowed() {
    let policy = policy();
    let allowed = policy["licenses"]["allow"].as_array().unwrap();
    let allowed: BTreeSet<_> = allowed.iter().map(|name| name.as_str().unwrap()).collect();
    assert!(is_met("(MIT OR GPL-3.0) AND Unicode-3.0", &allowed));
    assert!(!is_met("GPL-3.0 AND MIT", &allowed));
    let mut used = 0;
    for package in packages() {
        let licence = package["license"].as_str().unwrap_or("none");
        assert!(is_met(licence, &allowed), "{}: {licence}", package["name"]);
        used += 1;
    }
    assert!(used > 100);
}

#[test]
fn every_package_comes_from_the_registry_and_none_is_banned() {
    let policy = policy();
    let banned = policy["bans"]["deny"].as_array().unwrap();
    for package in packages() {
        let name = package["name"].as_str().unwrap();
        let source = package["source"].as_str();
        let from = source.unwrap_or("here");
        let here = name == "chaffinch";
        assert!(here == source.is_none(), "{name}: {from}");
        assert!(here || from.starts_with("registry+"), "{name}: {from}");
        let is_banned = banned.iter().any(|ban| ban["name"].as_str() == Some(name));
        assert!(!is_banned, "{name} is banned");
    }
}
