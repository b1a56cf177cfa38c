"""What becomes of comments on a WordPress whose Akismet plugin asks Chaffinch, comment by comment, as it stands in the
blog's database. Prints a table; ends with 1 if a line of it is not as it should be.

  table.py CHAFFINCH FOLDER SOCKET WORDPRESS
"""

import html
import json
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "support"))

from blog import Blog  # noqa: E402
from servers import GUID, KEY, Chaffinch, Scripted, Table, free_port, wait_for  # noqa: E402

COMMENTS = json.loads((Path(__file__).parent.parent / "clients/comments.json").read_text())
HAM, SPAM = COMMENTS["ham"], COMMENTS["spam"]
SURE_SPAM = {**HAM, "author": "viagra-test-123"}


def another(comment, number=[0]):
    """The same by another author: the same text by the same one would be a repetition."""
    number[0] += 1
    return {**comment, "email": f"{number[0]}.{comment['email']}"}


def verdicts(blog, chaffinch, table):
    table.head("Chaffinch's verdicts")
    site = blog.url.removeprefix("http://")
    plain = {"reputation": {"repeats": False, "network": False, "author": False}}
    chaffinch.call("POST", "/v1/sites", {"site": blog.url, "settings": plain})

    ham = blog.comment(HAM)
    table.line("honest", blog.status(ham), "published")
    spam = blog.comment(SPAM)
    table.line("advertisement", blog.status(spam), "spam")
    table.line("its history says why", shows_reasons(blog, spam), "yes")
    table.line("the honest one's too", shows_reasons(blog, ham), "yes")
    table.line("by the moderator himself", blog.status(blog.comment(SPAM, blog.moderator)), "published")

    rule = {"match": "word", "pattern": "xyzzy", "outcome": "discard"}
    chaffinch.call("POST", "/v1/rules", rule)
    blatant = {**HAM, "content": f"xyzzy {HAM['content']}"}
    table.line("not worth keeping, Akismet set to keep it", blog.status(blog.comment(another(blatant))), "spam")
    blog.set_option("akismet_strictness", "1")
    table.line("not worth keeping, Akismet set to drop it", blog.status(blog.comment(another(blatant))), "not stored")
    blog.set_option("akismet_strictness", "0")
    return site


def shows_reasons(blog, number):
    guid = blog.meta(number, "chaffinch_verdict")
    assert guid, "the comment has no name of its verdict"
    _, _, page = blog.moderator.open(f"wp-admin/comment.php?action=editcomment&c={number}")
    verdict = {"spam": "spam", "published": "ham"}[blog.status(number)]
    return "yes" if f"Chaffinch: {verdict}, spam with a probability of " in html.unescape(page) else "no"


def corrections(blog, chaffinch, site, table):
    table.head("What the moderator says is learned")

    def labelled(number):
        guid = blog.meta(number, "chaffinch_verdict")
        correction = chaffinch.call("GET", f"/v1/verdicts/{guid}")["correction"]
        return correction and correction["label"]

    before = chaffinch.call("GET", "/readyz")["learned_from"]
    missed = blog.comment(another(HAM))
    blog.moderate(missed, "spam")
    table.line("published, then marked as spam", f"{blog.status(missed)}, learned as {labelled(missed)}", "spam, learned as spam")
    blocked = blog.comment(another(SPAM))
    blog.moderate(blocked, "unspam", "spam")
    # Without knowing where it was before, WordPress puts it where it waits.
    where = blog.status(blocked)
    table.line("spam, then marked as none", f"learned as {labelled(blocked)}", "learned as ham")
    table.line("and no longer in the folder of spam", str(where != "spam"), "True")
    learned = chaffinch.call("GET", "/readyz")["learned_from"] - before
    table.line("corrections in the log", str(learned), "2")
    # What was said about these two must not decide about the rest.
    for number in (missed, blocked):
        guid = blog.meta(number, "chaffinch_verdict")
        chaffinch.call("DELETE", f"/v1/corrections/{guid}")


def later_verdicts(blog, chaffinch, site, table):
    table.head("Later verdicts (plugins from 5.5 on wait for them)")
    unsure = {
        "recheck_after": 3600,
        "callback": {"allowed": True},
        # Whatever the model thinks of it: unsure.
        "thresholds": {"unsure": 0, "spam": 1, "discard": 1},
    }
    chaffinch.call("PATCH", f"/v1/sites/{site}", unsure)
    waiting = [blog.comment(another(HAM)) for _ in range(3)]
    for number in waiting:
        table.line("unsure", blog.status(number), "held")
    for number, label, expected in [(waiting[0], "ham", "published"), (waiting[1], "spam", "spam")]:
        chaffinch.call("POST", "/v1/corrections", {"id": blog.meta(number, "chaffinch_verdict"), "label": label, "learn": False})
        wait_for(lambda: blog.status(number) == expected or None, f"the webhook makes it {expected}")
        table.line(f"unsure, then corrected in Chaffinch: {label}", blog.status(number), expected)
    blog.moderate(waiting[2], "spam")
    guid = blog.meta(waiting[2], "chaffinch_verdict")
    chaffinch.call("POST", "/v1/corrections", {"id": guid, "label": "ham", "learn": False})
    noted = "SELECT COUNT(*) FROM wp_commentmeta WHERE comment_ID = %d AND meta_value LIKE '%%webhook-ham-noaction%%'"
    wait_for(lambda: blog.sql(noted % waiting[2]) == [["1"]], "the webhook comes")
    table.line("what the moderator of the blog decided stays", blog.status(waiting[2]), "spam")
    chaffinch.call("PATCH", f"/v1/sites/{site}", {"recheck_after": 1})
    soon = blog.comment(another(HAM))
    wait_for(lambda: blog.status(soon) == "published" or None, "the webhook publishes it")
    table.line("unsure, and nobody says anything", blog.status(soon), "published")
    chaffinch.call("PATCH", f"/v1/sites/{site}", {"recheck_after": None, "callback": {"allowed": False}, "thresholds": None})


def away(blog, chaffinch, table):
    table.head("Chaffinch is away")
    chaffinch.stop()
    held = [blog.comment(another(comment)) for comment in (HAM, SURE_SPAM)]
    for number in held:
        table.line("it is stopped", blog.status(number), "held")
    warned = "Chaffinch could not judge the latest comment" in blog.moderator.open("wp-admin/edit-comments.php")[2]
    table.line("the moderator is told", str(warned), "True")
    chaffinch.start()
    blog.recheck()
    table.line("it is back, and the honest one is checked again", blog.status(held[0]), "published")
    table.line("the other one too", blog.status(held[1]), "spam")
    fine = blog.comment(another(HAM))
    table.line("the next comment", blog.status(fine), "published")
    warned = "Chaffinch could not judge the latest comment" in blog.moderator.open("wp-admin/edit-comments.php")[2]
    table.line("and the moderator is no longer told", str(warned), "False")

    chaffinch.pause()
    started = time.monotonic()
    try:
        number = blog.comment(another(HAM))
    finally:
        chaffinch.go_on()
    took = time.monotonic() - started
    table.line("it does not answer", blog.status(number), "held")
    # Three seconds are waited; the plugin alone would wait three times fifteen.
    table.line("the visitor waits less than 15 s", str(took < 15), "True")


def odd_replies(blog, scripted, table):
    table.head("Replies that Chaffinch itself never gives, such as those of a proxy before it")
    blog.use(scripted.url)
    for what, reply, expected in [
        ("false", (200, [GUID], "false"), "published"),
        ("true", (200, [GUID], "true"), "spam"),
        ("true without a guid", (200, [], "true"), "held"),
        ("false without a guid", (200, [], "false"), "held"),
        ("invalid without a guid", (200, [], "invalid"), "held"),
        ("invalid", (200, [GUID, ("X-akismet-debug-help", "Invalid key")], "invalid"), "held"),
        ("something else", (200, [GUID], "maybe"), "held"),
        ("true and a newline", (200, [GUID], "true\n"), "held"),
        ("500 true", (500, [GUID], "true"), "held"),
        ("502 of a proxy", (502, [], "<html>Bad Gateway</html>"), "held"),
        ("429", (429, [GUID, ("Retry-After", "60")], "Too many requests"), "held"),
        ("elsewhere (308)", (308, [("Location", "https://127.0.0.1/")], ""), "held"),
        ("false with X-akismet-error", (200, [GUID, ("X-akismet-error", "suspended")], "false"), "held"),
        ("false with an alert", (200, [GUID, ("X-akismet-alert-code", "10404"), ("X-akismet-alert-msg", "Not yours")], "false"), "published"),
    ]:
        scripted.reply = reply
        table.line(what, blog.status(blog.comment(another(HAM))), expected)
    scripted.reply = (200, [GUID], "false")
    blog.comment(another(HAM))


def pages(blog, chaffinch, table):
    table.head("Pages of the moderator")
    _, headers, page = blog.moderator.open("wp-admin/options-general.php?page=akismet-key-config")
    allowed = str("frame-src 'self'" in headers.get_all("Content-Security-Policy", []))
    table.line("no frames of akismet.com are allowed", allowed, "True")
    status, headers, _ = blog.moderator.open("wp-admin/options-general.php?page=akismet-key-config&view=stats")
    leads = headers.get("Location", "nowhere").rsplit("/", 1)[-1]
    table.line("the page of statistics leads to", leads, "options-general.php?page=chaffinch")
    blog.use("ftp://nowhere", "short")
    kept = (blog.option("chaffinch_url"), blog.option("chaffinch_key")) == (chaffinch.url, KEY)
    table.line("what is no address and no key is not taken", str(kept), "True")
    _, _, page = blog.moderator.open("wp-admin/options-privacy.php?tab=policyguide")
    table.line("the policy guide has Chaffinch's text", str("hash made with a secret key" in page), "True")
    table.line("and not that of akismet.com", str("use our Akismet" in page), "False")
    blog.set_option("akismet_comment_form_privacy_notice", "display")
    page = blog.php("-r", "require 'wp-load.php'; comment_form( array(), 1 );")
    notice = "checked for spam by a program of its own" in page and "akismet.com" not in page
    table.line("the notice below the form", "Chaffinch's" if notice else "Akismet's", "Chaffinch's")


def exports(blog, chaffinch, table):
    table.head("What it brings along, with Chaffinch stopped")
    rows = blog.sql("SELECT comment_approved, COUNT(*) FROM wp_comments WHERE comment_type IN ('', 'comment') GROUP BY comment_approved")
    there = {name: int(count) for name, count in rows}
    ham, spam, held = there["1"], there["spam"], there.get("0", 0)
    dump, export = blog.root.parent / "dump.sql", blog.root.parent / "export.xml"
    with dump.open("w") as out:
        subprocess.run(["mariadb-dump", "--no-defaults", "--socket", blog.socket, blog.database], stdout=out, check=True)
    export.write_text(blog.php("-r", "require 'wp-load.php'; require 'wp-admin/includes/export.php'; export_wp();"))
    chaffinch.stop()

    def line(what, file, format, expected):
        report = chaffinch.run("import", file, "--format", format, "--site", blog.url, "--json")
        came = tuple(report[name] for name in ("comments", "spam", "unlabelled", "unreadable"))
        table.line(what, "%d labelled, %d of it spam; %d not; %d unreadable" % came, expected)
        return report

    unlabelled = there.get("trash", 0) + held
    of_database = f"{ham + spam} labelled, {spam} of it spam; {unlabelled} not; 0 unreadable"
    line("mariadb-dump of its database", dump, "wordpress-sql", of_database)
    known = line("the same once more", dump, "wordpress-sql", of_database)["known"]
    table.line("of which are known", str(known), str(ham + spam))
    # WordPress leaves out of it what is spam.
    line("its own export", export, "wordpress", f"{ham} labelled, 0 of it spam; {held} not; 0 unreadable")
    chaffinch.start()


def main():
    chaffinch_binary, folder, socket, wordpress = sys.argv[1:]
    folder = Path(folder)
    folder.mkdir()
    table = Table()
    with ExitStack() as running:
        chaffinch, scripted = Chaffinch(chaffinch_binary, folder), Scripted()
        running.callback(chaffinch.stop)
        running.callback(scripted.stop)
        blog = Blog(Path(wordpress), folder / "blog", socket, free_port())
        running.callback(blog.stop)
        print(f"\nWordPress {blog.versions['wordpress']}, Akismet {blog.versions['akismet']}")
        table.head("Setting it up")
        blog.use(chaffinch.url, "000000000000")
        table.line("with a wrong key", blog.status(blog.comment(HAM)), "held")
        table.line("Chaffinch's page says so", str("none of its site keys" in blog.page()), "True")
        blog.use(chaffinch.url, KEY)
        table.line("with the site key, the page says", str("answers and knows the key" in blog.page()), "True")
        site = verdicts(blog, chaffinch, table)
        corrections(blog, chaffinch, site, table)
        if tuple(map(int, blog.versions["akismet"].split(".")[:2])) >= (5, 5):
            later_verdicts(blog, chaffinch, site, table)
        away(blog, chaffinch, table)
        odd_replies(blog, scripted, table)
        blog.use(chaffinch.url)
        pages(blog, chaffinch, table)
        exports(blog, chaffinch, table)
        table.head("Behind the scenes")
        leaks = blog.root / "wp-content/leaks"
        table.line("calls to akismet.com", leaks.read_text() if leaks.exists() else "none", "none")
        log = blog.log.read_text() if blog.log.exists() else ""
        complaints = [line for line in log.splitlines() if "chaffinch" in line.lower()]
        table.line("complaints of PHP about the plugin", "\n".join(complaints) or "none", "none")
    table.end()


if __name__ == "__main__":
    main()
