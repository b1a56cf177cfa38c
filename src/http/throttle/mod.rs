//! Limits of how often one may call: per key, per address, and for wrong keys.
//!
//! Both surfaces ask here before they do anything: an address as soon as the head of a request is
//! read, a key as soon as it is known. What is left of each limit travels with the request and
//! becomes headers in [`headers`], whatever the reply is.

mod address;
mod bucket;
mod headers;
mod known;

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, PoisonError, RwLock};

use actix_web::HttpRequest;

pub use self::address::TrustedProxies;
#[cfg(fuzzing)]
pub(super) use self::address::fuzz as fuzz_address;
pub(super) use self::headers::headers;

use self::address::Network;
use self::bucket::{Bucket, Buckets};
use self::headers::Account;
use self::known::KnownKeys;
use super::state::Settings;
use crate::key::KeyHash;
use crate::rate::{Rate, RateLimit};
use crate::service::{AuthError, Caller, Service};

/// How often one may call.
#[derive(Debug, Clone, Default)]
pub struct Rates {
    /// Calls with one key that has no limit of its own; each comment of a batch is a call.
    pub per_key: RateLimit,
    /// Calls from one address, whatever the key.
    pub per_address: RateLimit,
    /// Calls from one address with keys that have not opened anything from there before.
    pub wrong_keys: RateLimit,
}

/// Keeps count of calls.
pub(super) struct Throttle {
    proxies: TrustedProxies,
    per_key: Option<Rate>,
    keys: RwLock<HashMap<KeyHash, Arc<Bucket>>>,
    addresses: Option<Buckets<Network>>,
    wrong_keys: Option<Buckets<Network>>,
    sign_ins: Buckets<Network>,
    known: KnownKeys,
}

/// Which limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Scope {
    Key,
    Address,
    WrongKeys,
}

impl Scope {
    fn name(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Address => "address",
            Self::WrongKeys => "wrong_keys",
        }
    }
}

/// A call too many. The reply gets a `Retry-After` on its way out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TooMany {
    CallsOfKey,
    AtOnce,
    CallsFromAddress,
    WrongKeys,
}

impl TooMany {
    /// What happened and what to do, for the caller.
    pub(super) fn help(self) -> &'static str {
        match self {
            Self::CallsOfKey => "The key has made too many calls; wait as Retry-After says",
            Self::AtOnce => "The key's limit is below the size of this batch; send smaller ones",
            Self::CallsFromAddress => {
                "Too many calls came from this address; wait as Retry-After says"
            }
            Self::WrongKeys => {
                "Too many wrong keys came from this address; wait as Retry-After says"
            }
        }
    }
}

/// Why a call is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) enum NotLetIn {
    TooMany(TooMany),
    Auth(AuthError),
}

impl From<TooMany> for NotLetIn {
    fn from(error: TooMany) -> Self {
        Self::TooMany(error)
    }
}

impl Throttle {
    pub(super) fn new(settings: &Settings) -> Self {
        let buckets = |limit: RateLimit| limit.0.map(Buckets::new);
        Self {
            proxies: settings.trusted_proxies.clone(),
            per_key: settings.rates.per_key.0,
            keys: RwLock::default(),
            addresses: buckets(settings.rates.per_address),
            wrong_keys: buckets(settings.rates.wrong_keys),
            sign_ins: Buckets::new(Rate::FIVE_A_MINUTE),
            known: KnownKeys::default(),
        }
    }

    /// Counts a call of its address. To be asked once a request, before its body is read.
    pub(super) fn admit(&self, request: &HttpRequest) -> Result<(), TooMany> {
        let Some(buckets) = &self.addresses else {
            return Ok(());
        };
        let network = self.proxies.client(request);
        match buckets.take(&network) {
            Ok(standing) => Account::of(request, |a| a.stands(Scope::Address, standing)),
            Err(wait) => {
                Account::of(request, |a| a.refused(Scope::Address, wait));
                return Err(TooMany::CallsFromAddress);
            }
        }
        Ok(())
    }

    /// Who showed this secret, if that may still be tried, and counts one call of the key.
    ///
    /// Whoever guesses keys learns nothing once there were too many wrong ones: a right one is
    /// then refused alike, unless it has been used from that address before. So a client that
    /// works is not disturbed by one that guesses behind the same proxy.
    pub(super) fn let_in(
        &self,
        request: &HttpRequest,
        service: &Service,
        secret: &str,
    ) -> Result<Caller, NotLetIn> {
        self.let_in_within(self.wrong_keys.as_ref(), request, service, secret)
    }

    /// The same for people who sign in: they mistype, but not often.
    pub(super) fn sign_in(
        &self,
        request: &HttpRequest,
        service: &Service,
        secret: &str,
    ) -> Result<Caller, NotLetIn> {
        self.let_in_within(Some(&self.sign_ins), request, service, secret)
    }

    fn let_in_within(
        &self,
        wrong: Option<&Buckets<Network>>,
        request: &HttpRequest,
        service: &Service,
        secret: &str,
    ) -> Result<Caller, NotLetIn> {
        let caller = service.authenticate(secret);
        if let Some(buckets) = wrong
            && !matches!(caller, Err(AuthError::Empty))
        {
            let network = self.proxies.client(request);
            let known = |caller: &Caller| self.known.contains(network, caller.hash);
            if !caller.as_ref().is_ok_and(known) {
                if let Err(wait) = buckets.take(&network) {
                    Account::of(request, |a| a.refused(Scope::WrongKeys, wait));
                    return Err(TooMany::WrongKeys.into());
                }
                if let Ok(caller) = &caller {
                    self.known.insert(network, caller.hash);
                }
            }
        }
        let caller = caller.map_err(NotLetIn::Auth)?;
        self.charge(request, &caller, NonZeroU32::MIN)?;
        Ok(caller)
    }

    /// Counts the comments of a batch, of which one was counted as the call itself.
    pub(super) fn charge_batch(
        &self,
        request: &HttpRequest,
        caller: &Caller,
        comments: usize,
    ) -> Result<(), TooMany> {
        let comments = u32::try_from(comments).unwrap_or(u32::MAX);
        let rate = self.rate_of(caller);
        if rate.is_some_and(|rate| comments > rate.calls().get()) {
            return Err(TooMany::AtOnce);
        }
        match NonZeroU32::new(comments.saturating_sub(1)) {
            Some(further) => self.charge(request, caller, further),
            None => Ok(()),
        }
    }

    /// The limit of a key: its own, or else that of all keys.
    fn rate_of(&self, caller: &Caller) -> Option<Rate> {
        caller.grant.rate.or(self.per_key)
    }

    fn charge(
        &self,
        request: &HttpRequest,
        caller: &Caller,
        calls: NonZeroU32,
    ) -> Result<(), TooMany> {
        let Some(rate) = self.rate_of(caller) else {
            return Ok(());
        };
        match self.bucket(caller.hash, rate).take(calls) {
            Some(Ok(standing)) => Account::of(request, |a| a.stands(Scope::Key, standing)),
            Some(Err(wait)) => {
                Account::of(request, |a| a.refused(Scope::Key, wait));
                return Err(TooMany::CallsOfKey);
            }
            None => return Err(TooMany::AtOnce),
        }
        Ok(())
    }

    /// The bucket of a key. There are no more of them than keys: only who has one gets here.
    fn bucket(&self, key: KeyHash, rate: Rate) -> Arc<Bucket> {
        let known = |keys: &HashMap<KeyHash, Arc<Bucket>>| {
            let bucket = keys.get(&key).filter(|bucket| bucket.rate() == rate);
            bucket.map(Arc::clone)
        };
        let found = known(&self.keys.read().unwrap_or_else(PoisonError::into_inner));
        found.unwrap_or_else(|| {
            let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
            // Another call may have been first.
            known(&keys).unwrap_or_else(|| {
                let bucket = Arc::new(Bucket::new(rate));
                keys.insert(key, Arc::clone(&bucket));
                bucket
            })
        })
    }
}
