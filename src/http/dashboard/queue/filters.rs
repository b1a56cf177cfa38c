//! Which verdicts the queue shows: what stands in its address.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::http::dashboard::failure::{Failure, Kind};
use crate::http::dashboard::faults::Fault;
use crate::http::dashboard::fields::Fields;
use crate::http::dashboard::visitor::Visitor;
use crate::http::v1::query;
use crate::service::{LabelFilter, VerdictQuery};
use crate::site::Site;
use crate::verdict::{Label, Verdict, VerdictId};

/// Longest text searched for, in bytes.
const LONGEST: usize = 200;

/// The filters, each as it was written and as it is meant.
#[derive(Debug, Default)]
pub(super) struct Filters {
    written: [String; 7],
    meant: VerdictQuery,
}

const NAMES: [&str; 7] = ["site", "verdict", "label", "signal", "q", "from", "to"];

impl Filters {
    /// Reads the fields of an address. What a select cannot have sent counts as not given.
    pub(super) fn read(fields: &Fields, visitor: &Visitor) -> Result<Self, Failure> {
        let text = |name| fields.text(name);
        let w = visitor.words;
        let wrong = |why| visitor.failure(Kind::Invalid(why));
        let no_day = |field: &str| wrong(format!("{field}: {}", w.wrong_day));
        let site = text("site").map(Site::parse).transpose();
        let from = text("from").map(query::start).transpose();
        let to = text("to").map(query::end).transpose();
        let written = NAMES.map(|name| text(name).unwrap_or_default().to_owned());
        let searched = text("q").map(|q| q[..q.floor_char_boundary(LONGEST)].to_owned());
        Ok(Self {
            written,
            meant: VerdictQuery {
                key: None,
                site: site.map_err(|e| wrong(e.of(w.site, w)))?,
                label: text("label").and_then(|label| match label {
                    "ham" => Some(LabelFilter::Is(Label::Ham)),
                    "spam" => Some(LabelFilter::Is(Label::Spam)),
                    "none" => Some(LabelFilter::None),
                    _ => None,
                }),
                verdict: text("verdict").and_then(|verdict| match verdict {
                    "ham" => Some(Verdict::Ham),
                    "unsure" => Some(Verdict::Unsure),
                    "spam" => Some(Verdict::Spam),
                    _ => None,
                }),
                signal: text("signal").map(str::to_owned),
                text: searched,
                from: from.map_err(|_| no_day(w.from_day))?,
                to: to.map_err(|_| no_day(w.to_day))?,
                before: text("before").and_then(|id| id.parse().ok()),
                limit: 0,
            },
        })
    }

    pub(super) fn query(&self, limit: usize) -> VerdictQuery {
        VerdictQuery {
            limit,
            ..self.meant.clone()
        }
    }

    /// What was written into a field.
    pub(super) fn value(&self, name: &str) -> &str {
        let at = NAMES.iter().position(|known| *known == name);
        at.map_or("", |at| &self.written[at])
    }

    /// Whether this is what was chosen.
    pub(super) fn chose(&self, name: &str, value: &str) -> bool {
        self.value(name) == value
    }

    /// Whether the page is not the first.
    pub(super) fn is_later(&self) -> bool {
        self.meant.before.is_some()
    }

    /// Whether anything is left out.
    pub(super) fn any(&self) -> bool {
        self.written.iter().any(|written| !written.is_empty())
    }

    /// The address of the same list with another verdict.
    pub(super) fn with_verdict(&self, verdict: &str) -> String {
        let mut other = Self {
            written: self.written.clone(),
            meant: VerdictQuery::default(),
        };
        other.written[1] = verdict.to_owned();
        other.address(None)
    }

    /// The address of the list from a verdict on.
    pub(super) fn address(&self, before: Option<VerdictId>) -> String {
        let given = NAMES.iter().zip(&self.written);
        let given = given.filter(|(_, value)| !value.is_empty());
        let mut pairs: Vec<_> = given
            .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)))
            .collect();
        pairs.extend(before.map(|before| format!("before={before}")));
        match pairs.is_empty() {
            true => "/queue".to_owned(),
            false => format!("/queue?{}", pairs.join("&")),
        }
    }
}
