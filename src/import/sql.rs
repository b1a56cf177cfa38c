//! Dumps of databases, statement by statement: `INSERT` and `REPLACE` of MySQL, MariaDB, PostgreSQL and
//! SQLite, PostgreSQL's `COPY`, and `CREATE TABLE` for the names of columns. Everything else is skipped.

mod copy;
mod scan;
mod values;

use std::collections::{HashMap, VecDeque};
use std::io;
use std::rc::Rc;

use super::input::Input;
use super::{Fault, Place};

use self::scan::{Scan, Word};

/// Most columns of a table, and most tables.
const MOST: usize = 4096;

/// How strings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// Backslashes are escapes, `"` may hold a string.
    Mysql,
    /// Backslashes are themselves, but for strings `E'…'`; `"` holds a name.
    Standard,
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Record {
    /// Name of the table, without a schema.
    pub(super) table: Rc<str>,
    /// Where it ends.
    pub(super) line: u64,
    columns: Rc<[String]>,
    values: Vec<Option<String>>,
}

impl Record {
    /// The value of a column; empty if it is NULL or not there.
    pub(super) fn text(&self, column: &str) -> &str {
        self.value(column).unwrap_or_default()
    }

    /// The same taken out.
    pub(super) fn take(&mut self, column: &str) -> String {
        let at = self.at(column);
        at.and_then(|at| self.values[at].take()).unwrap_or_default()
    }

    fn value(&self, column: &str) -> Option<&str> {
        self.values[self.at(column)?].as_deref()
    }

    fn at(&self, column: &str) -> Option<usize> {
        let mut columns = self.columns.iter();
        columns.position(|name| name.eq_ignore_ascii_case(column))
    }
}

/// The rows of the tables that are wanted.
pub(super) struct Dump {
    scan: Scan,
    wanted: fn(&str) -> bool,
    /// The columns of tables, by their lower-case names.
    tables: HashMap<String, Rc<[String]>>,
    under_way: Option<Statement>,
    faults: VecDeque<Fault>,
    over: bool,
}

/// A statement that brings rows.
struct Statement {
    table: Rc<str>,
    columns: Rc<[String]>,
    copies: bool,
}

/// What is wrong with a statement or with the file.
#[derive(Debug)]
enum Wrong {
    /// The row or statement makes no sense.
    Sense(&'static str),
    /// The file ends, or cannot be read.
    File(io::Error),
}

impl From<io::Error> for Wrong {
    fn from(error: io::Error) -> Self {
        Self::File(error)
    }
}

impl Dump {
    pub(super) fn new(input: Input, dialect: Dialect, wanted: fn(&str) -> bool) -> Self {
        Self {
            scan: Scan::new(input, dialect),
            wanted,
            tables: HashMap::new(),
            under_way: None,
            faults: VecDeque::new(),
            over: false,
        }
    }

    pub(super) fn input(&self) -> &Input {
        self.scan.input()
    }

    /// Reads on to the next row. `None` when nothing came of what was read, but more may follow.
    fn step(&mut self) -> Result<Option<Record>, Wrong> {
        let Some(statement) = &self.under_way else {
            self.begin_statement()?;
            return Ok(None);
        };
        self.scan.begin_part();
        let values = match statement.copies {
            true => copy::row(&mut self.scan)?,
            false => values::row(&mut self.scan)?,
        };
        let Some(values) = values else {
            self.under_way = None;
            return Ok(None);
        };
        let (table, columns) = (Rc::clone(&statement.table), Rc::clone(&statement.columns));
        let line = self.scan.input().line();
        if values.len() != columns.len() {
            let problem = format!("{} values for {} columns", values.len(), columns.len());
            self.faults
                .push_back(Fault::row(Place::Line(line), problem));
            return Ok(None);
        }
        Ok(Some(Record {
            table,
            line,
            columns,
            values,
        }))
    }

    fn begin_statement(&mut self) -> Result<(), Wrong> {
        self.scan.begin_part();
        let Some(word) = self.scan.word()? else {
            match self.scan.space()? {
                None => self.over = true,
                Some(_) => self.scan.skip_statement()?,
            }
            return Ok(());
        };
        if word.is("INSERT") || word.is("REPLACE") {
            self.insert()
        } else if word.is("COPY") {
            self.copy()
        } else if word.is("CREATE") {
            self.create()
        } else {
            Ok(self.scan.skip_statement()?)
        }
    }

    fn insert(&mut self) -> Result<(), Wrong> {
        let mut word = self.scan.word()?;
        while word.as_ref().is_some_and(|word| {
            ["IGNORE", "LOW_PRIORITY", "DELAYED", "OR", "REPLACE"]
                .iter()
                .any(|known| word.is(known))
        }) {
            word = self.scan.word()?;
        }
        if !word.is_some_and(|word| word.is("INTO")) {
            return Ok(self.scan.skip_statement()?);
        }
        let table = self.table()?;
        if !(self.wanted)(&table) {
            return Ok(self.scan.skip_statement()?);
        }
        let columns = match self.scan.space()? {
            Some(b'(') => self.names()?.into(),
            _ => self.known(&table)?,
        };
        let word = self.scan.word()?;
        if !word.is_some_and(|word| word.is("VALUES") || word.is("VALUE")) {
            return Err(Wrong::Sense("an INSERT without VALUES"));
        }
        self.under_way = Some(Statement {
            table: table.into(),
            columns,
            copies: false,
        });
        Ok(())
    }

    fn copy(&mut self) -> Result<(), Wrong> {
        let table = self.table()?;
        let columns = match self.scan.space()? {
            Some(b'(') => self.names()?.into(),
            _ => self.known(&table).unwrap_or_default(),
        };
        let from = self.scan.word()?.is_some_and(|word| word.is("FROM"));
        let stdin = self.scan.word()?.is_some_and(|word| word.is("STDIN"));
        self.scan.skip_statement()?;
        if !(from && stdin) {
            return Ok(());
        }
        self.scan.skip_line()?;
        if (self.wanted)(&table) {
            self.under_way = Some(Statement {
                table: table.into(),
                columns,
                copies: true,
            });
            return Ok(());
        }
        Ok(copy::skip(&mut self.scan)?)
    }

    fn create(&mut self) -> Result<(), Wrong> {
        let mut word = self.scan.word()?;
        while word.as_ref().is_some_and(|word| {
            ["TEMPORARY", "TEMP", "UNLOGGED", "GLOBAL", "LOCAL"]
                .iter()
                .any(|known| word.is(known))
        }) {
            word = self.scan.word()?;
        }
        if word.is_some_and(|word| word.is("TABLE")) {
            let table = self.table()?;
            if (self.wanted)(&table) && self.scan.space()? == Some(b'(') {
                let columns = self.definitions()?;
                if self.tables.len() < MOST {
                    let table = table.to_lowercase();
                    self.tables.insert(table, columns.into());
                }
            }
        }
        Ok(self.scan.skip_statement()?)
    }

    /// The columns that a `CREATE TABLE` named.
    fn known(&self, table: &str) -> Result<Rc<[String]>, Wrong> {
        let known = self.tables.get(&table.to_lowercase());
        known.cloned().ok_or(Wrong::Sense(
            "an INSERT without names of columns into a table that was not created before it",
        ))
    }

    /// The name of a table, without `IF NOT EXISTS`, `ONLY` and a schema.
    fn table(&mut self) -> Result<String, Wrong> {
        let mut name = self.name()?;
        while !name.quoted && ["IF", "NOT", "EXISTS", "ONLY"].iter().any(|w| name.is(w)) {
            name = self.name()?;
        }
        while self.scan.space()? == Some(b'.') {
            self.scan.bump()?;
            name = self.name()?;
        }
        Ok(name.text)
    }

    fn name(&mut self) -> Result<Word, Wrong> {
        self.scan
            .word()?
            .ok_or(Wrong::Sense("a name is missing in a statement"))
    }

    /// Names in parentheses.
    fn names(&mut self) -> Result<Vec<String>, Wrong> {
        let mut names = Vec::new();
        self.scan.bump()?;
        loop {
            names.push(self.name()?.text);
            match self.scan.space()? {
                Some(b',') if names.len() < MOST => self.scan.bump()?,
                Some(b')') => {
                    self.scan.bump()?;
                    return Ok(names);
                }
                _ => return Err(Wrong::Sense("a list of columns that makes no sense")),
            };
        }
    }

    /// The names of columns in the parentheses of a `CREATE TABLE`.
    fn definitions(&mut self) -> Result<Vec<String>, Wrong> {
        const NO_COLUMN: [&str; 11] = [
            "PRIMARY",
            "UNIQUE",
            "KEY",
            "INDEX",
            "CONSTRAINT",
            "FOREIGN",
            "CHECK",
            "FULLTEXT",
            "SPATIAL",
            "EXCLUDE",
            "LIKE",
        ];
        let mut names = Vec::new();
        self.scan.bump()?;
        loop {
            let name = self.name()?;
            if name.quoted || !NO_COLUMN.iter().any(|word| name.is(word)) {
                names.push(name.text);
            }
            if !self.scan.skip_definition()? || names.len() == MOST {
                return Ok(names);
            }
        }
    }
}

impl Iterator for Dump {
    type Item = Result<Record, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(fault) = self.faults.pop_front() {
                return Some(Err(fault));
            }
            if self.over {
                return None;
            }
            match self.step() {
                Ok(Some(record)) => return Some(Ok(record)),
                Ok(None) => {}
                Err(Wrong::Sense(problem)) => {
                    let place = Place::Line(self.input().line());
                    self.faults.push_back(Fault::row(place, problem));
                    self.under_way = None;
                    if let Err(error) = self.scan.skip_statement() {
                        self.end(&error);
                    }
                }
                Err(Wrong::File(error)) => self.end(&error),
            }
        }
    }
}

impl Dump {
    fn end(&mut self, error: &io::Error) {
        let line = self.input().line();
        self.faults.push_back(Fault::unreadable(line, error));
        self.over = true;
    }
}

#[cfg(test)]
mod tests;
