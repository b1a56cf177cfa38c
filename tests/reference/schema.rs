//! Reading a description in OpenAPI, and writing it in Markdown.

use serde_json::{Map, Value};

/// A text, or nothing.
pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// What a list holds.
pub(crate) fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// What an object holds.
pub(crate) fn members(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let members = value.as_object().into_iter().flat_map(Map::iter);
    members.map(|(name, value)| (name.as_str(), value))
}

/// What a reference leads to.
pub(crate) fn target<'a>(api: &'a Value, reference: &str) -> &'a Value {
    api.pointer(reference.trim_start_matches('#')).unwrap()
}

/// A text as a cell of a table, on one line.
pub(crate) fn cell(text: &str) -> String {
    text.trim().replace('\n', " ").replace('|', "\\|")
}

/// What a value may be, in words.
pub(crate) fn kind(schema: &Value) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap();
        return format!("[{name}](#{})", name.to_lowercase());
    }
    let choices: Vec<String> = ["oneOf", "anyOf", "allOf"]
        .iter()
        .flat_map(|name| items(&schema[name]))
        .map(kind)
        .collect();
    if !choices.is_empty() {
        return choices.join(" or ");
    }
    let constants: Vec<String> = items(&schema["enum"])
        .map(|value| format!("`{}`", text(value)))
        .collect();
    if !constants.is_empty() {
        return constants.join(" or ");
    }
    let named = |name: &str| match name {
        "array" => format!("list of {}", kind(&schema["items"])),
        "string" if schema["format"] == "date-time" => "date and time".to_owned(),
        "string" => "text".to_owned(),
        "boolean" => "true or false".to_owned(),
        name => name.to_owned(),
    };
    let types = match &schema["type"] {
        Value::String(name) => named(name),
        several => items(several)
            .map(|name| named(text(name)))
            .collect::<Vec<_>>()
            .join(" or "),
    };
    match (schema["minimum"].as_f64(), schema["maximum"].as_f64()) {
        (Some(least), Some(most)) => format!("{types}, {least} to {most}"),
        (Some(least), None) if least != 0.0 => format!("{types}, from {least}"),
        _ => types,
    }
}
