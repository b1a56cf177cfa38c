//! XML piece by piece, and the comments that the pieces come to. Entities that a document defines itself are
//! never expanded: they stay as they stand.

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::draft::Draft;
use super::input::{Input, told};
use super::{Fault, Place, Row};

/// Deepest nesting. Exports have 5 levels.
const DEEPEST: usize = 1000;

/// What the elements of an export mean.
pub(super) trait Elements {
    /// An element begins.
    fn start(&mut self, tag: &Tag);
    /// Text stands in the element of that name.
    fn text(&mut self, element: &str, text: &str);
    /// An element ends; answers with the comment that it completes.
    fn end(&mut self, name: &str) -> Option<Draft>;
}

/// The comments of an export.
pub(super) struct Comments<E> {
    xml: Xml,
    elements: E,
    /// The element whose text is being read.
    element: String,
    over: bool,
}

impl<E: Elements> Comments<E> {
    pub(super) fn new(input: Input, elements: E) -> Self {
        Self {
            xml: Xml::new(input),
            elements,
            element: String::new(),
            over: false,
        }
    }
}

impl<E: Elements> Iterator for Comments<E> {
    type Item = Result<Row, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.over {
            match self.xml.next() {
                Ok(Some(Piece::Start(tag))) => {
                    self.elements.start(&tag);
                    self.element = tag.name;
                }
                Ok(Some(Piece::Text(text))) => self.elements.text(&self.element, &text),
                Ok(Some(Piece::End(name))) => {
                    self.element.clear();
                    if let Some(draft) = self.elements.end(&name) {
                        let input = self.xml.input();
                        return Some(draft.finish(Place::Line(input.line()), input.meter()));
                    }
                }
                Ok(None) => self.over = true,
                Err(fault) => {
                    self.over = true;
                    return Some(Err(fault));
                }
            }
        }
        None
    }
}

/// A document that is being read.
struct Xml {
    reader: Reader<Input>,
    buffer: Vec<u8>,
    depth: usize,
}

/// A piece of it. Names are with their prefixes.
enum Piece {
    Start(Tag),
    End(String),
    Text(String),
}

/// The beginning of an element.
pub(super) struct Tag {
    pub(super) name: String,
    /// The value of its attribute `id`, whatever the prefix.
    pub(super) id: String,
}

impl Xml {
    fn new(input: Input) -> Self {
        let mut reader = Reader::from_reader(input);
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        config.allow_dangling_amp = true;
        Self {
            reader,
            buffer: Vec::new(),
            depth: 0,
        }
    }

    fn input(&self) -> &Input {
        self.reader.get_ref()
    }

    /// The next piece; `None` at the end.
    fn next(&mut self) -> Result<Option<Piece>, Fault> {
        loop {
            self.reader.get_mut().begin_part();
            self.buffer.clear();
            let event = self.reader.read_event_into(&mut self.buffer);
            let piece = match event {
                Ok(Event::Start(start)) => {
                    self.depth += 1;
                    Piece::Start(tag(&start))
                }
                Ok(Event::End(end)) => {
                    self.depth = self.depth.saturating_sub(1);
                    Piece::End(end.name().as_ref().to_owned())
                }
                Ok(Event::Text(text)) => Piece::Text(text.into_inner().into_owned()),
                Ok(Event::CData(text)) => Piece::Text(text.into_inner().into_owned()),
                Ok(Event::GeneralRef(entity)) => Piece::Text(character(&entity)),
                Ok(Event::Eof) if self.depth == 0 => return Ok(None),
                Ok(Event::Eof) => return Err(self.ends("the file ends within an element")),
                Ok(_) => continue,
                Err(quick_xml::Error::Io(error)) => return Err(self.ends(&told(&error))),
                Err(error) => return Err(self.ends(&format!("the XML is broken: {error}"))),
            };
            if self.depth > DEEPEST {
                return Err(self.ends("its elements are nested without end"));
            }
            return Ok(Some(piece));
        }
    }

    fn ends(&self, problem: &str) -> Fault {
        Fault::end(self.input().line(), problem)
    }
}

fn tag(start: &BytesStart<'_>) -> Tag {
    let mut attributes = start.attributes();
    let mut attributes = attributes.with_checks(false).flatten();
    let id = attributes.find(|attribute| attribute.key.local_name().as_ref() == "id");
    Tag {
        name: start.name().as_ref().to_owned(),
        id: id.map(|id| id.value.into_owned()).unwrap_or_default(),
    }
}

fn character(entity: &BytesRef<'_>) -> String {
    if let Ok(Some(char)) = entity.resolve_char_ref() {
        return char.to_string();
    }
    let name: &str = entity;
    match resolve_predefined_entity(name) {
        Some(text) => text.to_owned(),
        None => format!("&{name};"),
    }
}
