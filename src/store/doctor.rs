//! What lies in a data directory, what is wrong with it, and what became of it by a repair.

use std::path::PathBuf;

use serde::Serialize;

use super::event::Sequence;

/// What lies in a data directory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Diagnosis {
    /// Its parts.
    pub parts: Vec<Part>,
    /// What is wrong, if anything.
    pub findings: Vec<Finding>,
}

impl Diagnosis {
    /// Whether something is damaged that a repair puts right.
    pub fn is_damaged(&self) -> bool {
        let mut findings = self.findings.iter();
        findings.any(|finding| matches!(finding.remedy, Remedy::Rebuild | Remedy::Backup))
    }
}

/// A file or folder of a data directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// Its size on the disk.
    pub bytes: u64,
    /// What is in it, for people.
    pub holds: String,
}

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Where.
    pub path: PathBuf,
    /// What is wrong, and in which place if that is known.
    pub problem: String,
    /// What a repair can do about it.
    pub remedy: Remedy,
}

/// What a repair can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// The next start does away with it, and nothing is lost by it that anybody was told of.
    Start,
    /// It can be made anew from the journal; verdicts that cannot be read are lost.
    Rebuild,
    /// Events of the journal are lost, unless a backup has them.
    Backup,
    /// Nothing: it is only to be known.
    None,
}

/// What became of a data directory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Repair {
    /// Events that were taken from the backup.
    pub from_backup: u64,
    /// Events that are lost: corrections and changes of sites, keys and rules.
    pub lost_events: Vec<Sequence>,
    /// Verdicts that the new database has.
    pub verdicts: u64,
    /// Whether the old database could not be read to the end, so that verdicts are missing.
    pub lost_verdicts: bool,
    /// What was moved aside, to be deleted when nobody wants to look into it any more.
    pub moved_aside: Vec<PathBuf>,
}

/// How a repair goes about what a journal has lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Losses {
    /// Not at all: the directory is left as it is.
    Refuse,
    /// Each lost event leaves an empty place.
    Accept,
}

/// Why a repair did not come about.
#[derive(Debug, thiserror::Error)]
pub enum RepairError {
    /// It cannot be read or written.
    #[error(transparent)]
    Store(#[from] super::StoreError),
    /// The backup cannot be read.
    #[error("the backup cannot be used: {0}")]
    Backup(#[from] super::DumpError),
    /// Something would be lost.
    #[error("{0}: give a backup that has it, or accept the loss")]
    Loss(String),
}
