//! What a loss of power leaves of a folder: what was synced, and of the rest whatever chance will have.
//!
//! A server whose calls are noted (`trace.c`) is killed. Of its notes the folder is made anew as a disk
//! without power might hold it: a file has what was synced, of later writes to it each page (of 4,096 bytes)
//! as it was at one time or another since, torn between sectors (of 512 bytes) now and then; a folder has the
//! names that were there when it was synced, and the first few of what was done to names since.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use tempfile::TempDir;

use crate::dice::Dice;

/// Bytes that a disk writes as a whole, and that an operating system does.
const SECTOR: usize = 512;
const PAGE: usize = 4096;

/// The library that notes calls, built once.
pub(crate) fn tracer() -> &'static Path {
    static TRACER: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_folder, library) = TRACER.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let library = folder.path().join("trace.so");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/crash/trace.c");
        let built = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .args([&library, &source])
            .status();
        // The linker that Rust uses is this one.
        assert!(built.expect("a C compiler").success());
        (folder, library)
    });
    library
}

/// How much was lost.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Loss {
    /// Writes that were not synced.
    pub(crate) writes: usize,
    /// Pages of them that did not reach the disk as they were last.
    pub(crate) pages: usize,
    /// Pages of which the disk has a part of a write.
    pub(crate) torn: usize,
    /// Changes of names that did not reach the disk.
    pub(crate) names: usize,
}

impl std::ops::AddAssign for Loss {
    fn add_assign(&mut self, more: Self) {
        self.writes += more.writes;
        self.pages += more.pages;
        self.torn += more.torn;
        self.names += more.names;
    }
}

enum Write {
    Bytes(usize, Vec<u8>),
    Length(usize),
}

#[derive(Default)]
struct Node {
    synced: Vec<u8>,
    since: Vec<Write>,
}

#[derive(Clone)]
enum Entry {
    File(u64),
    Folder,
}

type Names = BTreeMap<PathBuf, Entry>;

#[derive(Default)]
struct Folder {
    /// As they are, with what was done and not synced.
    now: Names,
    synced: Names,
    since: Vec<Change>,
}

enum Change {
    Added(PathBuf, Entry),
    Removed(PathBuf),
}

/// The files below a folder, as the disk and as the operating system has them.
pub(crate) struct Disk {
    root: PathBuf,
    nodes: HashMap<u64, Node>,
    /// Inodes are used again; these are the numbers that they stand for now.
    inodes: HashMap<u64, u64>,
    folders: BTreeMap<PathBuf, Folder>,
}

impl Disk {
    /// The folder as it lies there, all of it synced.
    pub(crate) fn of(root: &Path) -> Self {
        let mut disk = Self {
            root: root.to_path_buf(),
            nodes: HashMap::new(),
            inodes: HashMap::new(),
            folders: BTreeMap::new(),
        };
        // The folder that has it is not the server's to sync, unless the server makes it.
        let parent = root.parent().unwrap().to_path_buf();
        disk.folders.insert(parent.clone(), Folder::default());
        if root.exists() {
            disk.read(root);
            disk.change(Change::Added(root.to_path_buf(), Entry::Folder));
            disk.sync_folder(&parent);
        }
        disk
    }

    fn read(&mut self, folder: &Path) {
        self.folders.insert(folder.to_path_buf(), Folder::default());
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let entry = match path.is_dir() {
                true => {
                    self.read(&path);
                    Entry::Folder
                }
                false => {
                    let node = self.fresh(fs::metadata(&path).unwrap().ino());
                    self.nodes.get_mut(&node).unwrap().synced = fs::read(&path).unwrap();
                    Entry::File(node)
                }
            };
            self.change(Change::Added(path, entry));
        }
        self.sync_folder(folder);
    }

    fn fresh(&mut self, inode: u64) -> u64 {
        let node = self.nodes.len() as u64;
        self.nodes.insert(node, Node::default());
        self.inodes.insert(inode, node);
        node
    }

    fn change(&mut self, change: Change) {
        let path = match &change {
            Change::Added(path, _) | Change::Removed(path) => path,
        };
        let folder = self.folders.get_mut(path.parent().unwrap());
        let folder = folder.unwrap_or_else(|| panic!("{} is in no folder", path.display()));
        apply(&mut folder.now, &change);
        folder.since.push(change);
    }

    fn sync_folder(&mut self, path: &Path) {
        let Some(folder) = self.folders.get_mut(path) else {
            return;
        };
        folder.synced = folder.now.clone();
        folder.since.clear();
    }

    fn node(&mut self, inode: u64) -> &mut Node {
        let node = self.inodes[&inode];
        self.nodes.get_mut(&node).unwrap()
    }

    /// Has done what a server did by its notes.
    pub(crate) fn follow(&mut self, trace: &Path) {
        // There are none of one that was killed before it did anything.
        let notes = fs::read(trace).unwrap_or_default();
        let mut rest = &notes[..];
        // The last note may be cut off: nobody was told of that.
        while let Some((head, behind)) = rest.split_first_chunk::<25>() {
            let number = |at: usize| u64::from_le_bytes(head[at..at + 8].try_into().unwrap());
            let length = |at: usize| u32::from_le_bytes(head[at..at + 4].try_into().unwrap());
            let (inode, offset) = (number(1), number(9) as usize);
            let (first, second) = (length(17) as usize, length(21) as usize);
            let Some((bytes, behind)) = behind.split_at_checked(first) else {
                break;
            };
            let Some((other, behind)) = behind.split_at_checked(second) else {
                break;
            };
            rest = behind;
            let path = |bytes: &[u8]| PathBuf::from(std::str::from_utf8(bytes).unwrap());
            match head[0] {
                b'C' => {
                    let node = self.fresh(inode);
                    self.change(Change::Added(path(bytes), Entry::File(node)));
                }
                b'W' => {
                    let write = Write::Bytes(offset, bytes.to_vec());
                    self.node(inode).since.push(write);
                }
                b'T' => self.node(inode).since.push(Write::Length(offset)),
                b'S' => {
                    let node = self.node(inode);
                    node.synced = node.current();
                    node.since.clear();
                }
                b'D' => self.sync_folder(&path(bytes)),
                b'R' => {
                    let (from, to) = (path(bytes), path(other));
                    let folder = &self.folders[from.parent().unwrap()];
                    let entry = folder.now[&from].clone();
                    // A database that does not open is moved aside.
                    let log = fs::read_to_string(trace.with_extension("log"));
                    assert!(
                        matches!(entry, Entry::File(_)),
                        "{} became {}: {}",
                        from.display(),
                        to.display(),
                        log.unwrap_or_default()
                    );
                    self.change(Change::Removed(from));
                    self.change(Change::Added(to, entry));
                }
                b'U' => self.change(Change::Removed(path(bytes))),
                b'M' => {
                    let path = path(bytes);
                    self.folders.insert(path.clone(), Folder::default());
                    self.change(Change::Added(path, Entry::Folder));
                }
                other => panic!("a note of kind {other}"),
            }
        }
    }

    /// Makes the folder as the disk has it when the power goes now.
    pub(crate) fn lose_power(self, dice: &mut Dice) -> Loss {
        let mut loss = Loss::default();
        let how = How::of(dice);
        let names: BTreeMap<_, _> = self
            .folders
            .iter()
            .map(|(path, folder)| {
                // File systems keep changes of names in order.
                let kept = match how {
                    How::Nothing => 0,
                    _ => dice.below(folder.since.len() + 1),
                };
                loss.names += folder.since.len() - kept;
                let mut names = folder.synced.clone();
                for change in &folder.since[..kept] {
                    apply(&mut names, change);
                }
                (path.clone(), names)
            })
            .collect();
        if self.root.exists() {
            fs::remove_dir_all(&self.root).unwrap();
        }
        self.make(self.root.parent().unwrap(), &names, how, dice, &mut loss);
        loss
    }

    fn make(
        &self,
        folder: &Path,
        names: &BTreeMap<PathBuf, Names>,
        how: How,
        dice: &mut Dice,
        loss: &mut Loss,
    ) {
        for (path, entry) in &names[folder] {
            match entry {
                Entry::Folder => {
                    fs::create_dir(path).unwrap();
                    self.make(path, names, how, dice, loss);
                }
                Entry::File(node) => {
                    fs::write(path, self.nodes[node].left(how, dice, loss)).unwrap();
                }
            }
        }
    }
}

/// What a disk does with writes that nobody had it sync.
#[derive(Clone, Copy)]
enum How {
    /// None is done.
    Nothing,
    /// They are done in order up to some time.
    InOrder,
    /// Each page has its own time.
    AnyOrder,
}

impl How {
    fn of(dice: &mut Dice) -> Self {
        match dice.below(4) {
            0 => Self::Nothing,
            1 => Self::InOrder,
            _ => Self::AnyOrder,
        }
    }
}

impl Node {
    fn current(&self) -> Vec<u8> {
        let mut bytes = self.synced.clone();
        self.since.iter().for_each(|write| write.apply(&mut bytes));
        bytes
    }

    fn left(&self, how: How, dice: &mut Dice, loss: &mut Loss) -> Vec<u8> {
        let mut bytes = self.synced.clone();
        loss.writes += self.since.len();
        if self.since.is_empty() {
            return bytes;
        }
        let by_pages = matches!(how, How::AnyOrder)
            && self.since.iter().all(|w| matches!(w, Write::Bytes(..)));
        if !by_pages {
            let done = match how {
                How::Nothing => 0,
                _ => dice.below(self.since.len() + 1),
            };
            loss.pages += self.since.len() - done;
            self.since[..done].iter().for_each(|w| w.apply(&mut bytes));
            if let (Some(next), false) = (self.since.get(done), matches!(how, How::Nothing)) {
                loss.torn += usize::from(next.tear(&mut bytes, dice));
            }
            return bytes;
        }
        let mut pages: BTreeMap<usize, Vec<Write>> = BTreeMap::new();
        for write in &self.since {
            write.by_page(&mut pages);
        }
        // Now and then nearly all or nearly none of them.
        let fresh = [5, 50, 95][dice.below(3)];
        for writes in pages.values() {
            let done = match dice.below(100) < fresh {
                true => writes.len(),
                false => dice.below(writes.len() + 1),
            };
            writes[..done].iter().for_each(|w| w.apply(&mut bytes));
            if let Some(next) = writes.get(done) {
                loss.pages += 1;
                if dice.below(4) == 0 {
                    loss.torn += usize::from(next.tear(&mut bytes, dice));
                }
            }
        }
        bytes
    }
}

impl Write {
    fn apply(&self, file: &mut Vec<u8>) {
        match self {
            Self::Bytes(at, bytes) => {
                if file.len() < at + bytes.len() {
                    file.resize(at + bytes.len(), 0);
                }
                file[*at..at + bytes.len()].copy_from_slice(bytes);
            }
            Self::Length(length) => file.resize(*length, 0),
        }
    }

    /// Some of its sectors are written.
    fn tear(&self, file: &mut Vec<u8>, dice: &mut Dice) -> bool {
        let Self::Bytes(at, bytes) = self else {
            return false;
        };
        // Up to the end of a sector within it, if there is one.
        let first = SECTOR - at % SECTOR;
        let ends: Vec<_> = (first..bytes.len()).step_by(SECTOR).collect();
        let Some(end) = ends.get(dice.below(ends.len())) else {
            return false;
        };
        Self::Bytes(*at, bytes[..*end].to_vec()).apply(file);
        true
    }

    fn by_page(&self, pages: &mut BTreeMap<usize, Vec<Self>>) {
        let Self::Bytes(at, bytes) = self else {
            return;
        };
        let (mut at, mut rest) = (*at, &bytes[..]);
        while !rest.is_empty() {
            let (part, behind) = rest.split_at((PAGE - at % PAGE).min(rest.len()));
            let writes = pages.entry(at / PAGE).or_default();
            writes.push(Self::Bytes(at, part.to_vec()));
            at += part.len();
            rest = behind;
        }
    }
}

fn apply(names: &mut Names, change: &Change) {
    match change {
        Change::Added(path, entry) => drop(names.insert(path.clone(), entry.clone())),
        Change::Removed(path) => drop(names.remove(path)),
    }
}
