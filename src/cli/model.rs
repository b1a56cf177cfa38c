//! Loading the model that a command judges by.

use std::path::Path;

use chaffinch::classifier::Classifier;

/// The model in a file, or the one inside the program.
pub(super) fn load(file: Option<&Path>) -> anyhow::Result<Classifier> {
    match file {
        None => Ok(Classifier::embedded()),
        Some(path) => anyhow::bail!("cannot load the model {}", path.display()),
    }
}
