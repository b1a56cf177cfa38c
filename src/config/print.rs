//! The configuration as it came out, as a file that could be read again.

use std::fmt::Write;

use clap::{Arg, ArgAction};
use serde_json::json;

use super::layers::{Layers, Origin, definitions};

/// What stands in the place of a secret.
const MASK: &str = "********";

/// An option as it came out.
struct Shown<'a> {
    id: &'a str,
    value: Value,
    origin: String,
}

enum Value {
    Unset,
    Secret,
    One(toml::Value),
    Many(Vec<toml::Value>),
}

/// Every option with its value and where that came from, as `chaffinch.toml` would have it.
///
/// Secrets are masked, and they and what has no value are comments, so that what is printed here
/// can be kept as a file.
pub fn print(layers: &Layers) -> String {
    let definitions = definitions();
    let lines: Vec<(String, String)> = definitions
        .get_arguments()
        .map(|arg| shown(arg, layers))
        .map(|Shown { id, value, origin }| match value {
            Value::Unset => (format!("# {id} ="), origin),
            Value::Secret => (format!("# {id} = \"{MASK}\""), origin),
            Value::One(value) => (format!("{id} = {value}"), origin),
            Value::Many(values) => (format!("{id} = {}", toml::Value::from(values)), origin),
        })
        .collect();
    let width = lines.iter().map(|(left, _)| left.len()).max().unwrap_or(0);
    let mut text = String::new();
    for (left, right) in lines {
        // Writing into a text cannot fail.
        let _ = writeln!(text, "{left:width$}  # {right}");
    }
    text
}

/// The same as JSON: for each option its `value`, `null` where there is none, and its `origin`.
pub fn to_json(layers: &Layers) -> serde_json::Value {
    let definitions = definitions();
    let options = definitions.get_arguments().map(|arg| {
        let Shown { id, value, origin } = shown(arg, layers);
        let value = match value {
            Value::Unset => serde_json::Value::Null,
            Value::Secret => MASK.into(),
            Value::One(value) => json!(value),
            Value::Many(values) => json!(values),
        };
        (id.to_owned(), json!({"value": value, "origin": origin}))
    });
    serde_json::Value::Object(options.collect())
}

fn shown<'a>(arg: &'a Arg, layers: &Layers) -> Shown<'a> {
    let id = arg.get_id().as_str();
    let values: Vec<String> = layers
        .matches
        .subcommand()
        .and_then(|(_, chosen)| chosen.get_raw(id))
        .into_iter()
        .flatten()
        .map(|value| value.to_string_lossy().into_owned())
        .collect();
    let Some(origin) = layers.origin(id).filter(|_| !values.is_empty()) else {
        return Shown {
            id,
            value: Value::Unset,
            origin: "not set".to_owned(),
        };
    };
    let value = if arg.is_hide_env_values_set() {
        Value::Secret
    } else if matches!(arg.get_action(), ArgAction::Append) {
        Value::Many(values.into_iter().map(literal).collect())
    } else {
        Value::One(literal(values.concat()))
    };
    let origin = match origin {
        Origin::Flag => format!("--{}", arg.get_long().unwrap_or_default()),
        Origin::Variable => variable(id),
        Origin::File(path) => path.display().to_string(),
        Origin::Default => "default".to_owned(),
    };
    Shown { id, value, origin }
}

/// The name of an option's variable, as a test of the definitions holds it to be.
fn variable(id: &str) -> String {
    format!("CHAFFINCH_{}", id.to_uppercase())
}

/// A value as it is written: bare if it reads the same when it is read again, quoted otherwise.
fn literal(value: String) -> toml::Value {
    match value.parse::<toml::Value>() {
        Ok(bare @ (toml::Value::Boolean(_) | toml::Value::Integer(_) | toml::Value::Float(_)))
            if bare.to_string() == value =>
        {
            bare
        }
        _ => toml::Value::from(value),
    }
}

#[cfg(test)]
mod tests {
    use super::literal;

    #[test]
    fn values_are_written_as_they_are_read() {
        for (value, written) in [
            ("true", "true"),
            ("0.5", "0.5"),
            ("12", "12"),
            ("012", "\"012\""),
            ("./data", "\"./data\""),
            ("", "\"\""),
        ] {
            assert_eq!(literal(value.to_owned()).to_string(), written);
        }
    }
}
