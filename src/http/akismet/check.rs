//! comment-check: protocol section 2.2.

use std::panic::AssertUnwindSafe;

use actix_web::HttpResponse;
use futures_util::FutureExt;

use super::call::Call;
use super::comment::{comment_from, is_truthy};
use super::form::Form;
use super::keys::KeyOrder;
use super::replies::Reply;
use crate::callback::CallbackUrl;
use crate::http::state::State;
use crate::http::turn::{self, TooBusy};
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

/// Seconds after which a check is worth repeating that met with trouble: what the real service says.
const TROUBLE: u32 = 120;

/// Judges a comment. Looked at in this order: key, blog, user_ip, then the comment.
pub(super) async fn comment_check(call: Call, state: &State) -> Outcome {
    match judged(&call, state).await {
        Ok(checked) => Outcome {
            reply: reply_to(&checked, &call.body),
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
        may_defer: may_defer(form),
        callback: CallbackUrl::parse(form.get("callback")).ok(),
    };
    let _turn = turn::take(&state.service).map_err(|TooBusy| without_verdict(form))?;
    // A fault in judging must not cost the reply: without one, WordPress publishes the comment.
    let check = AssertUnwindSafe(state.service.check(&caller, comment, options));
    match check.catch_unwind().await {
        Ok(Ok(checked)) => Ok(checked),
        Ok(Err(refusal)) if refusal.is_refusal() => Err(refusal.into()),
        Ok(Err(error)) => {
            tracing::error!(%error, "a check failed");
            Err(without_verdict(form))
        }
        Err(_panic) => {
            tracing::error!("a check panicked");
            Err(without_verdict(form))
        }
    }
}

/// `unsure` is not spam: the blog's own moderation rules decide about it, at once or, where the
/// site has it so, when it asks again.
///
/// A verdict that could not be kept can be neither explained nor corrected. Ham is then put off:
/// when the blog asks again, the store may work.
fn reply_to(checked: &Checked, form: &Form) -> Reply {
    let lost = !checked.stored && !is_truthy(form.get("is_test"));
    match (checked.judgement.verdict, checked.judgement.action) {
        (Verdict::Spam, Action::Discard) => Reply::blatant_spam(),
        (Verdict::Spam, _) => Reply::spam(),
        (Verdict::Ham | Verdict::Unsure, _) => match checked.recheck_after {
            Some(wait) => Reply::deferred(wait.get()),
            None if lost && may_defer(form) => Reply::deferred(TROUBLE),
            None => Reply::ham(),
        },
    }
}

/// Whether the verdict may be put off: a repeated check must not be once more (section 2.9).
fn may_defer(form: &Form) -> bool {
    matches!(form.get("recheck_reason"), "" | "edit")
}

/// Section 3: no verdict now, ask again. `false` alone would publish a repeated one, so that it gets
/// an error.
fn without_verdict(form: &Form) -> Reply {
    if may_defer(form) {
        Reply::deferred(TROUBLE)
    } else {
        Reply::unavailable()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_check_is_not_put_off_again() {
        let has_recheck = |reason: &str| {
            let form = Form::from_encoded(None, format!("recheck_reason={reason}").as_bytes());
            format!("{:?}", without_verdict(&form)).contains("recheck-after")
        };
        assert!(has_recheck(""));
        assert!(has_recheck("edit"));
        assert!(!has_recheck("recheck"));
        assert!(!has_recheck("retry"));
    }
}
