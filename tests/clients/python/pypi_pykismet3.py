"""PyPI `pykismet3`: the key in the host name, plain HTTP, no verify-key call; it knows no address but Akismet's."""

from common import COMMENTS, arguments, report, tour
from pykismet3 import Akismet, AkismetServerError

_, key = arguments()


def client(key):
    return Akismet(api_key=key, blog_url=COMMENTS["blog"], user_agent="Garden/1.0")


def fields(comment):
    return {
        "user_ip": COMMENTS["user_ip"],
        "user_agent": COMMENTS["user_agent"],
        "referrer": COMMENTS["blog"],
        "content_type": "comment",
        "comment_author": comment["author"],
        "comment_author_email": comment["email"],
        "comment_content": comment["content"],
    }


good, bad = client(key), client(COMMENTS["bad_key"])
try:
    bad.check(fields(COMMENTS["ham"]))
    report("check with bad key", "answered")
except AkismetServerError:
    report("check with bad key", "refused")
tour(
    lambda comment: "spam" if good.check(fields(comment)) else "ham",
    lambda comment: good.submit_ham(fields(comment)),
    lambda comment: good.submit_spam(fields(comment)),
)
