//! Tables with a first line of names.

use std::sync::Arc;

use csv::{ReaderBuilder, StringRecord};

use super::columns::{Columns, Places};
use super::input::{Input, Meter};
use super::{Fault, Place, Row};

/// The rows of a table.
pub(super) struct Table {
    reader: csv::Reader<Input>,
    columns: Columns,
    meter: Arc<Meter>,
    head: Option<Head>,
    over: bool,
}

/// What the first line says.
struct Head {
    places: Places,
    width: usize,
}

impl Table {
    pub(super) fn new(mut input: Input, columns: Columns) -> Self {
        let meter = Arc::clone(input.meter());
        let delimiter = delimiter(&mut input);
        let reader = ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .has_headers(false)
            .from_reader(input);
        Self {
            reader,
            columns,
            meter,
            head: None,
            over: false,
        }
    }

    /// The next record; `None` at the end.
    fn record(&mut self) -> Result<Option<(StringRecord, u64)>, Fault> {
        self.reader.get_mut().begin_part();
        let line = self.reader.position().line();
        let mut record = StringRecord::new();
        match self.reader.read_record(&mut record) {
            Ok(true) => Ok(Some((record, line))),
            Ok(false) => Ok(None),
            Err(error) => Err(match error.into_kind() {
                csv::ErrorKind::Io(error) => Fault::unreadable(line, &error),
                // It is UTF-8 and of any width; nothing else is left.
                other => Fault::end(line, format!("it cannot be read: {other:?}")),
            }),
        }
    }

    fn begin(&mut self) -> Result<Head, Fault> {
        let Some((names, line)) = self.record()? else {
            return Err(Fault::end(1, "the file is empty"));
        };
        let names: Vec<String> = names.iter().map(|name| name.trim().to_owned()).collect();
        let places = self.columns.places(&names);
        Ok(Head {
            places: places.map_err(|problem| Fault::end(line, problem))?,
            width: names.len(),
        })
    }

    fn row(&self, head: &Head, record: &StringRecord, line: u64) -> Result<Row, Fault> {
        let place = Place::Line(line);
        if record.len() != head.width {
            let problem = format!("{} values for {} columns", record.len(), head.width);
            return Err(Fault::row(place, problem));
        }
        let value = |part| {
            let value = head.places.of(part).and_then(|at| record.get(at));
            value.unwrap_or_default().to_owned()
        };
        self.columns.of_parts(value).finish(place, &self.meter)
    }
}

impl Iterator for Table {
    type Item = Result<Row, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.over {
            return None;
        }
        if self.head.is_none() {
            match self.begin() {
                Ok(head) => self.head = Some(head),
                Err(fault) => {
                    self.over = true;
                    return Some(Err(fault));
                }
            }
        }
        let record = self.record();
        self.over = !matches!(record, Ok(Some(_)));
        match (record, &self.head) {
            (Err(fault), _) => Some(Err(fault)),
            (Ok(Some((record, line))), Some(head)) => Some(self.row(head, &record, line)),
            _ => None,
        }
    }
}

/// What separates the names of the first line. Where it cannot be read, reading on tells why.
fn delimiter(input: &mut Input) -> u8 {
    let start = input.ahead(4096).unwrap_or_default();
    let line = start
        .split(|&byte| byte == b'\n')
        .next()
        .unwrap_or_default();
    let count = |delimiter: &u8| memchr::memchr_iter(*delimiter, line).count();
    [b';', b'\t', b',']
        .into_iter()
        .max_by_key(count)
        .unwrap_or(b',')
}
