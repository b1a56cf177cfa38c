//! `/privacy` and `/privacy/{site}`: how comments are processed, for those who write them. Made
//! from the settings in force; needs no key.

mod notice;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use self::notice::{Language, Notice};
use super::docs::page::{Page, page};
use super::state::State;
use crate::site::Site;
use crate::site::settings::{Erasure, ReputationSettings, RetentionWhat, SiteSettings};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/privacy", web::get().to(of_server))
        // Sites may have a path.
        .route("/privacy/{site:.+}", web::get().to(of_site));
}

async fn of_server(state: web::Data<State>) -> HttpResponse {
    shown(None, &state)
}

/// A site that nobody has set up gets the page of the defaults: they hold from its first comment
/// on, and the page does not tell who uses this server.
async fn of_site(request: HttpRequest, state: web::Data<State>) -> HttpResponse {
    match Site::parse(request.match_info().query("site")) {
        Ok(site) => shown(Some(site), &state),
        Err(_) => super::not_found(request).await,
    }
}

fn shown(site: Option<Site>, state: &State) -> HttpResponse {
    let settings = state.service.registry().settings(site.as_ref());
    let kept = Kept::of(&settings);
    let rendered = Language::ALL
        .into_iter()
        .map(|language| Notice::in_language(language, kept))
        .collect::<Result<_, _>>()
        .and_then(|notices| {
            let body = PrivacyPage {
                site: site.as_ref(),
                kept,
                notices,
            };
            body.render()
        });
    match rendered {
        Ok(body) => page(&Page {
            title: "How comments are processed".to_owned(),
            body,
        }),
        Err(error) => {
            tracing::error!(%error, "the privacy page could not be made");
            HttpResponse::InternalServerError().finish()
        }
    }
}

/// What of the settings matters to whoever writes a comment.
#[derive(Debug, Clone, Copy)]
struct Kept {
    days: u16,
    whole_record: bool,
    readable_ip: bool,
    remembers: bool,
    learns: bool,
    unlearns: bool,
    shadow: bool,
}

impl Kept {
    fn of(settings: &SiteSettings) -> Self {
        Self {
            days: settings.retention_days.get(),
            whole_record: settings.retention_what == RetentionWhat::Record,
            readable_ip: settings.keep_ip,
            remembers: settings.reputation != ReputationSettings::NONE,
            learns: settings.learning,
            unlearns: settings.erasure == Erasure::Retract,
            shadow: settings.shadow,
        }
    }
}

#[derive(Template)]
#[template(path = "privacy/page.html")]
struct PrivacyPage<'a> {
    site: Option<&'a Site>,
    kept: Kept,
    notices: Vec<Notice>,
}
