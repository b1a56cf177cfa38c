//! The chain of filters that turns a comment into features, over buffers that are used again.

use std::borrow::Cow;
use std::ops::Range;

use super::address::Address;
use super::clue::{Clue, Feature};
use super::features::Features;
use super::find::{self, Found};
use super::grams::{grams, letters_of, pair, spell, split_words};
use super::kind::{self, Kind, mix, mix_bytes};
use super::markup::{Form, Link, Page};
use super::plain::plain;
use super::quoted::quotations;
use super::sink::Sink;
use super::stream::Stream;
use super::words::{undisguise, words};
use super::{author, shape, topic};
use crate::comment::Comment;

/// Bytes of a comment's beginning that are read. What spam wants to say fits in there, and what a
/// filter must answer in milliseconds cannot be endless.
const HEAD: usize = 12_000;
/// Bytes of a longer comment's end that are read as well, where spam hides behind padding.
const TAIL: usize = 4_000;
/// Links that are looked at one by one; all are counted.
const LINKS: usize = 24;
/// Stands in the stream for an address.
pub(super) const LINK_MARK: char = '\u{1}';

/// Reads comments. Keeps its buffers from one comment to the next: one for each thread.
#[derive(Debug, Default)]
pub struct Analyser {
    pub(super) page: Page,
    pub(super) stream: Stream,
    pub(super) words: Vec<Range<u32>>,
    pub(super) links: Vec<(Link, Option<Address>)>,
    pub(super) contacts: Contacts,
    pub(super) disguised: u32,
    pub(super) quotations: Vec<Range<usize>>,
    found: Vec<(Range<usize>, Found)>,
    word: Vec<u8>,
    sink: Sink,
}

/// Ways of getting in touch that stand in the text.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Contacts {
    pub mails: u32,
    pub phones: u32,
}

impl Analyser {
    /// Reads a comment; the features come in the order in which they were seen, each once.
    pub fn analyse(&mut self, comment: &Comment) -> &[Feature] {
        self.sink.clear();
        self.disguised = 0;
        self.contacts = Contacts::default();
        self.read(&comment.content);
        self.text_features();
        self.link_features();
        author::features(
            comment,
            self.page.text.as_str(),
            &self.links,
            &mut self.sink,
        );
        topic::features(comment, &self.stream.chars, &self.words, &mut self.sink);
        let mut sink = std::mem::take(&mut self.sink);
        shape::features(self, comment, &mut |name, size| {
            sink.shape(Kind::Shape, name, size)
        });
        self.sink = sink;
        self.sink.features()
    }

    /// The features of the comment read last.
    pub fn features(&self) -> Features {
        Features::from_unordered(self.sink.features().iter().map(|f| f.id).collect())
    }

    /// The features of the comment read last, in the order in which they were seen.
    pub fn seen(&self) -> &[Feature] {
        self.sink.features()
    }

    /// Number of characters of the normalised text.
    pub fn text_length(&self) -> usize {
        self.stream.chars.len()
    }

    /// The words, as ranges of the normalised text's characters.
    pub fn word_ranges(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        self.words.iter().map(|r| r.start as usize..r.end as usize)
    }

    /// What stands in the comment at these characters of the normalised text, as it was written
    /// but for white space.
    pub fn original(&self, range: Range<usize>) -> String {
        if self.stream.chars.get(range.start) == Some(&LINK_MARK) {
            return String::new();
        }
        let origin = |at: usize| self.stream.origins.get(at).map(|o| *o as usize);
        let start = origin(range.start).unwrap_or(0);
        let end = origin(range.end).unwrap_or(self.page.text.len());
        let text = self.page.text.get(start..end).unwrap_or_default();
        let mut words = String::new();
        for word in text
            .trim_matches(|c: char| !c.is_alphanumeric())
            .split_whitespace()
        {
            if !words.is_empty() {
                words.push(' ');
            }
            words.push_str(word);
        }
        words
    }

    /// A property of the whole comment, by its number: name and size.
    pub fn shape(&self, number: u16) -> (&'static str, u32) {
        let shapes = &self.sink.shapes;
        shapes.get(usize::from(number)).copied().unwrap_or_default()
    }

    /// Equal for the same characters of the normalised text.
    pub fn hash(&self, range: Range<usize>) -> u64 {
        let chars = &self.stream.chars[range];
        chars.iter().fold(0, |hash, &c| mix(hash, c.into()))
    }

    /// The number of the first link that goes to the same host as this one.
    pub fn first_alike(&self, number: usize) -> usize {
        let host = |number: usize| {
            let (link, address) = self.links.get(number)?;
            Some(match address {
                Some(address) => &address.host,
                None => &link.target,
            })
        };
        let same = |earlier: &usize| host(*earlier) == host(number);
        (0..number).find(same).unwrap_or(number)
    }

    /// Where a link goes, by its number.
    pub fn link(&self, number: usize) -> String {
        let Some((link, address)) = self.links.get(number) else {
            return String::new();
        };
        match address {
            Some(address) => address.host.clone(),
            None => link.target.chars().take(60).collect(),
        }
    }

    /// Content -> page, links, stream, words.
    pub(super) fn read(&mut self, content: &str) {
        let content = match cut(content) {
            Some(cut) => Cow::Owned(cut),
            None => Cow::Borrowed(content),
        };
        self.page.read(&turned_round(&content));
        find::find(&self.page.text, &mut self.found);
        self.links.clear();
        for link in self.page.links.drain(..) {
            let address = Address::parse(&link.target);
            self.links.push((link, address));
        }
        self.stream.clear();
        let text = self.page.text.as_str();
        self.stream.space(0);
        let mut from = 0;
        for (range, kind) in &self.found {
            self.stream.push(&text[from..range.start], from);
            from = range.end;
            self.stream.space(range.start);
            match kind {
                Found::Mail => {
                    self.contacts.mails += 1;
                    self.stream.put('@', range.start);
                }
                Found::Phone => {
                    self.contacts.phones += 1;
                    self.stream.put('#', range.start);
                }
                Found::Web | Found::Obfuscated => {
                    self.stream.put(LINK_MARK, range.start);
                    self.links.push(bare_link(text, range, *kind));
                }
            }
            self.stream.space(range.start);
        }
        self.stream.push(&text[from..], from);
        self.stream.space(text.len());
        words(&self.stream.chars, &mut self.words);
        quotations(&self.stream.chars, &mut self.quotations);
    }

    fn text_features(&mut self) {
        let chars = self.stream.chars.as_slice();
        // Of what is quoted the words alone count: a person who complains of spam repeats its phrases.
        let mut own = 0;
        for quoted in &self.quotations {
            grams(&chars[own..quoted.start], own as u32, None, &mut self.sink);
            own = quoted.end;
        }
        grams(&chars[own..], own as u32, None, &mut self.sink);
        let mut quotations = self.quotations.iter().peekable();
        let text = &mut self.word;
        let mut previous = [None::<u64>; 2];
        for range in &self.words {
            let word = &chars[range.start as usize..range.end as usize];
            let clue = Clue::Text(range.start, range.end);
            spell(word, text);
            self.sink.put_id(kind::feature_of(Kind::Word, text), clue);
            let hash = mix_bytes(0, text);
            while quotations
                .next_if(|q| q.end <= range.start as usize)
                .is_some()
            {}
            let quoted = quotations
                .peek()
                .is_some_and(|q| q.start <= range.start as usize);
            if quoted {
                previous = [None; 2];
            } else {
                if let Some(before) = previous[1] {
                    self.sink.put_id(pair(Kind::Pair, before, hash), clue);
                }
                if let Some(before) = previous[0] {
                    self.sink.put_id(pair(Kind::Gap, before, hash), clue);
                }
                previous = [previous[1], Some(hash)];
            }
            if let Some(meant) = undisguise(word) {
                self.disguised += 1;
                self.sink.put(Kind::Word, &meant, clue);
                self.sink.put(Kind::Disguised, &meant, clue);
                if !quoted {
                    let padded: Vec<char> = format!(" {meant} ").chars().collect();
                    grams(&padded, range.start, Some(clue), &mut self.sink);
                }
            }
        }
        self.spaced_out();
        for word in self
            .page
            .hidden
            .split(|c: char| !c.is_alphanumeric())
            .filter(|w| !w.is_empty())
            .take(40)
        {
            self.sink
                .put(Kind::Hidden, &word.to_lowercase(), Clue::Hidden);
        }
    }

    /// Words written letter by letter: `v i a g r a`, `v.i.a.g.r.a`.
    fn spaced_out(&mut self) {
        let chars = self.stream.chars.as_slice();
        let mut from = 0;
        while from < self.words.len() {
            let single = |r: &Range<u32>| {
                r.end - r.start == 1
                    && chars[r.start as usize].is_alphabetic()
                    && !super::stream::Script::of(chars[r.start as usize]).is_unspaced()
            };
            let run = self.words[from..].iter().take_while(|r| single(r)).count();
            if run >= 4 {
                let letters = &self.words[from..from + run];
                let meant: String = letters.iter().map(|r| chars[r.start as usize]).collect();
                let clue = Clue::Text(letters[0].start, letters[run - 1].end);
                self.disguised += 1;
                self.sink.put(Kind::Word, &meant, clue);
                self.sink.put(Kind::Disguised, &meant, clue);
                let padded: Vec<char> = format!(" {meant} ").chars().collect();
                grams(&padded, letters[0].start, Some(clue), &mut self.sink);
            }
            from += run.max(1);
        }
    }

    fn link_features(&mut self) {
        for (number, (link, address)) in self.links.iter().take(LINKS).enumerate() {
            // At most LINKS of them.
            let clue = Clue::Link(number as u16);
            for word in split_words(&self.page.text[link.label.clone()]).take(20) {
                self.sink.put(Kind::Label, &word, clue);
            }
            let Some(address) = address else { continue };
            let sink = &mut self.sink;
            sink.put(Kind::LinkHost, &address.host, clue);
            sink.put(Kind::LinkDomain, address.domain(), clue);
            if !address.suffix().is_empty() {
                sink.put(Kind::LinkSuffix, address.suffix(), clue);
            }
            for word in split_words(&address.host)
                .chain(split_words(&address.path))
                .take(24)
            {
                sink.put(Kind::LinkWord, &word, clue);
            }
            letters_of(address.domain(), Kind::LinkGram, clue, sink);
        }
    }
}

/// Beginning and end of a comment that is too long.
fn cut(content: &str) -> Option<String> {
    if content.len() <= HEAD + TAIL {
        return None;
    }
    let head = content.floor_char_boundary(HEAD);
    let tail = content.ceil_char_boundary(content.len() - TAIL);
    Some(format!("{} {}", &content[..head], &content[tail..]))
}

/// Shows text that is turned round on the screen as a reader sees it.
fn turned_round(content: &str) -> Cow<'_, str> {
    const BACKWARDS: char = '\u{202e}';
    if !content.contains(BACKWARDS) {
        return Cow::Borrowed(content);
    }
    let mut text = String::with_capacity(content.len());
    for (number, part) in content.split(BACKWARDS).enumerate() {
        if number == 0 {
            text.push_str(part);
            continue;
        }
        let end = part.find(['\u{202c}', '\n', '<']).unwrap_or(part.len());
        // The sign stays, so that the trick is counted.
        text.push(BACKWARDS);
        text.extend(part[..end].chars().rev());
        text.push_str(&part[end..]);
    }
    Cow::Owned(text)
}

fn bare_link(text: &str, range: &Range<usize>, kind: Found) -> (Link, Option<Address>) {
    let written = &text[range.clone()];
    let (target, form) = if kind == Found::Obfuscated {
        (find::deobfuscated(&plain(written)), Form::Obfuscated)
    } else {
        (plain(written).into_owned(), Form::Bare)
    };
    let address = Address::parse(&target);
    let link = Link {
        target,
        label: range.start..range.start,
        form,
    };
    (link, address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_turned_round_is_read_as_it_is_seen() {
        for (written, seen) in [
            (
                "buy \u{202e}argaiv\u{202c} now",
                "buy \u{202e}viagra\u{202c} now",
            ),
            ("\u{202e}onisac\nfree", "\u{202e}casino\nfree"),
            ("as it is", "as it is"),
        ] {
            assert_eq!(turned_round(written), seen);
        }
    }
}
