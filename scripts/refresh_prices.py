#!/usr/bin/env python3
"""Fetches today's offers from Spheron and writes them as a price list.

usage: refresh_prices.py [--url URL] [--output FILE] [--timeout SECONDS] [--max-mib MIB] [--gpugauge PROGRAM]

Every page of GET /api/gpu-offers is read, and checked by the program, before anything is written. The list then
appears whole, under its name, or not at all. Offers that are not available are left out.

Exit status: 0, 2 if the command line is wrong or the list cannot be written, 3 if the endpoint cannot be reached or
what it answers is no list of offers.
"""

import argparse
import csv
import datetime
import http.client
import json
import pathlib
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request

from command_line import above_zero, find_program
from result_file import WrongInput, write_whole

URL = "https://app.spheron.ai/api/gpu-offers"
PRICES = pathlib.Path(__file__).resolve().parents[1] / "configs/prices"
PAGE_SIZE = 100
MAX_PAGES = 200  # at 100 offers each: far more than there are


class Unusable(Exception):
    """The endpoint cannot be reached, or what it says is no list of offers."""


class OutOfTime(Exception):
    """No OSError: the network code takes those for a reason to try the next address."""


def pages_of(url, timeout, max_bytes):
    """Every page, as it was answered."""
    answers, left, page, pages = [], max_bytes, 1, 1
    opener = make_opener()
    while page <= pages:
        if page > MAX_PAGES:
            raise Unusable(f"more than {MAX_PAGES} pages")
        body = fetch(opener, with_page(url, page), timeout, left, max_bytes)
        left -= len(body)
        answer = parse(body)
        # One that answers every question with the same page would go on for ever.
        said = whole(answer, "page", page)
        if said != page:
            raise Unusable(f"asked for page {page}, was answered with page {said}")
        pages = whole(answer, "totalPages", page)
        answers.append(answer)
        page += 1
    return answers


def make_opener():
    """http and https alone, whatever a redirect says."""
    opener = urllib.request.OpenerDirector()
    for handler in (urllib.request.ProxyHandler, urllib.request.UnknownHandler, urllib.request.HTTPHandler,
                    urllib.request.HTTPSHandler, urllib.request.HTTPDefaultErrorHandler,
                    urllib.request.HTTPRedirectHandler, urllib.request.HTTPErrorProcessor):
        opener.add_handler(handler())
    return opener


def with_page(url, page):
    parts = urllib.parse.urlsplit(url)
    query = [pair for pair in urllib.parse.parse_qsl(parts.query, True) if pair[0] not in ("page", "limit")]
    query += [("page", page), ("limit", PAGE_SIZE)]
    return urllib.parse.urlunsplit(parts._replace(query=urllib.parse.urlencode(query)))


def fetch(opener, url, timeout, left, max_bytes):
    request = urllib.request.Request(url, headers={"Accept": "application/json", "User-Agent": "gpugauge"})
    try:
        with opener.open(request, timeout=timeout) as response:
            body = response.read(left + 1)
            promised = response.headers.get("Content-Length", "")
    except urllib.error.HTTPError as error:
        # urllib's words on a redirect loop take several lines.
        raise Unusable(f"HTTP status {error.code}: {' '.join(str(error.reason).split())}") from error
    except urllib.error.URLError as error:
        raise Unusable(f"cannot be reached: {error.reason}") from error
    except http.client.IncompleteRead as error:
        raise Unusable("the answer is incomplete") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unusable(f"cannot be reached: {error!r}") from error
    if len(body) > left:
        raise Unusable(f"more than {max_bytes / 2**20:g} MiB")
    if promised.isdigit() and len(body) < int(promised):
        raise Unusable(f"the answer ends after {len(body)} of {promised} bytes")
    return body


def parse(body):
    def refuse(constant):
        raise ValueError(f"{constant} is no number of JSON")

    try:
        answer = json.loads(body.decode("utf-8-sig"), parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        begin = " ".join(body[:40].decode("ascii", "replace").split())
        raise Unusable(f"the answer is not JSON: {error}; it begins with {begin!r}") from error
    if not isinstance(answer, dict):
        raise Unusable("the answer is no JSON object")
    return answer


def whole(mapping, key, otherwise):
    value = mapping.get(key)
    if value is None:
        return otherwise
    if type(value) is not int or value < 0:
        raise Unusable(f"page {otherwise}: {key} is {value!r:.60}, expected a whole number")
    return value


def native_list(program, pages, url, today):
    """What the program makes of the pages, which checks every offer, and what it warns of."""
    with tempfile.TemporaryDirectory() as folder:
        # The program takes the day of the offers from the name.
        file = pathlib.Path(folder) / f"{today}-spheron.json"
        file.write_text("[" + ",\n".join(map(json.dumps, pages)) + "]\n", encoding="utf-8")
        result = subprocess.run([program, "prices", file, "--source", f"Spheron, {url}"], capture_output=True,
                                text=True, check=False)
        said = " ".join(result.stderr.replace(f"{file}:", "").replace("gpugauge: ", "").split())
    if result.returncode != 0:
        raise Unusable(said or f"{program} ended with status {result.returncode}")
    return result.stdout, said


def web_address(word):
    parts = urllib.parse.urlsplit(word)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError
    return word


def arguments():
    parser = argparse.ArgumentParser(description="Fetches today's offers from Spheron and writes them as a price list.")
    parser.add_argument("--url", type=web_address, default=URL, help="default: %(default)s")
    parser.add_argument("--output", type=pathlib.Path, help="default: configs/prices/<today>-spheron.csv")
    parser.add_argument("--timeout", type=above_zero(float, 1e6), default=60, help="seconds for everything; default: %(default)s")
    parser.add_argument("--max-mib", type=above_zero(float, 1e6), default=32, help="size limit of all pages, in MiB; default: %(default)s")
    parser.add_argument("--gpugauge", type=pathlib.Path, default=find_program(), metavar="PROGRAM",
                        help="reads the offers; default: %(default)s")
    options = parser.parse_args()
    if not options.gpugauge.is_file():
        parser.error(f"{options.gpugauge}: no such program; ./scripts/run.sh builds one")
    return options


def out_of_time(*_):
    raise OutOfTime


def main():
    options = arguments()
    today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    output = options.output or PRICES / f"{today}-spheron.csv"
    # A socket's own time limit begins anew with every byte.
    signal.signal(signal.SIGALRM, out_of_time)
    signal.setitimer(signal.ITIMER_REAL, options.timeout)
    try:
        pages = pages_of(options.url, options.timeout, int(options.max_mib * 2**20))
        signal.setitimer(signal.ITIMER_REAL, 0)
        table, warnings = native_list(options.gpugauge.resolve(), pages, options.url, today)
    except Unusable as error:
        return complain(f"{options.url}: {error}", 3)
    except OutOfTime:
        return complain(f"{options.url}: no complete answer in {options.timeout:g} s", 3)
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        write_whole(output, table.encode())
    except OSError as error:
        return complain(f"{output}: cannot be written: {error.strerror}", 2)
    except WrongInput as error:
        return complain(error, 2)
    rows = list(csv.DictReader(table.splitlines()))
    if warnings:
        print(f"refresh_prices: {warnings}", file=sys.stderr)
    print(f"{output}: {len(rows)} offers of {len({row['AcceleratorName'] for row in rows})} cards")
    return 0


def complain(message, status):
    print(f"refresh_prices: {message}" + ("; the list is as it was" if status == 3 else ""), file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
