//! `chaffinch import`: labelled comments from elsewhere, taught as corrections of a key of their own.

mod report;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use actix_web::rt::System;
use anyhow::{Context, ensure};
use chaffinch::comment::Comment;
use chaffinch::config::JudgingOptions;
use chaffinch::import::{self, Assignment, Columns, Fault, Format, Meter};
use chaffinch::service::{self, Import, ImportTrial, Lessons, Service, Taught};
use chaffinch::site::Site;
use chaffinch::training::corpus;
use chaffinch::verdict::Label;
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};

use self::report::Report;
use super::super::folder;
use super::super::manage::{ManageOptions, show};
use super::super::model;

/// Faults that are told one by one.
const TOLD: u64 = 20;

/// The arguments of `chaffinch import`.
#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// Files of that format, also packed with gzip; of jsonl and staticman also folders
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// What the files are
    #[arg(long, value_enum, default_value_t = Format::Jsonl)]
    format: Format,
    /// The site that they belong to; without it all sites learn from them
    #[arg(long, value_parser = Site::parse)]
    site: Option<Site>,
    /// Only say what is in the files and what the filter would learn
    #[arg(long)]
    dry_run: bool,
    /// Which comments are learned from: of jsonl all without this, of other formats those that the
    /// filter is wrong or unsure about. All are kept with their labels
    #[arg(long, value_enum, value_name = "WHICH")]
    learn: Option<Learn>,
    /// Columns of csv or jsonl that have other names, as in content=body,label=state,author=user.name
    #[arg(long, value_name = "PART=COLUMN", value_delimiter = ',')]
    columns: Vec<Assignment>,
    /// Words that mean spam in the column of labels, in place of `spam`
    #[arg(long, value_name = "WORD", value_delimiter = ',')]
    spam: Vec<String>,
    /// Words that mean ham there, in place of `ham`
    #[arg(long, value_name = "WORD", value_delimiter = ',')]
    ham: Vec<String>,
    #[command(flatten)]
    judging: JudgingOptions,
    #[command(flatten)]
    options: ManageOptions,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Learn {
    /// Every one
    All,
    /// Those that the filter is wrong or unsure about
    Errors,
}

impl ImportArgs {
    fn check(&self) -> anyhow::Result<()> {
        ensure!(
            self.options.url.is_none(),
            "an import goes into the folder of a stopped server: name it with --data, without --url and CHAFFINCH_URL"
        );
        let named = !(self.columns.is_empty() && self.spam.is_empty() && self.ham.is_empty());
        ensure!(
            !named || matches!(self.format, Format::Csv | Format::Jsonl),
            "the columns of this format are known: --columns, --spam and --ham are for csv and jsonl"
        );
        Ok(())
    }

    fn lessons(&self) -> Lessons {
        match (self.learn, self.format) {
            (Some(Learn::All), _) | (None, Format::Jsonl) => Lessons::All,
            (Some(Learn::Errors) | None, _) => Lessons::Errors,
        }
    }

    /// The files, those of folders one by one where each is an export of its own.
    fn files(&self) -> anyhow::Result<Vec<PathBuf>> {
        Ok(match self.format {
            Format::Jsonl => corpus::files(&self.files)?,
            _ => self.files.clone(),
        })
    }
}

/// Teaches them to the folder of a server that is not running.
pub(crate) fn run(args: ImportArgs) -> anyhow::Result<ExitCode> {
    args.check()?;
    let store = folder::open(&args.options.data)?;
    let classifier = Arc::new(model::load(args.judging.model.as_deref())?);
    let settings = service::Settings {
        thresholds: args.judging.thresholds()?,
        ..service::Settings::default()
    };
    let service = Service::new(store, classifier, settings)?;
    let report = System::new().block_on(teach(&service, &args));
    service.close();
    let report = report?;
    show(args.options.json, &report, Report::text)?;
    Ok(match report.broke_off {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    })
}

async fn teach(service: &Service, args: &ImportArgs) -> anyhow::Result<Report> {
    let files = args.files()?;
    let meter = Arc::default();
    let mut session = Session {
        report: Report::new(args.dry_run),
        pupil: match args.dry_run {
            true => Pupil::Trial(service.import_trial(args.site.clone(), args.lessons())?),
            false => Pupil::Nobody(service),
        },
        args,
        waiting: Vec::with_capacity(Import::AT_ONCE),
        bar: bar(&files)?,
        meter,
    };
    let columns = Columns::new(&args.columns, &args.spam, &args.ham);
    for file in &files {
        session.file(file, &columns).await?;
    }
    session.finish()
}

/// An import that is under way.
struct Session<'a> {
    args: &'a ImportArgs,
    pupil: Pupil<'a>,
    report: Report,
    waiting: Vec<(Comment, Label)>,
    bar: ProgressBar,
    meter: Arc<Meter>,
}

/// Who is taught.
enum Pupil<'a> {
    /// Nobody yet: an import begins with its first comment.
    Nobody(&'a Service),
    Trial(ImportTrial<'a>),
    Import(Import<'a>),
}

impl Session<'_> {
    async fn file(&mut self, file: &Path, columns: &Columns) -> anyhow::Result<()> {
        let name = file.display();
        let rows = import::open(file, self.args.format, columns, &self.meter);
        for row in rows.with_context(|| format!("cannot read {name}"))? {
            match row {
                Err(fault) => self.fault(file, &fault),
                Ok(row) => match row.label {
                    None => self.report.unlabelled += 1,
                    Some(label) => self.waiting.push((row.comment, label)),
                },
            }
            if self.waiting.len() == Import::AT_ONCE {
                self.flush().await?;
            }
        }
        self.flush().await
    }

    /// Teaches what waits.
    async fn flush(&mut self) -> anyhow::Result<()> {
        self.bar.set_position(self.meter.read());
        if self.waiting.is_empty() {
            return Ok(());
        }
        if let Pupil::Nobody(service) = self.pupil {
            let site = self.args.site.clone();
            self.pupil = Pupil::Import(service.import_offline(site, self.args.lessons()).await?);
        }
        let labels: Vec<_> = self.waiting.iter().map(|(_, label)| *label).collect();
        let comments = self.waiting.drain(..);
        let taught: Vec<Taught> = match &mut self.pupil {
            Pupil::Nobody(_) => Vec::new(),
            Pupil::Trial(trial) => comments
                .map(|(comment, label)| trial.teach(comment, label))
                .collect::<Result<_, _>>()?,
            Pupil::Import(import) => {
                let taught = import.teach(comments.collect()).await;
                taught
                    .context("the import broke off; begun again, it goes on where it has come to")?
            }
        };
        for (taught, label) in taught.into_iter().zip(labels) {
            self.report.count(taught, label);
        }
        Ok(())
    }

    fn fault(&mut self, file: &Path, fault: &Fault) {
        self.report.unreadable += 1;
        self.report.broke_off |= fault.ends;
        if self.report.unreadable > TOLD && !fault.ends {
            return;
        }
        let rest = match fault.ends {
            true => "; nothing behind it was read",
            false => "",
        };
        self.bar.suspend(|| {
            // With nobody left to read it there is nobody to tell.
            let _ = writeln!(io::stderr(), "chaffinch: {}, {fault}{rest}", file.display());
        });
    }

    fn finish(mut self) -> anyhow::Result<Report> {
        self.bar.finish_and_clear();
        let format = self.args.format.to_possible_value();
        let format = format.map(|value| value.get_name().to_owned());
        ensure!(
            !self.report.is_empty() || self.report.broke_off,
            "there is no comment that could be read as {}; is it another --format?",
            format.unwrap_or_default()
        );
        if let Pupil::Import(import) = &self.pupil {
            self.report.key = Some(import.key().to_string());
        }
        self.report.foreign_bytes = self.meter.foreign();
        self.report.mended_texts = self.meter.mended();
        Ok(self.report)
    }
}

/// Shows how much of the files was read, where somebody looks.
fn bar(files: &[PathBuf]) -> anyhow::Result<ProgressBar> {
    let sizes = files.iter().filter_map(|file| fs::metadata(file).ok());
    let bar = ProgressBar::new(sizes.map(|file| file.len()).sum());
    bar.set_style(ProgressStyle::with_template(
        "{wide_bar} {bytes} of {total_bytes}, {eta} left",
    )?);
    Ok(bar)
}
