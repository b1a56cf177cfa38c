//! Signals and their details in the visitor's language.
//!
//! A detail is English in the store and in `/v1`: it is one of the phrases below, or a count or a part
//! of something named here, or the comment's own words, which nobody translates. What is not known here
//! is shown as it is; tests go through the source of the explanations and the sample comments.

use super::words::Words;

/// Phrases in English, German and Spanish, and where each language finds its own.
macro_rules! phrases {
    ($name:ident: $($english:literal, $german:literal, $spanish:literal;)*) => {
        static $name: &[[&str; 3]] = &[$([$english, $german, $spanish],)*];
    };
}

phrases! { SIGNALS:
    "text", "Text", "texto";
    "link", "Link", "enlace";
    "author", "Verfasst von", "autor";
    "shape", "Form", "forma";
    "disguise", "Verkleidung", "disfraz";
    "markup", "Auszeichnung", "formato";
    "context", "Zusammenhang", "contexto";
    "timing", "Zeit", "tiempo";
    "rule", "Regel", "regla";
    "repeat", "Wiederholung", "repetición";
    "velocity", "Häufung", "frecuencia";
    "honeypot", "Honigtopf", "trampa";
    "role", "Rolle", "rol";
    "test", "Test", "prueba";
}

phrases! { WHOLE:
    "hidden text", "versteckter Text", "texto oculto";
    "scripts mixed", "Schriften gemischt", "escrituras mezcladas";
    "HTML formatting", "HTML-Formatierung", "formato HTML";
    "BBCode", "BBCode", "BBCode";
    "program code", "Programmcode", "código de programa";
    "a picture", "ein Bild", "una imagen";
    "a quotation", "ein Zitat", "una cita";
    "scripts", "Skripte", "scripts";
    "begins with a link", "beginnt mit einem Link", "empieza con un enlace";
    "ends with a link", "endet mit einem Link", "termina con un enlace";
    "link to a bare IP address", "Link zu einer bloßen IP-Adresse", "enlace a una IP sin nombre";
    "link with a user name in it", "Link mit einem Benutzernamen darin", "enlace con nombre de usuario";
    "link to an unusual port", "Link zu einem ungewöhnlichen Port", "enlace a un puerto inusual";
    "link to a name in another alphabet", "Link zu einem Namen in anderem Alphabet", "enlace a un nombre en otro alfabeto";
    "shortened link", "gekürzter Link", "enlace acortado";
    "broken link", "kaputter Link", "enlace roto";
    "repeats the entry's whole title", "wiederholt den ganzen Titel des Beitrags", "repite todo el título de la entrada";
    "capitals of the name", "Großbuchstaben des Namens", "mayúsculas del nombre";
    "digits in the name", "Ziffern im Namen", "dígitos en el nombre";
    "the name is an address", "der Name ist eine Adresse", "el nombre es una dirección";
    "the name is also a link's text", "der Name ist auch ein Linktext", "el nombre también es texto de un enlace";
    "links to the own home page", "verlinkt die eigene Webseite", "enlaza su propia página";
    "free e-mail provider", "kostenloser E-Mail-Anbieter", "proveedor de correo gratuito";
    "own e-mail domain", "eigene E-Mail-Domain", "dominio de correo propio";
    "a form field that people cannot see was filled in", "ein für Menschen unsichtbares Feld war ausgefüllt", "se rellenó un campo que las personas no ven";
    "written by an administrator of the site", "von einem Admin der Website geschrieben", "escrito por un administrador del sitio";
    "the author is the test author whose comments are always spam", "von der Testperson, deren Kommentare immer Spam sind", "es el autor de prueba, cuyos comentarios siempre son spam";
    "many comments from this network", "viele Kommentare aus diesem Netz", "muchos comentarios de esta red";
    "most comments by this author look like spam", "die meisten Kommentare dieser Person sehen nach Spam aus", "casi todos los comentarios de este autor parecen spam";
}

phrases! { BEGINNINGS:
    "name written in ", "Name geschrieben in ", "nombre escrito con ";
    "written in ", "geschrieben in ", "escrito con ";
    "home page ", "Webseite ", "página ";
    "e-mail at ", "E-Mail bei ", "correo en ";
    "name ", "Name ", "nombre ";
    "the same text at ", "derselbe Text an ", "el mismo texto en ";
    "nearly the same text at ", "fast derselbe Text an ", "casi el mismo texto en ";
}

phrases! { ENDINGS:
    " or more other places", " oder mehr anderen Stellen", " o más lugares distintos";
    " other places", " anderen Stellen", " lugares distintos";
}

phrases! { SCRIPTS:
    "Latin letters", "lateinischen Buchstaben", "letras latinas";
    "Cyrillic letters", "kyrillischen Buchstaben", "letras cirílicas";
    "Greek letters", "griechischen Buchstaben", "letras griegas";
    "Chinese or Japanese characters", "chinesischen oder japanischen Zeichen", "caracteres chinos o japoneses";
    "Korean letters", "koreanischen Buchstaben", "letras coreanas";
    "Arabic or Hebrew letters", "arabischen oder hebräischen Buchstaben", "letras árabes o hebreas";
    "a script of South or South-East Asia", "einer Schrift Süd- oder Südostasiens", "una escritura del sur o sudeste de Asia";
    "other letters", "anderen Buchstaben", "otras letras";
}

phrases! { PARTS:
    "no ", "keine", "ninguno";
    "hardly any ", "kaum", "casi nada";
    "few ", "wenig", "poco";
    "some ", "etwas", "algo";
    "several ", "einiges", "bastante";
    "many ", "viel", "mucho";
    "mostly ", "überwiegend", "sobre todo";
    "nearly only ", "fast nur", "casi solo";
}

phrases! { COUNTED:
    "character", "Zeichen", "caracteres";
    "characters", "Zeichen", "caracteres";
    "word", "Wörter", "palabras";
    "words", "Wörter", "palabras";
    "line break", "Zeilenumbrüche", "saltos de línea";
    "line breaks", "Zeilenumbrüche", "saltos de línea";
    "exclamation mark", "Ausrufezeichen", "signos de exclamación";
    "exclamation marks", "Ausrufezeichen", "signos de exclamación";
    "question mark", "Fragezeichen", "signos de interrogación";
    "question marks", "Fragezeichen", "signos de interrogación";
    "emoji", "Emoji", "emojis";
    "currency sign", "Währungszeichen", "signos de moneda";
    "currency signs", "Währungszeichen", "signos de moneda";
    "e-mail address in the text", "E-Mail-Adressen im Text", "correos en el texto";
    "e-mail addresses in the text", "E-Mail-Adressen im Text", "correos en el texto";
    "telephone number", "Telefonnummern", "números de teléfono";
    "telephone numbers", "Telefonnummern", "números de teléfono";
    "capital letters", "Großbuchstaben", "mayúsculas";
    "digits", "Ziffern", "dígitos";
    "punctuation", "Satzzeichen", "puntuación";
    "link text", "Linktext", "texto de enlaces";
    "invisible character", "unsichtbare Zeichen", "caracteres invisibles";
    "invisible characters", "unsichtbare Zeichen", "caracteres invisibles";
    "letter from a symbol alphabet", "Buchstaben aus Symbolalphabeten", "letras de alfabetos de símbolos";
    "letters from symbol alphabets", "Buchstaben aus Symbolalphabeten", "letras de alfabetos de símbolos";
    "piled-up accent", "gestapelte Akzente", "acentos apilados";
    "piled-up accents", "gestapelte Akzente", "acentos apilados";
    "repeated character", "wiederholte Zeichen", "caracteres repetidos";
    "repeated characters", "wiederholte Zeichen", "caracteres repetidos";
    "disguised word", "verkleidete Wörter", "palabras disfrazadas";
    "disguised words", "verkleidete Wörter", "palabras disfrazadas";
    "quotation", "Zitate", "citas";
    "quotations", "Zitate", "citas";
    "link", "Links", "enlaces";
    "links", "Links", "enlaces";
    "linked domain", "verlinkte Domains", "dominios enlazados";
    "linked domains", "verlinkte Domains", "dominios enlazados";
    "HTML link", "HTML-Links", "enlaces HTML";
    "HTML links", "HTML-Links", "enlaces HTML";
    "BBCode link", "BBCode-Links", "enlaces BBCode";
    "BBCode links", "BBCode-Links", "enlaces BBCode";
    "Markdown link", "Markdown-Links", "enlaces Markdown";
    "Markdown links", "Markdown-Links", "enlaces Markdown";
    "address in the text", "Adressen im Text", "direcciones en el texto";
    "addresses in the text", "Adressen im Text", "direcciones en el texto";
    "disguised address", "verkleidete Adressen", "direcciones disfrazadas";
    "disguised addresses", "verkleidete Adressen", "direcciones disfrazadas";
    "word for each link", "Wörter je Link", "palabras por enlace";
    "words for each link", "Wörter je Link", "palabras por enlace";
    "part in a link's path", "Teile im Pfad eines Links", "partes en la ruta de un enlace";
    "parts in a link's path", "Teile im Pfad eines Links", "partes en la ruta de un enlace";
    "second to fill the form", "Sekunden für das Formular", "segundos para rellenar el formulario";
    "seconds to fill the form", "Sekunden für das Formular", "segundos para rellenar el formulario";
    "word of the entry's title", "Wörter des Titels", "palabras del título";
    "words of the entry's title", "Wörter des Titels", "palabras del título";
    "word in the name", "Wörter im Namen", "palabras en el nombre";
    "words in the name", "Wörter im Namen", "palabras en el nombre";
    "word of the name in the home page's address", "Wörter des Namens in der Adresse der Webseite", "palabras del nombre en la dirección de su página";
    "words of the name in the home page's address", "Wörter des Namens in der Adresse der Webseite", "palabras del nombre en la dirección de su página";
    "part in the home page's path", "Teile im Pfad der Webseite", "partes en la ruta de su página";
    "parts in the home page's path", "Teile im Pfad der Webseite", "partes en la ruta de su página";
    "hyphen in the home page's domain", "Bindestriche in der Domain der Webseite", "guiones en el dominio de su página";
    "hyphens in the home page's domain", "Bindestriche in der Domain der Webseite", "guiones en el dominio de su página";
    "digit in the e-mail address", "Ziffern in der E-Mail-Adresse", "dígitos en el correo";
    "digits in the e-mail address", "Ziffern in der E-Mail-Adresse", "dígitos en el correo";
    "different notations", "Schreibweisen der Links", "notaciones de enlaces";
}

/// The name of a signal.
pub(super) fn signal(name: &str, w: &Words) -> String {
    let known = whole(SIGNALS, name, w.number);
    known.unwrap_or(name).to_owned()
}

/// What is said of a signal.
pub(super) fn detail(signal: &str, detail: &str, w: &Words) -> String {
    // A comment's words and an admin's are their own.
    if w.number == 0 || matches!(signal, "text" | "rule") {
        return detail.to_owned();
    }
    known(detail, w.number).unwrap_or_else(|| detail.to_owned())
}

fn known(detail: &str, language: usize) -> Option<String> {
    if let Some(phrase) = whole(WHOLE, detail, language) {
        return Some(phrase.to_owned());
    }
    counted(detail, language)
        .or_else(|| shared(detail, language))
        .or_else(|| begun(detail, language))
}

fn whole(phrases: &[[&'static str; 3]], english: &str, language: usize) -> Option<&'static str> {
    let found = phrases.iter().find(|phrase| phrase[0] == english);
    found.map(|phrase| phrase[language])
}

/// `no links`, `one link`, `two links`, `5 to 8 links`: what is counted and how many, which needs no
/// grammar.
fn counted(detail: &str, language: usize) -> Option<String> {
    let words = [("no ", "0"), ("one ", "1"), ("two ", "2")];
    for (english, number) in words {
        let what = detail.strip_prefix(english);
        if let Some(what) = what.and_then(|what| whole(COUNTED, what, language)) {
            return Some(format!("{what}: {number}"));
        }
    }
    if let Some(rest) = detail.strip_prefix("links in ") {
        let number = rest.strip_suffix(" different notations")?;
        let what = whole(COUNTED, "different notations", language)?;
        return Some(format!("{what}: {number}"));
    }
    let (from, rest) = detail.split_once(" to ")?;
    let (to, what) = rest.split_once(' ')?;
    let (_, to_number) = (from.parse::<u64>().ok()?, to.parse::<u64>().ok()?);
    let what = whole(COUNTED, what, language)?;
    Some(format!("{what}: {from}–{to_number}"))
}

/// `hardly any capital letters`
fn shared(detail: &str, language: usize) -> Option<String> {
    PARTS.iter().find_map(|part| {
        let what = detail.strip_prefix(part[0])?;
        let what = whole(COUNTED, what, language)?;
        Some(format!("{what}: {}", part[language]))
    })
}

/// `e-mail at example.com`, `written in Greek letters`, `the same text at 4 other places`
fn begun(detail: &str, language: usize) -> Option<String> {
    BEGINNINGS.iter().find_map(|beginning| {
        let rest = detail.strip_prefix(beginning[0])?;
        let ended = ENDINGS.iter().find_map(|ending| {
            let number = rest.strip_suffix(ending[0])?;
            Some(format!("{number}{}", ending[language]))
        });
        let script = whole(SCRIPTS, rest, language).map(str::to_owned);
        let rest = ended.or(script).unwrap_or_else(|| rest.to_owned());
        Some(format!("{}{rest}", beginning[language]))
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use regex::Regex;

    use super::*;
    use crate::classifier::Classifier;
    use crate::comment::{Author, Comment};
    use crate::filter::{Filter, Policy};
    use crate::training::corpus;
    use crate::verdict::Thresholds;

    #[test]
    fn details_are_told_in_every_language() {
        let german = |signal: &str, text: &str| detail(signal, text, Words::of("de").unwrap());
        let spanish = |signal: &str, text: &str| detail(signal, text, Words::of("es").unwrap());
        assert_eq!(german("shape", "no links"), "Links: 0");
        assert_eq!(german("shape", "9 to 16 words"), "Wörter: 9–16");
        assert_eq!(spanish("shape", "nearly only digits"), "dígitos: casi solo");
        assert_eq!(
            german("author", "e-mail at a.example"),
            "E-Mail bei a.example"
        );
        assert_eq!(
            spanish("author", "name written in Greek letters"),
            "nombre escrito con letras griegas"
        );
        assert_eq!(
            german("repeat", "nearly the same text at 32 or more other places"),
            "fast derselbe Text an 32 oder mehr anderen Stellen"
        );
        assert_eq!(german("link", "shop.example"), "shop.example");
        assert_eq!(german("text", "no links"), "no links");
        assert_eq!(detail("shape", "no links", Words::ENGLISH), "no links");
    }

    /// Every phrase that stands in the source of the explanations, also those that no sample has.
    #[test]
    fn every_phrase_of_the_explanations_has_a_row() {
        let source = include_str!("../../classifier/explain.rs");
        let (source, _) = source.split_once("#[cfg(test)]").unwrap();
        let found = |pattern: &str| -> Vec<String> {
            let pattern = Regex::new(pattern).unwrap();
            let all = pattern.captures_iter(source);
            all.map(|found| found[1].to_owned()).collect()
        };
        let one = found(r#"counted\(\s*"([^"]+)""#)
            .into_iter()
            .map(|what| format!("one {what}"));
        let many = found(r#"counted\(\s*"[^"]+",\s*"([^"]+)""#).into_iter();
        let many =
            many.flat_map(|what| ["no", "two", "3 to 4"].map(|count| format!("{count} {what}")));
        let shared = found(r#"shared\("([^"]+)""#).into_iter();
        let shared =
            shared.flat_map(|what| PARTS.iter().map(move |part| format!("{}{what}", part[0])));
        let plain = found(r#"\("\w+", "([^"]+)"\.to_owned"#).into_iter();
        let scripts = SCRIPTS.iter().flat_map(|script| {
            ["written in", "name written in"].map(|begun| format!("{begun} {}", script[0]))
        });
        let all: Vec<_> = one
            .chain(many)
            .chain(shared)
            .chain(plain)
            .chain(scripts)
            .collect();
        assert!(all.len() > 150, "{}", all.len());
        let unknown: Vec<_> = all
            .into_iter()
            .filter(|phrase| known(phrase, 1).is_none())
            .collect();
        assert_eq!(unknown, Vec::<String>::new());
    }

    /// What decides without the classifier.
    #[test]
    fn what_the_steps_of_the_filter_say_has_a_row() {
        let classifier = Arc::new(Classifier::embedded().unwrap());
        let filter = Filter::new(classifier, Thresholds::default());
        let author = |name: &str, role: &str| Author {
            name: name.to_owned(),
            role: role.to_owned(),
            ..Author::default()
        };
        let comments = [
            (author("", "administrator"), ""),
            (author("viagra-test-123", ""), ""),
            (author("", ""), "filled"),
        ];
        for (author, honeypot) in comments {
            let comment = Comment {
                author,
                honeypot: honeypot.to_owned(),
                ..Comment::default()
            };
            let reason = filter.check(&comment, &Policy::default()).reasons.remove(0);
            assert!(known(&reason.detail, 2).is_some(), "{reason:?}");
        }
    }

    /// All that is said of the sample comments: a new phrase of the filter needs a row here.
    #[test]
    fn no_phrase_is_missing() {
        let classifier = Classifier::embedded().unwrap();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
        let files = [folder.join("comments"), folder.join("disguises")];
        let mut said = std::collections::BTreeSet::new();
        for file in corpus::files(&files).unwrap() {
            for sample in corpus::read(&file).unwrap().step_by(5) {
                let evidence = classifier.evidence(&sample.unwrap().comment);
                said.extend(
                    evidence
                        .reasons
                        .into_iter()
                        .map(|r| (r.signal.into_owned(), r.detail)),
                );
            }
        }
        let is_unknown = |(signal, detail): &(String, String)| {
            // The comment's own words, and what its links lead to.
            let own = signal == "text" || (signal == "link" && !detail.contains(' '));
            !own && known(detail, 1).is_none() || whole(SIGNALS, signal, 1).is_none()
        };
        let unknown: Vec<_> = said.into_iter().filter(is_unknown).collect();
        assert_eq!(unknown, []);
    }
}
