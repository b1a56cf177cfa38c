//! `api.md`: every call of `/v1`, and what is sent and replied.

use std::fmt::Write;
use std::iter;

use serde_json::Value;

use crate::schema::{cell, items, kind, members, text};

/// The page, of the description in OpenAPI.
pub(crate) fn page(document: &str) -> String {
    let api: Value = serde_json::from_str(document).unwrap();
    let about = text(&api["info"]["description"]).replace("`/docs/errors`", "[errors](errors.md)");
    let mut page = format!(
        "# API\n\n{about}\n\nEvery call with a reply stands in [the tour](../tour.md), the same as OpenAPI at `/openapi.json` of \
         your server and in [openapi.json](../openapi.json).\n"
    );
    for tag in items(&api["tags"]) {
        let name = text(&tag["name"]);
        writeln!(page, "\n## {name}\n\n{}", text(&tag["description"])).unwrap();
        for (path, methods) in members(&api["paths"]) {
            for (method, call) in members(methods) {
                if items(&call["tags"]).any(|tag| text(tag) == name) {
                    write_call(&mut page, path, method, call);
                }
            }
        }
    }
    page.push_str("\n## What is sent and replied\n");
    for (name, schema) in members(&api["components"]["schemas"]) {
        write_schema(&mut page, name, schema);
    }
    page
}

fn write_call(page: &mut String, path: &str, method: &str, call: &Value) {
    let method = method.to_uppercase();
    writeln!(
        page,
        "\n### `{method} {path}`\n\n{}",
        text(&call["summary"])
    )
    .unwrap();
    if let Some(about) = call["description"].as_str() {
        writeln!(page, "\n{about}").unwrap();
    }
    let rows = items(&call["parameters"]).map(|parameter| {
        let required = parameter["required"] == true;
        row(
            text(&parameter["name"]),
            required,
            &parameter["schema"],
            text(&parameter["description"]),
        )
    });
    write_table(page, "Parameter", &rows.collect::<Vec<_>>());
    let sent = &call["requestBody"]["content"]["application/json"]["schema"];
    if !sent.is_null() {
        writeln!(page, "\nSent as JSON: {}", kind(sent)).unwrap();
    }
    page.push_str("\n| Status | | Reply |\n|---|---|---|\n");
    for (status, response) in members(&call["responses"]) {
        if response["$ref"].is_string() {
            page.push_str("| otherwise | What is wrong | [Problem](#problem) |\n");
            continue;
        }
        let reply = members(&response["content"]).next();
        let reply = reply.map_or_else(String::new, |(_, content)| kind(&content["schema"]));
        writeln!(
            page,
            "| {status} | {} | {reply} |",
            cell(text(&response["description"]))
        )
        .unwrap();
    }
}

fn write_schema(page: &mut String, name: &str, schema: &Value) {
    writeln!(page, "\n### {name}").unwrap();
    if let Some(about) = schema["description"].as_str() {
        writeln!(page, "\n{about}").unwrap();
    }
    // Members that come from another schema stand beside one's own.
    let mut rows = Vec::new();
    for part in iter::once(schema).chain(items(&schema["allOf"])) {
        if part["$ref"].is_string() {
            rows.push(format!("| … | all of {} | | |", kind(part)));
        }
        for (member, of) in members(&part["properties"]) {
            let required = items(&part["required"]).any(|name| text(name) == member);
            rows.push(row(member, required, of, text(&of["description"])));
        }
    }
    if rows.is_empty() {
        writeln!(page, "\n{}", kind(schema)).unwrap();
    }
    write_table(page, "Field", &rows);
}

fn write_table(page: &mut String, heading: &str, rows: &[String]) {
    if !rows.is_empty() {
        let rows = rows.join("\n");
        writeln!(
            page,
            "\n| {heading} | Type | | |\n|---|---|---|---|\n{rows}"
        )
        .unwrap();
    }
}

fn row(name: &str, required: bool, schema: &Value, about: &str) -> String {
    let required = if required { "required" } else { "" };
    format!(
        "| `{name}` | {} | {required} | {} |",
        kind(schema),
        cell(about)
    )
}
