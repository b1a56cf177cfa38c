//! Flags over variables over the file over defaults, and where each value came from.
//!
//! The values of the file become the defaults of the options that they name, after each has
//! passed the option's own definition: so there is one parser, and the rest is the work of clap.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::{error, fs, io};

use clap::builder::Resettable;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Args, Command};
use toml::Value;

use super::ServerOptions;

/// Read when it is there and no other file was named.
const USUAL_FILE: &str = "chaffinch.toml";

/// Why the configuration cannot be used; each is one sentence.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The command line itself is wrong, or asks for help.
    #[error(transparent)]
    Usage(Box<clap::Error>),
    /// A flag or variable has a value that the option does not take.
    #[error("{0}")]
    Value(String),
    /// The file cannot be read.
    #[error("cannot read the configuration file {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The file is no TOML.
    #[error("{}{}: {message}", path.display(), line.map(|n| format!(" line {n}")).unwrap_or_default())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: Option<usize>,
        /// What is wrong there.
        message: String,
    },
    /// The file names an option that does not exist.
    #[error("{}: there is no option `{key}`{}", path.display(), nearest.as_ref().map(|n| format!("; did you mean `{n}`?")).unwrap_or_default())]
    UnknownKey {
        /// The file.
        path: PathBuf,
        /// What stands there.
        key: String,
        /// What may have been meant.
        nearest: Option<String>,
    },
    /// The file gives an option a value that it does not take.
    #[error("{}: the value of `{key}` cannot be used: {reason}", path.display())]
    FileValue {
        /// The file.
        path: PathBuf,
        /// The option.
        key: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The thresholds are out of order.
    #[error(
        "the thresholds must rise: threshold_unsure ({unsure}) <= threshold_spam ({spam}) <= threshold_discard ({discard})"
    )]
    Thresholds {
        /// `threshold_unsure`
        unsure: f64,
        /// `threshold_spam`
        spam: f64,
        /// `threshold_discard`
        discard: f64,
    },
}

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A flag on the command line.
    Flag,
    /// A variable of the environment.
    Variable,
    /// This file.
    File(PathBuf),
    /// What holds when nothing is said.
    Default,
}

/// A command line with the layers below it filled in.
#[derive(Debug)]
pub struct Layers {
    /// What clap made of it, for `FromArgMatches`.
    pub matches: ArgMatches,
    file: Option<FileValues>,
}

impl Layers {
    /// Reads the command line, the environment and the configuration file.
    pub fn read(command: Command, argv: &[OsString]) -> Result<Self, ConfigError> {
        let first = command
            .clone()
            .try_get_matches_from(argv)
            .map_err(|error| command_line_error(error, &command))?;
        let Some(file) = read_file(named_file(&first))? else {
            return Ok(Self {
                matches: first,
                file: None,
            });
        };
        let matches = command
            .clone()
            .mut_subcommands(|sub| sub.mut_args(|arg| with_default(arg, &file.1)))
            .try_get_matches_from(argv)
            .map_err(|error| command_line_error(error, &command))?;
        Ok(Self {
            matches,
            file: Some(file),
        })
    }

    /// Where the value of an option of the chosen command came from; `None` if it has none.
    pub fn origin(&self, option: &str) -> Option<Origin> {
        let (_, chosen) = self.matches.subcommand()?;
        match chosen.value_source(option)? {
            ValueSource::CommandLine => Some(Origin::Flag),
            ValueSource::EnvVariable => Some(Origin::Variable),
            _ => Some(match &self.file {
                Some((path, keys)) if keys.contains_key(option) => Origin::File(path.clone()),
                _ => Origin::Default,
            }),
        }
    }
}

/// The options' definitions, with neither command nor environment around them.
pub(super) fn definitions() -> Command {
    ServerOptions::augment_args(Command::new("chaffinch").no_binary_name(true))
        .mut_args(|arg| arg.env(Resettable::<clap::builder::OsStr>::Reset))
}

fn named_file(matches: &ArgMatches) -> Option<PathBuf> {
    let (_, chosen) = matches.subcommand()?;
    chosen.get_one::<PathBuf>("config").cloned()
}

fn with_default(arg: Arg, file: &Values) -> Arg {
    match file.get(arg.get_id().as_str()) {
        Some(values) => arg.default_values(values.clone()),
        None => arg,
    }
}

/// What a file says, by the name of the option.
type Values = BTreeMap<String, Vec<String>>;
type FileValues = (PathBuf, Values);

fn read_file(named: Option<PathBuf>) -> Result<Option<FileValues>, ConfigError> {
    let must_be_there = named.is_some();
    let path = named.unwrap_or_else(|| USUAL_FILE.into());
    match fs::read_to_string(&path) {
        Ok(text) => parse_file(&path, &text).map(|values| Some((path, values))),
        Err(error) if error.kind() == io::ErrorKind::NotFound && !must_be_there => Ok(None),
        Err(source) => Err(ConfigError::Read { path, source }),
    }
}

fn parse_file(path: &Path, text: &str) -> Result<Values, ConfigError> {
    let table: toml::Table =
        text.parse()
            .map_err(|error: toml::de::Error| ConfigError::Syntax {
                path: path.into(),
                line: error
                    .span()
                    .and_then(|span| text.get(..span.start))
                    .map(|before| before.matches('\n').count() + 1),
                message: error.message().replace('\n', ", "),
            })?;
    let definitions = definitions();
    table
        .into_iter()
        .map(|(key, value)| {
            let Some(arg) = definitions.get_arguments().find(|a| *a.get_id() == *key) else {
                return Err(ConfigError::UnknownKey {
                    path: path.into(),
                    nearest: nearest(&definitions, &key),
                    key,
                });
            };
            match checked_values(&definitions, arg, &value) {
                Ok(values) => Ok((key, values)),
                Err(reason) => Err(ConfigError::FileValue {
                    path: path.into(),
                    key,
                    reason,
                }),
            }
        })
        .collect()
}

/// The option whose name is most like a mistyped one.
fn nearest(definitions: &Command, key: &str) -> Option<String> {
    definitions
        .get_arguments()
        .map(|arg| arg.get_id().as_str())
        .map(|name| (strsim::jaro_winkler(key, name), name))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name.to_owned())
}

/// The value as the option's definition takes it, or why it does not.
fn checked_values(definitions: &Command, arg: &Arg, value: &Value) -> Result<Vec<String>, String> {
    let values = match value {
        Value::Array(items) if matches!(arg.get_action(), ArgAction::Append) => {
            items.iter().map(scalar).collect()
        }
        Value::Array(_) => Err("it takes one value, not a list".to_owned()),
        single => scalar(single).map(|text| vec![text]),
    }?;
    let flag = arg.get_long().unwrap_or_default();
    definitions
        .clone()
        .try_get_matches_from(values.iter().map(|text| format!("--{flag}={text}")))
        .map_err(|error| reason(&error))?;
    Ok(values)
}

fn scalar(value: &Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Integer(number) => Ok(number.to_string()),
        Value::Float(number) => Ok(number.to_string()),
        Value::Boolean(yes) => Ok(yes.to_string()),
        Value::Datetime(_) | Value::Array(_) | Value::Table(_) => {
            Err("it takes a text, a number or true or false".to_owned())
        }
    }
}

/// Turns a value that an option does not take into one sentence, which never repeats a secret.
fn command_line_error(error: clap::Error, command: &Command) -> ConfigError {
    let about_value = matches!(
        error.kind(),
        ErrorKind::ValueValidation | ErrorKind::InvalidValue
    );
    let (Some(ContextValue::String(arg)), true) = (error.get(ContextKind::InvalidArg), about_value)
    else {
        return ConfigError::Usage(Box::new(error));
    };
    let flag = arg.split_whitespace().next().unwrap_or(arg);
    let definition = command
        .get_subcommands()
        .flat_map(Command::get_arguments)
        .find(|a| a.get_long().is_some_and(|long| flag == format!("--{long}")));
    let secret = definition.is_some_and(Arg::is_hide_env_values_set);
    let value = match error.get(ContextKind::InvalidValue) {
        Some(ContextValue::String(value)) if !secret => format!(" {value:?}"),
        _ => String::new(),
    };
    let variable = definition
        .and_then(Arg::get_env)
        .map(|name| format!(" ({})", name.to_string_lossy()))
        .unwrap_or_default();
    let reason = reason(&error);
    ConfigError::Value(format!(
        "the value{value} of {flag}{variable} cannot be used: {reason}"
    ))
}

/// What is wrong with a value, without the value.
fn reason(error: &clap::Error) -> String {
    if let Some(source) = error::Error::source(error) {
        return source.to_string();
    }
    match error.get(ContextKind::ValidValue) {
        Some(ContextValue::Strings(valid)) if !valid.is_empty() => {
            format!("give one of {}", valid.join(", "))
        }
        _ => "it is empty or of another kind than this option takes".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use clap::{Parser, Subcommand};

    use super::super::JudgingOptions;
    use super::*;

    #[derive(Parser)]
    struct TestCli {
        #[command(flatten)]
        common: super::super::CommonOptions,
        #[command(subcommand)]
        command: TestCommand,
    }

    #[derive(Subcommand)]
    enum TestCommand {
        Serve(Box<ServerOptions>),
        Check(JudgingOptions),
    }

    fn read(file: &str, args: &[&str]) -> Result<(TestCli, Layers), ConfigError> {
        use clap::{CommandFactory, FromArgMatches};
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("c.toml");
        fs::write(&path, file).unwrap();
        let argv: Vec<OsString> = ["chaffinch"]
            .iter()
            .chain(args)
            .map(OsString::from)
            .chain(["--config".into(), path.into()])
            .collect();
        // The variables of whoever runs the tests do not count.
        let command = TestCli::command()
            .mut_subcommands(|s| s.mut_args(|a| a.env(Resettable::<clap::builder::OsStr>::Reset)));
        let layers = Layers::read(command, &argv)?;
        Ok((TestCli::from_arg_matches(&layers.matches).unwrap(), layers))
    }

    fn error(file: &str) -> String {
        let text = read(file, &["serve"]).err().unwrap().to_string();
        text.split_once("c.toml").unwrap().1.to_owned()
    }

    #[test]
    fn flags_go_before_the_file_and_the_file_before_the_defaults() {
        let file = "listen = \"127.0.0.1:1\"\nworkers = 3\nbase_domains = [\"a.example\"]\nallow_empty_ip = true";
        let (cli, layers) = read(file, &["serve", "--workers", "4"]).unwrap();
        let TestCommand::Serve(options) = cli.command else {
            panic!("another command")
        };
        assert!(cli.common.config.is_some());
        assert_eq!(options.listen.port(), 1);
        assert_eq!(options.workers.map(usize::from), Some(4));
        assert_eq!(options.base_domains, ["a.example"]);
        assert!(options.allow_empty_ip);
        assert_eq!(layers.origin("workers"), Some(Origin::Flag));
        assert!(matches!(layers.origin("listen"), Some(Origin::File(_))));
        assert_eq!(layers.origin("data"), Some(Origin::Default));
        assert_eq!(layers.origin("site_key"), None);
    }

    #[test]
    fn a_command_takes_from_the_file_what_it_knows() {
        let (cli, _) = read("data = \"x\"\nthreshold_spam = 0.7", &["check"]).unwrap();
        let TestCommand::Check(options) = cli.command else {
            panic!("another command")
        };
        assert_eq!(options.threshold_spam, 0.7);
    }

    #[test]
    fn mistakes_in_the_file_are_one_sentence() {
        assert_eq!(
            error("listne = 1"),
            ": there is no option `listne`; did you mean `listen`?"
        );
        assert_eq!(error("zzz = 1"), ": there is no option `zzz`");
        assert_eq!(
            error("listen = 1"),
            ": the value of `listen` cannot be used: give an IP address and a port, such as 127.0.0.1:8181 or [::1]:8181"
        );
        assert_eq!(
            error("log_format = \"xml\""),
            ": the value of `log_format` cannot be used: give one of text, json"
        );
        assert_eq!(
            error("listen = [\"127.0.0.1:1\"]"),
            ": the value of `listen` cannot be used: it takes one value, not a list"
        );
        assert_eq!(
            error("allow_empty_ip = \"perhaps\""),
            ": the value of `allow_empty_ip` cannot be used: give one of true, false"
        );
        assert!(error("data = \"x\"\nlisten = ").starts_with(" line 2: "));
    }

    #[test]
    fn a_secret_is_not_repeated_in_an_error() {
        assert!(!error("site_key = \"hunter2\"").contains("hunter2"));
        let error = read("", &["serve", "--site-key", "hunter2"]).err().unwrap();
        assert_eq!(
            error.to_string(),
            "the value of --site-key cannot be used: a site key has exactly 12 characters, each a letter a to z or a digit"
        );
    }

    #[test]
    fn a_file_that_was_named_must_be_there() {
        use clap::CommandFactory;
        let argv = ["chaffinch", "serve", "--config", "/nowhere/c.toml"].map(OsString::from);
        let error = Layers::read(TestCli::command(), &argv).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("cannot read the configuration file /nowhere/c.toml: ")
        );
    }
}
