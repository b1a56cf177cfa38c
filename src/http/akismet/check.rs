//! comment-check: protocol section 2.2.

use std::panic::AssertUnwindSafe;

use actix_web::HttpResponse;
use futures_util::FutureExt;

use super::call::Call;
use super::comment::{comment_from, is_truthy};
use super::keys::KeyOrder;
use super::replies::Reply;
use crate::http::state::State;
use crate::service::{CheckOptions, Checked};
use crate::verdict::{Action, Verdict, VerdictId};

/// What a check comes to, with the verdict's name if there is one. Whatever it is, the reply
/// made from it has a guid.
pub(super) struct Outcome {
    reply: Reply,
    id: Option<VerdictId>,
}

impl From<Reply> for Outcome {
    fn from(reply: Reply) -> Self {
        Self { reply, id: None }
    }
}

impl From<Outcome> for HttpResponse {
    fn from(outcome: Outcome) -> Self {
        let id = outcome.id.unwrap_or_else(VerdictId::fresh);
        outcome.reply.with_guid(id).into()
    }
}

/// Judges a comment. Looked at in this order: key, blog, user_ip, then the comment.
pub(super) async fn comment_check(call: Call, state: &State) -> Outcome {
    match judged(&call, state).await {
        Ok(checked) => Outcome {
            reply: reply_to(&checked),
            id: Some(checked.id),
        },
        Err(refusal) => refusal.into(),
    }
}

async fn judged(call: &Call, state: &State) -> Result<Checked, Reply> {
    let caller = call.caller(KeyOrder::Ordinary, state)?;
    let form = &call.body;
    let comment = comment_from(form);
    if comment.site.is_none() {
        return Err(Reply::missing_blog());
    }
    let settings = state.service.registry().settings(comment.site.as_ref());
    let allow_empty_ip = settings.allow_empty_ip.unwrap_or(state.allow_empty_ip);
    if form.get("user_ip").trim().is_empty() && !allow_empty_ip {
        return Err(Reply::missing_user_ip());
    }
    let options = CheckOptions {
        test_discard: is_truthy(form.get("test_discard")),
    };
    // A fault in judging must not cost the reply: without one, WordPress publishes the comment.
    let check = AssertUnwindSafe(state.service.check(&caller, comment, options));
    match check.catch_unwind().await {
        Ok(Ok(checked)) => Ok(checked),
        Ok(Err(refusal)) if refusal.is_refusal() => Err(refusal.into()),
        Ok(Err(error)) => {
            tracing::error!(%error, "a check failed");
            Err(without_verdict(form.get("recheck_reason")))
        }
        Err(_panic) => {
            tracing::error!("a check panicked");
            Err(without_verdict(form.get("recheck_reason")))
        }
    }
}

/// `unsure` is not spam: the blog's own moderation rules decide about it.
fn reply_to(checked: &Checked) -> Reply {
    match (checked.judgement.verdict, checked.judgement.action) {
        (Verdict::Spam, Action::Discard) => Reply::blatant_spam(),
        (Verdict::Spam, _) => Reply::spam(),
        (Verdict::Ham | Verdict::Unsure, _) => Reply::ham(),
    }
}

/// Section 3: no verdict now, ask again. A repeated check must not be put off once more (section
/// 2.9), and `false` alone would publish the comment, so that it gets an error.
fn without_verdict(recheck_reason: &str) -> Reply {
    match recheck_reason {
        "" | "edit" => Reply::deferred(),
        _ => Reply::unavailable(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_check_is_not_put_off_again() {
        let has_recheck =
            |reason| format!("{:?}", without_verdict(reason)).contains("recheck-after");
        assert!(has_recheck(""));
        assert!(has_recheck("edit"));
        assert!(!has_recheck("recheck"));
        assert!(!has_recheck("retry"));
    }
}
