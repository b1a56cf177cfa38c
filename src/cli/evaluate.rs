//! `chaffinch evaluate`: how well a model tells labelled comments apart.

mod own;

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use chaffinch::classifier::BaseModel;
use chaffinch::config::JudgingOptions;
use chaffinch::evaluation::metrics::Scored;
use chaffinch::evaluation::{
    self, Feedback, Judge, Judged, Report, Source, Teaching, is_blog, plots,
};
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use super::{figures, finish, model};

/// The arguments of `chaffinch evaluate`.
#[derive(Debug, Args)]
pub(super) struct EvaluateArgs {
    /// How comments are asked about
    #[arg(long, value_enum, default_value_t = Protocol::Cold)]
    protocol: Protocol,

    /// Which comments are corrected, for the online protocol: all without this
    #[arg(long, value_enum)]
    feedback: Option<FeedbackArg>,

    /// Share of the corrections that say the opposite of the truth, for the online protocol: how much
    /// harm slips of the mouse do
    #[arg(long, value_name = "SHARE", value_parser = probability)]
    wrong: Option<f64>,

    /// Start from a model that knows nothing, for the online protocol; the split protocol always does
    #[arg(long)]
    no_base: bool,

    /// Probability from which a comment counts as spam in the figures: without this the threshold of
    /// spam, and 0.5 for the split protocol, as in the publications that use it
    #[arg(long, value_name = "PROBABILITY", value_parser = probability)]
    cut: Option<f64>,

    /// A second model to judge the same comments by: won, tied or lost for each source
    #[arg(long, value_name = "MODEL")]
    compare: Option<PathBuf>,

    /// Write each comment's id, label, probability and source as JSON Lines
    #[arg(long, value_name = "FILE")]
    scores: Option<PathBuf>,

    /// Draw the ROC curve, the calibration and the learning curves as SVG into this folder
    #[arg(long, value_name = "DIR")]
    plots: Option<PathBuf>,

    /// Write the figures as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,

    #[command(flatten)]
    judging: JudgingOptions,

    #[command(flatten)]
    own: own::OwnArgs,

    /// Files of labelled comments, one source a file, or folders with `.jsonl` files
    #[arg(required_unless_present = "own", value_name = "FILE|DIR")]
    corpora: Vec<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Protocol {
    /// The base model alone
    Cold,
    /// Check, then correct, in the order of each file; each file starts with nothing learned
    Online,
    /// Train on NAME-train with nothing of the base model, test on NAME-test
    Split,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FeedbackArg {
    /// Every comment
    All,
    /// Those whose verdict was wrong or unsure
    Errors,
}

impl EvaluateArgs {
    /// Refuses options that would say nothing.
    fn check(&self) -> anyhow::Result<()> {
        if self.feedback.is_some() && self.protocol != Protocol::Online {
            bail!("nothing is corrected: --feedback needs --protocol online");
        }
        if self.wrong.is_some() && self.protocol != Protocol::Online {
            bail!("nothing is corrected: --wrong needs --protocol online");
        }
        match self.protocol {
            Protocol::Cold if self.no_base => {
                bail!(
                    "a model that knows nothing tells nothing apart: --no-base needs --protocol online"
                )
            }
            Protocol::Split if self.compare.is_some() => {
                bail!(
                    "the split protocol trains its own models: --compare needs another --protocol"
                )
            }
            _ => Ok(()),
        }
    }

    fn teaching(&self) -> Teaching {
        Teaching {
            feedback: match self.feedback {
                None | Some(FeedbackArg::All) => Feedback::All,
                Some(FeedbackArg::Errors) => Feedback::Errors,
            },
            wrong: self.wrong.unwrap_or(0.0),
        }
    }

    fn cut(&self, judge: &Judge) -> f64 {
        self.cut.unwrap_or(match self.protocol {
            Protocol::Cold | Protocol::Online => judge.thresholds.spam(),
            Protocol::Split => 0.5,
        })
    }

    /// What the comments are judged by, and its name.
    fn judge(&self) -> anyhow::Result<Judge> {
        let base = if self.no_base || self.protocol == Protocol::Split {
            Arc::new(BaseModel::empty())
        } else {
            Arc::clone(model::load(self.judging.model.as_deref())?.base())
        };
        let thresholds = self.judging.thresholds()?;
        Ok(Judge { base, thresholds })
    }

    fn run(
        &self,
        judge: &Judge,
        sources: &[Source],
        bar: &ProgressBar,
    ) -> anyhow::Result<Vec<Judged>> {
        let progress = || bar.inc(1);
        Ok(match self.protocol {
            Protocol::Cold => judge.cold(sources, progress),
            Protocol::Online => judge.online(sources, self.teaching(), progress),
            Protocol::Split => evaluation::split(sources, judge.thresholds, progress)?,
        })
    }
}

fn probability(text: &str) -> Result<f64, String> {
    let number = text.parse().ok();
    number
        .filter(|p| (0.0..=1.0).contains(p))
        .ok_or_else(|| "give a number from 0 to 1".to_owned())
}

pub(super) fn run(args: EvaluateArgs) -> anyhow::Result<ExitCode> {
    if args.own.own {
        return own::run(&args);
    }
    args.check()?;
    let judge = args.judge()?;
    let second = match &args.compare {
        None => None,
        Some(path) => Some(Judge {
            base: Arc::clone(model::load(Some(path))?.base()),
            ..judge.clone()
        }),
    };
    let sources = evaluation::load(&args.corpora)?;
    let comments: usize = sources.iter().map(|source| source.samples.len()).sum();
    let runs = 1 + usize::from(second.is_some());
    let bar = bar(comments * runs)?;
    let judged = args.run(&judge, &sources, &bar)?;
    let other = second
        .as_ref()
        .map(|second| args.run(second, &sources, &bar))
        .transpose()?;
    bar.finish_and_clear();

    let report = Report::new(&judged, args.cut(&judge));
    let compared = other
        .as_deref()
        .map(|other| evaluation::compare(&judged, other));
    if compared.as_ref().is_some_and(Vec::is_empty) {
        bail!("no source has both ham and spam: there is nothing to compare the models by");
    }
    let model = match args.protocol {
        Protocol::Split => "trained on each source",
        Protocol::Cold | Protocol::Online => &judge.base.version,
    };
    let mut text = figures::render(&report);
    if let (Some(compared), Some(second)) = (&compared, &second) {
        text.push('\n');
        text.push_str(&figures::render_comparison(
            compared,
            model,
            &second.base.version,
        ));
    }
    if let Some(path) = &args.scores {
        write(path, scores(&judged)?)?;
    }
    if let Some(folder) = &args.plots {
        draw(folder, &judged, other.as_deref())?;
    }
    if let Some(path) = &args.json {
        let online = args.protocol == Protocol::Online;
        let value = json!({
            "protocol": args.protocol.to_possible_value().map(|v| v.get_name().to_owned()),
            "feedback": online.then(|| args.teaching().feedback),
            "wrong": online.then(|| args.teaching().wrong),
            "model": model,
            "thresholds": judge.thresholds,
            "cut": args.cut(&judge),
            "figures": report,
            "compared_with": second.map(|second| second.base.version.clone()),
            "comparison": compared,
        });
        write(path, serde_json::to_vec_pretty(&value)?)?;
    }
    let heading = format!(
        "model {model}, {comments} comments in {} files\n\n",
        sources.len()
    );
    let mut out = io::stdout().lock();
    finish(
        out.write_all(heading.as_bytes())
            .and_then(|()| out.write_all(text.as_bytes())),
    )?;
    Ok(ExitCode::SUCCESS)
}

/// Shows how many comments were judged, where somebody looks.
fn bar(comments: usize) -> anyhow::Result<ProgressBar> {
    let bar = ProgressBar::new(comments as u64);
    bar.set_style(ProgressStyle::with_template(
        "{wide_bar} {pos}/{len} comments, {eta} left",
    )?);
    Ok(bar)
}

/// One line a comment.
fn scores(judged: &[Judged]) -> anyhow::Result<Vec<u8>> {
    let mut lines = Vec::new();
    for source in judged {
        for (id, scored) in source.ids.iter().zip(&source.scored) {
            let label = if scored.spam { "spam" } else { "ham" };
            let line = json!({"id": id, "label": label, "probability": scored.probability, "source": source.name});
            serde_json::to_writer(&mut lines, &line)?;
            lines.push(b'\n');
        }
    }
    Ok(lines)
}

fn draw(folder: &Path, judged: &[Judged], other: Option<&[Judged]>) -> anyhow::Result<()> {
    let pool = |judged: &[Judged], wanted: fn(&str) -> bool| -> Vec<Scored> {
        let chosen = judged.iter().filter(|source| wanted(&source.name));
        chosen.flat_map(|source| source.scored.clone()).collect()
    };
    let all = pool(judged, |_| true);
    let blogs = pool(judged, is_blog);
    let second = other.map(|other| pool(other, |_| true));
    let mut sets = vec![("all sources".to_owned(), all.as_slice())];
    if !blogs.is_empty() && blogs.len() < all.len() {
        sets.push(("blogs".to_owned(), &blogs));
    }
    if let Some(second) = &second {
        sets.push(("all sources, the other model".to_owned(), second));
    }
    let mut drawn = vec![
        ("roc.svg", plots::roc(&sets)?),
        ("calibration.svg", plots::calibration(&sets)?),
    ];
    drawn.extend(plots::learning(judged)?.map(|svg| ("learning.svg", svg)));
    fs::create_dir_all(folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    for (name, svg) in drawn {
        write(&folder.join(name), svg)?;
    }
    Ok(())
}

fn write(path: &Path, bytes: impl AsRef<[u8]>) -> anyhow::Result<()> {
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}
