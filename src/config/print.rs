//! The configuration as it came out, as a file that could be read again.

use std::fmt::Write;

use clap::{Arg, ArgAction};

use super::layers::{Layers, Origin, definitions};

/// What stands in the place of a secret.
const MASK: &str = "********";

/// Every option with its value and where that came from, as `chaffinch.toml` would have it.
///
/// Secrets are masked, and they and what has no value are comments, so that what is printed here
/// can be kept as a file.
pub fn print(layers: &Layers) -> String {
    let lines: Vec<(String, String)> = definitions()
        .get_arguments()
        .map(|arg| line(arg, layers))
        .collect();
    let width = lines.iter().map(|(left, _)| left.len()).max().unwrap_or(0);
    let mut text = String::new();
    for (left, right) in lines {
        // Writing into a text cannot fail.
        let _ = writeln!(text, "{left:width$}  # {right}");
    }
    text
}

fn line(arg: &Arg, layers: &Layers) -> (String, String) {
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
        return (format!("# {id} ="), "not set".to_owned());
    };
    let left = if arg.is_hide_env_values_set() {
        format!("# {id} = \"{MASK}\"")
    } else if matches!(arg.get_action(), ArgAction::Append) {
        let items: Vec<String> = values.iter().map(|v| literal(v)).collect();
        format!("{id} = [{}]", items.join(", "))
    } else {
        format!("{id} = {}", literal(&values.concat()))
    };
    let origin = match origin {
        Origin::Flag => format!("--{}", arg.get_long().unwrap_or_default()),
        Origin::Variable => variable(id),
        Origin::File(path) => path.display().to_string(),
        Origin::Default => "default".to_owned(),
    };
    (left, origin)
}

/// The name of an option's variable, as a test of the definitions holds it to be.
fn variable(id: &str) -> String {
    format!("CHAFFINCH_{}", id.to_uppercase())
}

/// A value as TOML: bare if it reads the same when it is read again, quoted otherwise.
fn literal(value: &str) -> String {
    let bare = match value.parse::<toml::Value>() {
        Ok(toml::Value::Boolean(b)) => b.to_string(),
        Ok(toml::Value::Integer(n)) => n.to_string(),
        Ok(toml::Value::Float(n)) => n.to_string(),
        _ => String::new(),
    };
    if bare == value && !value.is_empty() {
        bare
    } else {
        toml::Value::from(value).to_string()
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
            assert_eq!(literal(value), written);
        }
    }
}
