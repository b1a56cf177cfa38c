//! Model files: read or refused, and what is read judges.
#![no_main]

use std::sync::Arc;

use chaffinch::classifier::{BaseModel, Classifier};
use chaffinch::comment::Comment;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    assert!(
        BaseModel::from_bytes(bytes).is_err(),
        "nobody guesses a checksum"
    );
    let checksum = blake3::hash(bytes);
    if let Ok(model) = BaseModel::from_bytes(&[bytes, checksum.as_bytes()].concat()) {
        let comment = Comment {
            content: "how do I prune currants? http://currants.example".to_owned(),
            ..Comment::default()
        };
        let probability = Classifier::new(Arc::new(model)).judge(&comment).probability;
        assert!((0.0..=1.0).contains(&probability.get()));
    }
});
