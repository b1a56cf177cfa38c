//! The page of one verdict.

use serde_json::json;

use crate::app::{ADMIN, TestApp};
use crate::browser::Browser;

#[test]
fn the_page_of_a_verdict_shows_its_evidence_and_its_history() {
    let app = TestApp::start();
    let comment = json!({"content": "Hello! Buy cheap viagra online, no prescription: http://pills.example/buy <i>now</i>",
        "author": {"name": "best <b>pills</b>", "email": "joe@mail.example", "ip": "203.0.113.9", "user_agent": "Bot/1"}});
    let id = app.v1_check(&comment).json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let mut browser = Browser::of_admin(&app);
    let path = format!("/verdicts/{id}");
    let page = browser.page(&path);
    for shown in [
        r#"<mark class="spam strong""#,
        "cheap viagra online",
        "&#60;i&#62;now",
        "best &#60;b&#62;pills",
        "joe@mail.example",
        "Bot/1",
        "Checked: spam",
        r#"/rules/new?match=link_domain&amp;pattern=pills%2Eexample"#,
        r#"/rules/new?match=email_domain&amp;pattern=mail%2Eexample"#,
    ] {
        let escaped = shown.replace("&amp;", "&#38;");
        assert!(
            page.contains(shown) || page.contains(&escaped),
            "{shown}: {page}"
        );
    }
    // What is shown adds up.
    let explanation = app
        .v1_get(&format!("/v1/verdicts/{id}/explanation"), ADMIN)
        .json();
    let sum = explanation["now"]["evidence"]["sum"].as_f64().unwrap();
    assert!(
        page.contains(&format!("<strong>{sum:+.2}</strong>")),
        "{sum}: {page}"
    );

    let fields = [("act", format!("ham {id}")), ("back", path.clone())];
    let fields: Vec<_> = fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let token = crate::browser::token(&page).to_owned();
    let fields = [&[("token", token.as_str())], &fields[..]].concat();
    let reply = browser.send("/correct", &fields);
    assert_eq!(reply.header("location"), Some(path.as_str()));
    let page = browser.page(&path);
    assert!(
        page.contains("Corrected: not spam") && page.contains("Corrections learned so far: 1.")
    );
}

#[test]
fn the_history_tells_who_said_what_also_of_people_who_left() {
    let app = TestApp::start();
    let id = app.v1_check(&json!({"content": "Hello there"})).json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let mia = json!({"name": "Mia <b>", "scopes": ["moderate"]});
    let mia = app.admin("POST", "/v1/keys", mia).json();
    let mut moderator = Browser::of(&app, mia["secret"].as_str().unwrap());
    let mut admin = Browser::of_admin(&app);
    let path = format!("/verdicts/{id}");
    let says = |browser: &mut Browser<'_>, act: &str| {
        let page = browser.page(&path);
        let act = format!("{act} {id}");
        browser.submit(&page, "/correct", &[("act", &act)]);
    };
    says(&mut moderator, "spam");
    says(&mut admin, "leave");
    says(&mut moderator, "undo");
    let path_of_key = format!("/v1/keys/{}", mia["id"].as_str().unwrap());
    app.admin("DELETE", &path_of_key, serde_json::Value::Null);
    let page = admin.page(&path);
    let (_, history) = page.split_once("<ol class=\"history\">").unwrap();
    let lines: Vec<_> = history
        .split("</ol>")
        .next()
        .unwrap()
        .split("<li>")
        .skip(2)
        .collect();
    assert_eq!(lines.len(), 3, "{history}");
    let by = |name: &str| format!("by <bdi>{name}</bdi>");
    for (line, what, who) in [
        (lines[0], "Corrected: spam", by("Mia &#60;b&#62;")),
        (
            lines[1],
            "Corrected: not spam (not learned)",
            by("configured admin token"),
        ),
        (lines[2], "Correction taken back", by("Mia &#60;b&#62;")),
    ] {
        assert!(line.contains(what) && line.contains(&who), "{line}");
    }
}

#[test]
fn all_comments_like_one_are_corrected_at_once() {
    let app = TestApp::start();
    let check = |text: &str| {
        app.v1_check(&json!({"content": text})).json()["id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let wave = "Earn a lot of money from home with this one trick that banks do not want you to know about, see the page number";
    let alike: Vec<_> = (0..3).map(|n| check(&format!("{wave} {n}"))).collect();
    let other = check("I pruned my currants in March and lost half the fruit");
    let mut browser = Browser::of_admin(&app);
    let page = browser.page(&format!("/verdicts/{}/alike", alike[1]));
    assert!(page.contains("Others like this comment: 2"), "{page}");
    let form = page
        .split("data-live")
        .nth(1)
        .unwrap()
        .split("</form>")
        .next()
        .unwrap();
    let ids = form.split(r#"name="id" value=""#).skip(1);
    let ids: Vec<_> = ids.map(|rest| rest.split('"').next().unwrap()).collect();
    let mut fields: Vec<_> = ids.iter().map(|id| ("id", *id)).collect();
    fields.push(("act", "spam"));
    browser.submit(&page, "/correct", &fields);
    for id in &alike {
        assert_eq!(app.v1_verdict(id).json()["correction"]["label"], "spam");
    }
    assert!(app.v1_verdict(&other).json()["correction"].is_null());
}

#[test]
fn what_is_not_there_or_not_ones_own_is_told_so() {
    let app = TestApp::start();
    let elsewhere = app.v1_check(&json!({"content": "Hello", "site": "https://other.example/"}));
    let elsewhere = elsewhere.json()["id"].as_str().unwrap().to_owned();
    let of_site = json!({"name": "Ruth", "scopes": ["moderate"], "site": "https://own.example/"});
    let key = app.admin("POST", "/v1/keys", of_site).json()["secret"]
        .as_str()
        .unwrap()
        .to_owned();
    let mut browser = Browser::of(&app, &key);
    assert!(!browser.page("/queue").contains("other.example"));
    for id in [
        elsewhere.as_str(),
        "00000000000000000000000000000000",
        "nonsense",
    ] {
        let reply = browser.get(&format!("/verdicts/{id}"));
        assert_eq!(reply.status, 404);
        assert!(reply.body.contains("Nothing is here"), "{}", reply.body);
    }
}
