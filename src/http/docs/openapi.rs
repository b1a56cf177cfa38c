//! The description of `/v1` in OpenAPI 3.1, made of the handlers and of the types that they read
//! and write.

use std::sync::LazyLock;

use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{self, ObjectBuilder, RefOr, Required, Type};
use utoipa::{Modify, OpenApi};

use crate::http::v1::problem::ProblemResponse;
use crate::http::{health, metrics, v1};

/// The document, as it is served and as it stands in `docs/openapi.json`.
pub fn document() -> &'static str {
    static DOCUMENT: LazyLock<String> = LazyLock::new(|| {
        let mut text = Api::openapi().to_pretty_json().unwrap_or_default();
        text.push('\n');
        text
    });
    &DOCUMENT
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Chaffinch",
        description = "Ask about a comment, correct the verdict, manage sites, rules and keys.\n\n\
            Every call needs a key: `Authorization: Bearer KEY`. Sites, rules and keys are managed with an admin token, shown in \
            the same way.\n\n\
            Errors are `application/problem+json` (RFC 9457). Go by their `code`; the table of codes is at `/docs/errors`.\n\n\
            Unknown fields of comments and corrections are ignored, so that a client may be newer than the server. Unknown \
            settings are refused.\n\n\
            Where limits are set, `RateLimit-Policy` and `RateLimit` tell what is left of them, and a call too many is answered \
            with 429 and `Retry-After`.\n\n\
            The calls of Akismet's protocol (`/1.1/comment-check` and the like) are described by its own documentation."
    ),
    paths(
        v1::check::check,
        v1::batch::check_batch,
        v1::corrections::correct,
        v1::corrections::retract,
        v1::verdicts::verdicts,
        v1::verdicts::verdict,
        v1::verdicts::delete,
        v1::verdicts::explanation,
        v1::counts::stats,
        v1::counts::model,
        v1::counts::use_model,
        v1::persons::erase,
        v1::persons::export,
        v1::rules::list,
        v1::rules::create,
        v1::rules::dry_run,
        v1::rules::get,
        v1::rules::patch,
        v1::rules::remove,
        v1::rules::resume,
        v1::sites::list,
        v1::sites::create,
        v1::sites::get,
        v1::sites::put,
        v1::sites::patch,
        v1::sites::remove,
        v1::keys::list,
        v1::keys::create,
        v1::keys::get,
        v1::keys::rotate,
        v1::keys::revoke,
        v1::keys::take_back,
        v1::backup::backup,
        health::alive,
        health::ready,
        metrics::metrics,
    ),
    components(responses(ProblemResponse)),
    tags(
        (name = "Comments", description = "Checks need a key with the scope `check`, corrections one with `correct`."),
        (name = "Verdicts", description = "What was said of comments. Needs the scope `read`, erasing `admin`."),
        (name = "Persons", description = "What a person may ask for, for admins."),
        (name = "Rules", description = "What is decided beforehand, for admins."),
        (name = "Sites", description = "Settings of sites, for admins."),
        (name = "Keys", description = "Keys and what they open, for admins."),
        (name = "Operation", description = "For those who run the server; these need no key."),
    ),
    security(("key" = [])),
    modifiers(&Key, &Idempotency)
)]
struct Api;

/// How callers show who they are.
struct Key;

impl Modify for Key {
    fn modify(&self, api: &mut openapi::OpenApi) {
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("A site key or an admin token"))
            .build();
        let components = api.components.get_or_insert_default();
        components.add_security_scheme("key", SecurityScheme::Http(bearer));
    }
}

/// The header that every POST may have.
struct Idempotency;

impl Modify for Idempotency {
    fn modify(&self, api: &mut openapi::OpenApi) {
        for path in api.paths.paths.values_mut() {
            if let Some(Operation { parameters, .. }) = &mut path.post {
                parameters
                    .get_or_insert_default()
                    .push(RefOr::T(idempotency_key()));
            }
        }
    }
}

fn idempotency_key() -> Parameter {
    let text = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(255));
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "A name of your own for this call, such as a UUID: sent again with the same name, it gets the first reply once more",
        ))
        .schema(Some(text))
        .build()
}
