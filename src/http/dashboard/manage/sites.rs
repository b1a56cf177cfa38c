//! Sites and their settings, with what other thresholds would have done.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::settings::{changed, thresholds};
use crate::http::dashboard::aside;
use crate::http::dashboard::failure::{Failure, Kind};
use crate::http::dashboard::faults::Fault;
use crate::http::dashboard::fields::Fields;
use crate::http::dashboard::page::{Frame, Section, go, shown_with};
use crate::http::dashboard::visitor::Visitor;
use crate::http::dashboard::words::Words;
use crate::http::state::State;
use crate::service::{ServiceError, SiteView, ThresholdTrial};
use crate::site::Site;
use crate::site::settings::{Erasure, Honeypot, RetentionWhat, SiteSettings};
use crate::verdict::Thresholds;

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
    let caller = visitor.caller.clone();
    let sites = aside(&visitor, &state, move |service| {
        service.managed_sites(&caller)
    });
    let sites = sites.await?;
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
    site.map_err(|error| {
        let w = visitor.words;
        visitor.failure(Kind::Invalid(error.of(w.site, w)))
    })
}

/// The settings of a site, and with thresholds in the address what these would have done.
async fn site(
    visitor: Visitor,
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Failure> {
    visitor.require_manager()?;
    let fields = Fields::of_address(&request);
    let site = site_of(&fields, &visitor)?;
    visitor.or_failure(state.service.managed(&visitor.caller, Some(&site)))?;
    let mut page = SitePage::of(&visitor, &state, site.clone());
    match thresholds(&fields, visitor.words) {
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
    visitor.require_manager()?;
    let fields = Fields::of_form(&visitor, &request, payload, &state).await?;
    let site = site_of(&fields, &visitor)?;
    let managed = state.service.managed(&visitor.caller, Some(&site));
    let registry = visitor.or_failure(managed)?;
    let w = visitor.words;
    let form = fields.text("form");
    if !matches!(form, Some("thresholds" | "settings")) {
        return Err(visitor.failure(Kind::Stale));
    }
    let done = registry.change_site(site.clone(), |old| match form {
        Some("thresholds") => Ok(SiteSettings {
            thresholds: thresholds(&fields, w)?.or(old.thresholds),
            ..old.clone()
        }),
        _ => Ok(changed(old, &fields, w)?),
    });
    match done.await {
        Ok(_) => Ok(go(&address(&site))),
        Err(Refused::Field(error)) => {
            let mut page = SitePage::of(&visitor, &state, site);
            page.error = Some(error);
            page.shown(&visitor)
        }
        Err(Refused::Service(error)) => Err(visitor.refusal(error)),
    }
}

/// Why settings were not changed.
enum Refused {
    /// What a field should hold.
    Field(String),
    Service(ServiceError),
}

impl From<String> for Refused {
    fn from(error: String) -> Self {
        Self::Field(error)
    }
}

impl From<ServiceError> for Refused {
    fn from(error: ServiceError) -> Self {
        Self::Service(error)
    }
}
