//! Whether two comments say nearly the same.

use super::Sketch;
use crate::text::folded;

/// What a comment says, to be compared with others.
#[derive(Debug)]
pub struct Likeness {
    text: String,
    sketch: Option<Sketch>,
}

impl Likeness {
    /// Of a comment's content.
    pub fn of(content: &str) -> Self {
        Self {
            text: folded(content.trim()).into_owned(),
            sketch: Sketch::of(content),
        }
    }

    /// Whether another comment's content is the same but for the case of its letters, or nearly so where it
    /// is long enough to tell.
    pub fn is_like(&self, content: &str) -> bool {
        if !self.text.is_empty() && folded(content.trim()) == self.text {
            return true;
        }
        let sketch = self.sketch.as_ref();
        sketch.is_some_and(|own| Sketch::of(content).is_some_and(|other| own.is_like(&other)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_texts_are_like_their_equals_and_long_ones_like_their_variants() {
        let short = Likeness::of("Great post! ");
        assert!(short.is_like("great POST!") && !short.is_like("Great post, thanks"));
        assert!(!Likeness::of("").is_like(""));
        let text = "Earn five hundred dollars a day from your own home with this one simple trick that banks \
            do not want you to know, see http://earn.example for all of it";
        let long = Likeness::of(text);
        assert!(long.is_like(&text.replace("five", "nine")));
        assert!(!long.is_like("I pruned my currants in March and lost half the fruit, is autumn better, or did I cut too low this time?"));
    }
}
