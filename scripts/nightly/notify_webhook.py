#!/usr/bin/env python3
"""Tells a chat how the night was: nightly.sh --notify scripts/nightly/notify_webhook.py

usage: notify_webhook.py NIGHT_FOLDER EXIT_STATUS

Posts {"text": …} to the address in GPUGAUGE_WEBHOOK_URL, as Slack, Mattermost and others take it. Says nothing of a night that
was fine unless GPUGAUGE_WEBHOOK_ALWAYS=1.

Exit status: 0 posted, or nothing to say; 2 wrong arguments; 3 the address did not answer, or refused.
"""

import json
import os
import pathlib
import sys
import urllib.error
import urllib.request

MEANING = {0: "as fast as ever", 1: "REGRESSION", 3: "could not be measured", 4: "a case computed a WRONG result",
           5: "inconclusive", 6: "too few nights for a verdict yet", 130: "interrupted"}
FINE = (0, 6)
LONGEST_TEXT = 3000  # of characters: chats cut what is longer
TIMEOUT_SECONDS = 10


def message(folder, status):
    check = folder / "check.md"
    details = check.read_text(errors="replace") if check.exists() else "no check.md: see nightly.log"
    if len(details) > LONGEST_TEXT:
        details = details[:LONGEST_TEXT] + "\n… the rest is in check.md"
    return f"gpugauge, {folder.name}: {MEANING.get(status, f'exit status {status}')}\n{details}"


def main(arguments):
    if len(arguments) != 2 or not arguments[1].isdigit() or not pathlib.Path(arguments[0]).is_dir():
        print("notify_webhook.py: expected the folder of a night and an exit status", file=sys.stderr)
        return 2
    folder, status = pathlib.Path(arguments[0]), int(arguments[1])
    url = os.environ.get("GPUGAUGE_WEBHOOK_URL", "")
    if not url.startswith(("https://", "http://")):
        print(f"notify_webhook.py: GPUGAUGE_WEBHOOK_URL is '{url}', expected an http address", file=sys.stderr)
        return 2
    if status in FINE and os.environ.get("GPUGAUGE_WEBHOOK_ALWAYS") != "1":
        return 0
    request = urllib.request.Request(url, json.dumps({"text": message(folder, status)}).encode(),
                                     {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS):
            return 0
    except (urllib.error.URLError, OSError) as error:
        print(f"notify_webhook.py: the message could not be posted: {error}", file=sys.stderr)
        return 3


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
