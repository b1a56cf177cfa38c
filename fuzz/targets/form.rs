//! Forms and JSON of Akismet's protocol: whatever arrives is read as some form, and becomes a comment.
#![no_main]

use chaffinch::http::akismet::form::Form;
use chaffinch::http::fuzzing::comment_of;
use libfuzzer_sys::fuzz_target;

const TYPES: [&str; 6] = [
    "",
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=iso-8859-1",
    "application/json",
    "text/plain; charset=\"shift_jis\"",
    "application/x-www-form-urlencoded;charset=gb18030",
];

fuzz_target!(|input: (u8, &[u8])| {
    let (kind, body) = input;
    let kind = TYPES[usize::from(kind) % TYPES.len()];
    let form = Form::from_body(Some(kind), body);
    assert!(form.fields().len() <= 10_000);
    for (name, _) in form.fields() {
        assert!(!name.starts_with("HTTP_COOKIE"), "{name}");
        // Values in JSON that are no text are left out, and lists may be empty.
        let _ = (form.get(name), form.list(name).count());
    }
    let comment = comment_of(&form);
    // Every charset takes at least half a byte for what is three in UTF-8.
    assert!(comment.content.len() <= 6 * body.len());
});
