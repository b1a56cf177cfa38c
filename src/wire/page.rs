//! Long lists, a page at a time.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Page<T> {
    /// The entries, in the order of the list.
    pub items: Vec<T>,
    /// What to send as `cursor` to get the page after this one; `null` on the last.
    pub next_cursor: Option<String>,
}

/// Which page is wanted.
#[derive(Debug, Clone, PartialEq, Eq, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageRequest {
    /// Most entries on it.
    #[param(required = false, minimum = 1, maximum = 1000, default = 100)]
    pub limit: usize,
    /// The place that the page before ended at.
    pub cursor: Option<String>,
}

impl PageRequest {
    /// Entries on a page unless the caller says otherwise.
    pub const USUAL: usize = 100;
    /// Most entries on a page.
    pub const MOST: usize = 1000;
}

impl<T> Page<T> {
    /// The page of a whole list that is sorted by what `name` makes of its entries. It holds still
    /// while entries come and go elsewhere: it begins after the last name of the page before.
    pub fn of_sorted<E, N: Ord + ToString>(
        list: Vec<E>,
        request: &PageRequest,
        after: Option<&N>,
        name: impl Fn(&E) -> N,
        show: impl Fn(E) -> T,
    ) -> Self {
        let begins = list.partition_point(|entry| after.is_some_and(|after| name(entry) <= *after));
        let mut rest = list.into_iter().skip(begins).peekable();
        let mut items = Vec::new();
        let mut last = None;
        for entry in rest.by_ref().take(request.limit) {
            last = Some(name(&entry));
            items.push(show(entry));
        }
        let more = rest.peek().is_some();
        Self {
            items,
            next_cursor: last.filter(|_| more).map(|name| name.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_hold_still_while_entries_come_and_go() {
        let page = |list: &[u32], after: Option<u32>| {
            let request = PageRequest {
                limit: 2,
                cursor: None,
            };
            Page::of_sorted(list.to_vec(), &request, after.as_ref(), |n| *n, |n| n)
        };
        let first = page(&[1, 3, 5], None);
        assert_eq!(
            (&first.items[..], first.next_cursor.as_deref()),
            (&[1, 3][..], Some("3"))
        );
        let second = page(&[2, 5], Some(3));
        assert_eq!((&second.items[..], second.next_cursor), (&[5][..], None));
        assert!(page(&[], Some(3)).items.is_empty());
    }
}
