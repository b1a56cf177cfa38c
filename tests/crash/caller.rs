//! A caller that does a bit of everything on a site of its own, one call after the other.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::dice::Dice;
use crate::facts::{self, Fact, Facts, Id, Wish};
use crate::support::{KEY, TOKEN};

/// Calls a server.
#[derive(Clone)]
pub(crate) struct Client {
    base: String,
    agent: ureq::Agent,
}

/// The connection broke: the server is gone.
pub(crate) struct Gone;

impl Client {
    pub(crate) fn new(base: &str) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(30)));
        Self {
            base: base.to_owned(),
            agent: config.build().into(),
        }
    }

    /// The body of a reply. Refusals are faults of the test.
    fn call(&self, method: &str, path: &str, secret: &str, body: &Value) -> Result<Value, Gone> {
        let (status, reply) = self.try_call(method, path, secret, body)?;
        assert!(status < 300, "{method} {path} {body}: {status} {reply}");
        Ok(reply)
    }

    fn try_call(
        &self,
        method: &str,
        path: &str,
        secret: &str,
        body: &Value,
    ) -> Result<(u16, Value), Gone> {
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header("Authorization", format!("Bearer {secret}"))
            .body(body.to_string())
            .expect("a request");
        let mut reply = self.agent.run(request).map_err(|_| Gone)?;
        let text = reply.body_mut().read_to_string().map_err(|_| Gone)?;
        Ok((
            reply.status().as_u16(),
            serde_json::from_str(&text).unwrap_or_default(),
        ))
    }

    fn get(&self, path: &str) -> Value {
        match self.call("GET", path, TOKEN, &Value::Null) {
            Ok(reply) => reply,
            Err(Gone) => panic!("the server is gone"),
        }
    }

    /// All entries of a list.
    fn list(&self, path: &str) -> Vec<Value> {
        let mut all = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = self.get(&format!("{path}limit=200{cursor}"));
            all.extend(page["items"].as_array().expect("a list").clone());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return all,
            }
        }
    }

    pub(crate) fn learned_from(&self) -> u64 {
        self.get("/readyz")["learned_from"]
            .as_u64()
            .expect("a number")
    }
}

pub(crate) struct Caller {
    site: String,
    pub(crate) facts: Facts,
    dice: Dice,
    serial: usize,
    /// What was asked for last and not answered.
    pending: Option<Wish>,
    /// Secrets of keys, also of those that were revoked lately.
    secrets: BTreeMap<Id, String>,
    pub(crate) acknowledged: usize,
    pub(crate) in_flight: usize,
    pub(crate) done_in_flight: usize,
    by_kind: BTreeMap<&'static str, usize>,
}

/// What a comparison found.
pub(crate) struct Outcome {
    pub(crate) checked: usize,
    pub(crate) lost: Vec<String>,
    pub(crate) gone: facts::Gone,
}

impl Caller {
    pub(crate) fn new(number: usize, dice: Dice) -> Self {
        Self {
            site: format!("site{number}.example"),
            facts: Facts::default(),
            dice,
            serial: 0,
            pending: None,
            secrets: BTreeMap::new(),
            acknowledged: 0,
            in_flight: 0,
            done_in_flight: 0,
            by_kind: BTreeMap::new(),
        }
    }

    /// Calls until the server is gone.
    pub(crate) fn work(&mut self, client: &Client) {
        loop {
            let wish = self.wish();
            self.pending = Some(wish.clone());
            match self.ask(client, &wish) {
                Ok(id) => {
                    self.pending = None;
                    self.acknowledged += 1;
                    *self.by_kind.entry(wish.kind()).or_default() += 1;
                    self.facts.grant(wish, id);
                }
                Err(Gone) => return,
            }
        }
    }

    /// Finds out what became of the last wish, and whether everything else is as it was told.
    pub(crate) fn compare(&mut self, client: &Client) -> Outcome {
        let seen = self.look(client);
        self.compare_with(&seen, client, facts::Gone::default())
    }

    /// The same after a loss of power, which may have taken verdicts that were acknowledged less than
    /// `within` before.
    pub(crate) fn compare_without_power(
        &mut self,
        client: &Client,
        at: Instant,
        within: Duration,
    ) -> Outcome {
        let seen = self.look(client);
        let is_there = |facts: &Facts, id: &Id| facts.verdicts.contains_key(id);
        let mut gone = self.facts.without_power(&seen, at, within);
        match &self.pending {
            // The verdict is there and its key is not.
            Some(Wish::Check { .. } | Wish::Submit { .. }) => {
                let mut news = seen.verdicts.iter();
                let news = news.find(|(id, fact)| {
                    fact.content.is_empty() && !self.facts.verdicts.contains_key(*id)
                });
                if let Some((id, fact)) = news {
                    let (content, email) = (String::new(), String::new());
                    let wish = Wish::Check { content, email };
                    self.facts.grant(wish, id.clone());
                    self.facts.verdict(id).label = fact.label;
                    self.pending = None;
                    self.in_flight += 1;
                } else if matches!(self.pending, Some(Wish::Submit { .. })) {
                    gone.perhaps_learned = 1;
                }
            }
            Some(Wish::Correct { id, .. }) if !is_there(&self.facts, id) => {
                gone.perhaps_learned = 1;
                self.pending = None;
                self.in_flight += 1;
            }
            // Whether it was taken back shows in nothing but the number of lessons.
            Some(Wish::Retract { id }) if !is_there(&self.facts, id) => {
                self.facts.erased_lessons -= 1;
                gone.perhaps_learned = 1;
                self.pending = None;
                self.in_flight += 1;
            }
            _ => {}
        }
        self.compare_with(&seen, client, gone)
    }

    fn compare_with(&mut self, seen: &Facts, client: &Client, gone: facts::Gone) -> Outcome {
        if let Some(wish) = self.pending.take() {
            self.in_flight += 1;
            if let Some(id) = self.facts.was_granted(&wish, seen) {
                self.done_in_flight += 1;
                self.facts.grant(wish, id);
            }
        }
        let (mut checked, mut lost) = self.facts.compare(seen);
        for (id, secret) in &self.secrets {
            let wanted = self.facts.keys.contains_key(id);
            let reply = client.try_call("GET", "/v1/model", secret, &Value::Null);
            let status = reply.map_or(0, |(status, _)| status);
            checked += 1;
            if status != if wanted { 200 } else { 401 } {
                lost.push(format!("key {id}: {status}, in force: {wanted}"));
            }
        }
        let facts = &self.facts;
        self.secrets.retain(|id, _| facts.keys.contains_key(id));
        Outcome {
            checked,
            lost,
            gone,
        }
    }

    fn wish(&mut self) -> Wish {
        self.serial += 1;
        let serial = self.serial;
        let mut content = format!(
            "Comment {serial} on {}: how do I prune currants?",
            self.site
        );
        if self.dice.below(20) == 0 {
            // sled keeps large entries apart.
            content += &" And the gooseberries?".repeat(2500);
        }
        let email = format!("person{}@{}", self.dice.below(8), self.site);
        let days = 30 + serial as u64 % 300;
        let some = |dice: &mut Dice, list: Vec<&Id>| match list.len() {
            0 => None,
            many => Some(list[dice.below(many)].clone()),
        };
        let roll = self.dice.below(100);
        // Of one whose comment went with the power nothing can be learned.
        let whole = self.facts.verdicts.iter();
        let whole = whole.filter(|(_, fact)| !fact.content.is_empty());
        let verdict = some(&mut self.dice, whole.map(|(id, _)| id).collect());
        let labelled = self
            .facts
            .verdicts
            .iter()
            .filter(|(_, f)| f.label.is_some());
        let labelled = some(&mut self.dice, labelled.map(|(id, _)| id).collect());
        let rule = some(&mut self.dice, self.facts.rules.keys().collect());
        let key = some(&mut self.dice, self.facts.keys.keys().collect());
        let label = ["ham", "spam"][self.dice.below(2)];
        match (roll, verdict, labelled, rule, key) {
            (0..25, Some(id), ..) => Wish::Correct { id, label },
            (25..37, _, Some(id), ..) => Wish::Retract { id },
            (37..43, ..) => Wish::Submit { content, email },
            (43..46, ..) => Wish::MakeRule {
                note: format!("rule {serial}"),
            },
            (46..49, _, _, Some(id), _) => Wish::ChangeRule {
                id,
                note: format!("changed {serial}"),
            },
            (49..52, _, _, Some(id), _) => Wish::RemoveRule { id },
            (52..55, ..) => Wish::MakeKey {
                name: format!("key {serial} of {}", self.site),
            },
            (55..58, _, _, _, Some(id)) => Wish::RevokeKey { id },
            (58..62, Some(_), ..) => Wish::Configure { days },
            (62..64, ..) => Wish::Erase { email },
            _ => Wish::Check { content, email },
        }
    }

    /// Asks for it. Answers with the name of what it made or changed.
    fn ask(&mut self, client: &Client, wish: &Wish) -> Result<Id, Gone> {
        let site = &self.site;
        let comment = |content: &str, email: &str| json!({"site": site, "content": content, "author": {"email": email}});
        let nothing = Value::Null;
        let reply = match wish {
            Wish::Check { content, email } => {
                client.call("POST", "/v1/check", KEY, &comment(content, email))?
            }
            Wish::Submit { content, email } => {
                let body = json!({"comment": comment(content, email), "label": "spam"});
                client.call("POST", "/v1/corrections", KEY, &body)?
            }
            Wish::Correct { id, label } => {
                let body = json!({"id": id, "label": label});
                client.call("POST", "/v1/corrections", KEY, &body)?
            }
            Wish::Retract { id } => {
                client.call("DELETE", &format!("/v1/corrections/{id}"), KEY, &nothing)?
            }
            Wish::MakeRule { note } => {
                let body = json!({"match": "word", "pattern": "neverwritten", "outcome": "hold",
                    "note": note, "site": site});
                client.call("POST", "/v1/rules", TOKEN, &body)?
            }
            Wish::ChangeRule { id, note } => {
                let body = json!({"note": note});
                client.call("PATCH", &format!("/v1/rules/{id}"), TOKEN, &body)?
            }
            Wish::RemoveRule { id } => {
                client.call("DELETE", &format!("/v1/rules/{id}"), TOKEN, &nothing)?
            }
            Wish::MakeKey { name } => {
                let body = json!({"name": name, "site": site});
                let reply = client.call("POST", "/v1/keys", TOKEN, &body)?;
                let (id, secret) = (&reply["id"], &reply["secret"]);
                let text = |value: &Value| value.as_str().expect("a text").to_owned();
                self.secrets.insert(text(id), text(secret));
                reply
            }
            Wish::RevokeKey { id } => {
                client.call("DELETE", &format!("/v1/keys/{id}"), TOKEN, &nothing)?
            }
            Wish::Configure { days } => {
                let body = json!({"retention_days": days});
                client.call("PATCH", &format!("/v1/sites/{site}"), TOKEN, &body)?
            }
            Wish::Erase { email } => {
                let body = json!({"email": email, "site": site});
                client.call("POST", "/v1/erasures", TOKEN, &body)?
            }
        };
        Ok(reply["id"].as_str().unwrap_or_default().to_owned())
    }

    /// Everything that a server shows of the site.
    fn look(&self, client: &Client) -> Facts {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let here = |value: &&Value| value["site"] == json!(self.site);
        let verdicts = client.list(&format!("/v1/verdicts?site={}&", self.site));
        let verdicts = verdicts.iter().map(|verdict| {
            let fact = Fact {
                content: text(&verdict["comment"]["content"]),
                email: text(&verdict["comment"]["author"]["email"]),
                label: match verdict["correction"]["label"].as_str() {
                    Some("ham") => Some("ham"),
                    Some(_) => Some("spam"),
                    None => None,
                },
            };
            (text(&verdict["id"]), fact)
        });
        let rules = client.list("/v1/rules?");
        let rules = rules.iter().filter(here);
        let keys = client.list("/v1/keys?");
        let keys = keys.iter().filter(here);
        let sites = client.list("/v1/sites?");
        let site = sites.iter().find(here);
        let configured = site.filter(|site| !site["configured_at"].is_null());
        Facts {
            verdicts: verdicts.collect(),
            rules: rules
                .map(|rule| (text(&rule["id"]), text(&rule["note"])))
                .collect(),
            keys: keys
                .map(|key| (text(&key["id"]), text(&key["name"])))
                .collect(),
            retention_days: configured.and_then(|site| site["settings"]["retention_days"].as_u64()),
            ..Facts::default()
        }
    }
}

/// How many wishes of each kind were granted.
pub(crate) fn by_kind(callers: &[Caller]) -> String {
    let mut sums: BTreeMap<&str, usize> = BTreeMap::new();
    for (kind, count) in callers.iter().flat_map(|caller| &caller.by_kind) {
        *sums.entry(kind).or_default() += count;
    }
    let list: Vec<_> = sums.iter().map(|(kind, n)| format!("{kind} {n}")).collect();
    list.join(", ")
}
