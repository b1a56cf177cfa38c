//! `chaffinch serve`: the server, from its first start to its orderly end.

use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::rt::System;
use anyhow::{Context, anyhow};
use chaffinch::cluster::{Cluster, Loss};
use chaffinch::config::{self, Layers, ServerOptions};
use chaffinch::service::{self, ConfiguredKeys, FirstKeys, Service, ServiceError, Sweeper};
use chaffinch::store::{self, Store, StoreError, StoreSettings};
use chaffinch::{http, telemetry};
use serde_json::json;

use super::cluster::servers;
use super::{finish, health, model};

/// How long a start waits for a cluster that does not answer.
const AWAY: Duration = Duration::from_secs(5);

/// The arguments of `chaffinch serve`.
#[derive(Debug, clap::Args)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    options: ServerOptions,

    /// Print every option with its value and where it came from, and stop
    #[arg(long)]
    print_config: bool,

    /// Write what goes to standard output as JSON: the configuration, or in one line the address and
    /// at the first start the keys
    #[arg(long, conflicts_with = "check_health")]
    json: bool,

    /// Ask the server that runs with these options whether it is ready, and stop; for containers
    #[arg(long, conflicts_with = "print_config")]
    check_health: bool,
}

/// Serves until it is told to stop.
pub(crate) fn run(args: ServeArgs, layers: &Layers) -> anyhow::Result<ExitCode> {
    let options = args.options;
    let thresholds = options.judging.thresholds()?;
    if args.print_config {
        let shown = match args.json {
            true => format!("{}\n", config::to_json(layers)),
            false => config::print(layers),
        };
        finish(io::stdout().lock().write_all(shown.as_bytes()))?;
        return Ok(ExitCode::SUCCESS);
    }
    if args.check_health {
        health::check(reachable(options.listen), options.tls_certificate.is_some())?;
        return Ok(ExitCode::SUCCESS);
    }
    telemetry::start(&options.log);

    let started = Instant::now();
    let classifier = Arc::new(model::load(options.judging.model.as_deref())?);
    let cluster = match options.nats.cluster.is_empty() {
        true => None,
        false => Some(Cluster::join(
            &servers(&options.nats)?,
            &options.data,
            Loss::Refused,
            options.cluster_queue,
        )?),
    };
    let store = open_store(&options.data, cluster.as_ref())?;
    let settings = service::Settings {
        thresholds,
        retention_records: options.retention_records,
        own_model: options.judging.model.is_some(),
        ..service::Settings::default()
    };
    let service = Arc::new(Service::new(store.clone(), classifier, settings)?);
    let pieces = options.cluster_snapshot;
    let following = cluster.map(|cluster| cluster.follow(store, pieces.bytes()));
    let following = following.transpose();
    let following = following.context("cannot start a thread")?;
    if let Some(following) = &following {
        following.wait_until_current(AWAY);
    }
    let sweeper = Sweeper::start(Arc::clone(&service)).context("cannot start a thread")?;
    let served = System::new().block_on(serve(&options, args.json, service.clone(), started));
    drop(sweeper);
    // Whatever happened: what was accepted is written.
    service.close();
    drop(following);
    served.map(|()| ExitCode::SUCCESS)
}

/// Opens the data folder. What names the folder itself is a sentence already.
fn open_store(data: &Path, cluster: Option<&Cluster>) -> anyhow::Result<Arc<dyn Store>> {
    let settings = StoreSettings::default();
    let opened = match cluster {
        Some(cluster) => store::open_shared(data, &settings, cluster.log()),
        None => store::open(data, &settings),
    };
    opened.map_err(|error| match error {
        StoreError::Held(_)
        | StoreError::NotWritable { .. }
        | StoreError::NewerFormat { .. }
        | StoreError::Replica(_) => error.into(),
        other => anyhow!(
            "the data directory {} cannot be used: {other}",
            data.display()
        ),
    })
}

async fn serve(
    options: &ServerOptions,
    json: bool,
    service: Arc<Service>,
    started: Instant,
) -> anyhow::Result<()> {
    // The port first: keys that were made before it turned out to be taken would never be shown.
    let server = http::Server::build(&http_settings(options), service.clone())?;
    let made = service
        .registry()
        .first_keys(ConfiguredKeys {
            site_key: options.site_key.clone(),
            admin_token: options.admin_token.clone(),
        })
        .await;
    let made = match made {
        Err(ServiceError::LogAway) => {
            tracing::warn!(
                "the cluster is away: configured keys work only as far as it knows them"
            );
            FirstKeys::default()
        }
        made => made?,
    };
    let readiness = service.readiness().await;
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        listen = %server.address(),
        model = readiness.model,
        learned_from = readiness.learned_from,
        milliseconds = started.elapsed().as_millis(),
        "started"
    );
    // A log that nobody reads any more must not stop the server; keys that nobody saw must.
    let scheme = match options.tls_certificate {
        Some(_) => "https",
        None => "http",
    };
    let base = format!("{scheme}://{}", reachable(server.address()));
    let mut out = io::stdout().lock();
    let greeted = match json {
        true => greet_a_program(&mut out, &base, &made),
        false => greet(&mut out, &base, &made),
    };
    drop(out);
    if greeted.is_err() && made.hashes().next().is_some() {
        // Otherwise the next start would find them, and show nothing.
        service.registry().forget(&made).await?;
        greeted.context("cannot show the new keys on standard output")?;
    }
    server.run_until_stopped().await?;
    tracing::info!("stopped");
    Ok(())
}

fn http_settings(options: &ServerOptions) -> http::Settings {
    let defaults = http::Settings::default();
    http::Settings {
        listen: options.listen,
        tls: match (&options.tls_certificate, &options.tls_key) {
            (Some(certificate), Some(key)) => Some(http::TlsFiles {
                certificate: certificate.clone(),
                key: key.clone(),
            }),
            _ => None,
        },
        workers: options.workers.map_or(defaults.workers, usize::from),
        base_domains: options.base_domains.clone(),
        allow_empty_ip: options.allow_empty_ip,
        rates: http::Rates {
            per_key: options.rate_per_key,
            per_address: options.rate_per_address,
            wrong_keys: options.rate_wrong_keys,
        },
        callback_networks: options.callback_networks.clone(),
        cors_origins: options.cors_origins.clone(),
        trusted_proxies: http::TrustedProxies::new(options.trusted_proxies.clone()),
        limits: http::Limits {
            body: options.max_body,
            batch_body: defaults.limits.batch_body.max(options.max_body),
            ..defaults.limits
        },
        ..defaults
    }
}

/// Where it listens, and at the first start the keys and what a newcomer needs next.
fn greet(out: &mut impl Write, base: &str, made: &FirstKeys) -> io::Result<()> {
    writeln!(
        out,
        "Chaffinch {} listens on {base}",
        env!("CARGO_PKG_VERSION")
    )?;
    if made.site_key.is_some() || made.admin_token.is_some() {
        writeln!(
            out,
            "\nThis is the first start. Keep what follows: it is shown only now."
        )?;
    }
    if let Some(key) = &made.site_key {
        writeln!(out, "  site key     {}", key.reveal())?;
    }
    if let Some(token) = &made.admin_token {
        writeln!(out, "  admin token  {}", token.reveal())?;
    }
    if let Some(key) = &made.site_key {
        let call = |path: &str, body: &str| {
            let key = key.reveal();
            format!("curl {base}{path} -H 'Authorization: Bearer {key}' -d '{body}'")
        };
        writeln!(
            out,
            "\nCheck a comment, say what it really is, read on:\n  {}\n  {}\n  {base}/ or README.md",
            call(
                "/v1/check",
                r#"{"content":"Cheap pills, no prescription: http://pills.example"}"#
            ),
            call(
                "/v1/corrections",
                r#"{"comment":{"content":"Cheap pills, no prescription: http://pills.example"},"label":"spam"}"#
            ),
        )?;
    }
    out.flush()
}

/// The same in one line of JSON. Keys that were not made now are missing.
fn greet_a_program(out: &mut impl Write, base: &str, made: &FirstKeys) -> io::Result<()> {
    let mut greeting = json!({"version": env!("CARGO_PKG_VERSION"), "url": base});
    if let Some(key) = &made.site_key {
        greeting["site_key"] = key.reveal().into();
    }
    if let Some(token) = &made.admin_token {
        greeting["admin_token"] = token.reveal().into();
    }
    writeln!(out, "{greeting}")?;
    out.flush()
}

/// The address by which this machine reaches a server that listens on all of its addresses.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    address
}
