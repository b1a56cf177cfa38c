//! `configuration.md`: the options of the server, and the settings of a site.

use std::fmt::Write;

use chaffinch::config::ServerOptions;
use chaffinch::http::openapi_document;
use chaffinch::site::settings::SiteSettings;
use clap::{Arg, Args, Command};
use serde_json::Value;

use crate::schema::{cell, items, kind, members, target, text};

const HEAD: &str = "\
# Configuration

## The server

Each option has a flag, a variable and a place in a file: `max_body` is `--max-body 4MiB`, `CHAFFINCH_MAX_BODY=4MiB`, and
`max_body = \"4MiB\"` in the file that `--config` or `CHAFFINCH_CONFIG` names, or in `chaffinch.toml` of the current folder. A flag goes before a variable, that before
the file, that before the default. Where several values are taken they are a list in the file, and separated by commas elsewhere.

`chaffinch serve --print-config` shows every value and where it came from, as a file that can be kept; secrets are left out.
A wrong value ends the start with a sentence that names it.

| Option | Value | Default | |
|---|---|---|---|
";

const SITES: &str = "
## A site

`chaffinch site set SITE retention_days=30 thresholds.spam=0.95`, `PATCH /v1/sites/{site}` or the dashboard. A site of which nothing is set has the defaults.

| Setting | Value | Default | |
|---|---|---|---|
";

/// The page.
pub(crate) fn page() -> String {
    let mut page = HEAD.to_owned();
    for option in ServerOptions::augment_args(Command::new("chaffinch")).get_arguments() {
        write_option(&mut page, option);
    }
    page.push_str(SITES);
    let api: Value = serde_json::from_str(openapi_document()).unwrap();
    let schema = &api["components"]["schemas"]["SiteSettings"];
    let defaults = serde_json::to_value(SiteSettings::default()).unwrap();
    write_settings(&mut page, &api, schema, "", &defaults);
    page
}

fn write_option(page: &mut String, option: &Arg) {
    let defaults: Vec<_> = option
        .get_default_values()
        .iter()
        .map(|value| format!("`{}`", value.to_str().unwrap()))
        .collect();
    let choices: Vec<_> = option
        .get_possible_values()
        .iter()
        .map(|value| format!("`{}`", value.get_name()))
        .collect();
    let value = if choices.is_empty() {
        option.get_value_names().unwrap().join(" ")
    } else {
        choices.join(" or ")
    };
    let help = option.get_help().unwrap().to_string();
    let (name, defaults) = (option.get_id(), defaults.join(", "));
    writeln!(
        page,
        "| `{name}` | {value} | {defaults} | {} |",
        cell(&help)
    )
    .unwrap();
}

/// The settings that a schema describes; those of a setting that has parts by `setting.part`.
fn write_settings(page: &mut String, api: &Value, schema: &Value, before: &str, defaults: &Value) {
    for (name, of) in members(&schema["properties"]) {
        // What is written for the program's own readers.
        let about = text(&of["description"]).replace("`None`", "nothing");
        let inner = iter_references(of)
            .map(|reference| target(api, reference))
            .next();
        match inner {
            Some(inner) if inner["properties"].is_object() => {
                let before = format!("{before}{name}.");
                write_settings(page, api, inner, &before, &defaults[name]);
            }
            _ => {
                let default = match &defaults[name] {
                    Value::Null => String::new(),
                    Value::String(text) if text.is_empty() => String::new(),
                    Value::String(text) => format!("`{text}`"),
                    other => format!("`{other}`"),
                };
                let value = kind(inner.unwrap_or(of)).replace(" or null", "");
                writeln!(
                    page,
                    "| `{before}{name}` | {value} | {default} | {} |",
                    cell(&about)
                )
                .unwrap();
            }
        }
    }
}

/// The schemas that a member refers to.
fn iter_references(of: &Value) -> impl Iterator<Item = &str> {
    let several = ["oneOf", "allOf"]
        .into_iter()
        .flat_map(|name| items(&of[name]));
    std::iter::once(of)
        .chain(several)
        .filter_map(|schema| schema["$ref"].as_str())
}
