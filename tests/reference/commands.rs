//! `cli.md`: every command and its options.

use clap_markdown::{MarkdownOptions, help_markdown_command_custom};

/// The page.
pub(crate) fn page() -> String {
    let options = MarkdownOptions::new()
        .title("Command line".to_owned())
        .show_footer(false);
    help_markdown_command_custom(&crate::cli::definitions(), &options)
}
