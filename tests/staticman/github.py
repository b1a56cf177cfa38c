"""A stand-in for GitHub that keeps what it is given: files on branches and pull requests, as far as Staticman and the hook ask for them.
It tells the hook of each new pull request, as a webhook does."""

import base64
import hashlib
import hmac
import json
import re
import threading
import urllib.error
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

REPOSITORY = "garden/blog"


class GitHub:
    def __init__(self, secret):
        self.secret, self.hook = secret, None
        # The files of each branch, the proposals by number, the states by commit.
        self.branches, self.pulls, self.states = {"main": {}}, {}, {}
        self.refused = []
        github = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self):
                text = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                path, _, query = self.path.partition("?")
                raw = "raw" in self.headers.get("Accept", "")
                status, said = github.answer(self.command, urllib.parse.unquote(path).removeprefix(f"/repos/{REPOSITORY}"), query, json.loads(text or "{}"), raw)
                body = said.encode() if isinstance(said, str) else json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PUT = do_PATCH = answer

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, method, path, query, body, raw):
        """Status and body."""
        if (method, path) == ("GET", "/user"):
            return 200, {"login": "hook"}
        if found := re.fullmatch(r"/branches/(.+)", path):
            return 200, {"commit": {"sha": sha(found[1])}}
        if (method, path) == ("POST", "/git/refs"):
            self.branches[body["ref"].removeprefix("refs/heads/")] = dict(self.branches["main"])
            return 201, {"ref": body["ref"]}
        if found := re.fullmatch(r"/contents/(.+)", path):
            if method == "PUT":
                self.branches[body["branch"]][found[1]] = base64.b64decode(body["content"]).decode()
                return 201, {"content": {"path": found[1]}}
            text = self.branches[re.search("ref=([^&]+)", query)[1]].get(found[1])
            if text is None:
                return 404, {"message": "Not Found"}
            return 200, text if raw else {"content": base64.b64encode(text.encode()).decode(), "encoding": "base64"}
        if (method, path) == ("POST", "/pulls"):
            number = len(self.pulls) + 1
            self.pulls[number] = {"branch": body["head"], "state": "open"}
            return 201, {"number": number}
        if found := re.fullmatch(r"/pulls/(\d+)(/files|/merge|)", path):
            pull = self.pulls[int(found[1])]
            added = [name for name in self.branches[pull["branch"]] if name not in self.branches["main"]]
            if found[2] == "/files":
                address = f"{self.url}/repos/{REPOSITORY}/contents/{{}}?ref={pull['branch']}"
                return 200, [{"filename": name, "status": "added", "contents_url": address.format(urllib.parse.quote(name))} for name in added]
            if found[2] == "/merge" and body["sha"] == sha(pull["branch"]):
                self.branches["main"] |= self.branches[pull["branch"]]
                pull["state"] = "merged"
                return 200, {"merged": True}
            if method == "PATCH":
                pull["state"] = body["state"]
                return 200, {}
        if found := re.fullmatch(r"/statuses/(\w+)", path):
            self.states[found[1]] = body["state"]
            return 201, {}
        self.refused.append(f"{method} {path}")
        return 404, {"message": "Not Found"}

    def deliver(self, number):
        """Tells the hook of a new pull request, and gives what it answers."""
        branch = self.pulls[number]["branch"]
        payload = {
            "action": "opened",
            "number": number,
            "pull_request": {
                "number": number,
                "merged": False,
                "head": {"ref": branch, "sha": sha(branch), "repo": {"full_name": REPOSITORY}},
                "base": {"ref": "main", "repo": {"full_name": REPOSITORY, "url": f"{self.url}/repos/{REPOSITORY}"}},
            },
            "sender": {"login": "staticman"},
        }
        body = json.dumps(payload).encode()
        signature = "sha256=" + hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {"X-GitHub-Event": "pull_request", "X-Hub-Signature-256": signature}
        try:
            with urllib.request.urlopen(urllib.request.Request(self.hook, body, headers), timeout=60) as reply:
                return reply.status, reply.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def became(self, number):
        """The commit's state, and that of the pull request."""
        pull = self.pulls[number]
        return f"{self.states.get(sha(pull['branch']))}, {pull['state']}"


def sha(branch):
    return hashlib.sha1(branch.encode()).hexdigest()
