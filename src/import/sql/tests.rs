#![allow(clippy::unwrap_used)]

use std::io::Read;
use std::sync::Arc;

use proptest::prelude::*;

use super::*;

/// Brings a few bytes at a time.
struct Pieces(Vec<u8>, usize, usize);

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = &self.0[self.2..];
        let count = self.1.min(rest.len()).min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.2 += count;
        Ok(count)
    }
}

/// The rows of tables `t`, as `column=value` with `-` for NULL, and the faults.
fn read(text: &str, dialect: Dialect, piece: usize) -> (Vec<String>, Vec<String>) {
    let input = Input::new(Pieces(text.as_bytes().to_vec(), piece, 0), &Arc::default());
    let (mut rows, mut faults) = (Vec::new(), Vec::new());
    for record in Dump::new(input, dialect, |table| table == "t") {
        match record {
            Ok(record) => {
                let pairs = record.columns.iter().zip(&record.values);
                let pairs = pairs.map(|(name, value)| match value {
                    Some(value) => format!("{name}={value}"),
                    None => format!("{name}-"),
                });
                rows.push(pairs.collect::<Vec<_>>().join("|"));
            }
            Err(fault) => faults.push(fault.to_string()),
        }
    }
    (rows, faults)
}

fn sound(text: &str, dialect: Dialect) -> Vec<String> {
    let whole = read(text, dialect, 10_000);
    assert_eq!(read(text, dialect, 1), whole, "piece by piece");
    assert_eq!(whole.1, [""; 0]);
    whole.0
}

#[test]
fn a_dump_of_mariadb() {
    let text = r"-- MariaDB dump 10.19  Distrib 10.11
/*!40101 SET NAMES utf8mb4 */;
DROP TABLE IF EXISTS `t`;
CREATE TABLE `t` (
  `a` bigint(20) unsigned NOT NULL AUTO_INCREMENT,
  `b` varchar(9) DEFAULT 'x,)', # a comment; with `things`
  `key` enum('a','b;') NOT NULL,
  PRIMARY KEY (`a`),
  KEY `b` (`b`(10))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='it''s; here';
LOCK TABLES `t` WRITE;
INSERT INTO `t` VALUES
(1,'it\'s \\ \n ''q'' ; (x) -- no',NULL),
(-2,_binary 'raw',0x6869),(3,'','a');
UNLOCK TABLES;
INSERT INTO `other` VALUES ('); INSERT INTO `t` VALUES (9,9,9)');
INSERT IGNORE INTO `db`.`t` (`b`, `a`) VALUES ('z', 4) ON DUPLICATE KEY UPDATE a = 'x;';
";
    let rows = sound(text, Dialect::Mysql);
    assert_eq!(
        rows,
        [
            "a=1|b=it's \\ \n 'q' ; (x) -- no|key-",
            "a=-2|b=raw|key=hi",
            "a=3|b=|key=a",
            "b=z|a=4"
        ]
    );
}

#[test]
fn a_dump_of_postgresql() {
    let text = r#"
SET standard_conforming_strings = on;
CREATE FUNCTION public.f() RETURNS trigger LANGUAGE plpgsql AS $x$ BEGIN; 'open $y$ "
END; $x$;
CREATE TABLE public.t (a uuid DEFAULT 'x'::text, b text);
COPY public.other (a) FROM stdin;
it's ; (
\.
COPY public.t (a, b) FROM stdin;
1	it's\ta\\b\nc
2	\N
\.

INSERT INTO public.t (a, b) VALUES (E'a\'b', 'a\b'::text), (true, 1.5e3);
"#;
    let rows = sound(text, Dialect::Standard);
    assert_eq!(
        rows,
        [
            "a=1|b=it's\ta\\b\nc",
            "a=2|b-",
            "a=a'b|b=a\\b",
            "a=true|b=1.5e3"
        ]
    );
}

#[test]
fn a_dump_of_sqlite() {
    let text = "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n\
        CREATE TABLE IF NOT EXISTS \"t\" (a REFERENCES x(id), b INTEGER PRIMARY KEY, [c d] VARCHAR, CHECK (a > 0));\n\
        INSERT INTO t VALUES(1,NULL,X'00ff41');\n\
        INSERT INTO t VALUES(2,replace('a\\nb\\n','\\n',char(10)),'\"');\n\
        INSERT INTO t VALUES(3,unistr('a\\u000ab\\\\'),'');\nCOMMIT;\n";
    let rows = sound(text, Dialect::Standard);
    assert_eq!(
        rows,
        [
            "a=1|b-|c d=\0\u{fffd}A",
            "a=2|b=a\nb\n|c d=\"",
            "a=3|b=a\nb\\|c d="
        ]
    );
}

#[test]
fn a_bad_row_does_not_take_the_next_statement_with_it() {
    let text = "INSERT INTO t (a,b) VALUES (1,2),(3),(4,5);\nINSERT INTO t (a) VALUES (now(), 1);\n\
                INSERT INTO t VALUES (1);\nINSERT INTO t (a) VALUES (6);\nINSERT INTO t (a) VALUES ('open";
    let (rows, faults) = read(text, Dialect::Mysql, 10_000);
    assert_eq!(rows, ["a=1|b=2", "a=4|b=5", "a=6"]);
    assert_eq!(
        faults,
        [
            "line 1: 1 values for 2 columns",
            "line 2: a function that a dump does not need",
            "line 3: an INSERT without names of columns into a table that was not created before it",
            "line 5: the file ends too early"
        ]
    );
}

/// A value as each dialect writes it.
fn written(value: &Option<String>, dialect: Dialect) -> String {
    match (value, dialect) {
        (None, _) => "NULL".to_owned(),
        (Some(text), Dialect::Standard) => format!("'{}'", text.replace('\'', "''")),
        (Some(text), Dialect::Mysql) => {
            let text = text.replace('\\', "\\\\").replace('\'', "\\'");
            format!("'{}'", text.replace('\n', "\\n").replace('\0', "\\0"))
        }
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        rows in prop::collection::vec(prop::collection::vec(prop::option::of("[-a-z'\"\\\\;(),\n\t\0$é/*#]{0,12}"), 3), 1..5),
        mysql: bool,
        piece in 1usize..40,
    ) {
        let dialect = if mysql { Dialect::Mysql } else { Dialect::Standard };
        let tuples: Vec<_> = rows.iter().map(|row| {
            let values: Vec<_> = row.iter().map(|value| written(value, dialect)).collect();
            format!("({})", values.join(","))
        }).collect();
        let text = format!("CREATE TABLE t (a text, b text, c text);\nINSERT INTO t VALUES {};\n", tuples.join(",\n"));
        let expected: Vec<_> = rows.iter().map(|row| {
            let pairs = ["a", "b", "c"].iter().zip(row);
            pairs.map(|(name, value)| match value {
                Some(value) => format!("{name}={value}"),
                None => format!("{name}-"),
            }).collect::<Vec<_>>().join("|")
        }).collect();
        prop_assert_eq!(read(&text, dialect, piece), (expected, Vec::new()));
    }

    #[test]
    fn copied_rows_are_read(
        rows in prop::collection::vec(prop::collection::vec(prop::option::of("[a-z'\\\\;\n\t.N]{0,8}"), 2), 1..5),
        piece in 1usize..40,
    ) {
        let escaped = |text: &String| text.replace('\\', "\\\\").replace('\n', "\\n").replace('\t', "\\t");
        let lines: String = rows.iter().map(|row| {
            let values: Vec<_> = row.iter().map(|v| v.as_ref().map_or("\\N".to_owned(), escaped)).collect();
            values.join("\t") + "\n"
        }).collect();
        let text = format!("COPY public.t (a, b) FROM stdin;\n{lines}\\.\n");
        let expected: Vec<_> = rows.iter().map(|row| {
            let pairs = ["a", "b"].iter().zip(row);
            pairs.map(|(name, value)| match value {
                Some(value) => format!("{name}={value}"),
                None => format!("{name}-"),
            }).collect::<Vec<_>>().join("|")
        }).collect();
        prop_assert_eq!(read(&text, Dialect::Standard, piece), (expected, Vec::new()));
    }

    #[test]
    fn any_text_comes_to_an_end(text in "(INSERT INTO t |COPY t |CREATE TABLE t |VALUES |\\(|\\)|'|\"|;|,|a|\\\\|\\$|/\\*|--|\n| |FROM stdin|E'){0,30}", mysql: bool) {
        let dialect = if mysql { Dialect::Mysql } else { Dialect::Standard };
        let (rows, faults) = read(&text, dialect, 7);
        prop_assert!(rows.len() + faults.len() <= text.len() + 2);
    }
}
