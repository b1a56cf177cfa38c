//! The tables.

use std::fmt::Write;

use chaffinch::verdict::Verdict;

use crate::suite::{Judged, Outcome, Suite};

fn percent(part: usize, whole: usize) -> String {
    format!("{:5.1} %", part as f64 * 100.0 / whole.max(1) as f64)
}

/// A line for each disguise, the worst first.
pub fn per_disguise(outcomes: &[Outcome]) -> String {
    let mut sorted: Vec<&Outcome> = outcomes.iter().collect();
    sorted.sort_by(|a, b| b.share().total_cmp(&a.share()));
    let mut table = format!(
        "{:<30} {:>6} {:>5} {:>7} {:>9}\n",
        "disguise", "tried", "lost", "share", "published"
    );
    let ham = |o: &Outcome| o.lost.iter().filter(|l| l.verdict == Verdict::Ham).count();
    let mut line = |name: &str, tried: usize, lost: usize, ham: usize| {
        let share = percent(lost, tried);
        let _ = writeln!(table, "{name:<30} {tried:>6} {lost:>5} {share:>7} {ham:>9}");
    };
    for o in &sorted {
        line(o.name, o.tried, o.lost.len(), ham(o));
    }
    let sum = |of: fn(&Outcome) -> usize| outcomes.iter().map(of).sum::<usize>();
    line(
        "all",
        sum(|o| o.tried),
        sum(|o| o.lost.len()),
        outcomes.iter().map(ham).sum(),
    );
    table
}

/// A line for each language: what is caught undisguised, what is lost in disguise, what is
/// silenced.
pub fn per_language(suite: &Suite, outcomes: &[Outcome]) -> String {
    let mut table = format!(
        "{:<5} {:>5} {:>7} {:>7} {:>7} {:>12} {:>7} {:>8}\n",
        "lang", "spam", "caught", "missed", "lost", "lost/comment", "honest", "silenced"
    );
    for lang in suite.languages() {
        let spam: Vec<&Judged> = suite.spam.iter().filter(|s| s.lang() == lang).collect();
        let caught = spam.iter().filter(|s| s.is_spam()).count();
        let lost = outcomes
            .iter()
            .flat_map(|o| &o.lost)
            .filter(|l| l.lang() == lang)
            .count();
        let honest: Vec<&Judged> = suite.honest.iter().filter(|h| h.lang() == lang).collect();
        let silenced = honest.iter().filter(|h| h.is_spam()).count();
        let _ = writeln!(
            table,
            "{lang:<5} {:>5} {caught:>7} {:>7} {lost:>7} {:>12.1} {:>7} {silenced:>8}",
            spam.len(),
            percent(spam.len() - caught, spam.len()),
            lost as f64 / caught.max(1) as f64,
            honest.len(),
        );
    }
    table
}

/// For the worst disguises the comments that they lose farthest.
pub fn print_lost(suite: &Suite, outcomes: &[Outcome]) {
    let mut sorted: Vec<&Outcome> = outcomes.iter().filter(|o| !o.lost.is_empty()).collect();
    sorted.sort_by(|a, b| b.share().total_cmp(&a.share()));
    for outcome in sorted.into_iter().take(20) {
        println!(
            "{}: {} of {} lost, such as",
            outcome.name,
            outcome.lost.len(),
            outcome.tried
        );
        let mut lost: Vec<&Judged> = outcome.lost.iter().collect();
        lost.sort_by(|a, b| a.opinion.log_odds.total_cmp(&b.opinion.log_odds));
        for judged in lost.into_iter().take(4) {
            let plain = suite.spam.iter().find(|s| s.sample.id == judged.sample.id);
            let before = plain.map_or(0.0, |p| p.opinion.probability.get());
            println!("  {before:.3} -> {}", judged.line());
        }
    }
}
