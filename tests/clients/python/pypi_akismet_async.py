"""PyPI `akismet-async`: the key in the host name; it knows no address but Akismet's."""

import asyncio

from akismet import Akismet, Comment, SpamStatus
from common import COMMENTS, arguments, report, tour

_, key = arguments()
loop = asyncio.new_event_loop()


def client(key):
    return Akismet(api_key=key, blog=COMMENTS["blog"], user_agent="Garden/1.0")


def fields(comment):
    return Comment(
        comment_content=comment["content"],
        user_ip=COMMENTS["user_ip"],
        user_agent=COMMENTS["user_agent"],
        referrer=COMMENTS["blog"],
        comment_author=comment["author"],
        comment_author_email=comment["email"],
    )


def check(client, comment):
    status = loop.run_until_complete(client.check(fields(comment)))
    return "ham" if status == SpamStatus.HAM else "spam" if status != SpamStatus.UNKNOWN else "unknown"


good, bad = client(key), client(COMMENTS["bad_key"])
report("good key", "valid" if loop.run_until_complete(good.verify_key()) else "invalid")
report("bad key", "valid" if loop.run_until_complete(bad.verify_key()) else "invalid")
try:
    report("check with bad key", check(bad, COMMENTS["ham"]))
except ValueError:
    # What is no JSON is no verdict to it.
    report("check with bad key", "refused")
tour(
    lambda comment: check(good, comment),
    lambda comment: loop.run_until_complete(good.submit_ham(fields(comment))),
    lambda comment: loop.run_until_complete(good.submit_spam(fields(comment))),
)
