//! `chaffinch import`: labelled comments from elsewhere, taught as corrections of a key of their own.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use actix_web::rt::System;
use anyhow::{Context, ensure};
use chaffinch::service::{self, Service};
use chaffinch::site::Site;
use chaffinch::training::corpus;
use clap::Args;
use serde_json::json;

use super::super::folder;
use super::super::manage::{ManageOptions, show};
use super::super::model;

/// The arguments of `chaffinch import`.
#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// Files or folders of JSON Lines, as `chaffinch export --labelled` writes them
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The site that they belong to; without it all sites learn from them
    #[arg(long, value_parser = Site::parse)]
    site: Option<Site>,
    #[command(flatten)]
    options: ManageOptions,
}

/// Teaches them to the folder of a server that is not running.
pub(crate) fn run(args: ImportArgs) -> anyhow::Result<ExitCode> {
    ensure!(
        args.options.url.is_none(),
        "stop the server first, and name its folder with --data"
    );
    let store = folder::open(&args.options.data)?;
    let classifier = Arc::new(model::load(None)?);
    let service = Service::new(store, classifier, service::Settings::default())?;
    let taught = System::new().block_on(teach(&service, &args));
    service.close();
    let (key, comments) = taught?;
    let reply = json!({"comments": comments, "key": key});
    show(args.options.json, &reply, |_| {
        format!(
            "taught {comments} comments; `chaffinch key take-back {key}` takes all of them back"
        )
    })?;
    Ok(ExitCode::SUCCESS)
}

async fn teach(service: &Service, args: &ImportArgs) -> anyhow::Result<(String, u64)> {
    let files = corpus::files(&args.files)?;
    // Read once before anything is taught: a mistyped line shall not leave half of it.
    for file in &files {
        for sample in corpus::read(file)? {
            sample?;
        }
    }
    let import = service.import_offline(args.site.clone()).await?;
    let mut comments = 0;
    for file in &files {
        for sample in corpus::read(file)? {
            let sample = sample?;
            import
                .teach(sample.comment, sample.label)
                .await
                .with_context(|| format!("{} of {}", sample.id, file.display()))?;
            comments += 1;
        }
    }
    let key = import.end().await?;
    Ok((key.to_string(), comments))
}
