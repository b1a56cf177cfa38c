//! What a site is told: protocol section 2.8.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use sha2::Sha256;

use crate::service::Callback;
use crate::site::settings::CallbackSecret;

/// The body of a call.
#[derive(Serialize)]
struct Message<'a> {
    key: &'a str,
    endpoint: &'static str,
    comments: [Entry; 1],
}

/// One comment in it.
#[derive(Serialize)]
struct Entry {
    guid: String,
    result: &'static str,
}

/// The body of a call.
pub(super) fn body(callback: &Callback) -> serde_json::Result<String> {
    serde_json::to_string(&Message {
        key: callback.key.reveal(),
        endpoint: "comment-check",
        comments: [Entry {
            guid: callback.id.to_string(),
            result: if callback.spam { "true" } else { "false" },
        }],
    })
}

/// The signature of a call, as the headers of the "Standard Webhooks" specification have it: over
/// the call's name, its time in Unix seconds and its body.
pub(super) fn signature(secret: &CallbackSecret, id: &str, time: i64, body: &str) -> String {
    // HMAC takes keys of every length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.reveal().as_bytes()) else {
        return String::new();
    };
    mac.update(format!("{id}.{time}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// The value is Python's: `hmac.new(secret, b"id.1674087231.{}", "sha256")`, in base64.
    #[test]
    fn the_signature_is_that_of_the_specification() {
        let secret = CallbackSecret::try_from("0123456789abcdef".to_owned()).unwrap();
        let signature = signature(&secret, "id", 1_674_087_231, "{}");
        assert_eq!(signature, "v1,d5UREhME8gJFPFM59hsrQb4wnXHTTUjXfkFVwcFaGa4=");
    }
}
