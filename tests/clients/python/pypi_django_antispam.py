"""PyPI `django-antispam`, which asks through `python-akismet`: the key in the host name, no verify-key call."""

import akismet as library
from akismet.exceptions import AkismetServerError
from common import COMMENTS, arguments, report, tour
from django.conf import settings

_, key = arguments()
settings.configure(AKISMET_API_KEY=key, AKISMET_SITE_URL=COMMENTS["blog"])

from antispam import akismet  # noqa: E402 (needs the settings)


def fields(comment):
    request = akismet.Request(COMMENTS["user_ip"], COMMENTS["user_agent"])
    author = akismet.Author(comment["author"], comment["email"])
    return request, akismet.Comment(comment["content"], type="comment", author=author)


settings.AKISMET_API_KEY = COMMENTS["bad_key"]
try:
    akismet.check(*fields(COMMENTS["ham"]))
    report("check with bad key", "answered")
except AkismetServerError:
    report("check with bad key", "refused")
settings.AKISMET_API_KEY = key
tour(
    lambda comment: "ham" if akismet.check(*fields(comment)) == library.SpamStatus.Ham else "spam",
    lambda comment: akismet.submit(*fields(comment), is_spam=False),
    lambda comment: akismet.submit(*fields(comment), is_spam=True),
)
