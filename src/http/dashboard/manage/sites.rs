//! Sites and their settings, with what other thresholds would have done.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use crate::http::dashboard::aside;
use crate::http::dashboard::failure::{Failure, Kind};
use crate::http::dashboard::fields::Fields;
use crate::http::dashboard::page::{Frame, Section, go, shown_with};
use crate::http::dashboard::visitor::Visitor;
use crate::http::dashboard::words::Words;
use crate::http::state::State;
use crate::service::{SiteView, ThresholdTrial};
use crate::site::Site;
use crate::site::settings::{Erasure, Honeypot, RetentionWhat, SiteSettings};
use crate::verdict::Thresholds;
use crate::wire::FieldError;
use crate::wire::sites::patched;

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/sites", web::get().to(sites))
        .route("/site", web::get().to(site))
        .route("/site", web::post().to(change));
}

#[derive(Template)]
#[template(path = "dashboard/sites.html")]
struct SitesPage {
    frame: Frame,
    sites: Vec<SiteView>,
}

impl SitesPage {
    fn address(&self, site: &Site) -> String {
        address(site)
    }
}

/// Where a site's page is.
pub(in crate::http::dashboard) fn address(site: &Site) -> String {
    let site = utf8_percent_encode(site.as_str(), NON_ALPHANUMERIC);
    format!("/site?site={site}")
}

async fn sites(visitor: Visitor, state: web::Data<State>) -> Result<HttpResponse, Failure> {
    visitor.require_admin()?;
    let sites = aside(&visitor, &state, |service| service.registry().sites()).await?;
    visitor.shown(&SitesPage {
        frame: Frame::of(&visitor, Section::Sites),
        sites,
    })
}

#[derive(Template)]
#[template(path = "dashboard/site.html")]
struct SitePage {
    frame: Frame,
    site: Site,
    settings: SiteSettings,
    /// As they are tried, or as they hold.
    thresholds: Thresholds,
    trial: Option<ThresholdTrial>,
    error: Option<String>,
}

impl SitePage {
    fn of(visitor: &Visitor, state: &State, site: Site) -> Self {
        let settings = state.service.registry().settings(Some(&site));
        Self {
            frame: Frame::of(visitor, Section::Sites),
            settings: (*settings).clone(),
            thresholds: state.service.thresholds(Some(&site)),
            site,
            trial: None,
            error: None,
        }
    }

    fn shown(&self, visitor: &Visitor) -> Result<HttpResponse, Failure> {
        match self.error {
            Some(_) => Ok(shown_with(StatusCode::UNPROCESSABLE_ENTITY, self)),
            None => visitor.shown(self),
        }
    }
}

fn site_of(fields: &Fields, visitor: &Visitor) -> Result<Site, Failure> {
    let site = Site::parse(fields.text("site").unwrap_or_default());
    site.map_err(|error| visitor.failure(Kind::Invalid(error.to_string())))
}

/// The thresholds of a form, if it has all three.
fn thresholds(fields: &Fields) -> Result<Option<Thresholds>, String> {
    let number = |name| {
        let number = fields.text(name).map(str::parse::<f64>).transpose();
        number.map_err(|_| format!("{name}: give a number from 0 to 1"))
    };
    match (number("unsure")?, number("spam")?, number("discard")?) {
        (Some(unsure), Some(spam), Some(discard)) => Thresholds::new(unsure, spam, discard)
            .map(Some)
            .map_err(|error| error.to_string()),
        _ => Ok(None),
    }
}

/// The settings of a site, and with thresholds in the address what these would have done.
async fn site(
    visitor: Visitor,
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Failure> {
    visitor.require_admin()?;
    let fields = Fields::of_address(&request);
    let site = site_of(&fields, &visitor)?;
    let mut page = SitePage::of(&visitor, &state, site.clone());
    match thresholds(&fields) {
        Ok(Some(tried)) => {
            page.thresholds = tried;
            let caller = visitor.caller.clone();
            let trial = aside(&visitor, &state, move |service| {
                service.try_thresholds(&caller, Some(&site), tried)
            });
            page.trial = Some(trial.await?);
        }
        Ok(None) => {}
        Err(error) => page.error = Some(error),
    }
    page.shown(&visitor)
}

async fn change(
    visitor: Visitor,
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Failure> {
    visitor.require_admin()?;
    let fields = Fields::of_form(&visitor, &request, payload, &state).await?;
    let site = site_of(&fields, &visitor)?;
    let sent = match fields.text("form") {
        Some("thresholds") => {
            thresholds(&fields).map(|t| Map::from_iter([("thresholds".to_owned(), json!(t))]))
        }
        Some("settings") => Ok(settings(&fields)),
        _ => return Err(visitor.failure(Kind::Stale)),
    };
    let changed = match sent {
        Ok(sent) => state.service.registry().change_site(site.clone(), |old| {
            patched(old, sent).map_err(Refused::from)
        }),
        Err(error) => {
            let mut page = SitePage::of(&visitor, &state, site);
            page.error = Some(error);
            return page.shown(&visitor);
        }
    };
    match changed.await {
        Ok(_) => Ok(go(&address(&site))),
        Err(Refused::Field(error)) => {
            let mut page = SitePage::of(&visitor, &state, site);
            page.error = Some(error.to_string());
            page.shown(&visitor)
        }
        Err(Refused::Service(error)) => Err(visitor.failure(error.into())),
    }
}

/// Why settings were not changed.
enum Refused {
    Field(FieldError),
    Service(crate::service::ServiceError),
}

impl From<FieldError> for Refused {
    fn from(error: FieldError) -> Self {
        Self::Field(error)
    }
}

impl From<crate::service::ServiceError> for Refused {
    fn from(error: crate::service::ServiceError) -> Self {
        Self::Service(error)
    }
}

/// What a form says of the settings; a box that is not ticked is not sent.
fn settings(fields: &Fields) -> Map<String, Value> {
    let ticked = |name| fields.text(name).is_some();
    let text = |name| fields.text(name).map_or(Value::Null, Value::from);
    let number = |name| match fields.text(name) {
        Some(digits) => digits
            .parse::<u64>()
            .map_or_else(|_| digits.into(), Value::from),
        None => Value::Null,
    };
    let sent = json!({
        "language": text("language"),
        "retention_days": number("retention_days"),
        "retention_what": text("retention_what"),
        "keep_ip": ticked("keep_ip"),
        "learning": ticked("learning"),
        "shadow": ticked("shadow"),
        "honeypot": text("honeypot"),
        "reputation": {
            "repeats": ticked("repeats"),
            "network": ticked("network"),
            "author": ticked("author"),
        },
        "callback": { "allowed": ticked("callback") },
        "erasure": text("erasure"),
        "notes": fields.text("notes").unwrap_or_default(),
    });
    match sent {
        Value::Object(sent) => sent,
        _ => Map::new(),
    }
}
