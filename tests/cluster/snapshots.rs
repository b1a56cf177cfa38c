//! The stream lets go of what snapshots hold, and whoever needs it all the same has it from there.

use std::fs;

use crate::moves::{stop, teach};
use crate::nats::{LOG, Nodes};
use crate::{Replica, same_everywhere, wait_for};

/// Corrections that are far more than a piece of the smallest size.
const MANY: usize = 25;

/// Has a replica taught until the stream begins behind what it ended with before.
fn teach_until_it_is_shortened(nodes: &Nodes, replica: &Replica) {
    let state = |name: &str| nodes.stream(0, LOG)?["state"][name].as_u64();
    let before = wait_for("a stream", || state("last_seq"));
    let mut taught = 0;
    wait_for("a stream that is shortened", || {
        if taught < 3 * MANY {
            for _ in 0..MANY {
                taught += 1;
                teach(replica.server(), &format!("casino bonus {before} {taught}"));
            }
        }
        (state("first_seq")? > before).then_some(())
    });
}

#[test]
#[ignore = "needs nats-server; tests/run brings it"]
fn what_the_stream_let_go_of_is_in_the_snapshots() {
    let folder = tempfile::tempdir().unwrap();
    let nodes = Nodes::start(folder.path());
    let new = |name: &str| Replica {
        pieces: "4KiB",
        ..Replica::new(folder.path().join(name), &nodes)
    };
    let [mut one, mut two, mut three] = ["one", "two", "three"].map(new);
    one.start();
    two.start();
    teach_until_it_is_shortened(&nodes, &one);
    // A state of what was learned is kept when a server stops.
    stop(&mut one);
    one.start();

    // One that is cut off for so long, another that does not run, and a third that is new.
    two.cables.iter().for_each(crate::Cable::cut);
    wait_for("a replica that notices", || {
        (!two.connected()).then_some(())
    });
    teach_until_it_is_shortened(&nodes, &one);
    two.cables.iter().for_each(crate::Cable::heal);
    let mut all = [one, two];
    same_everywhere(&all);
    let [one, two] = &mut all;
    stop(two);
    teach_until_it_is_shortened(&nodes, one);
    two.start();
    three.start();
    let learned = fs::read_dir(three.data.join("learned")).map_or(0, Iterator::count);
    assert!(learned > 0, "it learned everything anew");
    let [one, two] = all;
    let mut all = [one, two, three];
    same_everywhere(&all);
    teach(all[2].server(), "casino bonus told to the new one");
    same_everywhere(&all);
    all.iter_mut().for_each(stop);
    for replica in &all[1..] {
        assert!(replica.journal() == all[0].journal(), "the journals differ");
    }
}
