//! `GET /metrics`, for Prometheus. It names no site, key or person, and so needs no key.

use actix_web::http::header;
use actix_web::{HttpResponse, web};

use super::state::State;
use crate::telemetry::metrics::OPEN_METRICS;

pub(super) fn configure(config: &mut web::ServiceConfig) {
    let metrics = web::resource("/metrics").route(web::get().to(metrics));
    config.service(metrics.default_service(web::to(super::only_get)));
}

/// What was counted, for Prometheus.
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "Operation",
    security(()),
    responses((status = 200, description = "OpenMetrics text", body = String,
               content_type = "application/openmetrics-text"))
)]
pub(super) async fn metrics(state: web::Data<State>) -> HttpResponse {
    let text = state.service.metrics_text().await;
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type(OPEN_METRICS)
        .body(text)
}
