//! Black-box tests through the real HTTP stack: each starts a server on a free port with a data
//! directory of its own.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod app;
mod browser;

mod akismet_account;
mod akismet_check;
mod akismet_golden;
mod akismet_keys;
mod akismet_report;
mod any_bytes;
mod callbacks;
mod cors;
mod dashboard_data;
mod dashboard_login;
mod dashboard_manage;
mod dashboard_overview;
mod dashboard_queue;
mod dashboard_rules;
mod dashboard_verdict;
mod docs;
mod errors;
mod health;
mod idempotency;
mod metrics;
mod privacy;
mod rate_limits;
mod reputation;
mod site_settings;
mod v1_batch;
mod v1_check;
mod v1_corrections;
mod v1_keys;
mod v1_persons;
mod v1_rules;
mod v1_sites;
mod v1_verdicts;
mod wire_level;
