//! The comments, the list of disguises, and what the filter says of both.

use std::path::Path;

use chaffinch::classifier::{BaseModel, Classifier, Opinion};
use chaffinch::training::corpus::{self, Sample};
use chaffinch::verdict::{Thresholds, Verdict};

use crate::dice::Dice;
use crate::padding::Padding;
use crate::{letters, links, markup, padding};

/// A comment and what the filter says of it.
pub struct Judged {
    pub sample: Sample,
    pub opinion: Opinion,
    pub verdict: Verdict,
}

impl Judged {
    fn new(classifier: &Classifier, sample: Sample) -> Self {
        let opinion = classifier.judge(&sample.comment);
        let (verdict, _) = Thresholds::default().decide(opinion.probability);
        Self {
            sample,
            opinion,
            verdict,
        }
    }

    pub fn is_spam(&self) -> bool {
        self.verdict == Verdict::Spam
    }

    pub fn lang(&self) -> &str {
        &self.sample.comment.language
    }

    /// Name, probability, content and reasons on one line.
    pub fn line(&self) -> String {
        let text: String = self.sample.comment.content.chars().take(70).collect();
        let reasons: Vec<String> = self.opinion.reasons[..self.opinion.reasons.len().min(4)]
            .iter()
            .map(|r| format!("{} {:?} {:+.2}", r.signal, r.detail, r.weight))
            .collect();
        let probability = self.opinion.probability.get();
        format!(
            "{:<15} {probability:.3}  {text:?}  [{}]",
            self.sample.id,
            reasons.join(", ")
        )
    }
}

/// Both sorts of comments, judged as they are.
pub struct Suite {
    classifier: Classifier,
    pub spam: Vec<Judged>,
    pub honest: Vec<Judged>,
}

/// What one disguise did to the spam that is caught without it.
pub struct Outcome {
    pub name: &'static str,
    /// Caught comments that the disguise changes.
    pub tried: usize,
    /// Those no longer caught.
    pub lost: Vec<Judged>,
}

impl Outcome {
    pub fn share(&self) -> f64 {
        self.lost.len() as f64 / self.tried.max(1) as f64
    }
}

impl Suite {
    pub fn load() -> Self {
        let classifier = match std::env::var_os("CHAFFINCH_MODEL") {
            Some(model) => {
                let bytes = std::fs::read(model).unwrap();
                Classifier::new(BaseModel::from_bytes(&bytes).unwrap().into())
            }
            None => Classifier::embedded().unwrap(),
        };
        let judged = |name: &str| -> Vec<Judged> {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/disguises");
            corpus::read(&folder.join(name))
                .unwrap()
                .map(|sample| Judged::new(&classifier, sample.unwrap()))
                .collect()
        };
        let (spam, honest) = (judged("spam.jsonl"), judged("honest.jsonl"));
        Self {
            classifier,
            spam,
            honest,
        }
    }

    pub fn languages(&self) -> Vec<&str> {
        let mut all: Vec<&str> = Vec::new();
        for spam in &self.spam {
            if !all.contains(&spam.lang()) {
                all.push(spam.lang());
            }
        }
        all
    }

    /// Puts every disguise on every comment that is caught without.
    pub fn disguised(&self) -> Vec<Outcome> {
        let caught: Vec<&Judged> = self.spam.iter().filter(|s| s.is_spam()).collect();
        let outcome = |disguise: Disguise| {
            let dressed: Vec<Judged> = caught
                .iter()
                .filter_map(|spam| {
                    let mut sample = spam.sample.clone();
                    sample.comment.content = disguise.put_on(&sample)?;
                    Some(Judged::new(&self.classifier, sample))
                })
                .collect();
            Outcome {
                name: disguise.name,
                tried: dressed.len(),
                lost: dressed.into_iter().filter(|d| !d.is_spam()).collect(),
            }
        };
        disguises().into_iter().map(outcome).collect()
    }
}

/// A way of hiding what a comment says.
pub struct Disguise {
    pub name: &'static str,
    how: How,
}

/// Changes a comment's text.
type Change = fn(&str, &mut Dice) -> String;

enum How {
    Text(Change),
    Padding(Padding),
}

impl Disguise {
    /// The comment's content in disguise; `None` if there is nothing to disguise.
    pub fn put_on(&self, sample: &Sample) -> Option<String> {
        let comment = &sample.comment;
        let mut dice = Dice::new(&format!("{} {}", self.name, sample.id));
        let content = match self.how {
            How::Text(change) => change(&comment.content, &mut dice),
            How::Padding(pad) => pad(
                &comment.content,
                &comment.language,
                &comment.permalink,
                &mut dice,
            ),
        };
        (content != comment.content).then_some(content)
    }
}

/// Every disguise there is.
pub fn disguises() -> Vec<Disguise> {
    let texts: &[(&str, Change)] = &[
        ("look-alikes, all words", letters::look_alikes_in_all_words),
        ("look-alikes, key words", letters::look_alikes_in_key_words),
        ("look-alikes, Greek", letters::look_alikes_greek),
        ("mixed scripts", letters::mixed_scripts),
        ("small capitals", letters::small_capitals),
        ("mathematical bold, key words", letters::mathematical_bold),
        ("mathematical sans, all words", letters::mathematical_sans),
        ("full-width letters", letters::full_width),
        ("circled letters", letters::circled),
        ("squared letters", letters::squared),
        ("zero-width, key words", letters::zero_width_in_key_words),
        ("zero-width, all words", letters::zero_width_in_all_words),
        ("soft hyphens", letters::soft_hyphens),
        ("variation selectors", letters::variation_selectors),
        ("l e t t e r  spacing", letters::spaced_out),
        ("d.o.t.s between letters", letters::dotted_out),
        ("other signs between letters", letters::other_signs_between),
        ("bro-ken in two", letters::broken_in_two),
        ("leet, all letters", letters::leet_digits),
        ("leet, one letter", letters::leet_one_digit),
        ("leet, signs", letters::leet_signs),
        ("one letter repeated", letters::repeated_letters),
        ("every letter doubled", letters::doubled_letters),
        ("random capitals", letters::random_capitals),
        ("all capitals", letters::all_capitals),
        ("accents piled up", letters::piled_accents),
        ("foreign accents", letters::foreign_accents),
        ("letters with strokes", letters::stroked_letters),
        ("right to left", letters::right_to_left),
        ("emoji between words", letters::emoji_between_words),
        ("several at once", letters::several_at_once),
        ("entities, decimal", markup::decimal_entities),
        ("entities, hexadecimal", markup::some_hexadecimal_entities),
        ("entities, encoded twice", markup::encoded_twice),
        ("HTML tags in words", markup::tags_in_words),
        ("HTML comments in words", markup::html_comments_in_words),
        ("BBCode in words", markup::bbcode_in_words),
        ("a tag round each letter", markup::letters_in_tags),
        ("hidden words in words", markup::hidden_words_in_words),
        ("<wbr> in words", markup::word_break_tags),
        ("link: percent-escapes", links::percent_escapes),
        ("link: percent-escaped host", links::percent_escapes_in_host),
        ("link: user before the host", links::user_in_address),
        ("link: through a redirect", links::through_a_redirect),
        ("link: capital host", links::capital_host),
        ("link: no scheme", links::no_scheme),
        ("link: hxxps", links::odd_scheme),
        ("link: dot com", links::dot_in_words),
        ("link: [dot]", links::dot_in_brackets),
        ("link: host . com", links::spaces_round_dots),
        ("link: other dots", links::other_dots),
        ("link: zero-width", links::zero_width_in_address),
        ("link: full-width", links::full_width_address),
        ("link: the name alone", links::no_links_at_all),
        ("mail: at gmail dot com", links::mail_in_words),
        ("phone: styled digits", links::styled_numbers),
    ];
    let paddings: &[(&str, Padding)] = &[
        ("padding: before", padding::innocent_before),
        ("padding: after", padding::innocent_after),
        ("padding: both sides", padding::innocent_around),
        ("padding: one sentence", padding::innocent_sentence_before),
        ("padding: hidden", padding::hidden_innocence),
        ("quote: the title before", padding::title_before),
        ("quote: the title", padding::title_quoted),
        ("quote: the article", padding::article_quoted),
    ];
    let texts = texts.iter().map(|&(name, how)| Disguise {
        name,
        how: How::Text(how),
    });
    let paddings = paddings.iter().map(|&(name, how)| Disguise {
        name,
        how: How::Padding(how),
    });
    texts.chain(paddings).collect()
}
