//! What is kept of a comment and of what was said about it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::callback::CallbackUrl;
use crate::comment::Comment;
use crate::key::KeyHash;
use crate::site::Site;
use crate::site::settings::SiteSettings;
use crate::verdict::{Judgement, Label, VerdictId};

use super::event::Sequence;

/// A stored verdict: the comment, what the filter said of it, what an admin said of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VerdictRecord {
    /// Its name.
    pub id: VerdictId,
    /// Which key asked.
    pub key: KeyHash,
    /// How it came here.
    pub origin: Origin,
    /// The site of the comment.
    pub site: Option<Site>,
    /// The comment; `None` once its time is over. Its author's IP address is stored only where
    /// the site says so, else [`Self::ip_hash`] alone.
    pub comment: Option<Comment>,
    /// Keyed hash of the author's IP address, if one was given.
    pub ip_hash: Option<[u8; 16]>,
    /// What the filter said. The reasons' details go with the comment.
    pub judgement: Judgement,
    /// Whether the caller was told ham instead, because the site is in shadow mode.
    pub shadow: bool,
    /// Where the site wants to hear of a later verdict, if it does.
    pub callback: Option<CallbackUrl>,
}

/// Longest content kept, in bytes: what a moderator looks at, not what an attacker sends.
const LONGEST_CONTENT: usize = 64 * 1024;
/// Longest other text kept, in bytes.
const LONGEST_FIELD: usize = 4 * 1024;
/// Most tags kept.
const MOST_TAGS: usize = 64;

/// Cuts overlong texts, so that what waits to be written stays small. The verdict and the
/// fingerprint are those of the whole comment; of the content both ends stay, which is what the
/// features are taken from.
pub(crate) fn shorten(comment: &mut Comment) {
    cut_middle(&mut comment.content);
    let (author, context) = (&mut comment.author, &mut comment.context);
    context.tags.truncate(MOST_TAGS);
    for field in [
        &mut comment.kind,
        &mut comment.permalink,
        &mut comment.referrer,
        &mut comment.language,
        &mut comment.honeypot,
        &mut author.name,
        &mut author.email,
        &mut author.url,
        &mut author.user_agent,
        &mut author.role,
        &mut context.title,
        &mut context.excerpt,
    ]
    .into_iter()
    .chain(&mut context.tags)
    {
        cut(field, LONGEST_FIELD);
    }
}

/// Takes the middle out of an overlong content.
fn cut_middle(content: &mut String) {
    if content.len() > LONGEST_CONTENT {
        let head = content.floor_char_boundary(LONGEST_CONTENT / 4 * 3);
        let tail = content.ceil_char_boundary(content.len() - LONGEST_CONTENT / 4);
        content.replace_range(head..tail, "");
        content.shrink_to_fit();
    }
}

/// Shortens to at most `longest` bytes, between two characters.
fn cut(text: &mut String, longest: usize) {
    if text.len() > longest {
        text.truncate(text.floor_char_boundary(longest));
        text.shrink_to_fit();
    }
}

/// What is stored of the address that a comment came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressPolicy {
    /// A keyed hash.
    Hash,
    /// A keyed hash, and the address itself beside the comment.
    Keep,
}

/// How a comment came into the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// A check.
    Checked,
    /// A correction of a comment that was never checked here.
    Submitted,
    /// An import: nobody asked the filter about it, so that it says nothing of how often it errs.
    Imported,
}

/// What an admin said of a verdict, as it stands now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// What the comment is.
    pub label: Label,
    /// Where in the log that was said.
    pub sequence: Sequence,
    /// Whether it is learned from: not where the site has switched learning off.
    pub learned: bool,
    /// When it was said, to the microsecond.
    #[serde(with = "jiff::fmt::serde::timestamp::microsecond::required")]
    pub at: Timestamp,
}

/// A site that is to be called back about a verdict. Not an event: a callback that a damaged database
/// lost is no more than one that did not arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// The verdict, with the address in its record.
    pub verdict: VerdictId,
    /// When to call, to the microsecond.
    #[serde(with = "jiff::fmt::serde::timestamp::microsecond::required")]
    pub due: Timestamp,
    /// Calls that failed so far.
    pub attempts: u8,
}

/// The settings of a site, as they stand now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConfiguredSite {
    /// All of them.
    pub settings: SiteSettings,
    /// When they were set last, to the microsecond.
    #[serde(with = "jiff::fmt::serde::timestamp::microsecond::required")]
    pub at: Timestamp,
}
