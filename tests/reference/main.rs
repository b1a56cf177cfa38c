//! The pages of `docs/reference`, made of the definitions that the program itself goes by, and whether the copies in the
//! repository are still what is made of them. `UPDATE_DOCS=1 cargo test --test reference` writes them anew.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::Path;

use chaffinch::http::{errors_markdown, openapi_document};

// The definitions of the command line belong to the program, not to the library.
#[allow(dead_code)]
#[path = "../../src/cli/mod.rs"]
mod cli;

mod calls;
mod card;
mod commands;
mod counts;
mod options;
mod schema;

/// Compares a generated page with its copy in the repository, or with `UPDATE_DOCS` set writes it.
fn assert_current(path: &str, generated: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("docs")
        .join(path);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, generated).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == generated,
        "{} is not current; run UPDATE_DOCS=1 cargo test --test reference",
        path.display()
    );
}

#[test]
fn the_description_of_the_api_is_current() {
    assert_current("openapi.json", openapi_document());
    assert_current("reference/api.md", &calls::page(openapi_document()));
}

#[test]
fn the_table_of_errors_is_current() {
    assert_current("reference/errors.md", &errors_markdown());
}

#[test]
fn the_options_and_settings_are_current() {
    assert_current("reference/configuration.md", &options::page());
}

#[test]
fn the_commands_are_current() {
    assert_current("reference/cli.md", &commands::page());
}

#[test]
fn the_metrics_are_current() {
    assert_current("reference/metrics.md", &counts::page());
}

#[test]
fn the_model_card_is_current() {
    assert_current("reference/model-card.md", &card::page());
}
