"""A real Staticman that asks the real Chaffinch in Akismet's place, and one whose proposals the hook judges; what it wrote is imported.
Prints a table; ends with 1 if a line of it is not as it should be.

  table.py CHAFFINCH CLIENTS
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import urllib.parse
import urllib.request
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "support")]

from github import GitHub  # noqa: E402
from servers import KEY, Chaffinch, Table, free_port, wait_for  # noqa: E402

COMMENTS = json.loads((HERE.parent / "clients/comments.json").read_text())
HAM, SPAM = COMMENTS["ham"], COMMENTS["spam"]
SECRET = "a secret of the tests"
# What a site says of its comments to Staticman.
SITE = """comments:
  allowedFields: [name, email, url, message]
  branch: main
  commitMessage: New comment
  filename: "comment-{@id}"
  format: FORMAT
  moderation: true
  path: _data/comments/{options.slug}
  requiredFields: [name, message]
  transforms: TRANSFORMS
  generatedFields: {date: {type: date, options: {format: iso8601}}}
  akismet: {enabled: ASKS, type: comment, author: name, authorEmail: email, authorUrl: url, content: message}
"""


class Staticman:
    """The real one, as its package starts it. It never answers whoever sends what it refuses, and since Node.js 15 would end by that:
    so it is told to go on, as with Node.js 14, for which it was made."""

    def __init__(self, clients, folder, github):
        self.port, self.visitor = free_port(), 1
        self.log = folder / "staticman.log"
        self.github = github
        settings = {
            "NODE_ENV": "production", "PORT": str(self.port), "GITHUB_TOKEN": "token", "GITHUB_BASE_URL": github.url,
            "AKISMET_SITE": COMMENTS["blog"], "AKISMET_API_KEY": KEY,
        }
        self.process = subprocess.Popen(
            ["node", "--unhandled-rejections=warn", clients / "staticman/node_modules/staticman/build/start.js"],
            cwd=folder, env={**os.environ, **settings}, stdout=subprocess.DEVNULL, stderr=self.log.open("w"),
        )
        wait_for(self.answers, "Staticman answers")

    def answers(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=5) as reply:
                return reply.status == 200
        except OSError:
            return False

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def set_up(self, asks, format="yaml", transforms="{email: md5}"):
        words = {"ASKS": str(asks).lower(), "FORMAT": format, "TRANSFORMS": transforms}
        text = SITE
        for word, value in words.items():
            text = text.replace(word, value)
        self.github.branches["main"]["staticman.yml"] = text

    def refusals(self):
        # Each is warned of twice, the second time in general.
        return len(re.findall("UnhandledPromiseRejectionWarning: (?!Unhandled)", self.log.read_text()))

    def post(self, words):
        """What a visitor's form does. Says what became of it, and how many proposals came of it."""
        before, refused, answers = len(self.github.pulls), self.refusals(), []
        form = {"fields[name]": words["author"], "fields[email]": words["email"], "fields[message]": words["content"], "options[slug]": "pruning"}
        headers = {
            "Content-Type": "application/x-www-form-urlencoded", "X-Forwarded-For": COMMENTS["user_ip"], "User-Agent": COMMENTS["user_agent"],
        }
        # Each time from another address, as Staticman takes few comments from one.
        self.visitor += 1
        visitor = HTTPConnection("127.0.0.1", self.port, timeout=120, source_address=(f"127.0.0.{self.visitor}", 0))

        def send():
            try:
                visitor.request("POST", "/v3/entry/github/garden/blog/main/comments", urllib.parse.urlencode(form), headers)
                reply = visitor.getresponse()
                answers.append("taken" if reply.status == 200 else f"{reply.status}")
            except OSError:
                # It is ended without having answered.
                pass

        threading.Thread(target=send, daemon=True).start()
        wait_for(lambda: answers or self.refusals() > refused, "Staticman has decided")
        return f"{answers[0] if answers else 'refused'}, {len(self.github.pulls) - before}"


def in_the_place_of_akismet(staticman, chaffinch, table):
    table.head("Staticman asks Chaffinch in Akismet's place (what became of it, pull requests)")
    staticman.set_up(asks=True)
    table.line("an honest comment", staticman.post(HAM), "taken, 1")
    table.line("an advertisement", staticman.post(SPAM), "refused, 0")
    seen = chaffinch.call("GET", "/v1/verdicts")["items"]
    table.line("Chaffinch has seen", " ".join(sorted(verdict["verdict"] for verdict in seen)), "ham spam")
    chaffinch.stop()
    table.line("Chaffinch is away: nothing is proposed", staticman.post(HAM), "refused, 0")
    chaffinch.start()


def by_the_hook(staticman, github, table):
    table.head("The hook judges what Staticman proposes (the commit's state, the pull request's)")

    def proposed(words, **settings):
        staticman.set_up(asks=False, **settings)
        said = staticman.post(words)
        if said != "taken, 1":
            return said
        number = len(github.pulls)
        status, text = github.deliver(number)
        return github.became(number) if status == 200 else f"{status} {text}"

    table.line("an honest comment in YAML", proposed(HAM), "success, merged")
    table.line("in JSON", proposed(HAM, format="json"), "success, merged")
    front = "{email: md5, message: frontmatterContent}"
    table.line("with front matter", proposed(HAM, format="frontmatter", transforms=front), "success, merged")
    awkward = {**HAM, "content": 'Two lines:\n"quoted", it\'s # no comment\n\n- Über größere Äpfel 🍏: & *x'}
    table.line("one that YAML has to quote", proposed(awkward), "success, merged")
    table.line("an advertisement", proposed(SPAM), "failure, open")
    return awkward


def imported(chaffinch, github, folder, awkward, table):
    table.head("What was merged is imported")
    blog = folder / "blog"
    merged = {name: text for name, text in github.branches["main"].items() if name.startswith("_data/")}
    for name, text in merged.items():
        (blog / name).parent.mkdir(parents=True, exist_ok=True)
        (blog / name).write_text(text)
    chaffinch.stop()
    report = chaffinch.run("import", blog / "_data/comments", "--format", "staticman", "--site", "garden.example", "--json")
    came = ", ".join(f"{report[name]} {name}" for name in ("comments", "unlabelled", "unreadable"))
    table.line("the files in YAML and JSON, and with front matter", came, "4 comments, 0 unlabelled, 0 unreadable")
    export = subprocess.run(
        [chaffinch.binary, "export", "--labelled", "--data", folder / "data"], capture_output=True, text=True, check=True, cwd=folder
    )
    lines = [json.loads(line) for line in export.stdout.splitlines()]
    table.line("the text is whole", str(awkward["content"] in [line["content"] for line in lines]), "True")
    table.line("and the page is that of its folder", " ".join({line["permalink"] for line in lines}), "pruning")
    chaffinch.start()


def main():
    binary, clients = sys.argv[1], Path(sys.argv[2]).resolve()
    table = Table()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
        folder = Path(folder)
        chaffinch = Chaffinch(binary, folder, 80, "--base-domains", "rest.akismet.com")
        running.callback(chaffinch.stop)
        github = GitHub(SECRET)
        hook = subprocess.Popen(
            [sys.executable, "-B", HERE.parent.parent / "integrations/hooks/staticman.py"],
            env={
                **os.environ, "CHAFFINCH_URL": chaffinch.url, "CHAFFINCH_KEY": KEY, "LISTEN": "127.0.0.1:0", "SITE": COMMENTS["blog"],
                "GITHUB_API": github.url, "GITHUB_TOKEN": "token", "HOOK_SECRET": SECRET, "MERGE": "1", "PYTHONPATH": str(clients / "isso"),
            },
            stdout=subprocess.PIPE, text=True,
        )
        running.callback(hook.wait)
        running.callback(hook.terminate)
        github.hook = hook.stdout.readline().split()[-1]
        staticman = Staticman(clients, folder, github)
        running.callback(staticman.stop)
        in_the_place_of_akismet(staticman, chaffinch, table)
        awkward = by_the_hook(staticman, github, table)
        imported(chaffinch, github, folder, awkward, table)
        table.line("nothing was asked of GitHub that the stand-in does not know", str(github.refused), "[]")
    table.end()


if __name__ == "__main__":
    main()
