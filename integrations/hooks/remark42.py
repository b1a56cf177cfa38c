"""remark42: takes back what is spam. remark42 publishes first and tells afterwards, so that a comment is seen for a moment.

remark42 needs ADMIN_PASSWD, and:

  NOTIFY_ADMINS=webhook
  NOTIFY_WEBHOOK_URL=http://127.0.0.1:8282/
  NOTIFY_WEBHOOK_HEADERS=X-Hook:a secret of your own
  NOTIFY_WEBHOOK_TEMPLATE={"id": {{printf "%q" .ID}}, "site": {{printf "%q" .Locator.SiteID}}}

Run this beside it:

  CHAFFINCH_KEY=... REMARK_URL=http://127.0.0.1:8080 REMARK_PASSWORD=... HOOK_SECRET="a secret of your own" python3 remark42.py

The webhook only says which comment it is; what it says is read from remark42 itself. Spam is deleted, what is unsure stays:
look at both in Chaffinch's dashboard.
"""

import base64
import hmac
import html
import json
import re
from urllib.parse import quote, urlencode

from chaffinch import Chaffinch, Refused, call, serve, setting

REMARK = setting("REMARK_URL", "http://127.0.0.1:8080").rstrip("/")
PASSWORD = base64.b64encode(f"admin:{setting('REMARK_PASSWORD')}".encode()).decode()
SECRET = setting("HOOK_SECRET")
CHAFFINCH = Chaffinch()


def comment_of(found):
    # The text as it was written, or else made readable again.
    content = found.get("orig") or html.unescape(re.sub(r"<[^>]*>", " ", found["text"]))
    address = found["locator"]["url"]
    return {
        "site": address,
        "permalink": address,
        "content": content,
        "kind": "reply" if found.get("pid") else "comment",
        "posted_at": found["time"],
        "author": {"name": html.unescape(found["user"]["name"])},
        "context": {"title": found["title"]} if found.get("title") else {},
    }


def react(headers, body):
    if not hmac.compare_digest(headers.get("X-Hook", "").encode(), SECRET.encode()):
        raise Refused(401, "the secret is another one")
    told = json.loads(body)
    number, site = quote(told["id"], safe=""), told["site"]
    found = call("GET", f"{REMARK}/api/v1/id/{number}?{urlencode({'site': site})}")
    verdict = CHAFFINCH.check(comment_of(found))
    if verdict["verdict"] == "spam":
        where = urlencode({"site": site, "url": found["locator"]["url"]})
        call("DELETE", f"{REMARK}/api/v1/admin/comment/{number}?{where}", headers={"Authorization": f"Basic {PASSWORD}"})
    return verdict["verdict"]


if __name__ == "__main__":
    serve(react)
