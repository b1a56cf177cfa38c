//! `chaffinch cluster`: what an operator does to a replica's folder while it does not serve.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::bail;
use chaffinch::cluster::{Cluster, ClusterError, Files, Loss, Servers};
use chaffinch::config::NatsOptions;
use chaffinch::store::{self, StoreSettings};
use serde::Serialize;

use super::folder::FolderArgs;
use super::manage::show;

/// How long NATS may be silent meanwhile.
const PATIENCE: Duration = Duration::from_secs(30);

/// The arguments of `chaffinch cluster`.
#[derive(Debug, clap::Args)]
pub(crate) struct ClusterArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Make a replica's folder that of a server of its own again; it keeps everything
    Leave(LeaveArgs),
    /// Write what the replica with most events holds into the cluster's log again, where that was lost; says first
    /// what it would do
    Republish(RepublishArgs),
}

#[derive(Debug, clap::Args)]
struct LeaveArgs {
    #[command(flatten)]
    folder: FolderArgs,
    /// Write JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct RepublishArgs {
    #[command(flatten)]
    folder: FolderArgs,
    #[command(flatten)]
    nats: NatsOptions,
    /// Do it, not only say what would be done
    #[arg(long)]
    yes: bool,
    /// Write JSON
    #[arg(long)]
    json: bool,
}

/// The NATS servers of some options.
pub(super) fn servers(nats: &NatsOptions) -> Result<Servers, ClusterError> {
    let pair = (nats.cluster_certificate.clone(), nats.cluster_key.clone());
    let files = Files {
        ca: nats.cluster_ca.clone(),
        certificate: pair.0.zip(pair.1),
        credentials: nats.cluster_credentials.clone(),
    };
    Servers::parse(&nats.cluster, files)
}

/// Does one of them.
pub(crate) fn run(args: ClusterArgs) -> anyhow::Result<ExitCode> {
    match args.command {
        Command::Leave(args) => leave(&args)?,
        Command::Republish(args) => republish(&args)?,
    }
    Ok(ExitCode::SUCCESS)
}

#[derive(Serialize)]
struct Left {
    left: bool,
}

fn leave(args: &LeaveArgs) -> anyhow::Result<()> {
    let left = match store::replica(&args.folder.data)?.head {
        Some(_) => store::leave(&args.folder.data)?,
        None => false,
    };
    let folder = args.folder.data.display();
    show(args.json, &Left { left }, |reply| match reply.left {
        true => format!("{folder} is a server of its own now; start it without --cluster"),
        false => format!("{folder} is no replica; nothing was changed"),
    })
}

#[derive(Serialize)]
struct Republished {
    /// The last event in the folder.
    folder: u64,
    /// The last one in the log, before.
    log: u64,
    written: bool,
}

fn republish(args: &RepublishArgs) -> anyhow::Result<()> {
    if args.nats.cluster.is_empty() {
        bail!("give the NATS servers with --cluster");
    }
    let servers = servers(&args.nats)?;
    let data = &args.folder.data;
    if store::replica(data)?.head.is_none() {
        bail!("{} holds no journal", data.display());
    }
    let loss = match args.yes {
        true => Loss::MadeGood,
        false => Loss::Examined,
    };
    let cluster = Cluster::join(&servers, data, loss, 0)?;
    let store = store::open_shared(data, &StoreSettings::default(), cluster.log())?;
    let mut reply = Republished {
        folder: store.events(),
        log: cluster.ends_with(&*store)?,
        written: false,
    };
    if args.yes && reply.log < reply.folder {
        let following = cluster.follow(store.clone(), None)?;
        if !following.wait_until_current(PATIENCE) {
            bail!("not all events could be written; try again");
        }
        reply.written = true;
        store.close();
    }
    show(args.json, &reply, |reply| told(reply, data, &servers))
}

fn told(reply: &Republished, data: &Path, servers: &Servers) -> String {
    let Republished {
        folder,
        log,
        written,
    } = reply;
    let there = format!(
        "the log at {servers} ends with event {log}, {} with event {folder}",
        data.display()
    );
    match (written, log < folder) {
        (true, _) => format!("{there}: the missing ones are written"),
        (false, true) => format!("{there}; with --yes the missing ones are written into the log"),
        (false, false) => format!("{there}; nothing is missing there"),
    }
}
