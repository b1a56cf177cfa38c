//! Single words from outside: cookies, cursors, addresses, sites, conditions, rates, names.
#![no_main]

use std::fmt::{Debug, Display};
use std::str::FromStr;

use chaffinch::callback::CallbackUrl;
use chaffinch::http::fuzzing;
use chaffinch::person::Person;
use chaffinch::rate::{Rate, RateLimit};
use chaffinch::rule::{Condition, ConditionKind, RuleId};
use chaffinch::site::Site;
use chaffinch::verdict::VerdictId;
use libfuzzer_sys::fuzz_target;

/// What is read is written in a form that is read as the same.
fn round<T: FromStr + Display + PartialEq + Debug>(text: &str) {
    if let Ok(read) = text.parse::<T>() {
        let again = read.to_string().parse::<T>().ok();
        assert_eq!(again, Some(read));
    }
}

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let text = &*text;
    fuzzing::cookie(text);
    let (word, filters) = text.split_once('\n').unwrap_or((text, ""));
    let id = blake3::hash(bytes).as_bytes()[..16]
        .try_into()
        .expect("16 bytes");
    fuzzing::cursor(word, filters, id);
    for peer in ["10.0.0.1", "::1", "203.0.113.1"] {
        let peer = peer.parse().expect("an address");
        fuzzing::forwarded_for(&["10.0.0.0/8", "::1/128"], peer, text);
    }
    if let Ok(site) = Site::parse(text) {
        assert_eq!(Site::parse(site.as_str()), Ok(site));
    }
    let _ = CallbackUrl::parse(text);
    let _ = (Person::email(text), Person::author(text), Person::ip(text));
    round::<Rate>(text);
    round::<RateLimit>(text);
    round::<VerdictId>(text);
    round::<RuleId>(text);
    for kind in ConditionKind::ALL {
        if let Ok(condition) = Condition::parse(kind, text) {
            let again = Condition::parse(kind, &condition.pattern());
            assert_eq!(again.ok(), Some(condition));
        }
    }
});
