//! How often something happened, with how sure that is.

/// Two-sided 95 % of a normal distribution.
const Z: f64 = 1.96;

/// A share in percent.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Share {
    /// A dash where there is nothing to share.
    pub(super) value: String,
    /// Its 95 % interval (Wilson 1927).
    pub(super) interval: String,
}

pub(super) fn share(hits: u64, of: u64) -> Share {
    if of == 0 {
        return Share {
            value: "–".to_owned(),
            interval: String::new(),
        };
    }
    let (low, high) = wilson(hits.min(of) as f64, of as f64);
    let percent = |share: f64| share * 100.0;
    let middle = percent(hits.min(of) as f64 / of as f64);
    Share {
        value: format!("{middle:.1}\u{a0}%"),
        interval: format!("{:.1}–{:.1}\u{a0}%", percent(low), percent(high)),
    }
}

fn wilson(hits: f64, n: f64) -> (f64, f64) {
    let p = hits / n;
    let centre = p + Z * Z / (2.0 * n);
    let spread = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + Z * Z / n;
    (
        ((centre - spread) / scale).max(0.0),
        ((centre + spread) / scale).min(1.0),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_comments_leave_much_open() {
        // Newcombe 1998, table I, method 3: 81 of 263, and 0 of 20.
        let told = |value: &str, interval: &str| Share {
            value: value.to_owned(),
            interval: interval.to_owned(),
        };
        assert_eq!(share(81, 263), told("30.8\u{a0}%", "25.5–36.6\u{a0}%"));
        assert_eq!(share(0, 20), told("0.0\u{a0}%", "0.0–16.1\u{a0}%"));
        assert_eq!(share(0, 0), told("–", ""));
    }
}
