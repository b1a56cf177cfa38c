//! What the server says about itself. `tests/reference` looks after the copies of it in the repository.

use std::path::Path;

use regex::Regex;
use serde_json::{Value, json};

use crate::app::{Reply, TestApp};

#[test]
fn the_description_of_the_api_is_served() {
    let document = chaffinch::http::openapi_document();
    let app = TestApp::start();
    let reply = app.get("/openapi.json");
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert_eq!(reply.body, document);
    assert_eq!(reply.json()["openapi"], "3.1.0");
}

/// A path of the description that leads nowhere, or a method that it does not have, is a mistake.
#[test]
fn every_call_of_the_description_is_there_and_asks_for_a_key() {
    let app = TestApp::start();
    let document: Value = serde_json::from_str(chaffinch::http::openapi_document()).unwrap();
    let mut calls = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, call) in methods.as_object().unwrap() {
            let path = path.replace("{id}", "x").replace("{site}", "x");
            let request = format!(
                "{} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                method.to_uppercase()
            );
            let reply = Reply::parse(&app.raw(request.as_bytes()));
            let open = call.get("security").is_some();
            let expected = if open { 200 } else { 401 };
            assert_eq!(reply.status, expected, "{method} {path}");
            calls += 1;
        }
    }
    assert!(calls > 15);
}

/// The framework cannot be asked for its routes, so the table of them is read.
#[test]
fn every_route_is_described() {
    let table = include_str!("../../src/http/v1/mod.rs");
    let document: Value = serde_json::from_str(chaffinch::http::openapi_document()).unwrap();
    let resource =
        Regex::new(r#"web::resource\("(/[^"]+)"\)((?:\s*\.route\(web::\w+\(\).*)*)"#).unwrap();
    let route = Regex::new(r"\.route\(web::(\w+)\(\)").unwrap();
    let mut routes = 0;
    for found in resource.captures_iter(table) {
        let path = format!("/v1{}", found[1].replace(":.+", ""));
        for method in route.captures_iter(&found[2]) {
            let described = &document["paths"][&path][&method[1]];
            assert!(
                described.is_object(),
                "{} {path}: add it to src/http/docs/openapi.rs",
                &method[1]
            );
            routes += 1;
        }
    }
    assert!(routes > 20, "{routes}");
}

/// A call of the tour: its method, and what else stands on the command line.
fn calls_of_the_tour() -> Vec<(&'static str, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/tour.md");
    let tour = std::fs::read_to_string(path).unwrap();
    let commands = tour.split("    $ ").skip(1).map(|rest| {
        let continued = rest
            .lines()
            .skip(1)
            .take_while(|line| line.starts_with("        "));
        let first = rest.lines().next().unwrap();
        std::iter::once(first).chain(continued).collect::<String>()
    });
    let method = |command: &str| {
        let named = ["DELETE", "PUT", "PATCH"];
        let named = named
            .into_iter()
            .find(|name| command.contains(&format!("-X {name} ")));
        named.unwrap_or(if command.contains(" -d '") {
            "POST"
        } else {
            "GET"
        })
    };
    commands
        .map(|command| (method(&command), command))
        .collect()
}

#[test]
fn the_tour_makes_every_call() {
    let calls = calls_of_the_tour();
    let document: Value = serde_json::from_str(chaffinch::http::openapi_document()).unwrap();
    for (path, methods) in document["paths"].as_object().unwrap() {
        let pattern = path.split('/').map(|part| match part.starts_with('{') {
            true => "[^/ \"?]+".to_owned(),
            false => regex::escape(part),
        });
        let pattern = pattern.collect::<Vec<_>>().join("/");
        let there = Regex::new(&format!("URL{pattern}([ \"?]|$)")).unwrap();
        for method in methods.as_object().unwrap().keys() {
            let method = method.to_uppercase();
            let made = calls
                .iter()
                .any(|(m, command)| *m == method && there.is_match(command));
            assert!(
                made,
                "docs/tour.md has no {method} {path}: add it to tests/tour-api"
            );
        }
    }
}

#[test]
fn the_reference_is_a_page_that_loads_nothing() {
    let app = TestApp::start();
    let page = app.get("/docs");
    assert_eq!(page.status, 200);
    assert!(
        page.header("content-security-policy")
            .unwrap()
            .starts_with("default-src 'none'")
    );
    for needle in [
        "/v1/check",
        "form_seconds",
        "Idempotency-Key",
        "id=\"CheckRequest\"",
        "curl $URL/v1/check -H",
    ] {
        assert!(page.body.contains(needle), "{needle}");
    }
    for needle in ["<script", "src=", "http-equiv", "@import"] {
        assert!(!page.body.contains(needle), "{needle}");
    }
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
