//! Calls that need no key: protocol section 2.7.

use actix_web::{HttpResponse, Resource, web};

use super::replies::Reply;

/// A resource that answers GET with a fixed reply.
pub(super) fn resource(path: &str, reply: fn() -> Reply) -> Resource {
    web::resource(path)
        .route(web::get().to(move || async move { HttpResponse::from(reply()) }))
        .default_service(web::to(|| async {
            HttpResponse::from(Reply::method_not_allowed("GET"))
        }))
}

/// WordPress asks this before it shows the notice that it cannot connect.
pub(super) fn test() -> Reply {
    Reply::connected()
}

/// WordPress lists here the form plugins known to work with Akismet; we know of none to name.
pub(super) fn compatible_plugins() -> Reply {
    Reply::json(&[(); 0])
}
