//! The ordered steps of a check.

mod reputation;
mod rules;

use std::sync::{Arc, PoisonError, RwLock};

use jiff::Timestamp;

use self::reputation::Sighting;
pub use self::reputation::{Likeness, Reputation};
use self::rules::Hit;
pub use self::rules::{Excess, RuleBook, Trial};
use crate::classifier::{Classifier, Opinion};
use crate::comment::{Author, Comment};
use crate::site::settings::{Honeypot, ReputationSettings};
use crate::verdict::{Action, Judgement, Label, Probability, Reason, Thresholds, Verdict};

/// Judges comments: what is settled beforehand first, then the classifier.
#[derive(Debug, Clone)]
pub struct Filter {
    seat: Seat,
    thresholds: Thresholds,
    rules: Arc<RuleBook>,
    reputation: Option<Arc<Reputation>>,
}

/// Where the classifier sits, which may give way to another.
#[derive(Debug, Clone)]
pub struct Seat(Arc<RwLock<Arc<Classifier>>>);

impl Seat {
    /// Of this one.
    pub fn new(classifier: Arc<Classifier>) -> Self {
        Self(Arc::new(RwLock::new(classifier)))
    }

    /// Who sits there.
    pub fn classifier(&self) -> Arc<Classifier> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Has another one sit there.
    pub fn take(&self, classifier: Arc<Classifier>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = classifier;
    }
}

/// What a check goes by beside the comment.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Policy {
    /// The site's thresholds; `None` for those of the filter.
    pub thresholds: Option<Thresholds>,
    /// What a filled honeypot field means.
    pub honeypot: Honeypot,
    /// Which of the steps that look at other comments are taken.
    pub reputation: ReputationSettings,
    /// A test hook's verdict is blatant (protocol 2.10).
    pub test_discard: bool,
    /// The time.
    pub now: Timestamp,
}

/// A judged comment, and what is counted of it if it was no test.
#[derive(Debug)]
pub struct Examined {
    /// What the filter says.
    pub judgement: Judgement,
    /// The rules that are true of it.
    hits: Vec<Hit>,
    /// What it looks like beside others, and whether it is ham by its own evidence.
    sighting: Option<(Sighting, bool)>,
}

impl Filter {
    /// A filter around a classifier, without rules and without a memory of other comments: what it
    /// says depends on the comment alone.
    pub fn new(classifier: Arc<Classifier>, thresholds: Thresholds) -> Self {
        Self::around(Seat::new(classifier), thresholds)
    }

    /// The same around whichever classifier sits there.
    pub fn around(seat: Seat, thresholds: Thresholds) -> Self {
        Self {
            seat,
            thresholds,
            rules: Arc::default(),
            reputation: None,
        }
    }

    /// The same with these rules.
    pub fn with_rules(self, rules: Arc<RuleBook>) -> Self {
        Self { rules, ..self }
    }

    /// The same with a memory of other comments.
    pub fn with_reputation(self) -> Self {
        Self {
            reputation: Some(Arc::default()),
            ..self
        }
    }

    /// The classifier inside.
    pub fn classifier(&self) -> Arc<Classifier> {
        self.seat.classifier()
    }

    /// Where verdicts and actions change, unless a site says otherwise.
    pub fn thresholds(&self) -> Thresholds {
        self.thresholds
    }

    /// Judges one comment, and remembers nothing of it.
    pub fn check(&self, comment: &Comment, policy: &Policy) -> Judgement {
        self.examine(comment, policy).judgement
    }

    /// Judges one comment. The first step that has something to say decides; where none has, the
    /// evidence is weighed.
    pub fn examine(&self, comment: &Comment, policy: &Policy) -> Examined {
        // Before judging: lessons that arrive meanwhile may or may not have had a say.
        let classifier = self.classifier();
        let learned_from = classifier.learned_from();
        let hits = self.rules.hits(comment, policy.now);
        let settled = administrator(&comment.author)
            .or_else(|| test_hook(&comment.author, policy.test_discard))
            .or_else(|| ruled(&hits))
            .or_else(|| honeypot(comment).filter(|_| policy.honeypot == Honeypot::Verdict));
        let (ruling, sighting) = match settled {
            Some(ruling) => (ruling, None),
            None => self.weighed(&classifier, comment, policy),
        };
        Examined {
            judgement: Judgement {
                verdict: ruling.verdict,
                action: ruling.action,
                probability: ruling.probability,
                reasons: ruling.reasons,
                model: classifier.model().to_owned(),
                learned_from,
            },
            hits,
            sighting,
        }
    }

    /// The classifier's opinion, moved by what is no evidence of the text.
    fn weighed(
        &self,
        classifier: &Classifier,
        comment: &Comment,
        policy: &Policy,
    ) -> (Ruling, Option<(Sighting, bool)>) {
        let thresholds = policy.thresholds.unwrap_or(self.thresholds);
        let mut opinion = classifier.judge(comment);
        if honeypot(comment).is_some() {
            weigh(&mut opinion, [Reason::new("honeypot", FILLED, HONEYPOT)]);
        }
        let (own, _) = thresholds.decide(opinion.probability);
        let sighting = self.reputation.as_ref().map(|reputation| {
            let seen = reputation.look(comment, policy.reputation, policy.now);
            weigh(&mut opinion, seen.signals().iter().cloned());
            (seen, own == Verdict::Ham)
        });
        let (verdict, action) = thresholds.decide(opinion.probability);
        let ruling = Ruling {
            verdict,
            action,
            probability: opinion.probability,
            reasons: opinion.reasons,
        };
        (ruling, sighting)
    }

    /// Remembers a comment that was no test. Answers with the rules that are true of too many.
    pub fn note(&self, comment: &Comment, examined: &Examined) -> Vec<Excess> {
        if let (Some(reputation), Some((sighting, is_ham))) = (&self.reputation, &examined.sighting)
        {
            reputation.note(sighting, *is_ham);
        }
        self.rules.note(comment.site.as_ref(), &examined.hits)
    }

    /// Hears what an admin said of a comment, or that it is taken back.
    pub fn corrected(&self, comment: &Comment, label: Option<Label>, now: Timestamp) {
        if let Some(reputation) = &self.reputation {
            reputation.corrected(comment, label == Some(Label::Ham), now);
        }
    }
}

/// What is decided of a comment, and why.
struct Ruling {
    verdict: Verdict,
    action: Action,
    probability: Probability,
    reasons: Vec<Reason>,
}

/// Weight shown for a rule: it outweighs whatever the text says.
const DECISIVE: f64 = 20.0;

impl Ruling {
    fn ham(signal: &'static str, detail: &str) -> Self {
        Self {
            verdict: Verdict::Ham,
            action: Action::Publish,
            probability: Probability::HAM,
            reasons: vec![Reason::new(signal, detail, -DECISIVE)],
        }
    }

    fn spam(signal: &'static str, detail: &str, action: Action) -> Self {
        Self {
            verdict: Verdict::Spam,
            action,
            probability: Probability::SPAM,
            reasons: vec![Reason::new(signal, detail, DECISIVE)],
        }
    }
}

/// What is said of a filled honeypot.
const FILLED: &str = "a form field that people cannot see was filled in";
/// Weight of a filled honeypot field where it is one signal among others, in log-odds.
const HONEYPOT: f64 = 4.0;

/// Moves an opinion by signals that are no evidence of the text.
fn weigh(opinion: &mut Opinion, signals: impl IntoIterator<Item = Reason>) {
    for signal in signals {
        opinion.log_odds += signal.weight;
        opinion.reasons.push(signal);
    }
    opinion.probability = Probability::from_log_odds(opinion.log_odds);
    opinion
        .reasons
        .sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()));
}

/// An administrator's comment is ham, and wins over the test hooks (protocol 2.10).
fn administrator(author: &Author) -> Option<Ruling> {
    author
        .is_administrator()
        .then(|| Ruling::ham("role", "written by an administrator of the site"))
}

/// The names and the address by which clients provoke a spam verdict (protocol 2.10): exact
/// after trimming, and case counts.
fn test_hook(author: &Author, discard: bool) -> Option<Ruling> {
    let by_name = matches!(
        author.name.trim(),
        "akismet-guaranteed-spam" | "viagra-test-123"
    );
    let by_email = author.email.trim() == "akismet-guaranteed-spam@example.com";
    let action = if discard {
        Action::Discard
    } else {
        Action::Hold
    };
    (by_name || by_email).then(|| {
        Ruling::spam(
            "test",
            "the author is the test author whose comments are always spam",
            action,
        )
    })
}

/// An admin's rules: the first hit decides, all are reasons.
fn ruled(hits: &[Hit]) -> Option<Ruling> {
    let first = hits.first()?;
    let ruling = match first.outcome {
        Action::Publish => Ruling::ham("rule", &first.name),
        outcome => Ruling::spam("rule", &first.name, outcome),
    };
    let reasons = hits.iter().map(|hit| match hit.outcome {
        Action::Publish => Reason::new("rule", &*hit.name, -DECISIVE),
        Action::Hold | Action::Discard => Reason::new("rule", &*hit.name, DECISIVE),
    });
    Some(Ruling {
        reasons: reasons.collect(),
        ..ruling
    })
}

/// A form field that people cannot see was filled in.
fn honeypot(comment: &Comment) -> Option<Ruling> {
    let filled = !comment.honeypot.trim().is_empty();
    filled.then(|| Ruling::spam("honeypot", FILLED, Action::Hold))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn check(comment: &Comment, test_discard: bool) -> Judgement {
        check_with(
            comment,
            &Policy {
                test_discard,
                ..Policy::default()
            },
        )
    }

    fn check_with(comment: &Comment, policy: &Policy) -> Judgement {
        let classifier = Arc::new(Classifier::embedded().unwrap());
        Filter::new(classifier, Thresholds::default()).check(comment, policy)
    }

    fn by(name: &str, email: &str, role: &str) -> Comment {
        Comment {
            author: Author {
                name: name.into(),
                email: email.into(),
                role: role.into(),
                ..Author::default()
            },
            ..Comment::default()
        }
    }

    #[test]
    fn hooks_and_roles_decide_in_order() {
        let hook = "akismet-guaranteed-spam@example.com";
        for (comment, verdict, signal) in [
            (by("viagra-test-123", "", ""), Verdict::Spam, "test"),
            (
                by(" akismet-guaranteed-spam ", "", ""),
                Verdict::Spam,
                "test",
            ),
            (by("", hook, ""), Verdict::Spam, "test"),
            (by("", hook, "editor,administrator"), Verdict::Ham, "role"),
            (
                by("viagra-test-123", "", "administrator"),
                Verdict::Ham,
                "role",
            ),
        ] {
            let judgement = check(&comment, false);
            assert_eq!(judgement.verdict, verdict, "{comment:?}");
            assert_eq!(judgement.reasons[0].signal, signal, "{comment:?}");
        }
        let other_case = check(&by("Viagra-Test-123", "", ""), false);
        assert!(other_case.reasons.iter().all(|r| r.signal != "test"));
    }

    #[test]
    fn test_discard_works_on_hooks_only() {
        let hook = by("viagra-test-123", "", "");
        assert_eq!(check(&hook, true).action, Action::Discard);
        assert_eq!(check(&hook, false).action, Action::Hold);
        let plain = Comment {
            content: "Thanks for the recipe".into(),
            ..Comment::default()
        };
        assert_eq!(check(&plain, true), check(&plain, false));
    }

    #[test]
    fn a_filled_honeypot_is_spam() {
        let comment = Comment {
            honeypot: "http://x.example".into(),
            ..Comment::default()
        };
        let judgement = check(&comment, false);
        assert_eq!(judgement.verdict, Verdict::Spam);
        assert_eq!(judgement.reasons[0].signal, "honeypot");
    }

    #[test]
    fn as_a_signal_a_filled_honeypot_is_one_reason_among_others() {
        let policy = Policy {
            honeypot: Honeypot::Signal,
            ..Policy::default()
        };
        let empty = Comment {
            content: "I pruned my currants in March and lost half the fruit.".into(),
            ..Comment::default()
        };
        let filled = Comment {
            honeypot: "x".into(),
            ..empty.clone()
        };
        let (without, with) = (check_with(&empty, &policy), check_with(&filled, &policy));
        assert!(without.probability < with.probability);
        assert!(with.probability < Probability::SPAM);
        assert!(with.reasons.iter().any(|r| r.signal == "honeypot"));
        assert!(with.reasons.len() > 1);
    }

    #[test]
    fn a_site_may_have_thresholds_of_its_own() {
        let policy = Policy {
            thresholds: Thresholds::new(0.0, 0.0, 0.0).ok(),
            ..Policy::default()
        };
        let comment = Comment {
            content: "I pruned my currants in March.".into(),
            ..Comment::default()
        };
        assert_eq!(check(&comment, false).verdict, Verdict::Ham);
        assert_eq!(check_with(&comment, &policy).action, Action::Discard);
    }
}
