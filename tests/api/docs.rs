//! What the server says about itself, and the copies of it in the repository.

use std::path::Path;

use serde_json::json;

use crate::app::TestApp;

/// Compares a generated text with its copy in the repository, or with `UPDATE_DOCS` set writes it.
fn assert_current(path: &str, generated: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, generated).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == generated,
        "{} is not current; run UPDATE_DOCS=1 cargo test --test api docs",
        path.display()
    );
}

#[test]
fn the_table_of_errors_is_current() {
    assert_current("docs/errors.md", &chaffinch::http::errors_markdown());
}

#[test]
fn the_type_of_an_error_leads_to_a_page_about_it() {
    let app = TestApp::start();
    let problem = app.v1_check(&json!({})).json();
    assert_eq!(problem["type"], "/docs/errors/invalid_field");
    let page = app.get(problem["type"].as_str().unwrap());
    assert_eq!(page.status, 200);
    assert_eq!(
        page.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    assert!(
        page.header("content-security-policy")
            .unwrap()
            .starts_with("default-src 'none'")
    );
    assert!(page.body.contains(problem["title"].as_str().unwrap()));
    assert!(
        app.get("/docs/errors")
            .body
            .contains("/docs/errors/invalid_field")
    );
    assert_eq!(app.get("/docs/errors/nonsense").status, 404);
}
