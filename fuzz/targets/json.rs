//! Bodies of `/v1`: read, or refused with the name of a field. What is read becomes a comment, a rule or settings.
#![no_main]

use chaffinch::comment::Comment;
use chaffinch::rule::Rule;
use chaffinch::wire::{
    self, CheckRequest, CorrectionRequest, KeyRequest, RuleRequest, SiteRequest,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(request) = wire::from_json::<CheckRequest>(bytes) {
        let _ = Comment::try_from(request);
    }
    if let Ok(request) = wire::from_json::<RuleRequest>(bytes) {
        let _ = Rule::try_from(request);
    }
    let _ = wire::from_json::<CorrectionRequest>(bytes);
    let _ = wire::from_json::<KeyRequest>(bytes);
    let _ = wire::from_json::<SiteRequest>(bytes);
});
