//! The lenient form grammar of protocol section 1.3.
//!
//! Written by hand because clients send what a strict parser refuses: names without `=`, empty
//! pieces, broken percent signs, arrays in four notations, bytes in the blog's own charset.
//! Nothing here fails: whatever arrives is read as some form.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8};

/// Fields kept at most. PHP, which most senders are written in, stops at 1,000; the limit bounds
/// the memory that a body of `&a&a&a…` can claim.
const MOST_FIELDS: usize = 10_000;

/// Longest name of a JSON field that is kept, in bytes. Every element of a list becomes a field
/// with the list's name: one long name before many elements would fill the memory.
const LONGEST_NAME: usize = 256;

/// The fields of a request in the order in which they were sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form {
    fields: Vec<(String, String)>,
}

impl Form {
    /// Reads a request body, by its `Content-Type` as a flat JSON object or as a form.
    ///
    /// Section 1.3: a missing or odd content type means a form, and JSON that cannot be read is
    /// read as a form too (which then lacks a key and is refused for that).
    pub fn from_body(content_type: Option<&str>, body: &[u8]) -> Self {
        let content_type = content_type.unwrap_or_default();
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        if essence.to_ascii_lowercase().ends_with("json")
            && let Some(form) = Self::from_json(body)
        {
            return form;
        }
        Self::from_encoded(charset_parameter(content_type), body)
    }

    /// Reads `name=value&name=value` text. Its charset is that of the field `blog_charset` if
    /// that names a known one, else the fallback, else UTF-8; bytes that the charset does not
    /// know become replacement characters.
    pub fn from_encoded(fallback_charset: Option<&str>, text: &[u8]) -> Self {
        let pieces = || {
            text.split(|&byte| byte == b'&')
                .filter(|piece| !piece.is_empty())
                .map(|piece| match memchr::memchr(b'=', piece) {
                    Some(at) => (&piece[..at], &piece[at + 1..]),
                    None => (piece, &[][..]),
                })
                .filter(|(name, _)| !dropped_unread(name))
                .take(MOST_FIELDS)
        };
        let stated = pieces()
            .filter(|(name, _)| *name == b"blog_charset")
            .last()
            .and_then(|(_, value)| known_charset(&percent_decoded(value)));
        let charset = stated
            .or_else(|| known_charset(fallback_charset?.as_bytes()))
            .unwrap_or(UTF_8);
        let decoded = |bytes| {
            charset
                .decode_without_bom_handling(&percent_decoded(bytes))
                .0
                .into_owned()
        };
        Self {
            fields: pieces()
                .map(|(name, value)| (decoded(name), decoded(value)))
                .collect(),
        }
    }

    /// Reads a flat JSON object; `None` if it is not an object. Numbers and booleans become
    /// their text, arrays repeat the name, `null` is the empty text, deeper values are left out.
    fn from_json(body: &[u8]) -> Option<Self> {
        let object: serde_json::Map<String, serde_json::Value> =
            serde_json::from_slice(body).ok()?;
        let mut fields = Vec::new();
        for (name, value) in object {
            if dropped_unread(name.as_bytes()) || name.len() > LONGEST_NAME {
                continue;
            }
            let room = MOST_FIELDS - fields.len();
            let values = match value {
                serde_json::Value::Array(items) => items,
                single => vec![single],
            };
            let texts = values.into_iter().filter_map(scalar_text).take(room);
            fields.extend(texts.map(|text| (name.clone(), text)));
        }
        Some(Self { fields })
    }

    /// The value of a field, empty if it is not there; the last one wins, as in PHP. Names are
    /// case-sensitive (`user_ID` and `user_id` arrive together).
    pub fn get(&self, name: &str) -> &str {
        self.fields
            .iter()
            .rev()
            .find(|(field, _)| field == name)
            .map_or("", |(_, value)| value)
    }

    /// All values of a list in the order sent, in whichever notation: `name[]`, `name[0]`,
    /// repeated plain `name`, or a single one. Empty values are left out.
    pub fn list<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let is_element = move |field: &str| match field.strip_prefix(name) {
            Some(rest) => rest.is_empty() || (rest.starts_with('[') && rest.ends_with(']')),
            None => false,
        };
        self.fields
            .iter()
            .filter(move |(field, value)| is_element(field) && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// All fields in the order sent.
    pub fn fields(&self) -> &[(String, String)] {
        &self.fields
    }
}

/// Fields that are never even decoded: WordPress sends every field of the submitted form as
/// `POST_*`, some clients the visitor's cookies. Privacy (section 2.2): only the measurements
/// of Akismet's own form script, `POST_ak_*`, may be read.
fn dropped_unread(name: &[u8]) -> bool {
    name.starts_with(b"HTTP_COOKIE")
        || (name.starts_with(b"POST_") && !name.starts_with(b"POST_ak_"))
}

/// `+` is a space, `%XX` a byte, and any other `%` stands for itself.
fn percent_decoded(bytes: &[u8]) -> Cow<'_, [u8]> {
    let spaced: Cow<'_, [u8]> = if memchr::memchr(b'+', bytes).is_some() {
        let plus_as_space = |&byte| if byte == b'+' { b' ' } else { byte };
        bytes.iter().map(plus_as_space).collect::<Vec<u8>>().into()
    } else {
        bytes.into()
    };
    match spaced {
        Cow::Borrowed(bytes) => percent_encoding::percent_decode(bytes).into(),
        Cow::Owned(bytes) => Cow::Owned(percent_encoding::percent_decode(&bytes).collect()),
    }
}

/// The `charset` parameter of a content type, without quotes.
fn charset_parameter(content_type: &str) -> Option<&str> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("charset")
            .then(|| value.trim().trim_matches('"'))
    })
}

/// A charset by its label. Those in which ASCII letters are not ASCII bytes (UTF-16) cannot be
/// what a form was written in.
fn known_charset(label: &[u8]) -> Option<&'static Encoding> {
    Encoding::for_label_no_replacement(label).filter(|charset| charset.is_ascii_compatible())
}

fn scalar_text(value: serde_json::Value) -> Option<String> {
    match value {
        serde_json::Value::Null => Some(String::new()),
        serde_json::Value::Bool(value) => Some(value.to_string()),
        serde_json::Value::Number(value) => Some(value.to_string()),
        serde_json::Value::String(value) => Some(value),
        serde_json::Value::Array(_) | serde_json::Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn form(text: &str) -> Form {
        Form::from_encoded(None, text.as_bytes())
    }

    #[test]
    fn bare_names_and_empty_pieces_are_passed_over() {
        let form = form("&blog=b&&referrer&is_test&x=a=b&");
        assert_eq!(form.get("blog"), "b");
        assert_eq!(form.get("referrer"), "");
        assert_eq!(form.get("x"), "a=b");
        assert_eq!(form.fields().len(), 4);
    }

    #[test]
    fn the_last_of_equal_names_wins_and_case_counts() {
        let form = form("user_ID=1&user_id=2&user_id=3");
        assert_eq!(form.get("user_ID"), "1");
        assert_eq!(form.get("user_id"), "3");
    }

    #[test]
    fn broken_percent_signs_stay_as_they_are() {
        let form = form("a=100%ZZ+50%+%&b=%41%4&c%3D=1");
        assert_eq!(form.get("a"), "100%ZZ 50% %");
        assert_eq!(form.get("b"), "A%4");
        assert_eq!(form.get("c="), "1");
    }

    #[test]
    fn lists_come_in_every_notation() {
        for text in [
            "c[]=a&c[]=b",
            "c%5B0%5D=a&c%5B1%5D=b",
            "c[0]=a&x=1&c[1]=b",
            "c=a&c=b",
            "c[]=a&c=&c[]=b",
        ] {
            let form = form(text);
            assert_eq!(form.list("c").collect::<Vec<_>>(), ["a", "b"], "{text}");
        }
        assert_eq!(form("c=a").list("c").collect::<Vec<_>>(), ["a"]);
        assert_eq!(form("cc=a&c_x=b").list("c").count(), 0);
    }

    #[test]
    fn the_blogs_charset_comes_before_that_of_the_content_type() {
        let read = |content_type, body: &str| {
            Form::from_body(Some(content_type), body.as_bytes())
                .get("c")
                .to_owned()
        };
        let latin = "application/x-www-form-urlencoded; Charset=\"ISO-8859-1\"";
        assert_eq!(read("", "c=%E9&blog_charset=ISO-8859-1"), "é");
        assert_eq!(read(latin, "c=%E9"), "é");
        assert_eq!(read(latin, "blog_charset=utf-8&c=%C3%A9"), "é");
        assert_eq!(read(latin, "blog_charset=no-such&c=%E9"), "é");
        assert_eq!(read("", "blog_charset=utf-16&c=%C3%A9"), "é");
        assert_eq!(read("", "c=%E9"), "\u{fffd}");
    }

    #[test]
    fn json_is_a_superset_and_broken_json_a_form() {
        let read = |body: &str| Form::from_body(Some("application/json"), body.as_bytes());
        let form = read(r#"{"a":"x","n":12,"t":true,"l":["p",2,{}],"z":null,"o":{"a":1}}"#);
        assert_eq!(
            (form.get("a"), form.get("n"), form.get("t")),
            ("x", "12", "true")
        );
        assert_eq!(form.list("l").collect::<Vec<_>>(), ["p", "2"]);
        assert_eq!((form.get("z"), form.get("o")), ("", ""));
        assert_eq!(read("a=1&b=2").get("b"), "2");
        assert_eq!(read("[1,2]").get("a"), "");
    }

    #[test]
    fn the_visitors_form_fields_and_cookies_are_not_even_read() {
        let form = form("POST_password=x&HTTP_COOKIE=x&HTTP_COOKIE2=x&POST_ak_js=1&HTTP_ACCEPT=y");
        let names: Vec<_> = form
            .fields()
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        assert_eq!(names, ["POST_ak_js", "HTTP_ACCEPT"]);
        let json = br#"{"POST_password":"x","HTTP_COOKIE":"x"}"#;
        assert_eq!(Form::from_body(Some("application/json"), json).fields(), []);
    }

    #[test]
    fn fields_without_end_are_cut_off() {
        assert_eq!(form(&"&a".repeat(50_000)).fields().len(), MOST_FIELDS);
        let read = |json: String| Form::from_body(Some("application/json"), json.as_bytes());
        let elements = "0,".repeat(50_000) + "0";
        let list = read(format!(r#"{{"a":[{elements}],"b":[{elements}],"c":1}}"#));
        assert_eq!(list.fields().len(), MOST_FIELDS);
        // Repeated for each element, such a name would take 2 GB.
        let name = "n".repeat(40_000);
        assert_eq!(read(format!(r#"{{"{name}":[{elements}]}}"#)).fields(), []);
    }

    proptest! {
        #[test]
        fn any_bytes_are_some_form(
            content_type in "\\PC{0,40}",
            body in proptest::collection::vec(any::<u8>(), 0..300),
        ) {
            Form::from_body(Some(&content_type), &body);
            Form::from_body(Some("application/json"), &body);
        }

        #[test]
        fn what_was_encoded_is_read_back(
            fields in proptest::collection::vec(("[a-zA-Z_\\[\\]=&é]{1,12}", any::<String>()), 0..20),
        ) {
            use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
            let encoded = |text| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
            let pairs: Vec<_> = fields
                .iter()
                .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
                .collect();
            // A charset stated among the fields would change how the others are read.
            prop_assume!(fields.iter().all(|(name, _)| name != "blog_charset"));
            let kept: Vec<_> = fields
                .iter()
                .filter(|(name, _)| !dropped_unread(encoded(name).as_bytes()))
                .cloned()
                .collect();
            let read = form(&pairs.join("&"));
            prop_assert_eq!(read.fields(), kept.as_slice());
        }
    }
}
