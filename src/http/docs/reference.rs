//! The description of the API, for people: the page at `/docs`.

use std::fmt::Write;
use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::example;
use super::openapi;
use super::page::{Page, escaped, prose};

/// The page.
pub(super) fn page() -> Page {
    static BODY: LazyLock<String> = LazyLock::new(|| {
        // Our own document can be read.
        let api: Value = serde_json::from_str(openapi::document()).unwrap_or_default();
        body(&api)
    });
    Page {
        title: "API".to_owned(),
        body: BODY.clone(),
    }
}

fn body(api: &Value) -> String {
    let mut html = String::new();
    for paragraph in text(&api["info"]["description"]).split("\n\n") {
        let _ = writeln!(html, "<p>{}</p>", prose(paragraph));
    }
    html.push_str("<p><a href=\"/openapi.json\">OpenAPI document</a> · <a href=\"/docs/errors\">Errors</a></p>\n");
    for tag in items(&api["tags"]) {
        let name = text(&tag["name"]);
        let _ = writeln!(
            html,
            "<h2>{}</h2>\n<p>{}</p>",
            escaped(name),
            prose(text(&tag["description"]))
        );
        for (path, methods) in members(&api["paths"]) {
            for (method, call) in members(methods) {
                if items(&call["tags"]).any(|tag| text(tag) == name) {
                    write_call(&mut html, api, path, method, call);
                }
            }
        }
    }
    html.push_str("<h2>What is sent and replied</h2>\n");
    for (name, schema) in members(&api["components"]["schemas"]) {
        write_schema(&mut html, name, schema);
    }
    html
}

fn write_call(html: &mut String, api: &Value, path: &str, method: &str, call: &Value) {
    let _ = writeln!(
        html,
        "<details>\n<summary><code><strong>{}</strong> {}</code> {}</summary>\n<p>{}</p>",
        method.to_uppercase(),
        escaped(path),
        prose(text(&call["summary"])),
        prose(text(&call["description"])),
    );
    let command = example::command(api, path, method, call);
    let _ = writeln!(html, "<pre>{}</pre>", escaped(&command));
    let rows: Vec<String> = items(&call["parameters"])
        .map(|parameter| {
            row(
                text(&parameter["name"]),
                parameter["required"] == true,
                &parameter["schema"],
                text(&parameter["description"]),
            )
        })
        .collect();
    write_table(html, "Parameter", &rows);
    let sent = &call["requestBody"]["content"]["application/json"]["schema"];
    if !sent.is_null() {
        let _ = writeln!(html, "<p>Sent as JSON: {}</p>", kind(sent));
    }
    let mut rows = Vec::new();
    for (status, response) in members(&call["responses"]) {
        let schema = members(&response["content"])
            .next()
            .map(|(_, content)| &content["schema"]);
        let (status, about, schema) = match response["$ref"].as_str() {
            Some(_) => (
                "otherwise",
                "<a href=\"/docs/errors\">What is wrong</a>".to_owned(),
                None,
            ),
            None => (status, prose(text(&response["description"])), schema),
        };
        rows.push(format!(
            "<tr><td>{status}<td>{about}<td>{}</tr>",
            schema.map_or_else(String::new, kind)
        ));
    }
    let _ = writeln!(
        html,
        "<table>\n<tr><th>Status<th>Reply<th></tr>\n{}\n</table>\n</details>",
        rows.join("\n")
    );
}

fn write_schema(html: &mut String, name: &str, schema: &Value) {
    let _ = writeln!(
        html,
        "<h3 id=\"{0}\"><code>{0}</code></h3>\n<p>{1}</p>",
        escaped(name),
        prose(text(&schema["description"])),
    );
    // Members that come from another schema stand beside one's own.
    let mut rows = Vec::new();
    for part in std::iter::once(schema).chain(items(&schema["allOf"])) {
        if let Some(other) = part["$ref"].as_str() {
            rows.push(format!(
                "<tr><td>…<td colspan=3>all of {}</tr>",
                link(other)
            ));
        }
        for (member, of) in members(&part["properties"]) {
            let required = items(&part["required"]).any(|name| text(name) == member);
            rows.push(row(member, required, of, text(&of["description"])));
        }
    }
    if rows.is_empty() {
        let _ = writeln!(html, "<p>{}</p>", kind(schema));
    }
    write_table(html, "Field", &rows);
}

fn write_table(html: &mut String, heading: &str, rows: &[String]) {
    if !rows.is_empty() {
        let _ = writeln!(
            html,
            "<table>\n<tr><th>{heading}<th>Type<th><th></tr>\n{}\n</table>",
            rows.join("\n")
        );
    }
}

fn row(name: &str, required: bool, schema: &Value, about: &str) -> String {
    format!(
        "<tr><td><code>{}</code><td>{}<td>{}<td>{}</tr>",
        escaped(name),
        kind(schema),
        if required { "required" } else { "" },
        prose(about),
    )
}

/// What a value may be, in words.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str() {
        return link(name);
    }
    let choices: Vec<&Value> = ["oneOf", "anyOf"]
        .iter()
        .flat_map(|name| items(&schema[name]))
        .collect();
    if !choices.is_empty() {
        return joined(choices.into_iter().map(kind));
    }
    if schema["enum"].is_array() {
        let quoted = |value: &Value| format!("<code>{}</code>", escaped(text(value)));
        return joined(items(&schema["enum"]).map(quoted));
    }
    let named = |name: &str| match name {
        "array" => format!("list of {}", kind(&schema["items"])),
        "string" if schema["format"] == "date-time" => "date and time".to_owned(),
        "string" => "text".to_owned(),
        "boolean" => "true or false".to_owned(),
        name => escaped(name),
    };
    let types = match &schema["type"] {
        Value::String(name) => named(name),
        several => joined(items(several).map(|name| named(text(name)))),
    };
    match (schema["minimum"].as_f64(), schema["maximum"].as_f64()) {
        (Some(least), Some(most)) => format!("{types}, {least} to {most}"),
        (Some(least), None) if least != 0.0 => format!("{types}, from {least}"),
        _ => types,
    }
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(" or ")
}

fn link(reference: &str) -> String {
    let name = reference.rsplit('/').next().unwrap_or_default();
    format!("<a href=\"#{0}\">{0}</a>", escaped(name))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn members(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let members = value.as_object().into_iter().flat_map(Map::iter);
    members.map(|(name, value)| (name.as_str(), value))
}
