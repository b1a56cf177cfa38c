//! Rules: which there are, and making one after seeing what it would have been true of.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::aside;
use super::failure::{Failure, Kind};
use super::fields::Fields;
use super::page::{Frame, Section, go};
use super::visible::visible;
use super::visitor::Visitor;
use super::words::{Words, fill};
use crate::http::state::State;
use crate::rule::{Condition, ConditionKind, Rule, RuleId, Share};
use crate::service::{DryRun, RuleView};
use crate::site::Site;
use crate::site::settings::Notes;
use crate::verdict::Action;

/// Most characters of a pattern or note in the list.
const LONGEST: usize = 80;
const OUTCOMES: [Action; 3] = [Action::Hold, Action::Discard, Action::Publish];

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .route("/rules", web::get().to(list))
        .route("/rules", web::post().to(make))
        .route("/rules/new", web::get().to(draft))
        .route("/rules/{id}", web::post().to(change));
}

#[derive(Template)]
#[template(path = "dashboard/rules.html")]
struct RulesPage {
    frame: Frame,
    rules: Vec<Shown>,
}

/// A rule in the list.
struct Shown {
    id: RuleId,
    kind: ConditionKind,
    pattern: String,
    outcome: Action,
    site: String,
    note: String,
    in_force: bool,
    /// Why it is suspended.
    suspended: Option<String>,
}

impl Shown {
    fn of(view: RuleView, w: &'static Words) -> Self {
        let rule = view.standing.rule;
        let matched = view.standing.suspended.map(|suspension| suspension.matched);
        Self {
            id: view.id,
            kind: rule.condition.kind(),
            pattern: visible(&rule.condition.pattern(), LONGEST).0,
            outcome: rule.outcome,
            site: rule.site.map(|site| site.to_string()).unwrap_or_default(),
            note: visible(rule.note.as_str(), LONGEST).0,
            in_force: view.in_force,
            suspended: matched.map(|m| fill(&fill(w.suspended_because, m.hits), m.of)),
        }
    }
}

async fn list(visitor: Visitor, state: web::Data<State>) -> Result<HttpResponse, Failure> {
    visitor.require_admin()?;
    let rules = state.service.registry().rules().into_iter();
    visitor.shown(&RulesPage {
        frame: Frame::of(&visitor, Section::Rules),
        rules: rules.map(|view| Shown::of(view, visitor.words)).collect(),
    })
}

#[derive(Template)]
#[template(path = "dashboard/rule.html")]
struct DraftPage {
    frame: Frame,
    kinds: [ConditionKind; 7],
    outcomes: [Action; 3],
    draft: Draft,
    /// What the rule would have been true of, or why it cannot be.
    tried: Option<Result<DryRun, String>>,
}

/// A rule as it was written.
#[derive(Debug, Clone)]
struct Draft {
    kind: ConditionKind,
    pattern: String,
    outcome: Action,
    site: String,
    note: String,
}

impl Draft {
    fn read(fields: &Fields) -> Self {
        let named = |name| fields.text(name).unwrap_or_default();
        let outcome = named("outcome").parse();
        Self {
            kind: named("match").parse().unwrap_or(ConditionKind::Word),
            pattern: named("pattern").to_owned(),
            outcome: outcome.unwrap_or(Action::Hold),
            site: named("site").to_owned(),
            note: named("note").to_owned(),
        }
    }

    /// The rule, or why there can be none.
    fn rule(&self, w: &'static Words) -> Result<Rule, String> {
        let condition = Condition::parse(self.kind, &self.pattern);
        let site = Some(&self.site).filter(|site| !site.is_empty());
        let site = site.map(|site| Site::parse(site)).transpose();
        let note = Notes::try_from(self.note.clone());
        Ok(Rule {
            condition: condition.map_err(|e| format!("{}: {e}", w.pattern))?,
            outcome: self.outcome,
            site: site.map_err(|e| format!("{}: {e}", w.site))?,
            note: note.map_err(|e| format!("{}: {e}", w.note))?,
            expires: None,
            suspend_above: Some(Share::USUAL),
        })
    }
}

/// The form, and under it what the rule would have been true of.
async fn draft(
    visitor: Visitor,
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Failure> {
    visitor.require_admin()?;
    let draft = Draft::read(&Fields::of_address(&request));
    let tried = match (draft.pattern.is_empty(), draft.rule(visitor.words)) {
        (true, _) => None,
        (false, Err(why)) => Some(Err(why)),
        (false, Ok(rule)) => {
            let run = aside(&visitor, &state, move |service| {
                service.registry().dry_run(rule)
            });
            Some(Ok(run.await?))
        }
    };
    visitor.shown(&DraftPage {
        frame: Frame::of(&visitor, Section::Rules),
        kinds: ConditionKind::ALL,
        outcomes: OUTCOMES,
        draft,
        tried,
    })
}

async fn make(
    visitor: Visitor,
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Failure> {
    visitor.require_admin()?;
    let fields = Fields::of_form(&visitor, &request, payload, &state).await?;
    let rule = Draft::read(&fields).rule(visitor.words);
    let rule = rule.map_err(|why| visitor.failure(Kind::Invalid(why)))?;
    visitor.or_failure(state.service.registry().create_rule(rule).await)?;
    Ok(go("/rules"))
}

/// Removes a rule, or has a suspended one in force again.
async fn change(
    visitor: Visitor,
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Failure> {
    visitor.require_admin()?;
    let fields = Fields::of_form(&visitor, &request, payload, &state).await?;
    let id: RuleId = visitor.named(&request)?;
    let registry = state.service.registry();
    let changed = match fields.text("act") {
        Some("remove") => registry.remove_rule(id).await,
        Some("resume") => registry.resume_rule(id).await.map(drop),
        _ => return Err(visitor.failure(Kind::Stale)),
    };
    visitor.or_failure(changed)?;
    Ok(go("/rules"))
}
