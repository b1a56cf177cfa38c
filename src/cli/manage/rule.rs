//! `chaffinch rule`: what is decided about comments beforehand.

use std::process::ExitCode;

use anyhow::Context;
use chaffinch::rule::{ConditionKind, RuleId, Share};
use chaffinch::verdict::Action;
use chaffinch::wire::{DryRunReply, Page, RuleReply, RuleRequest, from_json};
use clap::{Args, Subcommand};
use jiff::Timestamp;
use serde_json::Value;

use super::assignments::{Assignment, object};
use super::{ManageOptions, Target, lines, or, show};
use crate::cli::table::Table;

/// The arguments of `chaffinch rule`.
#[derive(Debug, Args)]
pub(crate) struct RuleArgs {
    #[command(flatten)]
    options: ManageOptions,
    #[command(subcommand)]
    command: RuleCommand,
}

#[derive(Debug, Subcommand)]
enum RuleCommand {
    /// List every rule
    List,
    /// Show a rule
    Show {
        /// The rule's number
        id: RuleId,
    },
    /// Make a rule
    Add(NewRule),
    /// Tell which of the stored comments a rule would have been true of, and make none
    Try(NewRule),
    /// Change a rule
    Set {
        /// The rule's number
        id: RuleId,
        /// What to change: match, pattern, outcome, site, note, expires_at or suspend_above
        #[arg(required = true, value_name = "NAME=VALUE")]
        changes: Vec<Assignment>,
    },
    /// Have a suspended rule in force again
    Resume {
        /// The rule's number
        id: RuleId,
    },
    /// Remove a rule
    Remove {
        /// The rule's number
        id: RuleId,
    },
}

#[derive(Debug, Args)]
struct NewRule {
    /// What is compared: ip, email, email_domain, link_domain, author, word or regex
    #[arg(value_name = "WHAT", value_parser = str::parse::<ConditionKind>)]
    kind: ConditionKind,
    /// With what, such as 203.0.113.0/24 or casino.example
    pattern: String,
    /// What to do with the comment: publish, hold or discard
    #[arg(long, value_name = "OUTCOME", default_value = "hold", value_parser = str::parse::<Action>)]
    outcome: Action,
    /// The only site that it is for
    #[arg(long, value_name = "ADDRESS")]
    site: Option<String>,
    /// Why it is there
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// Until when it is in force, such as 2027-01-31T00:00:00Z
    #[arg(long, value_name = "TIME")]
    expires: Option<Timestamp>,
    /// Above which share of the recent comments it suspends itself, or never; without this 0.5
    #[arg(long, value_name = "SHARE", value_parser = share)]
    suspend_above: Option<Suspend>,
}

/// A share, or never.
#[derive(Debug, Clone, Copy)]
struct Suspend(Option<Share>);

/// Does it.
pub(crate) fn run(args: RuleArgs) -> anyhow::Result<ExitCode> {
    let json = args.options.json;
    let target = Target::open(&args.options)?;
    match args.command {
        RuleCommand::List => {
            let rules = Page {
                items: target.rules()?,
                next_cursor: None,
            };
            show(json, &rules, |rules| table(&rules.items))?;
        }
        RuleCommand::Show { id } => show(json, &target.rule(id)?, text)?,
        RuleCommand::Add(rule) => show(json, &target.create_rule(rule.request()?)?, text)?,
        RuleCommand::Try(rule) => show(json, &target.try_rule(rule.request()?)?, tried)?,
        RuleCommand::Set { id, changes } => {
            let changes = Value::Object(object(changes)).to_string();
            let changes = from_json(changes.as_bytes())?;
            show(json, &target.set_rule(id, changes)?, text)?;
        }
        RuleCommand::Resume { id } => show(json, &target.resume_rule(id)?, text)?,
        RuleCommand::Remove { id } => target.remove_rule(id)?,
    }
    Ok(ExitCode::SUCCESS)
}

impl NewRule {
    fn request(self) -> anyhow::Result<RuleRequest> {
        let note = self.note.map(TryFrom::try_from).transpose();
        Ok(RuleRequest {
            kind: Some(self.kind),
            pattern: Some(self.pattern),
            outcome: Some(self.outcome),
            site: self.site.map(Some),
            note: note.context("the note cannot be used")?,
            expires_at: self.expires.map(Some),
            suspend_above: self.suspend_above.map(|Suspend(share)| share),
        })
    }
}

fn table(rules: &[RuleReply]) -> String {
    let mut table = Table::of_words(&[
        "id", "match", "pattern", "outcome", "site", "in force", "note",
    ]);
    for rule in rules {
        table.row([
            rule.id.clone(),
            rule.kind.to_string(),
            rule.pattern.clone(),
            rule.outcome.to_string(),
            or(rule.site.as_ref(), "all"),
            in_force(rule),
            rule.note.as_str().replace('\n', " "),
        ]);
    }
    table.render()
}

fn text(rule: &RuleReply) -> String {
    lines(&[
        ("id", rule.id.clone()),
        ("match", rule.kind.to_string()),
        ("pattern", rule.pattern.clone()),
        ("outcome", rule.outcome.to_string()),
        ("site", or(rule.site.as_ref(), "all")),
        ("note", rule.note.as_str().to_owned()),
        ("expires", or(rule.expires_at.as_ref(), "never")),
        ("in force", in_force(rule)),
    ])
}

fn in_force(rule: &RuleReply) -> String {
    match (&rule.suspended, rule.in_force) {
        (Some(why), _) => format!("no, it matched {} of {} comments", why.hits, why.of),
        (None, true) => "yes".to_owned(),
        (None, false) => "no, its time is over".to_owned(),
    }
}

fn tried(run: &DryRunReply) -> String {
    let (called, corrected) = (&run.by_verdict, &run.by_correction);
    let newest: Vec<String> = run.newest.iter().map(ToString::to_string).collect();
    lines(&[
        (
            "looked at",
            format!(
                "{} verdicts, {} of them unknown",
                run.looked_at, run.unknown
            ),
        ),
        ("would have hit", run.hits.to_string()),
        (
            "called",
            format!(
                "{} ham, {} unsure, {} spam",
                called.ham, called.unsure, called.spam
            ),
        ),
        (
            "corrected",
            format!("{} to ham, {} to spam", corrected.ham, corrected.spam),
        ),
        ("newest", newest.join(" ")),
    ])
}

fn share(text: &str) -> Result<Suspend, String> {
    if text == "never" {
        return Ok(Suspend(None));
    }
    let share: f64 = text
        .parse()
        .map_err(|_| "give a number or never".to_owned())?;
    let share = Share::try_from(share).map_err(|error| error.to_string())?;
    Ok(Suspend(Some(share)))
}
