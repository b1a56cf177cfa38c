//! Every text of the dashboard, in each of its languages: one line a text, so that none can be
//! missing. English first, then German, then Spanish.

/// Makes the type of the texts, and one value a language.
macro_rules! catalogue {
    ($($name:ident: $english:literal, $german:literal, $spanish:literal;)*) => {
        /// The texts in one language.
        #[derive(Debug)]
        pub(super) struct Words {
            /// Its code.
            pub(super) code: &'static str,
            /// Its name in itself.
            pub(super) name: &'static str,
            $(pub(super) $name: &'static str,)*
        }

        static ENGLISH: Words = Words { code: "en", name: "English", $($name: $english,)* };
        static GERMAN: Words = Words { code: "de", name: "Deutsch", $($name: $german,)* };
        static SPANISH: Words = Words { code: "es", name: "Español", $($name: $spanish,)* };
    };
}

impl Words {
    pub(super) const ENGLISH: &'static Self = &ENGLISH;
    pub(super) const ALL: [&'static Self; 3] = [&ENGLISH, &GERMAN, &SPANISH];

    /// The texts for a language tag such as `de` or `de-AT`.
    pub(super) fn of(tag: &str) -> Option<&'static Self> {
        let code = tag.trim().get(..2)?;
        Self::ALL
            .into_iter()
            .find(|words| words.code.eq_ignore_ascii_case(code))
    }
}

/// Puts a number or name into the place of `{}`.
pub(super) fn fill(text: &str, value: impl std::fmt::Display) -> String {
    text.replacen("{}", &value.to_string(), 1)
}

catalogue! {
    skip_to_content: "Skip to content", "Zum Inhalt springen", "Saltar al contenido";
    sections: "Sections", "Bereiche", "Secciones";
    queue: "Queue", "Kommentare", "Comentarios";
    sign_in: "Sign in", "Anmelden", "Entrar";
    sign_out: "Sign out", "Abmelden", "Salir";
    signed_in_as: "Signed in as {}", "Angemeldet als {}", "Sesión de {}";
    token_label: "Admin token or moderator key", "Admin-Token oder Moderationsschlüssel", "Token de administración o clave de moderación";
    token_help: "The admin token was printed at the first start. Moderators get a key of their own from an admin.", "Das Admin-Token wurde beim ersten Start ausgegeben. Moderierende bekommen von Admins einen eigenen Schlüssel.", "El token se mostró en el primer arranque. Quien modera recibe su propia clave de un administrador.";
    wrong_token: "This token is unknown or was revoked. Check that it was copied whole.", "Dieses Token ist unbekannt oder wurde widerrufen. Wurde es vollständig kopiert?", "Este token no existe o fue revocado. Comprueba que esté copiado entero.";
    too_many_tries: "Too many wrong tokens came from your address. Wait a minute, then try again.", "Von Ihrer Adresse kamen zu viele falsche Token. Warten Sie eine Minute und versuchen Sie es dann erneut.", "Llegaron demasiados tokens incorrectos desde tu dirección. Espera un minuto y prueba otra vez.";
    not_a_person: "This is a blog's key: it opens no dashboard. Use an admin token or a moderator key.", "Das ist der Schlüssel eines Blogs; er öffnet die Verwaltung nicht. Nehmen Sie ein Admin-Token oder einen Moderationsschlüssel.", "Esta es la clave de un blog y no abre el panel. Usa un token de administración o una clave de moderación.";
    language: "Language", "Sprache", "Idioma";
    stale_title: "This form is out of date", "Dieses Formular ist veraltet", "Este formulario está caducado";
    stale_help: "Nothing was changed. Go back, reload the page, and try again.", "Es wurde nichts geändert. Gehen Sie zurück, laden Sie die Seite neu und versuchen Sie es noch einmal.", "No se cambió nada. Vuelve atrás, recarga la página e inténtalo de nuevo.";
    not_found_title: "Nothing is here", "Hier ist nichts", "Aquí no hay nada";
    not_found_help: "What you look for was erased, its time is over, or it belongs to a site that you do not moderate.", "Was Sie suchen, wurde gelöscht, ist abgelaufen oder gehört zu einer Website, die Sie nicht moderieren.", "Lo que buscas se borró, caducó o es de un sitio que no moderas.";
    forbidden_title: "This is for admins", "Das ist Admins vorbehalten", "Esto es para administradores";
    forbidden_help: "Nothing was changed. Ask an admin, or sign in with an admin token.", "Es wurde nichts geändert. Fragen Sie einen Admin oder melden Sie sich mit einem Admin-Token an.", "No se cambió nada. Pide ayuda a un administrador o entra con un token de administración.";
    too_many_title: "Too many calls", "Zu viele Aufrufe", "Demasiadas peticiones";
    too_many_help: "Wait a moment, then reload the page.", "Warten Sie einen Augenblick und laden Sie die Seite neu.", "Espera un momento y recarga la página.";
    invalid_title: "That cannot be", "Das geht so nicht", "Eso no es válido";
    busy_title: "The server is busy", "Der Server ist ausgelastet", "El servidor está ocupado";
    busy_help: "Nothing was changed. Try again in a moment.", "Es wurde nichts geändert. Versuchen Sie es gleich noch einmal.", "No se cambió nada. Inténtalo de nuevo en un momento.";
    broken_title: "Something is wrong on the server", "Auf dem Server stimmt etwas nicht", "Algo va mal en el servidor";
    broken_help: "The server's log says what. Nothing was changed.", "Was genau, steht im Protokoll des Servers. Es wurde nichts geändert.", "El registro del servidor dice qué. No se cambió nada.";
    back_to_queue: "Back to the queue", "Zurück zu den Kommentaren", "Volver a los comentarios";
    site: "Site", "Website", "Sitio";
    any: "any", "beliebig", "cualquiera";
    verdict: "Verdict", "Urteil", "Veredicto";
    correction: "Correction", "Korrektur", "Corrección";
    ham: "ham", "kein Spam", "legítimo";
    unsure: "unsure", "unsicher", "dudoso";
    spam: "spam", "Spam", "spam";
    corrected_ham: "corrected to ham", "zu kein Spam korrigiert", "corregido a legítimo";
    corrected_spam: "corrected to spam", "zu Spam korrigiert", "corregido a spam";
    not_corrected: "none", "keine", "ninguna";
    signal: "Signal", "Merkmal", "Señal";
    search_text: "Text", "Text", "Texto";
    from_day: "From", "Von", "Desde";
    to_day: "To", "Bis", "Hasta";
    filter: "Filter", "Filtern", "Filtrar";
    clear_filters: "Clear", "Zurücksetzen", "Quitar filtros";
    nothing_found: "No comments here.", "Hier sind keine Kommentare.", "No hay comentarios.";
    nothing_found_help: "Comments appear as soon as a site asks about one. If you filtered, try fewer filters.", "Kommentare erscheinen, sobald eine Website nach einem fragt. Versuchen Sie es sonst mit weniger Filtern.", "Los comentarios aparecen cuando un sitio consulta alguno. Si filtraste, prueba con menos filtros.";
    next_page: "Older", "Ältere", "Anteriores";
    first_page: "Newest", "Neueste", "Más recientes";
    pages: "Pages", "Seiten", "Páginas";
    anonymous: "without a name", "ohne Namen", "sin nombre";
    on_entry: "on", "zu", "en";
    select: "Select", "Auswählen", "Seleccionar";
    select_all: "Select all on this page", "Alle auf dieser Seite auswählen", "Seleccionar todos en esta página";
    with_selected: "With the selected:", "Mit den ausgewählten:", "Con los seleccionados:";
    mark_spam: "Spam", "Spam", "Spam";
    mark_ham: "Not spam", "Kein Spam", "No es spam";
    mark_leave: "Not spam, do not learn", "Kein Spam, nichts lernen", "No es spam, no aprender";
    undo: "Undo", "Rückgängig", "Deshacer";
    why: "Why", "Warum", "Por qué";
    you_said_spam: "Corrected: spam", "Korrigiert: Spam", "Corregido: spam";
    you_said_ham: "Corrected: not spam", "Korrigiert: kein Spam", "Corregido: no es spam";
    not_learned: "not learned", "nicht gelernt", "no aprendido";
    content_gone: "The text is no longer kept.", "Der Text wird nicht mehr aufbewahrt.", "El texto ya no se conserva.";
    empty_comment: "An empty comment.", "Ein leerer Kommentar.", "Un comentario vacío.";
    said_spam: "Corrected to spam: {}", "Zu Spam korrigiert: {}", "Corregidos a spam: {}";
    said_ham: "Corrected to not spam: {}", "Zu kein Spam korrigiert: {}", "Corregidos a no es spam: {}";
    said_leave: "Corrected to not spam, without learning: {}", "Zu kein Spam korrigiert, ohne zu lernen: {}", "Corregidos a no es spam, sin aprender: {}";
    said_undone: "Taken back: {}", "Zurückgenommen: {}", "Deshechos: {}";
    said_nothing: "Nothing was selected.", "Es war nichts ausgewählt.", "No había nada seleccionado.";
    probability: "Probability of spam", "Spam-Wahrscheinlichkeit", "Probabilidad de spam";
    reasons: "Reasons", "Gründe", "Razones";
    keys_help: "Keyboard", "Tastatur", "Teclado";
    key_move: "move down and up", "nach unten und oben", "bajar y subir";
    key_select: "select", "auswählen", "seleccionar";
    key_open: "open: why", "öffnen: warum", "abrir: por qué";
    key_help: "this help", "diese Hilfe", "esta ayuda";
    close: "Close", "Schließen", "Cerrar";
    comment: "Comment", "Kommentar", "Comentario";
    leans_spam: "speaks for spam", "spricht für Spam", "apunta a spam";
    leans_ham: "speaks against it", "spricht dagegen", "apunta en contra";
    alike: "Comments that begin alike", "Kommentare, die so anfangen", "Comentarios que empiezan igual";
    facts: "Sent with it", "Mitgeschickt", "Enviado con él";
    author: "Author", "Verfasst von", "Autor";
    email: "E-mail", "E-Mail", "Correo";
    home_page: "Home page", "Homepage", "Página web";
    ip: "Address", "Adresse", "Dirección";
    role: "Role", "Rolle", "Rol";
    user_agent: "Browser", "Browser", "Navegador";
    entry: "Entry", "Beitrag", "Entrada";
    permalink: "Page", "Seite", "Página";
    tags: "Tags", "Schlagwörter", "Etiquetas";
    referrer: "Came from", "Kam von", "Vino de";
    kind: "Kind", "Art", "Tipo";
    time_to_write: "Time to write", "Schreibzeit", "Tiempo de escritura";
    honeypot: "Hidden field", "Verstecktes Feld", "Campo oculto";
    history: "History", "Verlauf", "Historia";
    was_checked: "Checked", "Geprüft", "Revisado";
    was_submitted: "First seen in a correction", "Zuerst in einer Korrektur gesehen", "Visto primero en una corrección";
    was_shadow: "Shadow mode: the site was told ham", "Schattenmodus: Der Website wurde „kein Spam“ gesagt", "Modo sombra: al sitio se le dijo legítimo";
    will_be_told: "The site hears of corrections", "Die Website erfährt von Korrekturen", "El sitio se entera de las correcciones";
    make_rule: "Make a rule", "Regel anlegen", "Crear una regla";
    make_rule_help: "You see first which comments it would have been true of.", "Sie sehen zuerst, auf welche Kommentare sie zugetroffen hätte.", "Primero verás a qué comentarios se habría aplicado.";
    sum_title: "Why: the score as a sum", "Warum: das Ergebnis als Summe", "Por qué: el resultado como suma";
    sum_help: "Weights are log-odds: above zero speaks for spam, below zero against it.", "Gewichte sind logarithmierte Quoten: über null spricht für Spam, unter null dagegen.", "Los pesos son log-odds: sobre cero apunta a spam, bajo cero en contra.";
    judged_now: "Judged now:", "Heutiges Urteil:", "Juzgado ahora:";
    learned_from: "Corrections learned so far: {}.", "Bisher gelernte Korrekturen: {}.", "Correcciones aprendidas: {}.";
    differs: "That is not what was said then.", "Das ist nicht das Urteil von damals.", "No es lo que se dijo entonces.";
    evidence: "Evidence", "Beleg", "Indicio";
    weight: "Weight", "Gewicht", "Peso";
    baseline: "before any evidence", "vor allen Belegen", "antes de cualquier indicio";
    rest: "everything else", "alles Übrige", "todo lo demás";
    total: "Sum", "Summe", "Suma";
}
