//! Room on the disk.

use std::path::Path;

use super::error::StoreError;

/// Room on the disk that the data directory lies on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    /// Bytes that this process may still write.
    pub free: u64,
    /// Bytes in all.
    pub total: u64,
}

impl Space {
    /// That of the file system on which a directory lies.
    pub(super) fn of(path: &Path) -> Result<Self, StoreError> {
        let of = rustix::fs::statvfs(path).map_err(|e| StoreError::io(path, &e.into()))?;
        Ok(Self {
            free: of.f_bavail.saturating_mul(of.f_frsize),
            total: of.f_blocks.saturating_mul(of.f_frsize),
        })
    }

    /// Whether what is left may not be enough for long: less than a twentieth, and less than 2 GiB. sled
    /// takes no write any more after the first that found no room.
    pub fn is_short(&self) -> bool {
        self.free < self.total / 20 && self.free < 2 << 30
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_disk_may_be_fuller_than_a_small_one() {
        let gib = |free: u64, total: u64| Space {
            free: free << 30,
            total: total << 30,
        };
        assert!(gib(0, 10).is_short());
        assert!(!gib(1, 10).is_short());
        assert!(gib(1, 1000).is_short());
        assert!(!gib(3, 1000).is_short());
    }
}
