//! `chaffinch key`: site keys and admin tokens.

use std::process::ExitCode;

use chaffinch::key::{KeyId, Scope, Scopes};
use chaffinch::rate::Rate;
use chaffinch::wire::{KeyReply, KeyRequest, Page, RotateRequest};
use clap::{Args, Subcommand};

use super::{ManageOptions, Target, lines, or, show};
use crate::cli::table::Table;

/// The arguments of `chaffinch key`.
#[derive(Debug, Args)]
pub(crate) struct KeyArgs {
    #[command(flatten)]
    options: ManageOptions,
    #[command(subcommand)]
    command: KeyCommand,
}

#[derive(Debug, Subcommand)]
enum KeyCommand {
    /// List every key, without its secret
    List,
    /// Make a key and show it, once
    Create {
        /// A name for people
        name: String,
        /// What it may be used for: check, correct, read, moderate or admin; without this the first three
        #[arg(long, value_name = "SCOPE,…", value_delimiter = ',', value_parser = str::parse::<Scope>)]
        scopes: Vec<Scope>,
        /// The only site that it may speak for
        #[arg(long, value_name = "ADDRESS")]
        site: Option<String>,
        /// How often it may be used, such as 600/m; without this as often as the server allows
        #[arg(long)]
        rate: Option<Rate>,
    },
    /// Make a key that takes the place of another, and show it, once
    Rotate {
        /// The key, as `chaffinch key list` names it
        id: KeyId,
        /// Seconds for which the old one is accepted as well; without this one day
        #[arg(long, value_name = "SECONDS")]
        overlap: Option<u64>,
    },
    /// Take back every correction in force that a key taught, also if it was revoked
    TakeBack {
        /// The key, as `chaffinch key list` names or named it
        id: KeyId,
    },
    /// Let a key be used no longer
    Revoke {
        /// The key, as `chaffinch key list` names it
        id: KeyId,
    },
}

/// Does it.
pub(crate) fn run(args: KeyArgs) -> anyhow::Result<ExitCode> {
    let json = args.options.json;
    let target = Target::open(&args.options)?;
    match args.command {
        KeyCommand::List => {
            let keys = Page {
                items: target.keys()?,
                next_cursor: None,
            };
            show(json, &keys, |keys| table(&keys.items))?;
        }
        KeyCommand::Create {
            name,
            scopes,
            site,
            rate,
        } => {
            let key = KeyRequest {
                name: Some(name),
                scopes: match scopes.is_empty() {
                    true => None,
                    false => Some(Scopes::try_from(scopes)?),
                },
                site,
                rate,
            };
            show(json, &target.create_key(key)?, text)?;
        }
        KeyCommand::Rotate { id, overlap } => {
            let how = RotateRequest {
                overlap_seconds: overlap,
            };
            show(json, &target.rotate_key(id, how)?, text)?;
        }
        KeyCommand::TakeBack { id } => show(json, &target.take_back(id)?, |taken| {
            format!("took back {} corrections", taken.corrections)
        })?,
        KeyCommand::Revoke { id } => target.revoke_key(id)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn table(keys: &[KeyReply]) -> String {
    let mut table = Table::of_words(&["id", "name", "scopes", "site", "accepted", "last used"]);
    for key in keys {
        let accepted = match (key.accepted, &key.expires_at) {
            (true, None) => "yes".to_owned(),
            (true, Some(until)) => format!("until {until}"),
            (false, _) => "no".to_owned(),
        };
        let site = or(key.site.as_ref(), "every");
        table.row([
            key.id.clone(),
            key.name.clone(),
            scopes(key),
            site,
            accepted,
            or(key.last_used.as_ref(), "-"),
        ]);
    }
    table.render()
}

fn text(key: &KeyReply) -> String {
    let mut shown = vec![
        ("id", key.id.clone()),
        ("name", key.name.clone()),
        ("scopes", scopes(key)),
        ("site", or(key.site.as_ref(), "every")),
    ];
    if let Some(secret) = &key.secret {
        shown.push(("secret", format!("{secret}  (shown only now)")));
    }
    lines(&shown)
}

fn scopes(key: &KeyReply) -> String {
    let scopes: Vec<String> = key.scopes.iter().map(|scope| scope.to_string()).collect();
    scopes.join(",")
}
