//! What was learned, as bytes, so that a start need not learn it again.
//!
//! ```text
//! format u8 | origin [u8;32] | lessons u64 | shared table | number of sites u32 | sites
//! site:  length of its name u16 (0 for none), name | ham u32, spam u32 | confirming f64 | deltas, seen
//! table: number of entries u32 | entries: difference to the last feature number (variable-length), f32
//! ```
//!
//! Numbers are little-endian. Whoever keeps the bytes sees to it that they stay as they are.

use std::sync::Arc;

use super::deltas::Deltas;
use super::learned::{Layer, Learned};
use super::{BaseModel, Classifier, Lesson, Pace};
use crate::site::Site;
use crate::text::{FEATURE_SPACE, Features};
use crate::varint;
use crate::verdict::Label;

/// The format that this program writes, and the only one that it reads.
const FORMAT: u8 = 1;

/// What a state is the outcome of besides its lessons: the base model, the pace, and how lessons are
/// learned.
pub(super) type Origin = [u8; 32];

impl Classifier {
    /// What was learned, as bytes that [`Self::recall`] reads.
    pub fn state_of(&self, learned: &Learned) -> Vec<u8> {
        let mut bytes = vec![FORMAT];
        bytes.extend(self.origin());
        write(learned, &mut bytes);
        bytes
    }

    /// What was learned at another time. `None` if the bytes are of another format, or if these
    /// lessons, learned by this classifier, would have come to something else: because of another base
    /// model, or in a version of the program that learned differently.
    pub fn recall(&self, state: &[u8]) -> Option<Learned> {
        let mut input = Input(state);
        let [format] = input.array()?;
        if format != FORMAT || input.array()? != *self.origin() {
            return None;
        }
        let learned = input.learned()?;
        input.0.is_empty().then_some(learned)
    }

    fn origin(&self) -> &Origin {
        self.origin.get_or_init(|| origin(&self.base, &self.pace))
    }
}

/// A few lessons are learned to see how: nobody who changes a formula can forget to say so.
fn origin(base: &BaseModel, pace: &Pace) -> Origin {
    const LESSONS: u32 = 12;
    const FEATURES: u32 = 200;
    let mut learned = Learned::default();
    let mut dice = 1u32;
    for n in 0..LESSONS {
        // A linear congruential generator (Numerical Recipes); the upper bits are the better ones.
        let features = (0..FEATURES).map(|_| {
            dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (dice >> 4) % FEATURE_SPACE as u32
        });
        let features = Features::from_unordered(features.chain(0..FEATURES / 4).collect());
        let site = ["one.example", "two.example"][n as usize % 2];
        let label = match n % 3 {
            0 => Label::Ham,
            _ => Label::Spam,
        };
        let site = Site::parse(site).ok();
        learned.learn(
            base,
            pace,
            &Lesson {
                site,
                label,
                features,
            },
        );
    }
    let mut bytes = format!("{pace:?} {:?}", base.shape).into_bytes();
    write(&learned, &mut bytes);
    let mut hasher = blake3::Hasher::new();
    hasher.update(&bytes);
    let mut entries = Vec::new();
    for (feature, coefficient) in base.coefficients() {
        entries.extend(feature.to_le_bytes());
        entries.extend(coefficient.to_le_bytes());
    }
    for &(feature, share) in base.shares() {
        entries.extend(feature.to_le_bytes());
        entries.push(share);
    }
    hasher.update(&entries);
    *hasher.finalize().as_bytes()
}

fn write(learned: &Learned, bytes: &mut Vec<u8>) {
    let Learned {
        sites,
        shared,
        lessons,
    } = learned;
    bytes.extend(lessons.to_le_bytes());
    write_table(shared, bytes);
    let mut sites: Vec<_> = sites.iter().collect();
    sites.sort_by_key(|(site, _)| *site);
    bytes.extend((sites.len() as u32).to_le_bytes());
    for (site, layer) in sites {
        // The address of a site is never empty, and far shorter than 2^16.
        let name = site.as_ref().map_or("", Site::as_str);
        bytes.extend((name.len() as u16).to_le_bytes());
        bytes.extend(name.as_bytes());
        let Layer {
            deltas,
            seen,
            lessons,
            confirming,
        } = &**layer;
        lessons.iter().for_each(|n| bytes.extend(n.to_le_bytes()));
        bytes.extend(confirming.to_le_bytes());
        write_table(deltas, bytes);
        write_table(seen, bytes);
    }
}

fn write_table(table: &Deltas, bytes: &mut Vec<u8>) {
    let mut entries: Vec<_> = table.entries().collect();
    entries.sort_unstable_by_key(|(feature, _)| *feature);
    // No more than there are features.
    bytes.extend((entries.len() as u32).to_le_bytes());
    let mut last = 0;
    for (feature, value) in entries {
        varint::write(bytes, feature - last);
        bytes.extend(value.to_le_bytes());
        last = feature;
    }
}

/// What is left to be read.
struct Input<'a>(&'a [u8]);

impl Input<'_> {
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*array)
    }

    fn learned(&mut self) -> Option<Learned> {
        let lessons = u64::from_le_bytes(self.array()?);
        let mut learned = Learned {
            shared: Arc::new(self.table()?),
            lessons,
            ..Learned::default()
        };
        for _ in 0..u32::from_le_bytes(self.array()?) {
            let length = u16::from_le_bytes(self.array()?);
            let (name, rest) = self.0.split_at_checked(length.into())?;
            self.0 = rest;
            let site = match name {
                [] => None,
                name => Some(Site::parse(std::str::from_utf8(name).ok()?).ok()?),
            };
            let lessons = [self.array()?, self.array()?].map(u32::from_le_bytes);
            let layer = Layer {
                lessons,
                confirming: f64::from_le_bytes(self.array()?),
                deltas: self.table()?,
                seen: self.table()?,
            };
            learned.sites.insert(site, Arc::new(layer));
        }
        Some(learned)
    }

    fn table(&mut self) -> Option<Deltas> {
        let count = u32::from_le_bytes(self.array()?) as usize;
        // An entry has five bytes at least: nobody has memory set aside for what is not there.
        if count > self.0.len() / 5 {
            return None;
        }
        let mut entries = Vec::with_capacity(count);
        let mut feature = 0u32;
        for n in 0..count {
            let (step, rest) = varint::read(self.0)?;
            self.0 = rest;
            feature = feature.checked_add(step)?;
            if feature as usize >= FEATURE_SPACE || (n > 0 && step == 0) {
                return None;
            }
            entries.push((feature, f32::from_le_bytes(self.array()?)));
        }
        Some(Deltas::of(entries.into_iter()))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn taught(lessons: &[(u8, bool, Vec<u32>)]) -> Classifier {
        let classifier = Classifier::new(Arc::new(BaseModel::empty()));
        for (site, spam, features) in lessons {
            let name = format!("site{site}.example/a b");
            classifier.learn(&Lesson {
                site: Site::parse(&name).ok().filter(|_| *site > 0),
                label: if *spam { Label::Spam } else { Label::Ham },
                features: Features::from_unordered(features.clone()),
            });
        }
        classifier
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn what_is_recalled_is_what_was_learned(
            lessons in prop::collection::vec(
                (0u8..4, any::<bool>(), prop::collection::vec(0..FEATURE_SPACE as u32, 0..40)),
                0..20,
            ),
            later in prop::collection::vec(0..FEATURE_SPACE as u32, 1..40),
            cut in any::<prop::sample::Index>(),
        ) {
            let first = taught(&lessons);
            let state = first.state_of(&first.learned());
            let second = Classifier::new(Arc::new(BaseModel::empty()));
            let recalled = second.recall(&state).unwrap();
            second.relearn_from::<Lesson, ()>(recalled, []).unwrap();
            // Bit for bit, also after what is learned later.
            for _ in 0..2 {
                prop_assert!(second.state_of(&second.learned()) == first.state_of(&first.learned()));
                for classifier in [&first, &second] {
                    let features = Features::from_unordered(later.clone());
                    classifier.learn(&Lesson { site: None, label: Label::Spam, features });
                }
            }
            prop_assert!(second.recall(&state[..cut.index(state.len())]).is_none());
        }
    }

    #[test]
    fn a_state_of_another_model_or_pace_is_not_recalled() {
        let first = taught(&[(1, true, vec![5, 9])]);
        let state = first.state_of(&first.learned());
        let same = || Classifier::new(Arc::new(BaseModel::empty()));
        assert!(same().recall(&state).is_some());
        let shape = first.base().shape;
        let other = BaseModel::new("empty".into(), serde_json::json!({}), vec![0.5], shape);
        assert!(Classifier::new(Arc::new(other)).recall(&state).is_none());
        let pace = Pace {
            memory: 11.0,
            ..Pace::DEFAULT
        };
        assert!(same().with_pace(pace).recall(&state).is_none());
    }

    #[test]
    fn a_clone_is_not_changed_by_what_is_learned_after_it() {
        let classifier = taught(&[(1, true, vec![5, 9])]);
        let before = classifier.learned();
        let state = classifier.state_of(&before);
        let features = Features::from_unordered(vec![5, 10]);
        let site = Site::parse("site1.example/a b").ok();
        classifier.learn(&Lesson {
            site,
            label: Label::Ham,
            features,
        });
        assert!(classifier.state_of(&before) == state);
        assert!(classifier.state_of(&classifier.learned()) != state);
    }
}
