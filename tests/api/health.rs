//! Whether the server says how it is.

use crate::app::TestApp;

#[test]
fn a_fresh_server_lives_and_is_ready() {
    let app = TestApp::start();
    assert_eq!(app.get("/healthz").json()["status"], "alive");
    let ready = app.get("/readyz");
    assert_eq!(ready.status, 200);
    let body = ready.json();
    assert_eq!(body["ready"], true);
    assert!(body["model"].is_string() && body["reason"].is_null());
    assert!(app.get("/").body.starts_with("Chaffinch"));
    assert_eq!(app.form("/readyz", "").status, 405);
}
