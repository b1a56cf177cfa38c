//! Files that are made while they are sent.

use actix_web::web::Bytes;
use actix_web::{HttpResponse, web};
use futures_util::stream;

use crate::service::{Dump, ServiceError};
use crate::store::DumpWriter;

/// Bytes read between two writes to the caller.
const AT_ONCE: usize = 256 * 1024;

/// JSON Lines as a file of that name. `next` makes its pieces, on threads that may wait for the disk; where
/// it fails the connection is broken, so that nobody takes the part for the whole.
pub(super) fn lines(
    name: &str,
    next: impl FnMut() -> Result<Option<Bytes>, ServiceError> + Send + 'static,
) -> HttpResponse {
    let body = stream::try_unfold(next, |mut next| async move {
        let made = web::block(move || next().map(|made| made.map(|bytes| (bytes, next)))).await;
        made.map_err(actix_web::Error::from)?.map_err(|error| {
            tracing::error!(%error, "a download broke off");
            actix_web::error::ErrorInternalServerError("the download broke off")
        })
    });
    let attachment = format!("attachment; filename=\"{name}\"");
    HttpResponse::Ok()
        .content_type("application/x-ndjson")
        .insert_header(("Content-Disposition", attachment))
        .insert_header(("Cache-Control", "no-store"))
        .streaming(Box::pin(body))
}

/// Everything that is stored. The last line says that it is whole.
pub(super) fn backup(name: &str, mut dump: Dump) -> HttpResponse {
    let mut writer = Some(DumpWriter::default());
    lines(name, move || {
        let Some(mut writing) = writer.take() else {
            return Ok(None);
        };
        let mut bytes = Vec::with_capacity(AT_ONCE * 2);
        // Writing such values to memory cannot fail.
        while bytes.len() < AT_ONCE {
            let Some(line) = dump.next().transpose()? else {
                let _ = writing.end(&mut bytes);
                return Ok(Some(bytes.into()));
            };
            let _ = writing.line(&line, &mut bytes);
        }
        writer = Some(writing);
        Ok(Some(bytes.into()))
    })
}
