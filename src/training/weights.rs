//! How much each example counts, from what is known of how many there are of its sort.

use super::examples::{Examples, Sort, Tally, class};
use super::spool::Example;
use super::{Chosen, Settings};

/// Fewer comments of a class say nothing about a language.
const FEWEST_OF_LANGUAGE: u64 = 10;

/// The weight of every chosen example: sources weigh by a power of their size, both classes alike,
/// on the whole and within each language; on the whole an example weighs one.
pub(super) struct Weights {
    /// By source and class.
    sources: Vec<[f64; 2]>,
    /// By language and class.
    languages: Vec<[f64; 2]>,
}

impl Weights {
    pub(super) fn new(examples: &Examples, chosen: Chosen, settings: &Settings) -> Self {
        let tallies = || {
            let all = examples.tallies.iter();
            all.filter(|(sort, _)| chosen.has_part(sort.part, sort.original))
        };
        let sources = by_source(tallies(), examples.sources.all().len(), settings);
        let mut masses = vec![[Tally::default(); 2]; examples.languages.all().len()];
        for (sort, tally) in tallies() {
            let mass = &mut masses[sort.language as usize][sort.class];
            mass.count += tally.count;
            mass.weight += tally.weight * sources[sort.source as usize][sort.class];
        }
        let languages = masses.iter().map(|mass| balance(mass, settings)).collect();
        Self { sources, languages }
    }

    pub(super) fn of(&self, example: &Example) -> f64 {
        let class = class(example.label);
        f64::from(example.weight)
            * self.sources[example.source as usize][class]
            * self.languages[example.language as usize][class]
    }
}

fn by_source<'a>(
    tallies: impl Iterator<Item = (&'a Sort, &'a Tally)>,
    sources: usize,
    settings: &Settings,
) -> Vec<[f64; 2]> {
    let power = settings.source_power;
    let mut sizes = vec![[0f64; 2]; sources];
    let mut examples = 0;
    for (sort, tally) in tallies {
        sizes[sort.source as usize][sort.class] += tally.weight;
        examples += tally.count;
    }
    let mass = |class: usize| -> f64 {
        let of_class = sizes.iter().map(|size| size[class]).filter(|n| *n > 0.0);
        of_class.map(|n| n.powf(power)).sum()
    };
    let masses = [mass(0), mass(1)];
    let weight = |class: usize, n: f64| match n {
        0.0 => 0.0,
        n => n.powf(power) / n / masses[class] * examples as f64 / 2.0,
    };
    sizes
        .iter()
        .map(|[ham, spam]| [weight(0, *ham), weight(1, *spam)])
        .collect()
}

/// What makes both classes of a language weigh alike, within bounds.
fn balance(masses: &[Tally; 2], settings: &Settings) -> [f64; 2] {
    if masses.iter().any(|mass| mass.count < FEWEST_OF_LANGUAGE) {
        return [1.0; 2];
    }
    let bound = settings.language_bound;
    let even = (masses[0].weight + masses[1].weight) / 2.0;
    masses.map(|mass| (even / mass.weight).clamp(1.0 / bound, bound))
}
