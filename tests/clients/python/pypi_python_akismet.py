"""PyPI `python-akismet`: the key in the host name, no verify-key call."""

import socket

from akismet import Akismet, SpamStatus
from akismet.exceptions import AkismetServerError
from common import COMMENTS, arguments, report, tour

port, key = arguments()
resolve = socket.getaddrinfo


def resolve_localhost(host, *rest, **named):
    """Not every system resolves KEY.localhost; all of these names are this machine."""
    return resolve("127.0.0.1" if str(host).endswith(".localhost") else host, *rest, **named)


socket.getaddrinfo = resolve_localhost


class Local(Akismet):
    protocol = "http"
    domain = f"localhost:{port}"


def fields(comment):
    return {
        "user_ip": COMMENTS["user_ip"],
        "user_agent": COMMENTS["user_agent"],
        "comment_author": comment["author"],
        "comment_author_email": comment["email"],
        "comment_content": comment["content"],
        "comment_type": "comment",
    }


good, bad = (Local(k, blog=COMMENTS["blog"], timeout=30) for k in (key, COMMENTS["bad_key"]))
try:
    bad.check(**fields(COMMENTS["ham"]))
    report("check with bad key", "answered")
except AkismetServerError:
    report("check with bad key", "refused")
tour(
    lambda comment: "ham" if good.check(**fields(comment)) == SpamStatus.Ham else "spam",
    lambda comment: good.submit_ham(**fields(comment)),
    lambda comment: good.submit_spam(**fields(comment)),
)
