//! A comment in pieces: words that a disguise may touch, and what must stay for the comment to do
//! its work: tags, addresses, handles, telephone numbers.

use std::sync::LazyLock;

use regex::{Captures, Regex};

/// How the words begin that filters look for, in small letters.
const KEYS: &[&str] = &[
    // pills
    "viagra",
    "cialis",
    "sildenafil",
    "tadalafil",
    "tramadol",
    "xanax",
    "ozempic",
    "valium",
    "oxycodon",
    "adderall",
    "rivotril",
    "potenz",
    "rezeptfrei",
    "ordonnance",
    "receta",
    "receita",
    "ricetta",
    "recept",
    "reçetesiz",
    "виагр",
    "сиалис",
    "дженерик",
    "pharma",
    "prescription",
    "keto",
    "abnehmen",
    "diet",
    "minceur",
    "adelgaz",
    "emagre",
    "kuat",
    "pelangsing",
    "obat",
    // games
    "casin",
    "cassino",
    "kasyn",
    "казино",
    "slot",
    "spin",
    "bonus",
    "bonos",
    "bônus",
    "bono",
    "jackpot",
    "bet",
    "bahis",
    "apost",
    "apuest",
    "scommess",
    "zakład",
    "wett",
    "pari",
    "ставк",
    "gacor",
    "maxwin",
    "togel",
    "poker",
    "roulet",
    "автомат",
    "фриспин",
    "букмекер",
    "machine",
    "freispiel",
    "tragaperras",
    "caça",
    "automat",
    "matchi",
    "pronos",
    "iddaa",
    // money
    "loan",
    "kredit",
    "credit",
    "crédit",
    "crédito",
    "кредит",
    "займ",
    "prêt",
    "préstamo",
    "empréstimo",
    "prestit",
    "pożyczk",
    "chwilów",
    "pinjaman",
    "bitcoin",
    "crypt",
    "kript",
    "krypto",
    "cripto",
    "крипт",
    "forex",
    "usdt",
    "invest",
    "invert",
    "profit",
    "trading",
    "robot",
    "earn",
    "verdien",
    "gagn",
    "gana",
    "ganh",
    "guadagn",
    "zarabi",
    "kazan",
    "заработ",
    "доход",
    "работ",
    "gewinn",
    "prize",
    "giveaway",
    "премия",
    "возврат",
    "recovery",
    "darlehen",
    "billets",
    // links and texts for sale
    "backlink",
    "seo",
    "rank",
    "follower",
    "seguidor",
    "abonné",
    "obserwuj",
    "takipçi",
    "накрутк",
    "прогон",
    "продвиж",
    "google",
    "essay",
    "ghostwrit",
    "tesis",
    "tesi",
    "tez",
    "tcc",
    "skripsi",
    "диплом",
    "курсов",
    "реферат",
    "référenc",
    "pozycjon",
    "ссылк",
    // persons
    "girls",
    "women",
    "frauen",
    "femmes",
    "chicas",
    "garotas",
    "ragazze",
    "dziewczyn",
    "bayan",
    "девушк",
    "cewek",
    "escort",
    "eskort",
    "dating",
    "flirt",
    "sex",
    "секс",
    "hacker",
    "hacke",
    "haker",
    "hackeur",
    "хакер",
    "взлом",
    "spell",
    "zauber",
    "marabout",
    "amarre",
    "amarraç",
    "legament",
    "urok",
    "büyü",
    "приворот",
    "pelet",
    "medyum",
    // goods
    "replic",
    "réplique",
    "réplica",
    "replik",
    "реплик",
    "копи",
    "watch",
    "iptv",
    "stream",
    "passport",
    "führerschein",
    "permis",
    "carnet",
    "patente",
    "prawo",
    "sürücü",
    "cbd",
    "whatsapp",
    "telegram",
    "free",
    "gratis",
    "gratuit",
    "бесплатн",
    "ücretsiz",
    "darmow",
    "купить",
    "kaufen",
    "achete",
    "compra",
    "compre",
    "satın",
    "kup",
    "cheap",
    "buy",
    "discount",
];

/// The same for languages that put no space between words.
const UNSPACED_KEYS: &str = "伟哥|娱乐城|百家乐|老虎机|体验金|贷款|放款|兼职|刷单|交友|美女|排名|外链|黑客|\
     比特币|投资|稳赚|高仿|精仿|手表|代写|论文|毕业证|驾照|和合术|减肥|奖金|幸运|粉丝|六合彩|一肖一码|\
     免费|发票|投注|迷药|催情|外汇|追款|外围|伴游|微信|赌|バイアグラ|シアリス|処方箋|通販|カジノ|ボーナス|\
     フリースピン|融資|審査|副業|稼|人妻|出会い|無料|被リンク|検索順位|ビットコイン|不労所得|コピー|ブランド|\
     ハッカー|復縁|ダイエット|痩せ|当選|フォロワー|必勝法|見放題|代行|スロット|証明|返金|ベット|デリヘル|\
     不用品|激安|格安";

#[allow(clippy::unwrap_used)]
static PIECES: LazyLock<Regex> = LazyLock::new(|| {
    let addresses = r#"<[^>]*> | \[/?url[^\]]*\] | https?://[!-;=?-Z_a-z~]+ | www\.[!-;=?-Z_a-z~]+
        | [a-zA-Z0-9_.]+@[a-zA-Z0-9.-]+ | @[a-zA-Z0-9_]+ | [+][0-9][0-9\ ()-]+"#;
    let unspaced = r"[\p{Han}\p{Hiragana}\p{Katakana}ー]";
    Regex::new(&format!(
        r"(?x) (?P<kept> {addresses} ) | (?P<key> {UNSPACED_KEYS} ) | (?P<sign> {unspaced} )
          | (?P<word> [[\p{{L}}\p{{M}}\p{{N}}]--{unspaced}]+ )"
    ))
    .unwrap()
});

/// The text with every word put through `change`.
pub fn words(text: &str, mut change: impl FnMut(&str) -> String) -> String {
    pieces(text, |kind, piece| match kind {
        "kept" => piece.to_owned(),
        _ => change(piece),
    })
}

/// The text with those words put through `change` that filters look for; if there is none of
/// them, the long ones.
pub fn key_words(text: &str, mut change: impl FnMut(&str) -> String) -> String {
    let mut found = false;
    let changed = pieces(text, |kind, piece| {
        if kind == "key" || (kind == "word" && is_key(piece)) {
            found = true;
            change(piece)
        } else {
            piece.to_owned()
        }
    });
    if found {
        return changed;
    }
    words(text, |word| {
        if word.chars().count() >= 6 {
            change(word)
        } else {
            word.to_owned()
        }
    })
}

/// The text with the pieces that are no words put through `change`.
pub fn kept(text: &str, mut change: impl FnMut(&str) -> String) -> String {
    pieces(text, |kind, piece| match kind {
        "kept" => change(piece),
        _ => piece.to_owned(),
    })
}

fn pieces(text: &str, mut change: impl FnMut(&str, &str) -> String) -> String {
    PIECES
        .replace_all(text, |caught: &Captures<'_>| {
            ["kept", "key", "sign", "word"]
                .into_iter()
                .find_map(|kind| caught.name(kind).map(|piece| change(kind, piece.as_str())))
                .unwrap_or_default()
        })
        .into_owned()
}

fn is_key(word: &str) -> bool {
    let word = word.to_lowercase();
    KEYS.iter().any(|key| word.starts_with(key))
}
