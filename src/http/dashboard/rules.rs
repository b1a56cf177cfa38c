//! Rules: which there are, and making or changing one after seeing what it would have been true of.

mod draft;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use self::draft::Draft;
use super::aside;
use super::failure::{Failure, Kind};
use super::fields::Fields;
use super::page::{Frame, Section, go, shown_with};
use super::visible::visible;
use super::visitor::Visitor;
use super::words::{Words, fill};
use crate::http::state::State;
use crate::rule::{ConditionKind, Rule, RuleId};
use crate::service::{DryRun, RuleView};
use crate::verdict::Action;

/// Most characters of a pattern or note in the list.
const LONGEST: usize = 80;
/// Newest comments that a rule is tried on: as many as a page has time for.
const TRIED: usize = 1_000;
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
    kind: &'static str,
    pattern: String,
    outcome: Action,
    site: String,
    note: String,
    until: String,
    in_force: bool,
    /// Why it is suspended.
    suspended: Option<String>,
    /// Where it is changed.
    edit: String,
}

impl Shown {
    fn of(view: RuleView, w: &'static Words) -> Self {
        let draft = Draft::of(&view);
        let rule = view.standing.rule;
        let matched = view.standing.suspended.map(|suspension| suspension.matched);
        Self {
            id: view.id,
            kind: w.condition_word(&rule.condition.kind()),
            pattern: visible(&rule.condition.pattern(), LONGEST).0,
            outcome: rule.outcome,
            site: rule.site.map(|site| site.to_string()).unwrap_or_default(),
            note: visible(rule.note.as_str(), LONGEST).0,
            until: draft.until.clone(),
            in_force: view.in_force,
            suspended: matched.map(|m| fill(&fill(w.suspended_because, m.hits), m.of)),
            edit: draft.address(),
        }
    }
}

async fn list(visitor: Visitor, state: web::Data<State>) -> Result<HttpResponse, Failure> {
    let rules = visitor.or_failure(state.service.managed_rules(&visitor.caller))?;
    let rules = rules.into_iter();
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

impl DraftPage {
    fn of(visitor: &Visitor, draft: Draft, tried: Option<Result<DryRun, String>>) -> Self {
        Self {
            frame: Frame::of(visitor, Section::Rules),
            kinds: ConditionKind::ALL,
            outcomes: OUTCOMES,
            draft,
            tried,
        }
    }
}

/// The form, and under it what the rule would have been true of.
async fn draft(
    visitor: Visitor,
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Failure> {
    visitor.require_manager()?;
    let draft = Draft::read(&Fields::of_address(&request), &visitor)?;
    let tried = match (draft.pattern.is_empty(), written(&draft, &visitor, &state)?) {
        (true, _) => None,
        (false, Err(why)) => Some(Err(why)),
        (false, Ok(rule)) => {
            let caller = visitor.caller.clone();
            let run = aside(&visitor, &state, move |service| {
                let rules = service.managed(&caller, rule.site.as_ref())?;
                rules.dry_run(rule, TRIED)
            });
            Some(Ok(run.await?))
        }
    };
    visitor.shown(&DraftPage::of(&visitor, draft, tried))
}

/// The rule that a form asks for, or why there can be none.
fn written(
    draft: &Draft,
    visitor: &Visitor,
    state: &State,
) -> Result<Result<Rule, String>, Failure> {
    let old = match draft.id {
        Some(id) => {
            let (view, _) = visitor.or_failure(state.service.managed_rule(&visitor.caller, id))?;
            Some(view)
        }
        None => None,
    };
    Ok(draft.rule(old.as_ref(), visitor.words))
}

async fn make(
    visitor: Visitor,
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Failure> {
    visitor.require_manager()?;
    let fields = Fields::of_form(&visitor, &request, payload, &state).await?;
    let draft = Draft::read(&fields, &visitor)?;
    let rule = match written(&draft, &visitor, &state)? {
        Ok(rule) => rule,
        Err(why) => {
            let page = DraftPage::of(&visitor, draft, Some(Err(why)));
            return Ok(shown_with(StatusCode::UNPROCESSABLE_ENTITY, &page));
        }
    };
    let rules = state.service.managed(&visitor.caller, rule.site.as_ref());
    let rules = visitor.or_failure(rules)?;
    let made = match draft.id {
        Some(id) => rules.change_rule(id, |_| Ok(rule)).await,
        None => rules.create_rule(rule).await,
    };
    visitor.or_failure(made)?;
    Ok(go("/rules"))
}

/// Removes a rule, or has a suspended one in force again.
async fn change(
    visitor: Visitor,
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Failure> {
    visitor.require_manager()?;
    let fields = Fields::of_form(&visitor, &request, payload, &state).await?;
    let id: RuleId = visitor.named(&request)?;
    let (_, rules) = visitor.or_failure(state.service.managed_rule(&visitor.caller, id))?;
    let changed = match fields.text("act") {
        Some("remove") => rules.remove_rule(id).await,
        Some("resume") => rules.resume_rule(id).await.map(drop),
        _ => return Err(visitor.failure(Kind::Stale)),
    };
    visitor.or_failure(changed)?;
    Ok(go("/rules"))
}
