"""The hooks for engines without Akismet, against the real Chaffinch: with a real Isso, and with stand-ins for remark42 and
GitHub that answer as their documentation says. Prints a table; ends with 1 if a line of it is not as it should be.

  table.py CHAFFINCH CLIENTS
"""

import hashlib
import hmac
import json
import os
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "support"))

from servers import KEY, Chaffinch, Table, free_port, wait_for  # noqa: E402

HOOKS = HERE.parent.parent / "integrations/hooks"
COMMENTS = json.loads((HERE.parent / "clients/comments.json").read_text())
HAM, SPAM = COMMENTS["ham"], COMMENTS["spam"]
SECRET = "a secret of the tests"


def send(method, url, body=None, headers=None):
    """Status and text of a reply."""
    data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json", **(headers or {})}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


class Hook:
    """A hook that runs, as an operator would run it."""

    def __init__(self, name, chaffinch, **settings):
        self.process = subprocess.Popen(
            [sys.executable, "-B", HOOKS / name],
            env={**os.environ, "CHAFFINCH_URL": chaffinch.url, "CHAFFINCH_KEY": KEY, "LISTEN": "127.0.0.1:0", **settings},
            stdout=subprocess.PIPE,
            text=True,
        )
        self.url = self.process.stdout.readline().split()[-1]

    def stop(self):
        self.process.terminate()
        self.process.wait()


class StandIn:
    """A server that keeps what it is asked and answers from a table."""

    def __init__(self):
        self.answers, self.calls = {}, []
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                stand_in.calls.append((self.command, self.path, body, self.headers.get("Authorization")))
                answer = stand_in.answers.get(f"{self.command} {self.path.split('?')[0]}")
                text = answer if isinstance(answer, str) else json.dumps(answer)
                self.send_response(200 if answer is not None else 404)
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def asked(self, method, part):
        """Calls since the last time that this was asked for."""
        found = [call for call in self.calls if call[0] == method and part in call[1]]
        self.calls = [call for call in self.calls if call not in found]
        return found


def isso(running, chaffinch, clients, folder, table):
    table.head("Isso, the real one")
    port = free_port()
    database = folder / "comments.db"
    (folder / "isso.cfg").write_text(
        f"[general]\ndbpath = {database}\nhost = http://garden.example/\n[moderation]\nenabled = true\n[guard]\nenabled = false\n"
        f"[server]\nlisten = http://127.0.0.1:{port}\n[markup]\nrenderer = mistune\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(clients / "isso")}
    server = subprocess.Popen(
        [sys.executable, "-c", "from isso import main; main()", "-c", folder / "isso.cfg", "run"],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    running.callback(server.wait)
    running.callback(server.terminate)
    url = f"http://127.0.0.1:{port}"

    def answers():
        try:
            return send("GET", f"{url}/info")[0] == 200
        except OSError:
            return False

    wait_for(answers, "Isso answers")

    def comment(words):
        fields = {"text": words["content"], "author": words["author"], "email": words["email"], "title": "Pruning"}
        status, text = send("POST", f"{url}/new?uri=%2Fpruning", fields, {"Origin": "http://garden.example"})
        assert status == 202, f"Isso: {status} {text}"
        return json.loads(text)["id"]

    def visible():
        status, text = send("GET", f"{url}/?uri=%2Fpruning")
        return [reply["id"] for reply in json.loads(text)["replies"]] if status == 200 else []

    settings = {
        "ISSO_DATABASE": str(database), "ISSO_URL": url, "ISSO_SITE": "http://garden.example/",
        "CHAFFINCH_URL": chaffinch.url, "CHAFFINCH_KEY": KEY,
    }

    def hook(**more):
        command = [sys.executable, "-B", HOOKS / "isso.py", "--once"]
        return subprocess.run(command, env={**environment, **settings, **more}, capture_output=True, text=True)

    def waiting(number):
        import sqlite3

        with sqlite3.connect(database) as opened:
            row = opened.execute("SELECT mode FROM comments WHERE id = ?", (number,)).fetchone()
        return row is not None and row[0] == 2

    ham, spam = comment(HAM), comment(SPAM)
    table.line("nobody sees a comment before it was judged", str(visible()), "[]")
    done = hook()
    assert done.returncode == 0, done.stderr
    table.line("the honest comment is published", str(ham in visible()), "True")
    table.line("the advertisement waits", str(waiting(spam)), "True")
    # What a moderator's link in a mail does.
    script = (
        "import sys; from itsdangerous import URLSafeTimedSerializer as S; import sqlite3;"
        "k = sqlite3.connect(sys.argv[1]).execute(\"SELECT value FROM preferences WHERE key = 'session-key'\").fetchone()[0];"
        "print(S(k).dumps(int(sys.argv[2])))"
    )
    key = subprocess.run([sys.executable, "-c", script, database, str(spam)], env=environment, capture_output=True, text=True).stdout.strip()
    send("POST", f"{url}/id/{spam}/activate/{key}", {})
    before = chaffinch.call("GET", "/readyz")["learned_from"]
    hook()
    hook()
    learned = chaffinch.call("GET", "/readyz")["learned_from"] - before
    table.line("published by the moderator, it is learned, once", str(learned), "1")
    chaffinch.stop()
    late = comment({**HAM, "email": "late@example.org"})
    table.line("Chaffinch is away: the hook says so", str(hook().returncode), "1")
    table.line("and the comment waits", str(waiting(late)), "True")
    chaffinch.start()
    hook()
    table.line("until it is back", str(late in visible()), "True")
    blatant = comment({**SPAM, "content": SPAM["content"] + " xyzzy"})
    hook(ISSO_DELETE="1")
    table.line("with ISSO_DELETE what is not worth a look is gone", str(waiting(blatant)), "False")
    left = comment({**HAM, "email": "left@example.org"})
    assert waiting(left)
    with (folder / "isso.sql").open("w") as dump:
        subprocess.run(["sqlite3", database, ".dump"], stdout=dump, check=True)
    chaffinch.stop()
    report = chaffinch.run("import", folder / "isso.sql", "--format", "isso", "--site", "garden.example", "--json")
    chaffinch.start()
    came = "%d published, %d not, %d unreadable" % tuple(report[name] for name in ("comments", "unlabelled", "unreadable"))
    table.line("sqlite3's dump of its database is imported", came, "3 published, 1 not, 0 unreadable")


def remark42(running, chaffinch, table):
    table.head("remark42, a stand-in")
    remark = StandIn()
    hook = Hook("remark42.py", chaffinch, REMARK_URL=remark.url, REMARK_PASSWORD="password", HOOK_SECRET=SECRET)
    running.callback(hook.stop)

    def notify(words, secret=SECRET):
        remark.answers["GET /api/v1/id/c-1"] = {
            "id": "c-1", "pid": "", "text": f"<p>{words['content']}</p>", "orig": words["content"],
            "user": {"name": words["author"], "id": "github_1", "admin": False},
            "locator": {"site": "garden", "url": "https://garden.example/pruning/"},
            "time": "2026-11-26T10:00:00.123+01:00", "title": "Pruning",
        }
        remark.answers["DELETE /api/v1/admin/comment/c-1"] = {"id": "c-1"}
        return send("POST", hook.url, {"id": "c-1", "site": "garden"}, {"X-Hook": secret})

    table.line("an honest comment", str(notify(HAM)), "(200, 'ham')")
    table.line("stays", str(remark.asked("DELETE", "")), "[]")
    table.line("an advertisement", str(notify(SPAM)), "(200, 'spam')")
    deleted = remark.asked("DELETE", "/api/v1/admin/comment/c-1?site=garden&url=https%3A%2F%2Fgarden.example%2Fpruning%2F")
    table.line("is deleted by the admin", str([call[3] for call in deleted]), "['Basic YWRtaW46cGFzc3dvcmQ=']")
    table.line("somebody without the secret", str(notify(HAM, "another")[0]), "401")
    remark.answers.clear()
    status, _ = send("POST", hook.url, {"id": "../user", "site": "garden"}, {"X-Hook": SECRET})
    table.line("a comment that is not there", str(status), "502")


def staticman(running, chaffinch, clients, table):
    table.head("Staticman on GitHub, a stand-in")
    github = StandIn()
    hook = Hook(
        "staticman.py", chaffinch, GITHUB_API=github.url, GITHUB_TOKEN="token", HOOK_SECRET=SECRET, SITE="https://garden.example/",
        MERGE="1", CLOSE="1", PYTHONPATH=str(clients / "isso"),
    )
    running.callback(hook.stop)
    repository = "/repos/garden/blog"
    sha = json.loads((HERE / "github.json").read_text())["pull_request"]["head"]["sha"]

    def propose(words, name="comment.json", change=None, secret=SECRET, event="pull_request"):
        fields = {"_id": "1", "name": words["author"], "email": "0bc83cb571cd1c50ba6f3e8a78ef1346", "message": words["content"]}
        text = json.dumps(fields) if name.endswith(".json") else "".join(f"{field}: {json.dumps(value)}\n" for field, value in fields.items())
        contents = f"{repository}/contents/_data/comments/{name}"
        github.answers = {
            f"GET {repository}/pulls/7/files": [{"filename": name, "status": "added", "contents_url": f"{github.url}{contents}?ref={sha}"}],
            f"GET {contents}": text,
            f"POST {repository}/statuses/{sha}": {},
            f"PUT {repository}/pulls/7/merge": {"merged": True},
            f"PATCH {repository}/pulls/7": {},
            "GET /user": {"login": "hook"},
        }
        payload = json.loads((HERE / "github.json").read_text().replace("GITHUB", github.url))
        if change:
            change(payload)
        body = json.dumps(payload).encode()
        signature = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        return send("POST", hook.url, body, {"X-Hub-Signature-256": signature, "X-GitHub-Event": event})

    def state():
        return [json.loads(call[2])["state"] for call in github.asked("POST", "/statuses/")]

    def by(login, action="closed", merged=False):
        def change(payload):
            payload["action"], payload["sender"]["login"], payload["pull_request"]["merged"] = action, login, merged

        return change

    for name in ("comment.json", "comment.yml"):
        table.line(f"an honest comment ({name})", str(propose(HAM, name)), "(200, 'ham')")
        table.line("has the status", str(state()), "['success']")
        merged = [json.loads(call[2])["sha"] for call in github.asked("PUT", "/pulls/7/merge")]
        table.line("and is merged as it was judged", str(merged == [sha]), "True")
    rule = {"match": "word", "pattern": "xyzzy", "outcome": "hold"}
    held = chaffinch.call("POST", "/v1/rules", rule)
    table.line("one that a rule holds", str(propose({**HAM, "content": "xyzzy " + HAM["content"]})[0]), "200")
    table.line("is held", str(state() != ["success"] and not github.asked("PUT", "/merge")), "True")
    chaffinch.call("DELETE", f"/v1/rules/{held['id']}")
    chaffinch.call("POST", "/v1/rules", {**rule, "outcome": "discard"})
    table.line("one not worth a look", str(propose({**SPAM, "content": "xyzzy " + SPAM["content"]})), "(200, 'spam')")
    table.line("has the status", str(state()), "['failure']")
    table.line("and is closed", str(len(github.asked("PATCH", "/pulls/7"))), "1")
    before = chaffinch.call("GET", "/readyz")["learned_from"]
    table.line("closed by the hook itself", str(propose(SPAM, change=by("hook"))), "(200, 'done by this hook')")
    # Not that which Isso's moderator said the opposite of.
    other = {**SPAM, "author": "cheap flights", "content": "Cheap flights! Book now: http://flights.example/cheap"}
    table.line("closed by a person", str(propose(other, change=by("ruth"))), "(200, 'learned as spam')")
    table.line("merged by a person", str(propose(HAM, change=by("ruth", merged=True))), "(200, 'learned as ham')")
    table.line("corrections", str(chaffinch.call("GET", "/readyz")["learned_from"] - before), "2")

    def of_fork(payload):
        payload["pull_request"]["head"]["repo"]["full_name"] = "stranger/blog"

    table.line("a proposal of a fork", str(propose(HAM, change=of_fork)), "(200, 'not a proposed comment')")
    table.line("a wrong signature", str(propose(HAM, secret="another")[0]), "401")
    table.line("something else than a pull request", str(propose(HAM, event="push")), "(200, 'not about a pull request')")
    table.line("a file that is neither JSON nor YAML", str(propose(HAM, "comment.exe")[0]), "502")


def main():
    binary, clients = sys.argv[1], Path(sys.argv[2]).resolve()
    table = Table()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
        folder = Path(folder)
        chaffinch = Chaffinch(binary, folder)
        running.callback(chaffinch.stop)
        chaffinch.call("POST", "/v1/rules", {"match": "word", "pattern": "xyzzy", "outcome": "discard", "site": "http://garden.example/"})
        isso(running, chaffinch, clients, folder, table)
        for rule in chaffinch.call("GET", "/v1/rules")["items"]:
            chaffinch.call("DELETE", f"/v1/rules/{rule['id']}")
        remark42(running, chaffinch, table)
        staticman(running, chaffinch, clients, table)
    table.end()


if __name__ == "__main__":
    main()
