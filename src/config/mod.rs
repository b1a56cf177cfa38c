//! The options, each defined once: its flag, its `CHAFFINCH_*` variable, its key in
//! `chaffinch.toml`, its default and its help are one field below.
//!
//! [`layers`] puts flags over variables over the file over the defaults and remembers where each
//! value came from; [`print()`] shows the outcome.

mod layers;
mod print;
mod values;

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use ipnet::IpNet;

pub use layers::{ConfigError, Layers, Origin};
pub use print::{print, to_json};
pub use values::{LogFilter, LogFormat, SnapshotSize};

use crate::key::{AdminToken, SiteKey};
use crate::rate::RateLimit;
use crate::site::settings::RetentionDays;
use crate::verdict::Thresholds;

/// What every command takes.
#[derive(Debug, Clone, clap::Args)]
pub struct CommonOptions {
    /// Configuration file; without this, chaffinch.toml in the current folder if there is one
    #[arg(long, env = "CHAFFINCH_CONFIG", value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,
}

/// Where a cluster's NATS servers are, and how they are spoken to.
#[derive(Debug, Clone, clap::Args)]
pub struct NatsOptions {
    /// NATS servers whose JetStream holds the log that several servers share, as in nats://a,b,c
    #[arg(
        long,
        env = "CHAFFINCH_CLUSTER",
        value_name = "URL,…",
        value_delimiter = ',',
        hide_env_values = true
    )]
    pub cluster: Vec<String>,

    /// Certificates in PEM that those of the NATS servers are signed with, if the system does not know them
    #[arg(long, env = "CHAFFINCH_CLUSTER_CA", value_name = "FILE")]
    pub cluster_ca: Option<PathBuf>,

    /// Certificate in PEM to show to the NATS servers
    #[arg(
        long,
        env = "CHAFFINCH_CLUSTER_CERTIFICATE",
        value_name = "FILE",
        requires = "cluster_key"
    )]
    pub cluster_certificate: Option<PathBuf>,

    /// Private key of that certificate, in PEM
    #[arg(
        long,
        env = "CHAFFINCH_CLUSTER_KEY",
        value_name = "FILE",
        requires = "cluster_certificate"
    )]
    pub cluster_key: Option<PathBuf>,

    /// Credentials of a NATS user, as `nsc` writes them
    #[arg(long, env = "CHAFFINCH_CLUSTER_CREDENTIALS", value_name = "FILE")]
    pub cluster_credentials: Option<PathBuf>,
}

/// Everything that can be configured; `serve` takes all of it.
#[derive(Debug, Clone, clap::Args)]
pub struct ServerOptions {
    /// Folder for everything that lasts; made if it is not there
    #[arg(
        long,
        env = "CHAFFINCH_DATA",
        value_name = "DIR",
        default_value = "./chaffinch-data"
    )]
    pub data: PathBuf,

    /// The cluster, if it is one of several.
    #[command(flatten)]
    pub nats: NatsOptions,

    /// After how much of a cluster's log a piece of it is put among its snapshots, as 512KiB or 16MiB; or off
    #[arg(
        long,
        env = "CHAFFINCH_CLUSTER_SNAPSHOT",
        value_name = "SIZE",
        default_value = "16MiB"
    )]
    pub cluster_snapshot: SnapshotSize,

    /// Corrections that are kept here, and given later, while a cluster's log is away; all others are refused then
    #[arg(
        long,
        env = "CHAFFINCH_CLUSTER_QUEUE",
        value_name = "NUMBER",
        default_value_t = 0
    )]
    pub cluster_queue: usize,

    /// Address and port to listen on; port 0 takes a free one
    #[arg(long, env = "CHAFFINCH_LISTEN", value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8181",
          value_parser = values::listen)]
    pub listen: SocketAddr,

    /// Certificate chain in PEM, to speak TLS; it is read again when the file changes
    #[arg(
        long,
        env = "CHAFFINCH_TLS_CERTIFICATE",
        value_name = "FILE",
        requires = "tls_key"
    )]
    pub tls_certificate: Option<PathBuf>,

    /// Private key of the certificate, in PEM
    #[arg(
        long,
        env = "CHAFFINCH_TLS_KEY",
        value_name = "FILE",
        requires = "tls_certificate"
    )]
    pub tls_key: Option<PathBuf>,

    /// Host names under which Akismet clients may put the key in front, as in KEY.rest.akismet.com
    #[arg(long, env = "CHAFFINCH_BASE_DOMAINS", value_name = "NAME,…", value_delimiter = ',',
          default_values = ["rest.akismet.com", "localhost"], value_parser = values::domain)]
    pub base_domains: Vec<String>,

    /// A site key to accept, instead of one made at the first start: 12 characters of a-z and 0-9
    #[arg(long, env = "CHAFFINCH_SITE_KEY", value_name = "KEY", hide_env_values = true,
          value_parser = str::parse::<SiteKey>)]
    pub site_key: Option<SiteKey>,

    /// An admin token to accept, instead of one made at the first start: 16 to 128 characters
    #[arg(long, env = "CHAFFINCH_ADMIN_TOKEN", value_name = "TOKEN", hide_env_values = true,
          value_parser = str::parse::<AdminToken>)]
    pub admin_token: Option<AdminToken>,

    /// Judge Akismet checks that carry no user_ip instead of answering that it is missing
    #[arg(long, env = "CHAFFINCH_ALLOW_EMPTY_IP", value_name = "BOOL", num_args = 0..=1, require_equals = true,
          default_missing_value = "true", default_value_t = false, action = clap::ArgAction::Set)]
    pub allow_empty_ip: bool,

    /// Calls with one key, as in 600/m (s, m, h, d); each comment of a batch is a call
    #[arg(
        long,
        env = "CHAFFINCH_RATE_PER_KEY",
        value_name = "RATE",
        default_value = "off"
    )]
    pub rate_per_key: RateLimit,

    /// Calls from one address, whatever the key
    #[arg(
        long,
        env = "CHAFFINCH_RATE_PER_ADDRESS",
        value_name = "RATE",
        default_value = "off"
    )]
    pub rate_per_address: RateLimit,

    /// Calls from one address with wrong keys
    #[arg(
        long,
        env = "CHAFFINCH_RATE_WRONG_KEYS",
        value_name = "RATE",
        default_value = "60/m"
    )]
    pub rate_wrong_keys: RateLimit,

    /// Proxies, by address or network, whose X-Forwarded-For says where a call comes from
    #[arg(long, env = "CHAFFINCH_TRUSTED_PROXIES", value_name = "NETWORK,…", value_delimiter = ',',
          value_parser = values::network)]
    pub trusted_proxies: Vec<IpNet>,

    /// Networks outside of the public internet that sites may be called back in
    #[arg(long, env = "CHAFFINCH_CALLBACK_NETWORKS", value_name = "NETWORK,…", value_delimiter = ',',
          value_parser = values::network)]
    pub callback_networks: Vec<IpNet>,

    /// Origins whose pages may call /v1 from a browser, as in https://admin.example.com; * for every one
    #[arg(long, env = "CHAFFINCH_CORS_ORIGINS", value_name = "ORIGIN,…", value_delimiter = ',',
          value_parser = values::origin)]
    pub cors_origins: Vec<String>,

    /// Days after which a verdict goes whose comment is over its time and that nobody corrected
    #[arg(long, env = "CHAFFINCH_RETENTION_RECORDS", value_name = "DAYS", default_value = "730",
          value_parser = values::days)]
    pub retention_records: RetentionDays,

    /// Threads that answer requests; without this, one for each core
    #[arg(long, env = "CHAFFINCH_WORKERS", value_name = "NUMBER", value_parser = values::workers)]
    pub workers: Option<NonZeroUsize>,

    /// Longest request body that is read, in bytes or as 512KiB or 2MiB
    #[arg(long, env = "CHAFFINCH_MAX_BODY", value_name = "SIZE", default_value = "2MiB", value_parser = values::size)]
    pub max_body: usize,

    #[command(flatten)]
    /// How comments are judged.
    pub judging: JudgingOptions,

    #[command(flatten)]
    /// What is logged.
    pub log: LogOptions,
}

/// How comments are judged.
#[derive(Debug, Clone, clap::Args)]
pub struct JudgingOptions {
    /// Model file to judge by, instead of the model inside the program; `empty` starts from nothing
    #[arg(long, env = "CHAFFINCH_MODEL", value_name = "FILE")]
    pub model: Option<PathBuf>,

    /// Probability of spam from which a comment is held for a person to look at
    #[arg(long, env = "CHAFFINCH_THRESHOLD_UNSURE", value_name = "0..1",
          default_value_t = Thresholds::default().unsure(), value_parser = values::probability)]
    pub threshold_unsure: f64,

    /// Probability from which a comment is spam
    #[arg(long, env = "CHAFFINCH_THRESHOLD_SPAM", value_name = "0..1",
          default_value_t = Thresholds::default().spam(), value_parser = values::probability)]
    pub threshold_spam: f64,

    /// Probability from which the advice is to drop a comment unseen
    #[arg(long, env = "CHAFFINCH_THRESHOLD_DISCARD", value_name = "0..1",
          default_value_t = Thresholds::default().discard(), value_parser = values::probability)]
    pub threshold_discard: f64,
}

impl JudgingOptions {
    /// The thresholds, which must not overtake each other.
    pub fn thresholds(&self) -> Result<Thresholds, ConfigError> {
        let Self {
            threshold_unsure: unsure,
            threshold_spam: spam,
            threshold_discard: discard,
            ..
        } = *self;
        Thresholds::new(unsure, spam, discard).map_err(|_| ConfigError::Thresholds {
            unsure,
            spam,
            discard,
        })
    }
}

/// What is logged, on standard error.
#[derive(Debug, Clone, clap::Args)]
pub struct LogOptions {
    /// What to log: error, warn, info, debug, trace, or directives as in info,chaffinch::http=debug
    #[arg(long, env = "CHAFFINCH_LOG", value_name = "FILTER", default_value = "info",
          value_parser = str::parse::<LogFilter>)]
    pub log: LogFilter,

    /// Form of the log
    #[arg(
        long,
        env = "CHAFFINCH_LOG_FORMAT",
        value_name = "FORM",
        default_value = "text"
    )]
    pub log_format: LogFormat,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use clap::{Args, Command};

    use super::*;

    #[test]
    fn every_option_has_a_flag_and_a_variable_of_its_name() {
        let command = ServerOptions::augment_args(Command::new("test"));
        command.clone().debug_assert();
        for arg in command.get_arguments() {
            let id = arg.get_id().as_str();
            assert_eq!(arg.get_long(), Some(id.replace('_', "-").as_str()));
            let variable = format!("CHAFFINCH_{}", id.to_uppercase());
            assert_eq!(arg.get_env().and_then(|v| v.to_str()), Some(&*variable));
        }
    }

    #[test]
    fn thresholds_must_rise() {
        let options = |unsure, spam, discard| JudgingOptions {
            model: None,
            threshold_unsure: unsure,
            threshold_spam: spam,
            threshold_discard: discard,
        };
        assert!(options(0.5, 0.5, 0.5).thresholds().is_ok());
        let error = options(0.6, 0.5, 0.9).thresholds().unwrap_err();
        assert_eq!(
            error.to_string(),
            "the thresholds must rise: threshold_unsure (0.6) <= threshold_spam (0.5) <= threshold_discard (0.9)"
        );
        assert!(options(0.1, 0.5, 0.4).thresholds().is_err());
    }
}
