"""PyPI `akismet`: the key in the body; the address is a constant of the module."""

import akismet
import akismet._common
from common import COMMENTS, arguments, report, tour

port, key = arguments()
akismet._common._API_URL = f"http://127.0.0.1:{port}"


def client(key):
    return akismet.SyncClient(config=akismet.Config(key=key, url=COMMENTS["blog"]))


def fields(comment):
    return {
        "user_ip": COMMENTS["user_ip"],
        "user_agent": COMMENTS["user_agent"],
        "comment_type": "comment",
        "comment_author": comment["author"],
        "comment_author_email": comment["email"],
        "comment_content": comment["content"],
    }


good, bad = client(key), client(COMMENTS["bad_key"])
report("good key", "valid" if good.verify_key() else "invalid")
report("bad key", "valid" if bad.verify_key() else "invalid")
try:
    bad.comment_check(**fields(COMMENTS["ham"]))
    report("check with bad key", "answered")
except akismet.APIKeyError:
    report("check with bad key", "refused")
tour(
    lambda comment: "ham" if good.comment_check(**fields(comment)) == akismet.CheckResponse.HAM else "spam",
    lambda comment: good.submit_ham(**fields(comment)),
    lambda comment: good.submit_spam(**fields(comment)),
)
