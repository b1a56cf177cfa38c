//! Disguises by text that has nothing to do with what is sold.

use crate::dice::Dice;

/// What an honest reader could have written, by language.
const INNOCENT: &[(&str, &str)] = &[
    (
        "en",
        "We walked along the river on Sunday and the children counted the ducks. In the evening my neighbour came over with plum cake, and we talked about the old school building. The roof is being repaired at last, which took them three years to decide.",
    ),
    (
        "ru",
        "В воскресенье мы гуляли вдоль реки, и дети считали уток. Вечером соседка принесла сливовый пирог, и мы вспоминали старую школу. Крышу там наконец чинят, решали это целых три года.",
    ),
    (
        "de",
        "Am Sonntag sind wir am Fluss entlang gelaufen und die Kinder haben die Enten gezählt. Abends kam die Nachbarin mit Pflaumenkuchen vorbei, und wir haben über das alte Schulhaus geredet. Das Dach wird nun endlich repariert, drei Jahre haben sie darüber beraten.",
    ),
    (
        "fr",
        "Dimanche, nous avons longé la rivière et les enfants ont compté les canards. Le soir, la voisine est venue avec une tarte aux prunes et nous avons parlé de la vieille école. On répare enfin le toit, il leur a fallu trois ans pour se décider.",
    ),
    (
        "es",
        "El domingo paseamos junto al río y los niños contaron los patos. Por la tarde vino la vecina con un bizcocho de ciruelas y hablamos de la vieja escuela. Por fin están arreglando el tejado, tardaron tres años en decidirse.",
    ),
    (
        "pt",
        "No domingo caminhamos ao longo do rio e as crianças contaram os patos. À noite a vizinha trouxe um bolo de ameixa e conversamos sobre a velha escola. Finalmente estão consertando o telhado, demoraram três anos para decidir.",
    ),
    (
        "it",
        "Domenica abbiamo camminato lungo il fiume e i bambini hanno contato le anatre. La sera è venuta la vicina con una torta di prugne e abbiamo parlato della vecchia scuola. Finalmente riparano il tetto, ci hanno messo tre anni a decidere.",
    ),
    (
        "pl",
        "W niedzielę spacerowaliśmy wzdłuż rzeki, a dzieci liczyły kaczki. Wieczorem sąsiadka przyniosła ciasto ze śliwkami i rozmawialiśmy o starej szkole. Wreszcie naprawiają dach, decydowali o tym trzy lata.",
    ),
    (
        "tr",
        "Pazar günü nehir boyunca yürüdük, çocuklar ördekleri saydı. Akşam komşumuz erikli kek getirdi, eski okul binasından konuştuk. Çatıyı sonunda onarıyorlar, karar vermeleri üç yıl sürdü.",
    ),
    (
        "id",
        "Hari Minggu kami berjalan di tepi sungai dan anak-anak menghitung bebek. Malamnya tetangga datang membawa kue pisang dan kami bercerita tentang gedung sekolah yang lama. Atapnya akhirnya diperbaiki, tiga tahun mereka berunding dulu.",
    ),
    (
        "zh",
        "星期天我们沿着河边散步，孩子们数了河里的鸭子。晚上邻居带着李子蛋糕来串门，我们聊起了从前的老学校。那里的屋顶终于开始修了，光是商量就商量了三年。",
    ),
    (
        "ja",
        "日曜日に川沿いを散歩して、子どもたちは鴨の数を数えていました。夕方には隣の人がすもものケーキを持ってきてくれて、古い校舎の話をしました。屋根の修理がやっと始まったそうで、決めるのに三年もかかったとのことです。",
    ),
];

fn innocent(lang: &str) -> &'static str {
    INNOCENT
        .iter()
        .find(|(other, _)| *other == lang)
        .map_or("", |(_, text)| text)
}

/// The entry's title, as far as its slug tells.
fn title(slug: &str) -> String {
    slug.replace('-', " ")
}

/// A comment, its language and the slug of the entry.
pub type Padding = fn(&str, &str, &str, &mut Dice) -> String;

pub fn innocent_before(text: &str, lang: &str, _: &str, _: &mut Dice) -> String {
    format!("{} {text}", innocent(lang))
}

pub fn innocent_after(text: &str, lang: &str, _: &str, _: &mut Dice) -> String {
    format!("{text} {}", innocent(lang))
}

pub fn innocent_around(text: &str, lang: &str, _: &str, _: &mut Dice) -> String {
    format!("{0}\n\n{text}\n\n{0}", innocent(lang))
}

/// One sentence of the innocent text, so that the spam remains most of it.
pub fn innocent_sentence_before(text: &str, lang: &str, _: &str, dice: &mut Dice) -> String {
    let sentences: Vec<&str> = innocent(lang)
        .split_inclusive(['.', '。'])
        .filter(|sentence| sentence.len() > 2)
        .collect();
    format!("{} {text}", sentences[dice.below(sentences.len())].trim())
}

pub fn title_before(text: &str, _: &str, slug: &str, _: &mut Dice) -> String {
    format!("{}: {text}", title(slug))
}

pub fn title_quoted(text: &str, _: &str, slug: &str, _: &mut Dice) -> String {
    format!("<blockquote>{}</blockquote>\n{text}", title(slug))
}

pub fn article_quoted(text: &str, lang: &str, slug: &str, _: &mut Dice) -> String {
    format!("> {}: {}\n\n{text}", title(slug), innocent(lang))
}

pub fn hidden_innocence(text: &str, lang: &str, _: &str, _: &mut Dice) -> String {
    format!(
        "{text}<div style=\"display: none\">{}</div>",
        innocent(lang)
    )
}
