//! A call of the API as one would type it.

use serde_json::{Map, Value, json};

/// The command line of a call, with the values that the description gives as examples.
pub(super) fn command(api: &Value, path: &str, method: &str, call: &Value) -> String {
    let path = path.replace("{id}", "$ID").replace("{site}", "$SITE");
    let sent = &call["requestBody"]["content"]["application/json"]["schema"];
    let mut words = vec!["curl".to_owned()];
    if method != "get" && (method != "post" || sent.is_null()) {
        words.push(format!("-X {}", method.to_uppercase()));
    }
    words.push(format!("$URL{path}"));
    // What needs no key says so.
    if call["security"].is_null() {
        words.push("-H \"Authorization: Bearer $KEY\"".to_owned());
    }
    if !sent.is_null() {
        words.push(format!("\\\n  -d '{}'", value(api, sent)));
    }
    words.join(" ")
}

/// A value as a schema describes it: of an object the required members and those with an example.
fn value(api: &Value, schema: &Value) -> Value {
    if let Some(example) = schema.get("example") {
        return example.clone();
    }
    if let Some(reference) = schema["$ref"].as_str() {
        let pointer = reference.trim_start_matches('#');
        let found = api.pointer(pointer);
        return found.map_or(Value::Null, |found| value(api, found));
    }
    let choices = schema["oneOf"].as_array().into_iter().flatten();
    if let Some(choice) = choices.into_iter().find(|choice| choice["type"] != "null") {
        return value(api, choice);
    }
    if let Some(first) = schema["enum"].get(0) {
        return first.clone();
    }
    if let Some(properties) = schema["properties"].as_object() {
        let required = |name: &str| {
            let mut names = schema["required"].as_array().into_iter().flatten();
            names.any(|required| required == name)
        };
        let shown = properties
            .iter()
            .filter(|(name, of)| required(name) || of.get("example").is_some());
        let shown = shown.map(|(name, of)| (name.clone(), value(api, of)));
        return Value::Object(Map::from_iter(shown));
    }
    match schema["type"].as_str() {
        Some("array") => json!([value(api, &schema["items"])]),
        Some("integer" | "number") => json!(1),
        Some("boolean") => json!(true),
        _ => json!({}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_shown_with_the_examples_of_its_schema() {
        let api = json!({"components": {"schemas": {"Kind": {"type": "string", "enum": ["ham", "spam"]}}}});
        let call = json!({"requestBody": {"content": {"application/json": {"schema": {
        "required": ["label"],
        "properties": {
            "id": {"type": "string", "example": "1"},
            "label": {"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/Kind"}]},
            "more": {"type": "string"}
        }}}}}});
        assert_eq!(
            command(&api, "/v1/things/{id}", "put", &call),
            "curl -X PUT $URL/v1/things/$ID -H \"Authorization: Bearer $KEY\" \\\n  -d '{\"id\":\"1\",\"label\":\"ham\"}'"
        );
        let open = json!({"security": []});
        assert_eq!(command(&api, "/healthz", "get", &open), "curl $URL/healthz");
    }
}
