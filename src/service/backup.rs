//! Everything that is stored, for a backup.

use crate::store::Dump;

use super::{Caller, Service, ServiceError};

impl Service {
    /// Everything in the store, line by line, while it is in use; for admins of every site, since it
    /// holds what everybody wrote.
    pub fn dump(&self, caller: &Caller) -> Result<Dump, ServiceError> {
        caller.require_admin()?;
        Ok(self.store.dump())
    }
}
