//! Journals: events that are read are the events that were written, whatever becomes of the file.
#![no_main]

use chaffinch::store::fuzzing;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (Vec<&[u8]>, Vec<(u32, u8)>, u16)| {
    let (events, changes, cut) = input;
    let events: Vec<_> = events.into_iter().filter_map(fuzzing::event).collect();
    let folder = tempfile::tempdir().expect("a folder");
    let change = |file: &mut Vec<u8>| {
        for (at, with) in &changes {
            let at = *at as usize % file.len();
            file[at] ^= with;
        }
        file.truncate(file.len() - usize::from(cut).min(file.len()));
    };
    fuzzing::journal(folder.path(), &events, change).expect("files can be read and written");
});
