//! Every text of the dashboard, in each of its languages: one line a text, so that none can be
//! missing. English first, then German, then Spanish.

use crate::rule::ConditionKind;
use crate::verdict::Action;

/// Makes the type of the texts, and one value a language.
macro_rules! catalogue {
    ($($name:ident: $english:literal, $german:literal, $spanish:literal;)*) => {
        /// The texts in one language.
        #[derive(Debug)]
        pub(super) struct Words {
            /// Its code.
            pub(super) code: &'static str,
            /// Its place wherever there is a text in each language.
            pub(super) number: usize,
            /// Its name in itself.
            pub(super) name: &'static str,
            $(pub(super) $name: &'static str,)*
        }

        static ENGLISH: Words = Words { code: "en", number: 0, name: "English", $($name: $english,)* };
        static GERMAN: Words = Words { code: "de", number: 1, name: "Deutsch", $($name: $german,)* };
        static SPANISH: Words = Words { code: "es", number: 2, name: "Español", $($name: $spanish,)* };
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

    /// What a rule does.
    pub(super) fn outcome_word(&self, outcome: &Action) -> &'static str {
        match outcome {
            Action::Publish => self.publish,
            Action::Hold => self.hold,
            Action::Discard => self.discard,
        }
    }
}

impl Words {
    /// What a rule compares.
    pub(super) fn condition_word(&self, kind: &ConditionKind) -> &'static str {
        match kind {
            ConditionKind::Ip => self.match_ip,
            ConditionKind::Email => self.match_email,
            ConditionKind::EmailDomain => self.match_email_domain,
            ConditionKind::LinkDomain => self.match_link_domain,
            ConditionKind::Author => self.match_author,
            ConditionKind::Word => self.match_word,
            ConditionKind::Regex => self.match_regex,
        }
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
    key_only_site: "Only on site", "Nur auf Website", "Solo en el sitio";
    key_every_site: "every site", "alle Websites", "todos los sitios";
    site_notes: "Note", "Notiz", "Nota";
    site_state: "State", "Stand", "Estado";
    try_comment: "Try a comment", "Kommentar ausprobieren", "Probar un comentario";
    try_help: "What would be said of it now, and why. Nothing is kept or counted.", "Was jetzt dazu gesagt würde, und warum. Nichts wird aufbewahrt oder gezählt.", "Qué se diría ahora de él y por qué. No se guarda ni se cuenta nada.";
    try_name: "Name", "Name", "Nombre";
    try_email: "E-mail", "E-Mail", "Correo";
    try_url: "Home page", "Webseite", "Página web";
    judge: "Judge it", "Beurteilen", "Juzgarlo";
    not_an_address: "give an address such as 203.0.113.9 or 2001:db8::1", "geben Sie eine Adresse wie 203.0.113.9 oder 2001:db8::1 an", "da una dirección como 203.0.113.9 o 2001:db8::1";
    keys_and_people: "Keys and people", "Schlüssel und Personen", "Claves y personas";
    people: "People", "Personen", "Personas";
    blog_keys: "Keys of blogs", "Schlüssel von Blogs", "Claves de blogs";
    key_name: "Name", "Name", "Nombre";
    key_for: "For", "Für", "Para";
    for_moderator: "a moderator", "eine moderierende Person", "quien modera";
    for_admin: "an admin", "einen Admin", "un administrador";
    for_blog: "a blog", "ein Blog", "un blog";
    make_key: "Make a key", "Schlüssel anlegen", "Crear clave";
    shown_once: "Copy it now: it is not stored and cannot be shown again.", "Jetzt kopieren: Er wird nicht gespeichert und nicht noch einmal gezeigt.", "Cópiala ahora: no se guarda y no se mostrará otra vez.";
    may: "May", "Darf", "Puede";
    may_all: "everything", "alles", "todo";
    may_moderate: "moderate", "moderieren", "moderar";
    may_site: "check and correct", "prüfen und korrigieren", "comprobar y corregir";
    since: "Since", "Seit", "Desde";
    last_used: "Last used", "Zuletzt benutzt", "Último uso";
    key_over: "no longer accepted", "nicht mehr gültig", "ya no vale";
    rotate: "Replace", "Ersetzen", "Reemplazar";
    revoke: "Revoke", "Widerrufen", "Revocar";
    revoke_and_unlearn: "Revoke it and take back what it taught", "Widerrufen und zurücknehmen, was er lehrte", "Revocarla y deshacer lo que enseñó";
    revoke_now: "Revoke it now", "Jetzt widerrufen", "Revocarla ahora";
    sites: "Sites", "Websites", "Sitios";
    set_up_site: "Set up a site", "Website einrichten", "Configurar un sitio";
    open_site: "Open", "Öffnen", "Abrir";
    no_sites: "No site has asked about a comment yet.", "Noch keine Website hat nach einem Kommentar gefragt.", "Ningún sitio ha consultado todavía un comentario.";
    site_on: "in use", "in Gebrauch", "en uso";
    site_off: "switched off", "abgeschaltet", "desactivado";
    shadow: "on trial", "auf Probe", "a prueba";
    not_learning: "does not learn", "lernt nicht", "no aprende";
    thresholds: "Thresholds", "Schwellen", "Umbrales";
    thresholds_help: "From these probabilities on a comment is unsure, spam, and discarded unseen. Numbers from 0 to 1 that rise.", "Ab diesen Wahrscheinlichkeiten ist ein Kommentar unsicher, Spam, und wird ungesehen verworfen. Steigende Zahlen von 0 bis 1.", "Desde estas probabilidades un comentario es dudoso, spam, y se descarta sin verlo. Números crecientes de 0 a 1.";
    unsure_from: "Unsure from", "Unsicher ab", "Dudoso desde";
    spam_from: "Spam from", "Spam ab", "Spam desde";
    discard_from: "Discarded from", "Verworfen ab", "Descartado desde";
    preview: "Preview", "Vorschau", "Vista previa";
    trial_title: "Tried on the newest comments", "An den neuesten Kommentaren erprobt", "Probado con los comentarios más recientes";
    as_it_was: "As it was", "Wie es war", "Como fue";
    as_tried: "With these", "Mit diesen", "Con estos";
    blocked_ham: "Blocked, of those that people called not spam", "Blockiert von denen, die Menschen kein Spam nannten", "Bloqueados, de los que las personas llamaron no spam";
    passed_spam: "Not blocked, of those that people called spam", "Nicht blockiert von denen, die Menschen Spam nannten", "No bloqueados, de los que las personas llamaron spam";
    use_thresholds: "Use these", "Diese verwenden", "Usar estos";
    settings: "Settings", "Einstellungen", "Ajustes";
    site_language: "Languages of the site", "Sprachen der Website", "Idiomas del sitio";
    retention_days: "Days kept", "Tage aufbewahrt", "Días guardados";
    retention_what: "What goes then", "Was dann geht", "Qué se borra entonces";
    goes_content: "what was written", "was geschrieben wurde", "lo escrito";
    goes_record: "the whole record", "der ganze Eintrag", "todo el registro";
    erasure: "When a person is erased, what was learned", "Wird eine Person gelöscht, wird das Gelernte", "Al borrar a una persona, lo aprendido";
    erasure_keep: "stays, as hashes", "behalten, als Hashwerte", "se queda, como hashes";
    erasure_retract: "is taken back", "zurückgenommen", "se deshace";
    honeypot_verdict: "spam for certain", "sicher Spam", "spam seguro";
    honeypot_signal: "one reason among others", "ein Grund unter anderen", "una razón más";
    learning: "Learn from corrections", "Aus Korrekturen lernen", "Aprender de las correcciones";
    shadow_long: "On trial: answer every check with ham", "Auf Probe: jede Prüfung mit kein Spam beantworten", "A prueba: responder siempre que es legítimo";
    keep_ip: "Keep IP addresses readable", "IP-Adressen lesbar aufbewahren", "Guardar legibles las direcciones IP";
    callback: "Call the site back when a verdict changes", "Die Website über geänderte Urteile benachrichtigen", "Avisar al sitio cuando cambia un veredicto";
    reputation: "Also look at", "Auch beachten", "Tener en cuenta también";
    look_repeats: "the same text elsewhere", "denselben Text anderswo", "el mismo texto en otros lugares";
    look_network: "many comments from one network", "viele Kommentare aus einem Netz", "muchos comentarios de una red";
    look_author: "what the author wrote before", "was der Autor vorher schrieb", "lo que el autor escribió antes";
    save: "Save", "Speichern", "Guardar";
    honeypot_means: "A filled honeypot field is", "Ein ausgefülltes Honigtopf-Feld ist", "Un campo trampa relleno es";
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
    alike: "Others like it", "Ähnliche", "Parecidos";
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
    was_imported: "Imported", "Importiert", "Importado";
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
    overview: "Overview", "Übersicht", "Resumen";
    rules: "Rules", "Regeln", "Reglas";
    last_30_days: "last 30 days", "letzte 30 Tage", "últimos 30 días";
    what_is_wrong: "What is wrong and what to do", "Was nicht stimmt und was zu tun ist", "Qué va mal y qué hacer";
    issues: "Issues", "Probleme", "Problemas";
    nothing_wrong: "Nothing is wrong.", "Alles in Ordnung.", "Todo está bien.";
    watched: "Watched are the disk and the store, callbacks, keys, rules, what sites send with a comment, and which way corrections go.", "Beobachtet werden Festplatte und Speicher, Rückrufe, Schlüssel, Regeln, was Websites mitschicken, und in welche Richtung korrigiert wird.", "Se vigilan el disco y el almacén, las llamadas de vuelta, las claves, las reglas, lo que envían los sitios y hacia dónde van las correcciones.";
    read_only: "Nothing can be stored: {}", "Es kann nichts gespeichert werden: {}", "No se puede guardar nada: {}";
    read_only_help: "Checks are answered, but neither verdicts nor corrections are kept. Make room on the disk or mend it, then restart the server; chaffinch doctor says more.", "Prüfungen werden beantwortet, aber weder Urteile noch Korrekturen bleiben. Schaffen Sie Platz auf der Festplatte oder reparieren Sie sie, und starten Sie den Server neu; chaffinch doctor sagt mehr.", "Se responde a las comprobaciones, pero no se guardan ni veredictos ni correcciones. Libera espacio o repara el disco y reinicia el servidor; chaffinch doctor dice más.";
    cluster_away: "The log of the cluster has not answered for {} seconds", "Das Protokoll des Clusters antwortet seit {} Sekunden nicht", "El registro del clúster no responde desde hace {} segundos";
    cluster_away_help: "Comments are checked; corrections and changes are refused until it answers again. See whether the NATS servers run and can be reached from here.", "Kommentare werden geprüft; Korrekturen und Änderungen werden abgelehnt, bis es wieder antwortet. Laufen die NATS-Server, und sind sie von hier zu erreichen?", "Los comentarios se analizan; las correcciones y los cambios se rechazan hasta que responda. Comprueba que los servidores NATS funcionen y se alcancen desde aquí.";
    cluster_parted: "This server no longer follows the cluster: {}", "Dieser Server folgt dem Cluster nicht mehr: {}", "Este servidor ya no sigue al clúster: {}";
    cluster_parted_help: "It judges by what it had learned, and takes no corrections. docs/scaling.md says how to find out which log is right, and how to join again.", "Er urteilt nach dem, was er gelernt hatte, und nimmt keine Korrekturen an. docs/scaling.md sagt, wie man das richtige Protokoll findet und wieder beitritt.", "Juzga con lo aprendido y no acepta correcciones. docs/scaling.md explica cómo saber qué registro es el bueno y cómo volver a unirse.";
    not_kept: "Checks answered without keeping their verdict since the start: {}", "Seit dem Start beantwortete Prüfungen, deren Urteil nicht gespeichert wurde: {}", "Comprobaciones respondidas sin guardar su veredicto desde el inicio: {}";
    not_kept_help: "Those comments are not in the queue. The server's log says why: mostly no room on the disk, or more checks at once than it takes.", "Diese Kommentare stehen nicht in der Liste. Das Protokoll des Servers sagt, warum: meist kein Platz auf der Festplatte oder mehr Prüfungen zugleich, als sie schafft.", "Esos comentarios no están en la lista. El registro del servidor dice por qué: casi siempre falta espacio o hay más comprobaciones a la vez de las que admite el disco.";
    disk_short: "The disk is nearly full: {} of {} are left.", "Die Festplatte ist fast voll: {} von {} sind frei.", "El disco está casi lleno: quedan {} de {}.";
    disk_short_help: "Make room, or let sites keep comments for fewer days. The first write that finds no room is the last until a restart.", "Schaffen Sie Platz, oder lassen Sie Websites Kommentare weniger lange aufbewahren. Der erste Schreibvorgang ohne Platz ist der letzte bis zum Neustart.", "Libera espacio o haz que los sitios guarden los comentarios menos días. La primera escritura sin espacio es la última hasta reiniciar.";
    callback_fails: "Callbacks to {} do not arrive: {}", "Rückrufe an {} kommen nicht an: {}", "Las llamadas de vuelta a {} no llegan: {}";
    callback_fails_help: "Each is tried again for about three hours. Check the site's address, certificate and key, or switch callbacks off for it.", "Jeder wird etwa drei Stunden lang wiederholt. Prüfen Sie Adresse, Zertifikat und Schlüssel der Website, oder schalten Sie Rückrufe für sie ab.", "Cada una se repite durante unas tres horas. Revisa la dirección, el certificado y la clave del sitio, o desactiva sus llamadas.";
    token_never_used: "The admin token that the first start printed was never used.", "Das Admin-Token, das der erste Start ausgab, wurde nie benutzt.", "El token de administración que mostró el primer inicio nunca se usó.";
    token_never_used_help: "Whoever saw that output can still use it. If you sign in with another one, revoke it.", "Wer diese Ausgabe gesehen hat, kann es noch benutzen. Wenn Sie sich mit einem anderen anmelden, widerrufen Sie es.", "Quien vio aquella salida aún puede usarlo. Si entras con otro, revócalo.";
    key_idle: "The key “{}” was last used on {}.", "Der Schlüssel „{}“ wurde zuletzt am {} benutzt.", "La clave «{}» se usó por última vez el {}.";
    key_never_used: "The key “{}” was not used since {}.", "Der Schlüssel „{}“ wurde seit {} nicht benutzt.", "La clave «{}» no se ha usado desde {}.";
    key_idle_help: "A key that nobody needs is a door that nobody watches: revoke it.", "Ein Schlüssel, den niemand braucht, ist eine Tür, die niemand bewacht: Widerrufen Sie ihn.", "Una clave que nadie necesita es una puerta que nadie vigila: revócala.";
    own_model: "Another model judges than the one inside the program: {}", "Es urteilt ein anderes Modell als das mitgelieferte: {}", "Juzga otro modelo que el incluido en el programa: {}";
    own_model_help: "That is right if you trained it. After an update of the program, see by your own corrections whether it is still the better one.", "Das ist richtig, wenn Sie es trainiert haben. Sehen Sie nach einem Update des Programms anhand Ihrer Korrekturen, ob es noch das bessere ist.", "Está bien si lo entrenaste tú. Tras actualizar el programa, mira con tus correcciones si sigue siendo el mejor.";
    was_taken_back: "Correction taken back", "Korrektur zurückgenommen", "Corrección deshecha";
    by_whom: "by", "von", "por";
    key_of_id: "key {}", "Schlüssel {}", "clave {}";
    call_delivered: "The site was told", "Der Website mitgeteilt", "Se avisó al sitio";
    call_retry: "The site could not be told, it is tried again: {}", "Der Website konnte es nicht mitgeteilt werden, es wird wiederholt: {}", "No se pudo avisar al sitio, se intentará de nuevo: {}";
    call_given_up: "The site could not be told, given up: {}", "Der Website konnte es nicht mitgeteilt werden, aufgegeben: {}", "No se pudo avisar al sitio, se abandona: {}";
    call_refused: "The site did not take it: {}", "Die Website nahm es nicht an: {}", "El sitio no lo aceptó: {}";
    call_dropped: "The site was not told: {}", "Der Website nicht mitgeteilt: {}", "No se avisó al sitio: {}";
    change: "Change", "Ändern", "Cambiar";
    change_rule: "Change a rule", "Regel ändern", "Cambiar una regla";
    rule_until: "Last day", "Letzter Tag", "Último día";
    match_ip: "address or network", "Adresse oder Netz", "dirección o red";
    match_email: "e-mail address", "E-Mail-Adresse", "correo";
    match_email_domain: "e-mail at domain", "E-Mail bei Domain", "correo en dominio";
    match_link_domain: "link to domain", "Link zu Domain", "enlace a dominio";
    match_author: "author's name", "Name", "nombre";
    match_word: "words", "Wörter", "palabras";
    match_regex: "regular expression", "regulärer Ausdruck", "expresión regular";
    callback_secret: "Sign callbacks with", "Rückrufe signieren mit", "Firmar las llamadas con";
    secret_set: "A secret is set; it is never shown. Leave this empty to keep it.", "Ein Geheimnis ist gesetzt; es wird nie gezeigt. Leer lassen, um es zu behalten.", "Hay un secreto; nunca se muestra. Déjalo vacío para conservarlo.";
    secret_unset: "Without a secret callbacks are not signed. 16 to 128 visible ASCII characters.", "Ohne Geheimnis werden Rückrufe nicht signiert. 16 bis 128 sichtbare ASCII-Zeichen.", "Sin secreto las llamadas no se firman. De 16 a 128 caracteres ASCII visibles.";
    no_secret: "Sign no longer", "Nicht mehr signieren", "No firmar más";
    recheck_after: "Seconds until an unsure check is asked again", "Sekunden, bis eine unsichere Prüfung wiederholt wird", "Segundos hasta repetir una comprobación dudosa";
    recheck_help: "For clients of the Akismet protocol: they hold the comment and ask again. Empty: never.", "Für Clients des Akismet-Protokolls: Sie halten den Kommentar zurück und fragen noch einmal. Leer: nie.", "Para clientes del protocolo Akismet: retienen el comentario y vuelven a preguntar. Vacío: nunca.";
    retention_help: "Either way corrections stay learned, as hashes that hold no word of the comment, and the counts by day stay.", "In beiden Fällen bleiben Korrekturen gelernt, als Hashwerte ohne ein Wort des Kommentars, und die Zahlen je Tag bleiben.", "En ambos casos lo corregido sigue aprendido, como hashes sin ninguna palabra del comentario, y quedan los recuentos por día.";
    wrong_length: "give 1 to 500 bytes", "geben Sie 1 bis 500 Bytes an", "da de 1 a 500 bytes";
    wrong_network: "give an IP address or a network such as 203.0.113.0/24 or 2001:db8::/32", "geben Sie eine IP-Adresse oder ein Netz wie 203.0.113.0/24 oder 2001:db8::/32 an", "da una dirección IP o una red como 203.0.113.0/24 o 2001:db8::/32";
    wrong_email: "give one e-mail address without spaces", "geben Sie eine E-Mail-Adresse ohne Leerzeichen an", "da una dirección de correo sin espacios";
    wrong_domain: "give a domain such as example.com, without scheme and path", "geben Sie eine Domain wie example.com an, ohne Schema und Pfad", "da un dominio como example.com, sin esquema ni ruta";
    wrong_word: "give at least one letter or digit", "geben Sie mindestens einen Buchstaben oder eine Ziffer an", "da al menos una letra o un dígito";
    wrong_expression: "the expression cannot be used: {}", "der Ausdruck ist nicht brauchbar: {}", "la expresión no se puede usar: {}";
    wrong_matches_all: "the expression matches every text, the empty one too", "der Ausdruck trifft auf jeden Text zu, auch auf den leeren", "la expresión coincide con cualquier texto, incluso el vacío";
    wrong_site_empty: "give the address of its front page", "geben Sie die Adresse der Startseite an", "da la dirección de su portada";
    wrong_site_host: "there is no host name in it; give the address of the front page", "darin ist kein Hostname; geben Sie die Adresse der Startseite an", "no tiene nombre de host; da la dirección de la portada";
    wrong_site_long: "it is longer than 512 bytes", "sie ist länger als 512 Bytes", "tiene más de 512 bytes";
    wrong_site_exists: "The site is set up already; change it instead.", "Die Website ist schon eingerichtet; ändern Sie sie stattdessen.", "El sitio ya está configurado; cámbialo.";
    wrong_days: "give a number of days from 1 to 3650", "geben Sie eine Zahl von 1 bis 3650 Tagen an", "da un número de días de 1 a 3650";
    wrong_seconds: "give a number of seconds from 1 to 86400", "geben Sie eine Zahl von 1 bis 86400 Sekunden an", "da un número de segundos de 1 a 86400";
    wrong_language: "give languages such as “en” or “en, fr_CA”", "geben Sie Sprachen wie „en“ oder „en, fr_CA“ an", "da idiomas como «en» o «en, fr_CA»";
    wrong_notes: "give a text of at most 2000 bytes without control characters", "geben Sie einen Text von höchstens 2000 Bytes ohne Steuerzeichen an", "da un texto de hasta 2000 bytes sin caracteres de control";
    wrong_secret: "give 16 to 128 visible ASCII characters", "geben Sie 16 bis 128 sichtbare ASCII-Zeichen an", "da de 16 a 128 caracteres ASCII visibles";
    wrong_key_name: "give a name of 1 to 100 characters that does not begin with “first ” or “configured ”", "geben Sie einen Namen von 1 bis 100 Zeichen an, der nicht mit „first “ oder „configured “ beginnt", "da un nombre de 1 a 100 caracteres que no empiece por «first » ni «configured »";
    wrong_thresholds: "Give numbers from 0 to 1 that rise: unsure, then spam, then discarded.", "Geben Sie steigende Zahlen von 0 bis 1 an: unsicher, dann Spam, dann verworfen.", "Da números crecientes de 0 a 1: dudoso, luego spam, luego descartado.";
    wrong_probability: "give a number from 0 to 1", "geben Sie eine Zahl von 0 bis 1 an", "da un número de 0 a 1";
    wrong_day: "give a day such as 2026-11-25", "geben Sie einen Tag wie 2026-11-25 an", "da un día como 2026-11-25";
    wrong_too_many_rules: "There are {} rules already, the most that there may be.", "Es gibt schon {} Regeln, mehr können es nicht sein.", "Ya hay {} reglas, el máximo posible.";
    wrong_too_many_expressions: "There are {} rules with expressions already, the most that there may be.", "Es gibt schon {} Regeln mit Ausdrücken, mehr können es nicht sein.", "Ya hay {} reglas con expresiones, el máximo posible.";
    wrong_key_configured: "This key is set by the configuration; change it there.", "Dieser Schlüssel steht in der Konfiguration; ändern Sie ihn dort.", "Esta clave está en la configuración; cámbiala allí.";
    wrong_key_rotated: "Another key took the place of this one; replace that one.", "Ein anderer Schlüssel hat diesen ersetzt; ersetzen Sie jenen.", "Otra clave ya ocupa el lugar de esta; reemplaza aquella.";
    wrong_last_admin: "This is the last admin token; make another one first.", "Das ist das letzte Admin-Token; legen Sie zuerst ein anderes an.", "Es el último token de administración; crea otro antes.";
    data: "Data", "Daten", "Datos";
    look_again: "Look again", "Noch einmal nachsehen", "Volver a mirar";
    one_at_a_time: "Other work is under way; look again when it is done.", "Es läuft schon eine andere Arbeit; versuchen Sie es danach noch einmal.", "Hay otro trabajo en curso; vuelve cuando termine.";
    evaluate: "Evaluate on your own corrections", "An den eigenen Korrekturen messen", "Medir con tus correcciones";
    evaluate_help: "Judges the newest 10,000 corrected comments that are still kept: as they were judged, by the base model alone, and by a filter that learns from each in turn.", "Beurteilt die neuesten 10.000 korrigierten Kommentare, die noch da sind: wie sie beurteilt wurden, nur mit dem Grundmodell, und mit einem Filter, der der Reihe nach aus jedem lernt.", "Juzga los 10 000 comentarios corregidos más recientes que se conservan: como se juzgaron, solo con el modelo base y con un filtro que aprende de cada uno.";
    evaluate_now: "Evaluate", "Messen", "Medir";
    evaluating: "Evaluating: {} %", "Wird gemessen: {} %", "Midiendo: {} %";
    evaluation_failed: "The evaluation failed. {}", "Das Messen ist gescheitert. {}", "La medición falló. {}";
    evaluated: "How well it does on your corrections", "Wie gut er an Ihren Korrekturen abschneidet", "Qué tal va con tus correcciones";
    evaluated_of: "{} corrected comments, {} not spam and {} spam.", "{} korrigierte Kommentare, {} kein Spam und {} Spam.", "{} comentarios corregidos, {} legítimos y {} spam.";
    evaluated_help: "In brackets 95 % intervals. People correct what went wrong more often than what went right: these comments are harder than all of them.", "In Klammern 95-%-Intervalle. Korrigiert wird öfter, was falsch war, als was richtig war: Diese Kommentare sind schwerer als alle zusammen.", "Entre paréntesis, intervalos del 95 %. Se corrige más lo que salió mal que lo que salió bien: estos comentarios son más difíciles que el conjunto.";
    judged_then: "As judged then", "Wie damals beurteilt", "Como se juzgó";
    judged_base: "The base model alone", "Nur das Grundmodell", "Solo el modelo base";
    judged_learning: "Learning from each", "Aus jedem lernend", "Aprendiendo de cada uno";
    roc_area: "ROC area", "ROC-Fläche", "Área ROC";
    caught_at_1: "Spam caught where 1 % of the rest is blocked", "Erkannter Spam, wenn 1 % des Übrigen blockiert wird", "Spam detectado bloqueando el 1 % del resto";
    caught_spam: "Spam caught at the threshold", "Erkannter Spam an der Schwelle", "Spam detectado en el umbral";
    blocked_of_ham: "Not spam, but blocked at the threshold", "Kein Spam, an der Schwelle blockiert", "Legítimos bloqueados en el umbral";
    calibration_error: "Calibration error", "Kalibrierungsfehler", "Error de calibración";
    roc_alt: "ROC curves of the three: spam caught over the rest blocked. The table has their figures.", "ROC-Kurven der drei: erkannter Spam über dem blockierten Rest. Die Tabelle nennt die Zahlen.", "Curvas ROC de los tres: spam detectado frente al resto bloqueado. La tabla tiene las cifras.";
    one_class: "For more figures and the ROC curve, both kinds are needed: comments corrected to spam and to not spam.", "Für weitere Zahlen und die ROC-Kurve braucht es beides: zu Spam und zu kein Spam korrigierte Kommentare.", "Para más cifras y la curva ROC hacen falta ambos tipos: corregidos a spam y a no es spam.";
    backup: "Backup", "Sicherung", "Copia de seguridad";
    backup_help: "Everything in one file, while the server goes on; chaffinch restore reads it. It holds what people wrote: keep it as safe as the server.", "Alles in einer Datei, während der Server weiterläuft; chaffinch restore liest sie. Darin steht, was Menschen schrieben: Verwahren Sie sie so sicher wie den Server.", "Todo en un archivo, sin parar el servidor; chaffinch restore lo lee. Contiene lo que la gente escribió: guárdalo tan seguro como el servidor.";
    backup_now: "Back up now", "Jetzt sichern", "Hacer copia ahora";
    export: "Export", "Ausgeben", "Exportar";
    export_help: "The corrected comments that are still kept, one a line, for chaffinch import, train and evaluate.", "Die korrigierten Kommentare, die noch da sind, je einer in einer Zeile, für chaffinch import, train und evaluate.", "Los comentarios corregidos que se conservan, uno por línea, para chaffinch import, train y evaluate.";
    export_now: "Export corrected comments", "Korrigierte Kommentare ausgeben", "Exportar comentarios corregidos";
    import: "Import labelled comments", "Beschriftete Kommentare einlesen", "Importar comentarios etiquetados";
    import_help: "JSON Lines with at least \"label\" (ham or spam) and \"content\", up to 16 MiB. You see first what is in the file; nothing is taught until you say so.", "JSON Lines mit mindestens \"label\" (ham oder spam) und \"content\", bis 16 MiB. Sie sehen zuerst, was in der Datei ist; gelehrt wird erst, wenn Sie es sagen.", "JSON Lines con al menos \"label\" (ham o spam) y \"content\", hasta 16 MiB. Primero ves qué hay en el archivo; no se enseña nada hasta que lo digas.";
    import_file: "File", "Datei", "Archivo";
    look_at_file: "Look at the file", "Datei ansehen", "Mirar el archivo";
    nothing_taught_yet: "Nothing of it is taught yet.", "Noch ist nichts davon gelehrt.", "Aún no se ha enseñado nada.";
    comments_in_file: "Comments", "Kommentare", "Comentarios";
    judged_of_them: "Of them judged now", "Davon jetzt beurteilt", "De ellos, juzgados ahora";
    would_block: "Not spam in the file, spam to the filter", "In der Datei kein Spam, für den Filter Spam", "Legítimos en el archivo, spam para el filtro";
    would_miss: "Spam in the file, not so to the filter", "In der Datei Spam, für den Filter nicht", "Spam en el archivo, no para el filtro";
    teach_them: "Teach them", "Lehren", "Enseñarlos";
    not_now: "Not now", "Jetzt nicht", "Ahora no";
    importing: "Importing: {} %", "Wird eingelesen: {} %", "Importando: {} %";
    imported: "Comments taught: {}", "Gelehrte Kommentare: {}", "Comentarios enseñados: {}";
    import_failed: "The import broke off. {}", "Das Einlesen ist abgebrochen. {}", "La importación se interrumpió. {}";
    take_all_back: "Take all of them back", "Alle zurücknehmen", "Deshacerlos todos";
    wrong_file_size: "The file is longer than 16 MiB; cut it into several.", "Die Datei ist länger als 16 MiB; teilen Sie sie auf.", "El archivo pasa de 16 MiB; divídelo.";
    wrong_file_empty: "There is no comment in the file.", "In der Datei ist kein Kommentar.", "No hay ningún comentario en el archivo.";
    wrong_file: "The file cannot be read: {}", "Die Datei ist nicht lesbar: {}", "No se puede leer el archivo: {}";
    wrong_line: "Line {} is no labelled comment: {}", "Zeile {} ist kein beschrifteter Kommentar: {}", "La línea {} no es un comentario etiquetado: {}";
    tops: "What they have in common", "Was sie gemeinsam haben", "Qué tienen en común";
    sampled: "A sample: the newest 20 comments of each of these days, {} in all.", "Eine Stichprobe: die neuesten 20 Kommentare jedes dieser Tage, zusammen {}.", "Una muestra: los 20 comentarios más recientes de cada uno de estos días, {} en total.";
    top_signals: "Top signals", "Häufigste Merkmale", "Señales principales";
    top_domains: "Domains linked to most", "Meistverlinkte Domains", "Dominios más enlazados";
    domain: "Domain", "Domain", "Dominio";
    in_comments: "Comments", "Kommentare", "Comentarios";
    strongest_in: "Strongest in", "Am stärksten in", "La más fuerte en";
    of_them_spam: "Spam", "Spam", "Spam";
    card_comments: "Comments trained on", "Trainiert an Kommentaren", "Comentarios de entrenamiento";
    card_features: "Features", "Merkmale", "Características";
    card_program: "Program", "Programm", "Programa";
    go_there: "Go there", "Dorthin", "Ir allí";
    only_spam: "All {} corrections say spam.", "Alle {} Korrekturen sagen Spam.", "Las {} correcciones dicen spam.";
    only_spam_help: "A filter that hears of one kind alone blocks too much: look through what was blocked and free what is wanted.", "Ein Filter, der nur von einer Art hört, sperrt zu viel: Sehen Sie das Gesperrte durch und geben Sie Erwünschtes frei.", "Un filtro que solo oye de un tipo bloquea de más: revisa lo bloqueado y libera lo deseado.";
    only_ham: "All {} corrections say not spam.", "Alle {} Korrekturen sagen kein Spam.", "Las {} correcciones dicen que no es spam.";
    only_ham_help: "A filter that hears of one kind alone lets too much pass: mark the spam that came through.", "Ein Filter, der nur von einer Art hört, lässt zu viel durch: Markieren Sie den durchgekommenen Spam.", "Un filtro que solo oye de un tipo deja pasar de más: marca el spam que pasó.";
    rule_suspended: "The rule “{}” suspended itself.", "Die Regel „{}“ hat sich ausgesetzt.", "La regla «{}» se suspendió.";
    rule_suspended_help: "It was true of too many comments. Remove it, or resume it if that is right.", "Sie traf auf zu viele Kommentare zu. Entfernen Sie sie, oder setzen Sie sie wieder in Kraft, wenn das stimmt.", "Se aplicaba a demasiados comentarios. Quítala, o reactívala si es correcto.";
    no_user_agent: "{} sends no user agent.", "{} schickt keinen User-Agent.", "{} no envía user agent.";
    no_user_agent_help: "The filter sees less than it could: let the site's client send the commenter's browser.", "Der Filter sieht weniger, als er könnte: Lassen Sie die Website den Browser der Kommentierenden mitschicken.", "El filtro ve menos de lo posible: haz que el sitio envíe el navegador de quien comenta.";
    checked: "Checked", "Geprüft", "Revisados";
    blocked_rate: "Ham among what was called spam", "Erwünschtes unter dem als Spam Eingestuften", "Legítimos entre lo llamado spam";
    missed_rate: "Spam among what was let pass", "Spam unter dem Durchgelassenen", "Spam entre lo que pasó";
    rates_help: "As far as it was corrected, with 95 % intervals.", "Soweit korrigiert wurde, mit 95-%-Intervallen.", "Según lo corregido, con intervalos del 95 %.";
    by_day: "By day", "Nach Tagen", "Por día";
    day: "Day", "Tag", "Día";
    most_a_day: "Most on one day:", "Höchster Tageswert:", "Máximo en un día:";
    as_table: "The same as a table", "Dasselbe als Tabelle", "Lo mismo en tabla";
    by_site: "By site", "Nach Websites", "Por sitio";
    no_site: "no site named", "keine Website genannt", "sin sitio";
    model: "What it judges by", "Wonach geurteilt wird", "Con qué juzga";
    version: "Base model", "Grundmodell", "Modelo base";
    warming_up: "{} corrections so far; from about {} on the filter follows your own taste.", "Bisher {} Korrekturen; ab etwa {} folgt der Filter Ihrem eigenen Urteil.", "{} correcciones hasta ahora; desde unas {} el filtro sigue tu propio criterio.";
    warmed_up: "{} corrections learned: the filter follows your own taste.", "{} Korrekturen gelernt: Der Filter folgt Ihrem eigenen Urteil.", "{} correcciones aprendidas: el filtro sigue tu propio criterio.";
    no_rules: "There are no rules.", "Es gibt keine Regeln.", "No hay reglas.";
    no_rules_help: "A rule publishes, holds or discards whatever the text says. The page of a comment offers some.", "Eine Regel veröffentlicht, hält zurück oder verwirft, was auch immer im Text steht. Die Seite eines Kommentars schlägt welche vor.", "Una regla publica, retiene o descarta diga lo que diga el texto. La página de cada comentario propone algunas.";
    applies_to: "Applies to", "Gilt für", "Se aplica a";
    pattern: "Pattern", "Muster", "Patrón";
    outcome: "Outcome", "Folge", "Resultado";
    note: "Note", "Notiz", "Nota";
    state: "State", "Stand", "Estado";
    all_sites: "all sites", "alle Websites", "todos los sitios";
    in_force: "in force", "in Kraft", "en vigor";
    expired: "over", "abgelaufen", "terminada";
    suspended: "suspended", "ausgesetzt", "suspendida";
    suspended_because: "true of {} of {} comments", "traf auf {} von {} Kommentaren zu", "cierta en {} de {} comentarios";
    resume: "Resume", "Wieder in Kraft setzen", "Reactivar";
    remove: "Remove", "Entfernen", "Quitar";
    publish: "publish", "veröffentlichen", "publicar";
    hold: "hold", "zurückhalten", "retener";
    discard: "discard", "verwerfen", "descartar";
    try_rule: "Try", "Ausprobieren", "Probar";
    make_this_rule: "Make this rule", "Diese Regel anlegen", "Crear esta regla";
    would_have: "What it would have been true of", "Worauf sie zugetroffen hätte", "A qué se habría aplicado";
    looked_at: "comments looked at", "angesehene Kommentare", "comentarios mirados";
    true_of: "it is true of", "sie trifft zu auf", "se aplica a";
    called: "called", "eingestuft als", "llamados";
    not_known: "not known, since their text or address is not kept", "unbekannt, weil Text oder Adresse nicht aufbewahrt werden", "sin saber, porque no se conserva su texto o dirección";
    newest_of_them: "The newest of them:", "Die neuesten davon:", "Los más recientes:";
    alike_title: "Others like this comment: {}", "Ähnliche Kommentare: {}", "Comentarios parecidos: {}";
    alike_help: "Among the newest 1,000 comments; this one comes first.", "Unter den neuesten 1.000 Kommentaren; dieser steht zuerst.", "Entre los 1000 comentarios más recientes; este va primero.";
    with_all: "With this one and all like it:", "Mit diesem und allen ähnlichen:", "Con este y todos los parecidos:";
}
