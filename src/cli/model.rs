//! Loading the model that a command judges by.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use chaffinch::classifier::{BaseModel, Classifier};

/// In place of a file's name: to start from nothing.
const EMPTY: &str = "empty";

/// The model in a file, the empty one, or the one inside the program.
pub(super) fn load(file: Option<&Path>) -> anyhow::Result<Classifier> {
    let Some(path) = file else {
        return Classifier::embedded().context("the program itself is damaged");
    };
    if path == Path::new(EMPTY) {
        return Ok(Classifier::new(Arc::new(BaseModel::empty())));
    }
    let model = fs::read(path)
        .with_context(|| format!("cannot read the model file {}", path.display()))
        .and_then(|bytes| {
            BaseModel::from_bytes(&bytes).with_context(|| path.display().to_string())
        })?;
    Ok(Classifier::new(Arc::new(model)))
}
