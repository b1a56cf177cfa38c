//! Bodies as real clients send them (protocol sections 4.3 and 5.3; C29, C49-C51).

use crate::app::{KEY, Reply, TestApp};

/// Name of the client and the body of its check; `K` stands for the key.
const BODIES: &[(&str, &str)] = &[
    (
        "PyPI akismet",
        "api_key=K&blog=http%3A%2F%2Fblog.example.com%2F&user_ip=203.0.113.9\
         &comment_author=Jos%C3%A9+%C3%A9&comment_content=Thanks&is_test=true\
         &comment_context=tag1&comment_context=tag2&honeypot_field_name=hp",
    ),
    (
        "instant-akismet",
        "api_key=K&blog=http://blog.example.com/&user_ip=203.0.113.9&user_agent=UA&referrer\
         &permalink&comment_type=contact-form&comment_author=Ann&comment_author_email\
         &comment_author_url&comment_content=Hello,%20there&comment_date_gmt=1767323045\
         &comment_post_modified_gmt&blog_lang&blog_charset&user_role&is_test=true&recheck_reason\
         &honeypot_field_name=hidden_honeypot_field&hidden_honeypot_field=",
    ),
    (
        "WordPress 5.7, comment form",
        "comment_post_ID=1&comment_author=Joe&comment_author_email=joe%40example.com\
         &comment_author_url&comment_content=Hello+%C3%A9%2C+nice+photos&comment_type=comment\
         &comment_parent=0&user_id=0&user_ID=0&comment_author_IP=203.0.113.9\
         &comment_agent=Mozilla%2F5.0&user_ip=203.0.113.9&user_agent=Mozilla%2F5.0\
         &referrer=http%3A%2F%2Fblog.example.com%2F%3Fp%3D1&blog=http%3A%2F%2Fblog.example.com\
         &blog_lang=en_US&blog_charset=UTF-8&permalink=http%3A%2F%2Fblog.example.com%2F%3Fp%3D1\
         &akismet_comment_nonce=inactive&POST_comment=Hello&POST_author=Joe&POST_submit=Post\
         &POST_ak_hp_textarea&POST_ak_js=1767323045123&POST_ak_bib=1767323046000\
         &POST_ak_bfs=1767323059000&POST_ak_bkp=90%2C120%3B80%2C110%3B\
         &REQUEST_URI=%2Fwp-comments-post.php&REMOTE_ADDR=203.0.113.9&HTTP_HOST=blog.example.com\
         &HTTP_COOKIE=wp%3Dsecret&comment_post_modified_gmt=2026-01-01T00%3A00%3A00%2B00%3A00\
         &comment_context%5B0%5D=b%26amp%3Bb&comment_context%5B1%5D=News\
         &callback=http%3A%2F%2Fblog.example.com%2Fwp-json%2Fakismet%2Fv1%2Fwebhook&api_key=K",
    ),
    (
        "WordPress 5.7, recheck",
        "comment_ID=7&comment_post_ID=1&comment_author=Ann&comment_author_email=ann%40mail.example\
         &comment_author_url&comment_author_IP=203.0.113.9&comment_date=2026-01-02+03%3A04%3A05\
         &comment_date_gmt=2026-01-02+03%3A04%3A05&comment_content=Good+morning&comment_karma=0\
         &comment_approved=0&comment_agent=Mozilla%2F5.0&comment_type=comment&comment_parent=0\
         &user_id=0&user_ip=203.0.113.9&user_agent=Mozilla%2F5.0&referrer\
         &blog=http%3A%2F%2Fblog.example.com&blog_lang=en_US&blog_charset=UTF-8\
         &recheck_reason=retry&api_key=K",
    ),
    (
        "WordPress 5.7, pingback",
        "comment_author_url=http%3A%2F%2Fother.example%2Fpost&user_ip=203.0.113.9\
         &user_agent=WordPress%2F7.2&comment_type=pingback&akismet_pre_check=1\
         &comment_pingback_target=http%3A%2F%2Fblog.example.com%2F%3Fp%3D1&pingbacks_closed=0\
         &is_multicall&multicall_count&blog=http%3A%2F%2Fblog.example.com&blog_lang=en_US\
         &blog_charset=UTF-8&api_key=K",
    ),
    (
        "@cedx/akismet",
        "blog=http%3A%2F%2Fblog.example.com%2F&blog_charset=UTF-8&blog_lang=en%2Cfr&api_key=K\
         &is_test=1&user_ip=203.0.113.9&user_agent=Mozilla%2F5.0&comment_author=Ann\
         &comment_content=Hello&comment_context%5B0%5D=tag+one&comment_context%5B1%5D=b\
         &comment_date_gmt=2026-11-22T10%3A00%3A00.000Z",
    ),
    (
        "Net::Akismet, keyed by body here",
        "blog=http%3A%2F%2Fblog.example.com&user_ip=203.0.113.9&user_agent=UA&referrer=&permalink=\
         &comment_type=&comment_author=&comment_author_email=&comment_author_url=\
         &comment_content=Hello&api_key=K",
    ),
];

#[test]
fn every_clients_body_is_judged() {
    let app = TestApp::start();
    for (client, body) in BODIES {
        let reply = app.comment_check(&body.replace("api_key=K", &format!("api_key={KEY}")));
        assert_eq!(reply.body, "false", "{client}: {reply:?}");
        reply.guid();
    }
}

#[test]
fn mediawiki_over_a_raw_socket_of_http_1_0() {
    let app = TestApp::start();
    let body = "blog=http://wiki.example/&user_ip=203.0.113.9&user_agent=UA&comment_type=wiki\
                &comment_content=An+edit&SERVER_NAME=wiki&";
    let length = body.len();
    let reply = app.raw(
        format!(
            "POST /1.1/comment-check HTTP/1.0\r\nHost: {KEY}.rest.akismet.com\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\
             User-Agent: MediaWiki\r\n\r\n{body}"
        )
        .as_bytes(),
    );
    assert!(!reply.to_lowercase().contains("transfer-encoding"));
    Reply::parse(&reply).assert_verdict("false");
}
