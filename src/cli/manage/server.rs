//! A running server, asked over `/v1`.

use std::io::Read;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use chaffinch::key::AdminToken;
use chaffinch::wire::Page;
use serde::de::DeserializeOwned;
use serde_json::Value;
use ureq::Agent;
use ureq::http::Request;

/// A dry run reads many verdicts.
const PATIENCE: Duration = Duration::from_secs(60);

/// How to reach it.
pub(in crate::cli) struct Server {
    agent: Agent,
    base: String,
    token: AdminToken,
}

impl Server {
    pub(in crate::cli) fn new(url: &str, token: Option<AdminToken>) -> anyhow::Result<Self> {
        let token = token.context("a running server wants an admin token: give --admin-token")?;
        if !url.starts_with("http://") && !url.starts_with("https://") {
            bail!("the address {url:?} does not begin with http:// or https://");
        }
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(PATIENCE))
            .build()
            .into();
        Ok(Self {
            agent,
            base: url.trim_end_matches('/').to_owned(),
            token,
        })
    }

    /// One call; the reply must be a good one.
    pub(super) fn call<T: DeserializeOwned>(
        &self,
        method: &str,
        path: &str,
        body: &Value,
    ) -> anyhow::Result<T> {
        let reply = self.send(method, path, Some(body))?;
        serde_json::from_str(&reply).with_context(|| self.strange())
    }

    /// One call without body and reply.
    pub(super) fn delete(&self, path: &str) -> anyhow::Result<()> {
        self.send("DELETE", path, None).map(drop)
    }

    /// What stands at a path.
    pub(super) fn get<T: DeserializeOwned>(&self, path: &str) -> anyhow::Result<T> {
        let reply = self.send("GET", path, None)?;
        serde_json::from_str(&reply).with_context(|| self.strange())
    }

    /// Every entry of a list.
    pub(super) fn all<T: DeserializeOwned>(&self, path: &str) -> anyhow::Result<Vec<T>> {
        let mut items = Vec::new();
        let mut next = format!("{path}?limit=1000");
        loop {
            let page: Page<T> = self.get(&next)?;
            items.extend(page.items);
            match page.next_cursor {
                Some(cursor) => next = format!("{path}?limit=1000&cursor={}", encoded(&cursor)),
                None => return Ok(items),
            }
        }
    }

    /// What stands at a path, as it comes, however long that takes.
    pub(in crate::cli) fn stream(&self, path: &str) -> anyhow::Result<impl Read + use<>> {
        let agent: Agent = Agent::config_builder()
            .http_status_as_error(false)
            .build()
            .into();
        let request = Request::get(format!("{}{path}", self.base))
            .header("Authorization", format!("Bearer {}", self.token.reveal()));
        let response = agent.run(request.body(())?);
        let mut response = response.with_context(|| format!("no answer from {}", self.base))?;
        let status = response.status();
        if !status.is_success() {
            let text = response.body_mut().read_to_string()?;
            return Err(self.refusal(status.as_u16(), &text));
        }
        Ok(response.into_body().into_reader())
    }

    fn send(&self, method: &str, path: &str, body: Option<&Value>) -> anyhow::Result<String> {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header("Authorization", format!("Bearer {}", self.token.reveal()))
            .header("Content-Type", "application/json");
        let response = match body {
            Some(body) => self.agent.run(request.body(body.to_string())?),
            None => self.agent.run(request.body(())?),
        };
        let mut response = response.with_context(|| format!("no answer from {}", self.base))?;
        let status = response.status();
        let text = response
            .body_mut()
            .read_to_string()
            .with_context(|| format!("no whole answer from {}", self.base))?;
        match status.is_success() {
            true => Ok(text),
            false => Err(self.refusal(status.as_u16(), &text)),
        }
    }

    /// What the server said, as a sentence.
    fn refusal(&self, status: u16, text: &str) -> anyhow::Error {
        let problem: Value = serde_json::from_str(text).unwrap_or_default();
        let part = |name: &str| problem.get(name).and_then(Value::as_str);
        match (part("detail"), part("field")) {
            (Some(detail), Some(field)) => anyhow!("{field}: {detail}"),
            (Some(detail), None) => anyhow!("{detail}"),
            (None, _) => anyhow!("{} answered with status {status}", self.base),
        }
    }

    fn strange(&self) -> String {
        format!(
            "{} answered with something else than Chaffinch would",
            self.base
        )
    }
}

/// A part of an address.
pub(super) fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}
