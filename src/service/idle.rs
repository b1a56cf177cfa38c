//! Keys that nobody uses: each is a door that nobody watches.

use jiff::ToSpan;
use jiff::civil::Date;

use super::keys::{FIRST, own_name};
use super::{KeyView, Registry, ServiceError};
use crate::clock::day_of;
use crate::key::Scopes;

/// Days without a use after which a key is told.
const QUIET: i64 = 90;

/// A key that nobody uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdleKey {
    /// The key.
    pub view: KeyView,
    /// Since when: its last use, or when it was made.
    pub since: Date,
}

impl IdleKey {
    /// Whether it is the admin token that the first start printed, and nobody ever used it.
    pub fn is_printed_token(&self) -> bool {
        self.view.last_used.is_none() && self.view.grant.name == own_name(FIRST, Scopes::ADMIN)
    }
}

impl Registry {
    /// The keys that were not used for ninety days, and the admin token of the first start as soon as
    /// another day has come, if nobody ever used it.
    pub fn idle_keys(&self) -> Result<Vec<IdleKey>, ServiceError> {
        let today = self.clock.today();
        // A database that was restored does not know what was used before.
        let noted_since = self.store.uses_noted_since(today)?;
        let mut idle = Vec::new();
        for view in self.keys()?.into_iter().filter(|view| view.accepted) {
            let made = day_of(view.grant.created);
            let since = view.last_used.unwrap_or_else(|| made.max(noted_since));
            let is_quiet = since.saturating_add(QUIET.days()) <= today;
            let idles = IdleKey { view, since };
            let only_printed = idles.is_printed_token() && made >= noted_since && made < today;
            if is_quiet || only_printed {
                idle.push(idles);
            }
        }
        Ok(idle)
    }
}
