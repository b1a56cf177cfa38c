//! verify-key: protocol section 2.1.

use actix_web::web::Data;

use super::call::Call;
use super::keys::KeyOrder;
use super::replies::Reply;
use crate::http::state::State;

/// Whether the key opens this server for the blog. The key is looked at before the blog.
pub(super) async fn verify_key(call: Call, state: Data<State>) -> Result<Reply, Reply> {
    let caller = call.caller(KeyOrder::Account, &state)?;
    let site = call.site()?;
    caller.require_site(Some(&site))?;
    Ok(Reply::valid())
}
