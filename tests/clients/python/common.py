"""What both Python clients are asked to do: see tests/clients/README.md."""

import json
import sys
from pathlib import Path

COMMENTS = json.loads((Path(__file__).parent.parent / "comments.json").read_text())


def arguments():
    """Port of the server and site key, from the command line."""
    port, key = sys.argv[1:]
    return port, key


def variants(comment):
    """The comment as several people would have sent it, so that each teaches something new."""
    for n in range(COMMENTS["rounds"]):
        yield {"author": f"{comment['author']} {n}", "email": f"{n}.{comment['email']}", "content": comment["content"]}


def report(what, outcome):
    print(f"{what}: {outcome}", flush=True)


def tour(check, submit_ham, submit_spam):
    """Checks both comments, then teaches the opposite of each until its verdict changes."""
    ham, spam = COMMENTS["ham"], COMMENTS["spam"]
    report("honest comment", check(ham))
    report("advertisement", check(spam))
    for comment, submit, expected, line in [
        (spam, submit_ham, "ham", "advertisement after submit-ham"),
        (ham, submit_spam, "spam", "honest comment after submit-spam"),
    ]:
        submit(comment)
        for variant in variants(comment):
            if check(comment) == expected:
                break
            submit(variant)
        report(line, check(comment))
