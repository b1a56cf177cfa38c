//! `NAME=VALUE`, as settings are written on the command line.

use std::str::FromStr;

use serde_json::{Map, Value};

/// One setting; the name may lead into another, as in `thresholds.spam=0.6`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Assignment {
    path: Vec<String>,
    value: Value,
}

impl FromStr for Assignment {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
        let path: Vec<String> = name.split('.').map(|part| part.trim().to_owned()).collect();
        if path.iter().any(String::is_empty) {
            return Err("write NAME=VALUE");
        }
        // What is no JSON is a text: nobody wants to write quotes inside quotes.
        let value = serde_json::from_str(value).unwrap_or_else(|_| Value::from(value));
        Ok(Self { path, value })
    }
}

/// What settings make together.
pub(super) fn object(assignments: Vec<Assignment>) -> Map<String, Value> {
    let mut object = Map::new();
    for Assignment { path, value } in assignments {
        insert(&mut object, &path, value);
    }
    object
}

fn insert(object: &mut Map<String, Value>, path: &[String], value: Value) {
    match path {
        [] => {}
        [name] => {
            object.insert(name.clone(), value);
        }
        [name, rest @ ..] => {
            let inner = object.entry(name.clone()).or_insert(Value::Null);
            if !inner.is_object() {
                *inner = Value::Object(Map::new());
            }
            if let Value::Object(inner) = inner {
                insert(inner, rest, value);
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_json_or_else_texts() {
        let written = [
            "shadow=true",
            "thresholds.spam=0.6",
            "thresholds.unsure=0.1",
            "notes=moved in spring",
            "language=de",
            "site=null",
        ];
        let read = written.into_iter().map(|text| text.parse().unwrap());
        assert_eq!(
            Value::Object(object(read.collect())),
            json!({"shadow": true, "thresholds": {"spam": 0.6, "unsure": 0.1},
                "notes": "moved in spring", "language": "de", "site": null})
        );
        for text in ["shadow", "=1", "a..b=1"] {
            assert!(text.parse::<Assignment>().is_err(), "{text}");
        }
    }
}
