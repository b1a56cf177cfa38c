//! submit-spam and submit-ham: protocol section 2.3.

use actix_web::web::Data;

use super::call::Call;
use super::comment::comment_from;
use super::keys::KeyOrder;
use super::replies::Reply;
use crate::http::state::State;
use crate::verdict::Label;

/// A comment that was let through and is spam.
pub(super) async fn submit_spam(call: Call, state: Data<State>) -> Result<Reply, Reply> {
    report(&call, &state, Label::Spam).await
}

/// A comment that was called spam and is ham.
pub(super) async fn submit_ham(call: Call, state: Data<State>) -> Result<Reply, Reply> {
    report(&call, &state, Label::Ham).await
}

/// Only the key is required: clients leave out the blog (Coral) or the address (omines), send the
/// same twice, or report what was never checked. All are thanked alike, but nobody is thanked
/// before the report is safe on the disk.
async fn report(call: &Call, state: &State, label: Label) -> Result<Reply, Reply> {
    let caller = call.caller(KeyOrder::Ordinary, state)?;
    let comment = comment_from(&call.body);
    state
        .service
        .correct_comment(&caller, comment, label)
        .await?;
    Ok(Reply::thanks())
}
