//! What the framework does at best: a handler that reads the same form and answers `true`.

use std::collections::HashMap;

use actix_web::{App, HttpServer, web};

/// Has this program be the bare server.
pub(crate) const ARGUMENT: &str = "--bare-server";

/// Serves until it is killed; says first where.
pub(crate) fn serve() {
    let answer = |form: web::Form<HashMap<String, String>>| async move {
        match form.contains_key("comment_content") {
            true => "true",
            false => "false",
        }
    };
    let served = actix_web::rt::System::new().block_on(async move {
        let app = move || App::new().route("/1.1/comment-check", web::post().to(answer));
        let server = HttpServer::new(app).bind(("127.0.0.1", 0))?;
        println!("bare listens on http://{}", server.addrs()[0]);
        server.run().await
    });
    served.unwrap();
}
