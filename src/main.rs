//! The command line; see [`chaffinch`] for everything behind it.
fn main() {}
