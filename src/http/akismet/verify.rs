//! verify-key: protocol section 2.1.

use actix_web::web::Data;

use super::call::Call;
use super::keys::KeyOrder;
use super::replies::Reply;
use crate::http::state::State;

/// Whether the key opens this server for the blog. The key is looked at before the blog.
///
/// There is no call for activation: WordPress verifies the key when its plugin is switched on, so
/// that a site deactivated before (section 2.7) is in use again.
pub(super) async fn verify_key(call: Call, state: Data<State>) -> Result<Reply, Reply> {
    let caller = call.caller(KeyOrder::Account, &state)?;
    let site = call.site()?;
    match state.service.set_site_active(&caller, site, true).await {
        Err(refusal) if refusal.is_refusal() => return Err(refusal.into()),
        // The key is good all the same; were it refused, WordPress would not keep it.
        Err(error) => tracing::warn!(%error, "a site could not be marked as in use"),
        Ok(()) => {}
    }
    Ok(Reply::valid())
}
