//! The operations on a registry, in a data folder or on a running server.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use actix_web::rt::System;
use chaffinch::clock::Clock;
use chaffinch::key::KeyId;
use chaffinch::rule::{Rule, RuleId};
use chaffinch::service::{DryRun, NewKey, Registry};
use chaffinch::site::Site;
use chaffinch::store::Store;
use chaffinch::wire::sites::patched;
use chaffinch::wire::{
    DryRunReply, KeyReply, KeyRequest, RotateRequest, RuleReply, RuleRequest, SiteReply,
    TakenBackReply,
};
use serde_json::{Map, Value, json};

use super::ManageOptions;
use super::server::{Server, encoded};
use crate::cli::folder;

/// Where the registry is.
pub(super) enum Target {
    /// In a folder that no server holds.
    Folder {
        registry: Box<Registry>,
        store: Arc<dyn Store>,
    },
    /// On a running server.
    Server(Server),
}

impl Target {
    pub(super) fn open(options: &ManageOptions) -> anyhow::Result<Self> {
        if let Some(url) = &options.url {
            return Ok(Self::Server(Server::new(url, options.admin_token.clone())?));
        }
        let store = folder::open(&options.data)?;
        Ok(Self::Folder {
            registry: Box::new(Registry::open(Arc::clone(&store), Clock::system())?),
            store,
        })
    }

    pub(super) fn sites(&self) -> anyhow::Result<Vec<SiteReply>> {
        match self {
            Self::Folder { registry, .. } => Ok(replies(registry.sites()?)),
            Self::Server(server) => server.all("/v1/sites"),
        }
    }

    pub(super) fn site(&self, site: &Site) -> anyhow::Result<SiteReply> {
        match self {
            Self::Folder { registry, .. } => Ok(registry.site(site)?.into()),
            Self::Server(server) => server.get(&site_path(site)),
        }
    }

    pub(super) fn set_site(
        &self,
        site: Site,
        settings: Map<String, Value>,
    ) -> anyhow::Result<SiteReply> {
        match self {
            Self::Folder { registry, .. } => {
                let change = registry.change_site(site, |old| {
                    patched(old, settings).map_err(anyhow::Error::from)
                });
                Ok(wait(change)?.into())
            }
            Self::Server(server) => server.call("PATCH", &site_path(&site), &settings.into()),
        }
    }

    pub(super) fn remove_site(&self, site: Site) -> anyhow::Result<()> {
        match self {
            Self::Folder { registry, .. } => Ok(wait(registry.remove_site(site))?),
            Self::Server(server) => server.delete(&site_path(&site)),
        }
    }

    pub(super) fn keys(&self) -> anyhow::Result<Vec<KeyReply>> {
        match self {
            Self::Folder { registry, .. } => Ok(replies(registry.keys()?)),
            Self::Server(server) => server.all("/v1/keys"),
        }
    }

    pub(super) fn create_key(&self, key: KeyRequest) -> anyhow::Result<KeyReply> {
        match self {
            Self::Folder { registry, .. } => {
                Ok(wait(registry.create_key(NewKey::try_from(key)?))?.into())
            }
            Self::Server(server) => server.call("POST", "/v1/keys", &json!(key)),
        }
    }

    pub(super) fn rotate_key(&self, id: KeyId, how: RotateRequest) -> anyhow::Result<KeyReply> {
        match self {
            Self::Folder { registry, .. } => {
                Ok(wait(registry.rotate_key(id, Duration::try_from(how)?))?.into())
            }
            Self::Server(server) => {
                server.call("POST", &format!("/v1/keys/{id}/rotate"), &json!(how))
            }
        }
    }

    pub(super) fn revoke_key(&self, id: KeyId) -> anyhow::Result<()> {
        match self {
            Self::Folder { registry, .. } => Ok(wait(registry.revoke_key(id))?),
            Self::Server(server) => server.delete(&format!("/v1/keys/{id}")),
        }
    }

    pub(super) fn take_back(&self, id: KeyId) -> anyhow::Result<TakenBackReply> {
        match self {
            Self::Folder { registry, .. } => Ok(wait(registry.take_back(id))?.into()),
            Self::Server(server) => {
                let path = format!("/v1/keys/{id}/corrections");
                server.call("DELETE", &path, &Value::Null)
            }
        }
    }

    pub(super) fn rules(&self) -> anyhow::Result<Vec<RuleReply>> {
        match self {
            Self::Folder { registry, .. } => Ok(replies(registry.rules())),
            Self::Server(server) => server.all("/v1/rules"),
        }
    }

    pub(super) fn rule(&self, id: RuleId) -> anyhow::Result<RuleReply> {
        match self {
            Self::Folder { registry, .. } => Ok(registry.rule(id)?.into()),
            Self::Server(server) => server.get(&format!("/v1/rules/{id}")),
        }
    }

    pub(super) fn create_rule(&self, rule: RuleRequest) -> anyhow::Result<RuleReply> {
        match self {
            Self::Folder { registry, .. } => {
                Ok(wait(registry.create_rule(Rule::try_from(rule)?))?.into())
            }
            Self::Server(server) => server.call("POST", "/v1/rules", &json!(rule)),
        }
    }

    pub(super) fn try_rule(&self, rule: RuleRequest) -> anyhow::Result<DryRunReply> {
        match self {
            Self::Folder { registry, .. } => Ok(registry
                .dry_run(Rule::try_from(rule)?, DryRun::THOROUGH)?
                .into()),
            Self::Server(server) => server.call("POST", "/v1/rules/dry-run", &json!(rule)),
        }
    }

    pub(super) fn set_rule(&self, id: RuleId, change: RuleRequest) -> anyhow::Result<RuleReply> {
        match self {
            Self::Folder { registry, .. } => {
                let change = registry
                    .change_rule(id, |old| change.changed(old).map_err(anyhow::Error::from));
                Ok(wait(change)?.into())
            }
            Self::Server(server) => {
                server.call("PATCH", &format!("/v1/rules/{id}"), &json!(change))
            }
        }
    }

    pub(super) fn resume_rule(&self, id: RuleId) -> anyhow::Result<RuleReply> {
        match self {
            Self::Folder { registry, .. } => Ok(wait(registry.resume_rule(id))?.into()),
            Self::Server(server) => {
                server.call("POST", &format!("/v1/rules/{id}/resume"), &Value::Null)
            }
        }
    }

    pub(super) fn remove_rule(&self, id: RuleId) -> anyhow::Result<()> {
        match self {
            Self::Folder { registry, .. } => Ok(wait(registry.remove_rule(id))?),
            Self::Server(server) => server.delete(&format!("/v1/rules/{id}")),
        }
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        if let Self::Folder { store, .. } = self {
            store.close();
        }
    }
}

fn replies<V, R: From<V>>(views: Vec<V>) -> Vec<R> {
    views.into_iter().map(R::from).collect()
}

fn site_path(site: &Site) -> String {
    format!("/v1/sites/{}", encoded(site.as_str()))
}

fn wait<T>(operation: impl Future<Output = T>) -> T {
    System::new().block_on(operation)
}
