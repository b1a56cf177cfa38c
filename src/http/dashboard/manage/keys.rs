//! Keys of blogs, and people: whoever moderates has a key of their own.

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use jiff::civil::Date;

use crate::http::dashboard::failure::{Failure, Kind};
use crate::http::dashboard::faults::Fault;
use crate::http::dashboard::fields::Fields;
use crate::http::dashboard::page::{Frame, Section, go};
use crate::http::dashboard::visible::visible;
use crate::http::dashboard::visitor::Visitor;
use crate::http::dashboard::words::Words;
use crate::http::state::State;
use crate::key::{KeyId, KeyName, Scope, Scopes};
use crate::service::{KeyView, NewKey, Secret};
use crate::site::Site;

/// How long a key is accepted beside the one that took its place.
const OVERLAP: Duration = Duration::from_secs(24 * 60 * 60);

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/keys", web::get().to(keys))
        .route("/keys", web::post().to(create))
        .route("/keys/{id}", web::post().to(change));
}

#[derive(Template)]
#[template(path = "dashboard/keys.html")]
struct KeysPage {
    frame: Frame,
    people: Vec<Holder>,
    blogs: Vec<Holder>,
    /// The only site that keys can be made for; empty for every one.
    own: String,
    made: Option<Made>,
}

/// A key that was made a moment ago, to be shown this once.
struct Made {
    name: String,
    secret: String,
}

impl Made {
    fn of(view: &KeyView, secret: &Secret) -> Self {
        Self {
            name: visible(&view.grant.name, 100).0,
            secret: secret.reveal().to_owned(),
        }
    }
}

/// Who or what has a key.
struct Holder {
    id: KeyId,
    name: String,
    may: String,
    site: String,
    since: String,
    /// Until when, if another has taken its place.
    until: Option<String>,
    is_accepted: bool,
    last_used: Option<Date>,
}

impl Holder {
    fn of(view: &KeyView, words: &Words) -> Self {
        let grant = &view.grant;
        let scopes = grant.scopes;
        let day = "%Y-%m-%d";
        Self {
            id: view.id,
            name: visible(&grant.name, 100).0,
            may: match () {
                () if scopes.allow(Scope::Admin) => words.may_all.to_owned(),
                () if scopes == Scopes::MODERATOR => words.may_moderate.to_owned(),
                () if scopes == Scopes::SITE => words.may_site.to_owned(),
                () => scopes
                    .iter()
                    .map(|scope| scope.to_string())
                    .collect::<Vec<_>>()
                    .join(", "),
            },
            site: grant
                .site
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            since: grant.created.strftime(day).to_string(),
            until: grant.until.map(|until| until.strftime(day).to_string()),
            is_accepted: view.accepted,
            last_used: view.last_used,
        }
    }
}

async fn keys(visitor: Visitor, state: web::Data<State>) -> Result<HttpResponse, Failure> {
    shown(&visitor, &state, None)
}

fn shown(visitor: &Visitor, state: &State, made: Option<Made>) -> Result<HttpResponse, Failure> {
    let keys = visitor.or_failure(state.service.managed_keys(&visitor.caller))?;
    let own = visitor.caller.grant.site.as_ref();
    let is_person = |view: &KeyView| view.grant.scopes.allow(Scope::Moderate);
    let (people, blogs): (Vec<_>, Vec<_>) = keys.into_iter().partition(is_person);
    let holders = |views: Vec<KeyView>| {
        let views = views.iter();
        views.map(|view| Holder::of(view, visitor.words)).collect()
    };
    visitor.shown(&KeysPage {
        frame: Frame::of(visitor, Section::Keys),
        people: holders(people),
        blogs: holders(blogs),
        own: own.map(ToString::to_string).unwrap_or_default(),
        made,
    })
}

async fn create(
    visitor: Visitor,
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Failure> {
    visitor.require_manager()?;
    let fields = Fields::of_form(&visitor, &request, payload, &state).await?;
    let words = visitor.words;
    let wrong = |why| visitor.failure(Kind::Invalid(why));
    let scopes = match fields.text("for") {
        Some("moderator") => Scopes::MODERATOR,
        Some("admin") => Scopes::ADMIN,
        Some("blog") => Scopes::SITE,
        _ => return Err(visitor.failure(Kind::Stale)),
    };
    let name = fields.text("name").unwrap_or_default().parse::<KeyName>();
    let site = fields.text("site").map(Site::parse).transpose();
    let new = NewKey {
        name: name.map_err(|e| wrong(e.of(words.key_name, words)))?,
        scopes,
        site: site
            .map_err(|e| wrong(e.of(words.site, words)))?
            .or_else(|| visitor.caller.grant.site.clone()),
        rate: None,
    };
    let keys = state.service.managed(&visitor.caller, new.site.as_ref());
    let made = visitor.or_failure(keys)?.create_key(new).await;
    let (view, secret) = visitor.or_failure(made)?;
    shown(&visitor, &state, Some(Made::of(&view, &secret)))
}

/// Has another key take the place of one, or lets one be used no longer.
async fn change(
    visitor: Visitor,
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Failure> {
    visitor.require_manager()?;
    let fields = Fields::of_form(&visitor, &request, payload, &state).await?;
    let id: KeyId = visitor.named(&request)?;
    let (_, keys) = visitor.or_failure(state.service.managed_key(&visitor.caller, id))?;
    match fields.text("act") {
        Some("rotate") => {
            let (view, secret) = visitor.or_failure(keys.rotate_key(id, OVERLAP).await)?;
            shown(&visitor, &state, Some(Made::of(&view, &secret)))
        }
        Some("revoke") => {
            visitor.or_failure(keys.revoke_key(id).await)?;
            Ok(go("/keys"))
        }
        // The key first: what is taken back shall not be taught again meanwhile.
        Some("revoke-all") => {
            visitor.or_failure(keys.revoke_key(id).await)?;
            visitor.or_failure(keys.take_back(id).await)?;
            Ok(go("/keys"))
        }
        _ => Err(visitor.failure(Kind::Stale)),
    }
}
