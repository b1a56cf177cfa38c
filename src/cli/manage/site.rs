//! `chaffinch site`: sites and their settings.

use std::process::ExitCode;

use chaffinch::site::Site;
use chaffinch::wire::{Page, SiteReply};
use clap::{Args, Subcommand};
use serde_json::Value;

use super::assignments::{Assignment, object};
use super::{ManageOptions, Target, lines, or, show};
use crate::cli::table::Table;

/// The arguments of `chaffinch site`.
#[derive(Debug, Args)]
pub(crate) struct SiteArgs {
    #[command(flatten)]
    options: ManageOptions,
    #[command(subcommand)]
    command: SiteCommand,
}

#[derive(Debug, Subcommand)]
enum SiteCommand {
    /// List every site that is known
    List,
    /// Show a site and its settings
    Show {
        /// Address of its front page
        #[arg(value_parser = Site::parse)]
        site: Site,
    },
    /// Change settings of a site, which need not be known yet
    Set {
        /// Address of its front page
        #[arg(value_parser = Site::parse)]
        site: Site,
        /// Settings as `chaffinch site show` names them, such as shadow=true, retention_days=30 or
        /// thresholds.spam=0.6; null brings back the default
        #[arg(required = true, value_name = "NAME=VALUE")]
        settings: Vec<Assignment>,
    },
    /// Forget a site and its settings; its verdicts stay
    Remove {
        /// Address of its front page
        #[arg(value_parser = Site::parse)]
        site: Site,
    },
}

/// Does it.
pub(crate) fn run(args: SiteArgs) -> anyhow::Result<ExitCode> {
    let json = args.options.json;
    let target = Target::open(&args.options)?;
    match args.command {
        SiteCommand::List => {
            let sites = Page {
                items: target.sites()?,
                next_cursor: None,
            };
            show(json, &sites, |sites| table(&sites.items))?;
        }
        SiteCommand::Show { site } => show(json, &target.site(&site)?, text)?,
        SiteCommand::Set { site, settings } => {
            show(json, &target.set_site(site, object(settings))?, text)?;
        }
        SiteCommand::Remove { site } => target.remove_site(site)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn table(sites: &[SiteReply]) -> String {
    let mut table = Table::of_words(&["site", "in use", "settings changed"]);
    for site in sites {
        let active = if site.active { "yes" } else { "no" };
        let configured = or(site.configured_at.as_ref(), "never");
        table.row([site.site.to_string(), active.to_owned(), configured]);
    }
    table.render()
}

fn text(site: &SiteReply) -> String {
    let mut shown = vec![
        ("site", site.site.to_string()),
        ("in use", if site.active { "yes" } else { "no" }.to_owned()),
        ("settings changed", or(site.configured_at.as_ref(), "never")),
    ];
    let settings = site.settings.as_object();
    for (name, value) in settings.into_iter().flatten() {
        let value = match value {
            Value::String(text) => text.clone(),
            value => value.to_string(),
        };
        shown.push((name, value));
    }
    lines(&shown)
}
