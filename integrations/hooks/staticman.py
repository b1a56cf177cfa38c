"""Staticman, or anything else that proposes comments as pull requests on GitHub: says by a commit status "chaffinch" whether a
proposed comment is spam. A branch protection rule that asks for this status holds what is spam.

  CHAFFINCH_KEY=... GITHUB_TOKEN=... HOOK_SECRET=... SITE=https://blog.example.com/ python3 staticman.py

The repository needs a webhook for pull requests, in JSON, to http://this-machine:8282/ (LISTEN) with HOOK_SECRET; the token may read
contents and pull requests and write commit statuses. BRANCHES (staticman_) is how the branches of proposals begin; those of forks, which
anybody can make, are left alone. FIELDS
(content=message,name=name,email=email,url=url) says how the fields of a comment are called there.

With MERGE=1 ham is merged, with CLOSE=1 what is not worth a look is closed; the token must be allowed to. Merging or closing a proposal by hand
corrects Chaffinch. Comments in JSON are read as they are; YAML needs PyYAML.
"""

import hashlib
import hmac
import json

from chaffinch import Chaffinch, Refused, call, in_words, serve, setting

API = setting("GITHUB_API", "https://api.github.com").rstrip("/")
AUTHORISED = {"Authorization": f"Bearer {setting('GITHUB_TOKEN')}", "X-GitHub-Api-Version": "2022-11-28"}
SECRET = setting("HOOK_SECRET").encode()
SITE = setting("SITE")
BRANCHES = setting("BRANCHES", "staticman_")
FIELDS = dict(pair.split("=") for pair in setting("FIELDS", "content=message,name=name,email=email,url=url").split(","))
MERGES, CLOSES = setting("MERGE", "0") == "1", setting("CLOSE", "0") == "1"
CHAFFINCH = Chaffinch()


def github(method, path, body=None, accept="application/vnd.github+json"):
    address = path if path.startswith(f"{API}/") else f"{API}{path}"
    return call(method, address, body, {**AUTHORISED, "Accept": accept})


def parsed(name, text):
    """The fields in a file. What is no JSON comes parsed already or as text."""
    if not isinstance(text, str):
        return text
    if not name.endswith((".yml", ".yaml", ".md")):
        raise ValueError(f"{name} is neither JSON nor YAML")
    import yaml

    # Front matter and then the content.
    parts = text.split("---\n", 2) if text.startswith("---\n") else None
    try:
        if parts and len(parts) == 3:
            return {FIELDS["content"]: parts[2], **yaml.safe_load(parts[1])}
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(f"{name} is no YAML") from error


def text_of(value):
    """A field, which may be anything in YAML, as text."""
    return value if isinstance(value, str) else ""


def comment_of(pull):
    """The comment that a pull request proposes: the one file that it adds."""
    files = github("GET", f"{pull['base']['repo']['url'].removeprefix(API)}/pulls/{pull['number']}/files")
    added = [file for file in files if file["status"] == "added"]
    if len(files) != 1 or len(added) != 1:
        raise Refused(422, "a proposal adds one file and nothing else")
    text = github("GET", added[0]["contents_url"], accept="application/vnd.github.raw+json")
    fields = parsed(added[0]["filename"], text)
    author = {name: text_of(fields.get(FIELDS[name])) for name in ("name", "email", "url")}
    # Staticman may have left only a hash of the address.
    if "@" not in author["email"]:
        author["email"] = ""
    return {
        "site": SITE,
        "kind": "comment",
        "content": text_of(fields.get(FIELDS["content"])),
        "author": {name: value for name, value in author.items() if value},
    }


def judge(pull, repository):
    verdict = CHAFFINCH.check(comment_of(pull))
    state = {"ham": "success", "unsure": "pending", "spam": "failure"}[verdict["verdict"]]
    status = {"state": state, "context": "chaffinch", "description": in_words(verdict)[:140]}
    github("POST", f"{repository}/statuses/{pull['head']['sha']}", status)
    if verdict["action"] == "publish" and MERGES:
        github("PUT", f"{repository}/pulls/{pull['number']}/merge", {"sha": pull["head"]["sha"], "merge_method": "squash"})
    if verdict["action"] == "discard" and CLOSES:
        github("PATCH", f"{repository}/pulls/{pull['number']}", {"state": "closed"})
    return verdict["verdict"]


def learn(pull, who):
    if who == github("GET", "/user")["login"]:
        return "done by this hook"
    label = "ham" if pull["merged"] else "spam"
    CHAFFINCH.correct(comment_of(pull), label)
    return f"learned as {label}"


def react(headers, body):
    signature = "sha256=" + hmac.new(SECRET, body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(headers.get("X-Hub-Signature-256", "").encode(), signature.encode()):
        raise Refused(401, "the signature is not that of the secret")
    if headers.get("X-GitHub-Event") != "pull_request":
        return "not about a pull request"
    event = json.loads(body)
    pull = event["pull_request"]
    own = (pull["head"]["repo"] or {}).get("full_name") == pull["base"]["repo"]["full_name"]
    if not own or not pull["head"]["ref"].startswith(BRANCHES):
        return "not a proposed comment"
    if event["action"] in ("opened", "reopened", "synchronize"):
        return judge(pull, pull["base"]["repo"]["url"].removeprefix(API))
    if event["action"] == "closed":
        return learn(pull, event["sender"]["login"])
    return "nothing to do"


if __name__ == "__main__":
    serve(react)
