//! comment-check (C11-C47).

use crate::app::{BAD_KEY, KEY, MIN, TestApp};

#[test]
fn ordinary_comments_are_ham_and_two_replies_have_two_guids() {
    let app = TestApp::start();
    let first = app.check_with("comment_content=The+clock+above+the+door+is+slow");
    let second = app.comment_check(MIN);
    first.assert_verdict("false");
    second.assert_verdict("false");
    assert_ne!(first.guid(), second.guid());
}

#[test]
fn test_hooks_honeypots_and_administrators_decide() {
    let app = TestApp::start();
    let hook = "comment_author=akismet-guaranteed-spam";
    for (more, verdict) in [
        (hook, "true"),
        ("comment_author=viagra-test-123", "true"),
        (
            "comment_author_email=akismet-guaranteed-spam%40example.com",
            "true",
        ),
        ("comment_content=akismet-guaranteed-spam", "false"),
        (
            "comment_author=akismet-guaranteed-spam&user_role=administrator",
            "false",
        ),
        (
            "comment_content=casino&user_role=administrator,super_admin",
            "false",
        ),
        ("honeypot_field_name=hp&hp=filled", "true"),
        ("honeypot_field_name=hp&hp=", "false"),
        ("honeypot_field_name=hp&hidden_honeypot_field=bot", "true"),
        ("POST_ak_hp_textarea=x", "true"),
        ("POST_hp_textarea=x", "false"),
    ] {
        app.check_with(more).assert_verdict(verdict);
    }
}

#[test]
fn blatant_spam_is_marked_and_nothing_else_is() {
    let app = TestApp::start();
    let reply = app.check_with("comment_author=akismet-guaranteed-spam&test_discard=1");
    assert_eq!(
        (reply.body.as_str(), reply.header("x-akismet-pro-tip")),
        ("true", Some("discard"))
    );
    reply.guid();
    app.check_with("comment_content=Hello&test_discard=1")
        .assert_verdict("false");
}

#[test]
fn missing_fields_are_named_in_order() {
    let app = TestApp::start();
    let (no_blog, no_ip) = (
        "Missing required field: blog.",
        "Missing required field: user_ip.",
    );
    for (body, text, help) in [
        (format!("api_key={BAD_KEY}"), "invalid", "Invalid key"),
        (format!("api_key={KEY}"), no_blog, "Empty \"blog\" value"),
        (
            format!("api_key={KEY}&blog=&user_ip=203.0.113.9"),
            no_blog,
            "Empty \"blog\" value",
        ),
        (
            format!("api_key={KEY}&blog=b.example"),
            no_ip,
            "Empty \"user_ip\" value",
        ),
        (
            format!("api_key={KEY}&blog=b.example&user_ip="),
            no_ip,
            "Empty \"user_ip\" value",
        ),
    ] {
        let reply = app.comment_check(&body);
        reply.assert_refused(text, help);
        reply.guid();
    }
}

#[test]
fn an_operator_may_allow_checks_without_an_address() {
    let app = TestApp::start_with(|settings| settings.allow_empty_ip = true);
    let body = format!("api_key={KEY}&blog=b.example&user_ip=");
    app.comment_check(&body).assert_verdict("false");
}

#[test]
fn odd_grammar_is_understood() {
    let app = TestApp::start();
    let (key, blog) = (KEY, "http%3A%2F%2Fblog.example.com%2F");
    for (body, verdict) in [
        (
            format!("&api_key={key}&&blog={blog}&user_ip=203.0.113.9&"),
            "false",
        ),
        (
            format!(
                "api_key={key}&&blog={blog}&user_ip=203.0.113.9&comment_author=viagra-test-123&"
            ),
            "true",
        ),
        (format!("{MIN}&comment_content=100%ZZ+and+%"), "false"),
        (
            format!("{MIN}&honeypot_field_name=hp%ZZ%&hp%25ZZ%25=x"),
            "true",
        ),
        (
            format!("{MIN}&blog_charset=ISO-8859-1&honeypot_field_name=t%E9&t%E8=x"),
            "false",
        ),
        (
            format!("{MIN}&blog_charset=ISO-8859-1&honeypot_field_name=t%E9&t%C3%A9=x&t%E9=y"),
            "true",
        ),
        (
            format!("{MIN}&comment_context%5B0%5D=a&comment_context[]=b&comment_context=c"),
            "false",
        ),
        (
            format!("{MIN}&comment_date_gmt=99999999999999999999"),
            "false",
        ),
    ] {
        app.comment_check(&body).assert_verdict(verdict);
    }
}

#[test]
fn any_content_type_is_a_form_and_json_is_understood() {
    let app = TestApp::start();
    let path = "/1.1/comment-check";
    let spam = format!("{MIN}&comment_author=viagra-test-123");
    for content_type in [
        "application/x-www-form-urlencoded;charset=UTF-8",
        "text/plain",
        "application/octet-stream",
        ";;",
    ] {
        app.post(path, content_type, &spam).assert_verdict("true");
    }
    let json = serde_json::json!({
        "api_key": KEY, "blog": "http://blog.example.com/", "user_ip": "203.0.113.9",
        "comment_author": "viagra-test-123", "comment_context": ["a", "b"], "is_test": true,
    });
    app.post(path, "application/json", &json.to_string())
        .assert_verdict("true");
    let broken = app.post(path, "application/json", "{\"api_key\":");
    broken.assert_refused("invalid", "Empty \"key\" value");
    broken.guid();
}

#[test]
fn tests_are_judged_but_not_counted() {
    let app = TestApp::start();
    let hook = "comment_author=akismet-guaranteed-spam";
    for (more, counted) in [
        (format!("{hook}&is_test=1"), 0),
        (format!("{hook}&is_test=False"), 1),
        (format!("{hook}&is_test"), 1),
        (format!("{hook}&is_test=true"), 0),
    ] {
        let before = app.usage();
        app.check_with(&more).assert_verdict("true");
        assert_eq!(app.usage() - before, counted, "{more}");
    }
}

#[test]
fn a_body_of_a_mebibyte_is_judged() {
    let app = TestApp::start();
    let content = "a+plain+word+".repeat(80_000);
    app.check_with(&format!("comment_content={content}"))
        .assert_verdict("false");
}
