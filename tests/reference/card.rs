//! `model-card.md`: what is known of the shipped model, and what its file says of itself.

use std::fmt::Write;

use chaffinch::classifier::Classifier;

use crate::schema::{items, members, text};

/// The page.
pub(crate) fn page() -> String {
    // The links of the card are those of its own folder.
    let mut page = include_str!("../../models/README.md").replace("](../docs/", "](../");
    let classifier = Classifier::embedded().unwrap();
    let card = &classifier.base().card;
    writeln!(
        page,
        "\n## What the file says\n\n`GET /v1/model` shows this. The model is `{}`, of {} comments, with {} features, made by Chaffinch {}.\n\n\
         | Source | Ham | Spam |\n|---|---|---|",
        classifier.model(),
        card["comments"],
        card["features"],
        text(&card["program"]),
    )
    .unwrap();
    for source in items(&card["sources"]) {
        writeln!(
            page,
            "| {} | {} | {} |",
            text(&source["name"]),
            source["ham"],
            source["spam"]
        )
        .unwrap();
    }
    page.push_str("\n| Language | Comments |\n|---|---|\n");
    for (language, comments) in members(&card["languages"]) {
        writeln!(page, "| {language} | {comments} |").unwrap();
    }
    page.push_str("\n| Setting of the training | |\n|---|---|\n");
    for (setting, value) in members(&card["settings"]) {
        writeln!(page, "| `{setting}` | {value} |").unwrap();
    }
    page
}
