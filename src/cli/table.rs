//! Aligned columns of text.

/// Rows under a heading.
pub(super) struct Table {
    rows: Vec<Vec<String>>,
    /// Whether all columns but the first stand to the right, as figures do.
    figures: bool,
}

impl Table {
    /// A table of figures with nothing but its heading: the first column to the left, all others
    /// to the right.
    pub(super) fn new(heading: &[&str]) -> Self {
        let heading = heading.iter().map(ToString::to_string).collect();
        Self {
            rows: vec![heading],
            figures: true,
        }
    }

    /// A table of words with nothing but its heading: all columns to the left.
    pub(super) fn of_words(heading: &[&str]) -> Self {
        Self {
            figures: false,
            ..Self::new(heading)
        }
    }

    /// Adds a row.
    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// Whether there is nothing below the heading.
    pub(super) fn is_empty(&self) -> bool {
        self.rows.len() < 2
    }

    /// The lines.
    pub(super) fn render(&self) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let mut widths = vec![0; columns];
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = cell.chars().count().max(*width);
            }
        }
        let mut text = String::new();
        for row in &self.rows {
            let mut line = String::new();
            for (at, (cell, &width)) in row.iter().zip(&widths).enumerate() {
                line.push_str(if at == 0 { "" } else { "  " });
                line.push_str(&match at > 0 && self.figures {
                    true => format!("{cell:>width$}"),
                    false => format!("{cell:width$}"),
                });
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned() {
        let mut table = Table::new(&["source", "spam"]);
        assert!(table.is_empty());
        table.row(["é".to_owned(), "12345".to_owned()]);
        table.row(["a long name".to_owned(), "1".to_owned()]);
        assert_eq!(
            table.render(),
            "source        spam\né            12345\na long name      1\n"
        );
        let mut table = Table::of_words(&["id", "name"]);
        table.row(["1".to_owned(), "x".to_owned()]);
        assert_eq!(table.render(), "id  name\n1   x\n");
    }
}
