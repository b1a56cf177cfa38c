//! `GET /v1/backup`.

use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::stream;

use super::auth;
use super::problem::{ApiError, Errors};
use crate::http::state::State;
use crate::service::{Dump, ServiceError};
use crate::store::DumpWriter;

/// Bytes read between two writes to the caller.
const AT_ONCE: usize = 256 * 1024;

/// Everything that is stored, as JSON Lines that `chaffinch restore` reads. The last line says that
/// it is whole. Checks and corrections go on meanwhile; what was acknowledged before is in it.
#[utoipa::path(
    get,
    path = "/v1/backup",
    tag = "Operation",
    responses(
        (status = 200, description = "One JSON object a line", body = String, content_type = "application/x-ndjson"),
        Errors
    )
)]
pub(in crate::http) async fn backup(
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, ApiError> {
    let caller = auth::caller(&request, &state)?;
    let lines = Lines {
        dump: state.service.dump(&caller)?,
        writer: Some(DumpWriter::default()),
    };
    let body = stream::try_unfold(lines, |mut lines| async move {
        web::block(move || Ok::<_, ServiceError>(lines.next()?.map(|bytes| (bytes, lines))))
            .await
            .map_err(actix_web::Error::from)?
            // What was sent has no end, and is not taken for a backup.
            .map_err(|error| actix_web::Error::from(ApiError::from(error)))
    });
    Ok(HttpResponse::Ok()
        .content_type("application/x-ndjson")
        .insert_header((
            "Content-Disposition",
            "attachment; filename=\"chaffinch.jsonl\"",
        ))
        .streaming(Box::pin(body)))
}

/// A backup on its way out.
struct Lines {
    dump: Dump,
    /// `None` after the end.
    writer: Option<DumpWriter>,
}

impl Lines {
    fn next(&mut self) -> Result<Option<Bytes>, ServiceError> {
        let Some(mut writer) = self.writer.take() else {
            return Ok(None);
        };
        let mut bytes = Vec::with_capacity(AT_ONCE * 2);
        // Writing such values to memory cannot fail.
        while bytes.len() < AT_ONCE {
            let Some(line) = self.dump.next().transpose()? else {
                let _ = writer.end(&mut bytes);
                return Ok(Some(bytes.into()));
            };
            let _ = writer.line(&line, &mut bytes);
        }
        self.writer = Some(writer);
        Ok(Some(bytes.into()))
    }
}
