//! Inside HTML tags: where they end, what their attributes say.

/// Place of the `>` that ends a tag, quotation marks respected where they are closed.
pub(super) fn tag_end(after_name: &str) -> Option<usize> {
    let bytes = after_name.as_bytes();
    let limit = bytes.len().min(4_000);
    let mut quote = None;
    for (at, &byte) in bytes[..limit].iter().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at),
            (None, b'"' | b'\'') if at > 0 && matches!(bytes[at - 1], b'=' | b' ') => {
                quote = Some(byte);
            }
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    // An unclosed quotation mark: the first `>` it is.
    quote.and(memchr::memchr(b'>', &bytes[..limit]))
}

/// Value of an attribute, by its lower-case name.
pub(super) fn attribute<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    let lower = attributes.to_ascii_lowercase();
    let mut from = 0;
    while let Some(found) = lower[from..].find(name) {
        let start = from + found;
        from = start + name.len();
        let apart = start == 0 || !lower.as_bytes()[start - 1].is_ascii_alphanumeric();
        let Some(value) = attributes[from..].trim_start().strip_prefix('=') else {
            continue;
        };
        if !apart {
            continue;
        }
        let value = value.trim_start();
        return Some(match value.as_bytes().first() {
            Some(&quote @ (b'"' | b'\'')) => {
                let inner = &value[1..];
                &inner[..memchr::memchr(quote, inner.as_bytes()).unwrap_or(inner.len())]
            }
            _ => value
                .split(|c: char| c.is_whitespace())
                .next()
                .unwrap_or_default(),
        });
    }
    None
}

/// Whether an element's attributes, in lower case, keep readers from seeing it.
pub(super) fn hides(attributes: &str) -> bool {
    let style: String = attributes.chars().filter(|c| !c.is_whitespace()).collect();
    [
        "display:none",
        "visibility:hidden",
        "font-size:0",
        "font-size:1px",
        "color:transparent",
        "opacity:0;",
        "opacity:0\"",
        "left:-",
        "top:-",
        "text-indent:-",
        "height:0",
        "width:0",
    ]
    .iter()
    .any(|hint| style.contains(hint))
}

/// Where the end tag of an element begins, or the end of the text.
pub(super) fn find_end_tag(text: &str, name: &str) -> usize {
    let mut from = 0;
    while let Some(found) = memchr::memmem::find(&text.as_bytes()[from..], b"</") {
        let start = from + found;
        let after = &text.as_bytes()[start + 2..];
        if after.len() >= name.len() && after[..name.len()].eq_ignore_ascii_case(name.as_bytes()) {
            return start;
        }
        from = start + 2;
    }
    text.len()
}
