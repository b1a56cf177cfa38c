//! Whatever bytes arrive, a reply of the protocol goes out.

use std::sync::LazyLock;

use proptest::prelude::*;

use crate::app::{KEY, MIN, TestApp};

/// One server for all cases of a property; it ends with the process.
static APP: LazyLock<TestApp> = LazyLock::new(TestApp::start);

fn content_type() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        Just("application/x-www-form-urlencoded"),
        Just("application/x-www-form-urlencoded; charset=shift_jis"),
        Just("application/json"),
        Just("multipart/form-data"),
        Just("nonsense"),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_check_of_any_bytes_has_a_guid_and_a_known_body(
        content_type in content_type(),
        bytes in proptest::collection::vec(any::<u8>(), 0..400),
        keyed in any::<bool>(),
    ) {
        let mut body = if keyed { format!("{MIN}&comment_content=").into_bytes() } else { Vec::new() };
        body.extend(bytes);
        let reply = APP.post("/1.1/comment-check", content_type, body.as_slice());
        reply.guid();
        prop_assert_eq!(reply.status, 200);
        prop_assert!(["true", "false", "invalid"].contains(&reply.body.as_str())
            || reply.body.starts_with("Missing required field: "));
    }

    #[test]
    fn any_text_in_any_field_is_judged(name in "[a-z_]{1,20}", value in any::<String>()) {
        use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
        let value = utf8_percent_encode(&value, NON_ALPHANUMERIC);
        let reply = APP.check_with(&format!("comment_{name}={value}&comment_content={value}"));
        prop_assert!(["true", "false"].contains(&reply.body.as_str()), "{:?}", reply);
    }

    #[test]
    fn v1_answers_any_text_with_a_verdict_or_a_problem(content in any::<String>(), junk in any::<String>()) {
        let body = serde_json::json!({"content": content, "author": {"name": content, "url": content}});
        let reply = APP.v1_check(&body);
        prop_assert_eq!(reply.status, 200, "{:?}", reply);
        let reply = APP.v1_post("/v1/check", Some(KEY), &junk);
        prop_assert!([400, 422].contains(&reply.status), "{:?}", reply);
    }
}
