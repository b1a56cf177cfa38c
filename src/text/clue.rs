//! Where a feature comes from, so that evidence can be shown in the comment's own words.

/// One feature of one comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feature {
    /// Its number, below [`super::FEATURE_SPACE`].
    pub id: u32,
    /// Where it was seen.
    pub clue: Clue,
}

/// The place in the comment that a feature speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Clue {
    /// Characters of the normalised text, from and to.
    Text(u32, u32),
    /// Text that readers do not see.
    Hidden,
    /// The link of that number.
    Link(u16),
    /// The author's name.
    Name,
    /// The author's home page.
    Home,
    /// The author's e-mail address.
    Mail,
    /// A property of the whole comment: the one of that number, see [`super::Analyser::shape`].
    Shape(u16),
}
