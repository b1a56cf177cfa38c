//! The text for a site's own notice, in several languages.

use askama::Template;

use super::Kept;

/// The languages that there is a text in.
#[derive(Debug, Clone, Copy)]
pub(super) enum Language {
    English,
    German,
    Spanish,
    French,
    Portuguese,
    Italian,
}

impl Language {
    pub(super) const ALL: [Self; 6] = [
        Self::English,
        Self::German,
        Self::Spanish,
        Self::French,
        Self::Portuguese,
        Self::Italian,
    ];

    /// Its name in itself, and its code.
    fn name_and_code(self) -> (&'static str, &'static str) {
        match self {
            Self::English => ("English", "en"),
            Self::German => ("Deutsch", "de"),
            Self::Spanish => ("Español", "es"),
            Self::French => ("Français", "fr"),
            Self::Portuguese => ("Português", "pt"),
            Self::Italian => ("Italiano", "it"),
        }
    }
}

#[derive(Template)]
#[template(path = "privacy/notice.txt")]
struct NoticeText {
    language: Language,
    kept: Kept,
}

/// A text, ready to be shown.
#[derive(Debug)]
pub(super) struct Notice {
    pub(super) name: &'static str,
    pub(super) code: &'static str,
    pub(super) paragraphs: Vec<String>,
}

impl Notice {
    pub(super) fn in_language(language: Language, kept: Kept) -> Result<Self, askama::Error> {
        let text = NoticeText { language, kept }.render()?;
        // Templates break their lines where it suits whoever writes them.
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        let paragraphs = lines.split(|line| line.is_empty());
        let (name, code) = language.name_and_code();
        Ok(Self {
            name,
            code,
            paragraphs: paragraphs
                .filter(|lines| !lines.is_empty())
                .map(|lines| lines.join(" "))
                .collect(),
        })
    }
}
