#!/usr/bin/env python3
"""Fetches today's offers from Spheron and writes them as a price list.

usage: refresh_prices.py [--url URL] [--output FILE] [--timeout SECONDS] [--max-mib MIB]

Every page of GET /api/gpu-offers is read before anything is written, and the list then appears whole, under its
name, or not at all. Offers that are not available are left out.

Exit status: 0, 2 if the command line is wrong or the list cannot be written, 3 if the endpoint cannot be reached or
what it answers is no list of offers.
"""

import argparse
import csv
import datetime
import http.client
import io
import json
import math
import os
import pathlib
import re
import signal
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request

URL = "https://app.spheron.ai/api/gpu-offers"
PRICES = pathlib.Path(__file__).resolve().parents[1] / "configs/prices"
COLUMNS = ("InstanceType AcceleratorName AcceleratorCount vCPUs MemoryGiB Price Region GpuInfo SpotPrice Provider "
           "form_factor min_gpus observed_at source notes").split()
PAGE_SIZE = 100
MAX_PAGES = 200  # at 100 offers each: far more than there are
MAX_DOLLARS_PER_GPU_HOUR = 1000  # as harness/config/prices.hpp refuses it
MAX_GPUS = 1024


class Unusable(Exception):
    """The endpoint cannot be reached, or what it says is no list of offers."""


class OutOfTime(Exception):
    """No OSError: the network code takes those for a reason to try the next address."""


def offers_of(url, timeout, max_bytes):
    """The cards of every page."""
    cards, left, page, pages = [], max_bytes, 1, 1
    opener = make_opener()
    while page <= pages:
        if page > MAX_PAGES:
            raise Unusable(f"more than {MAX_PAGES} pages")
        body = fetch(opener, with_page(url, page), timeout, left, max_bytes)
        left -= len(body)
        answer = parse(body)
        # One that answers every question with the same page would go on for ever.
        said = whole(answer, "page", page, f"page {page}")
        if said != page:
            raise Unusable(f"asked for page {page}, was answered with page {said}")
        pages = whole(answer, "totalPages", 1, f"page {page}")
        cards += listed(answer, "data", f"page {page}")
        page += 1
    return cards


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
        raise Unusable("the answer breaks off") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unusable(f"cannot be reached: {error!r}") from error
    if len(body) > left:
        raise Unusable(f"more than {max_bytes / 2**20:g} MiB")
    if promised.isdigit() and len(body) < int(promised):
        raise Unusable(f"the answer breaks off after {len(body)} of {promised} bytes")
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


def whole(mapping, key, otherwise, where, most=10**9):
    value = mapping.get(key)
    if value is None and otherwise is not None:
        return otherwise
    if type(value) is not int or not 0 <= value <= most:
        raise Unusable(f"{where}: {key} is {value!r:.60}, expected a whole number up to {most}")
    return value


def listed(mapping, key, where):
    """A list of objects."""
    value = mapping.get(key)
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise Unusable(f"{where}: {key} is no list of objects")
    return value


def text(mapping, key, where):
    value = mapping.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Unusable(f"{where}: {key} is {value!r:.60}, expected a text")
    return " ".join(value.split())


def price(offer, key, gpus, where):
    value = offer.get(key)
    if value is None:
        return None
    try:
        dollars = float(value) if type(value) in (int, float) else math.nan
    except OverflowError:
        dollars = math.inf
    if not 0 < dollars <= MAX_DOLLARS_PER_GPU_HOUR * gpus:
        raise Unusable(f"{where}: {key} is {value!r:.60} for {gpus} GPUs, expected dollars an hour above 0 and at most "
                       f"{MAX_DOLLARS_PER_GPU_HOUR} a GPU")
    return dollars


def form_factor_of(word):
    """SXM5, PCIe or NVL; empty for any other word."""
    word = word.upper()
    return "PCIe" if word == "PCIE" else word if re.fullmatch("NVL|SXM.?", word) else ""


def split_card_name(name):
    """H100-SXM5, H100_SXM5 and H100NVL as the card and how it is built, as harness/config/price_formats.hpp does."""
    *card, last = re.split(r"([-_ ()])", name)
    if card and form_factor_of(last):
        return "".join(card[:-1]), form_factor_of(last)
    if not card and re.fullmatch(".+NVL", name):
        return name[:-3], "NVL"
    return name, ""


def form_factor_in(*names):
    return next(filter(None, (form_factor_of(word) for name in names for word in re.split(r"[-_ ()]", name))), "")


def row_of(card, offer, where):
    """A row of the native list, or None for an offer that nobody can rent."""
    available = offer.get("available", True)
    if not isinstance(available, bool):
        raise Unusable(f"{where}: available is {available!r:.60}, expected true or false")
    if not available:
        return None
    gpus = whole(offer, "gpuCount", None, where, MAX_GPUS)
    if gpus == 0:
        raise Unusable(f"{where}: gpuCount is 0, expected at least 1")
    names = [text(card, key, where) for key in ("baseGpuType", "gpuModel", "gpuType")]
    name, form_factor = split_card_name(next(filter(None, names), ""))
    if not name:
        raise Unusable(f"{where}: no baseGpuType, gpuModel or gpuType, expected the name of a card")
    if not form_factor:
        form_factor = form_factor_in(names[2], names[1], text(card, "displayName", where),
                                     text(offer, "interconnectType", where))
    on_demand, spot = (price(offer, key, gpus, where) for key in ("price", "spot_price"))
    if text(offer, "instanceType", where) == "SPOT":  # its price is the spot price
        on_demand, spot = None, on_demand or spot
    if on_demand is None and spot is None:
        raise Unusable(f"{where}: neither price nor spot_price, expected at least one")
    return {"InstanceType": text(offer, "offerId", where), "AcceleratorName": name, "AcceleratorCount": gpus,
            "Price": on_demand, "Region": text(offer, "region", where), "SpotPrice": spot,
            "Provider": text(offer, "provider", where), "form_factor": form_factor, "min_gpus": gpus}


def rows_of(cards):
    """The rows, and how many offers were left out."""
    rows = [row_of(card, offer, f"{text(card, 'gpuType', 'a card') or 'a card'}, offer {number}")
            for card in cards for number, offer in enumerate(listed(card, "offers", "a card"), 1)]
    kept = [row for row in rows if row is not None]
    if not kept:
        raise Unusable(f"{len(rows)} offers, none of them available")
    return kept, len(rows) - len(kept)


def write(path, rows, **same_in_each):
    """Beside its place first, then in it: a reader sees the old list or the new one."""
    table = io.StringIO()
    writer = csv.DictWriter(table, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({**row, **same_in_each} for row in rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with open(handle, "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), 0o644)
            file.write(table.getvalue())
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def above_zero(word):
    value = float(word)
    if not 0 < value < 1e6:
        raise ValueError
    return value


def web_address(word):
    parts = urllib.parse.urlsplit(word)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError
    return word


def arguments():
    parser = argparse.ArgumentParser(description="Fetches today's offers from Spheron and writes them as a price list.")
    parser.add_argument("--url", type=web_address, default=URL, help="default: %(default)s")
    parser.add_argument("--output", type=pathlib.Path, help="default: configs/prices/<today>-spheron.csv")
    parser.add_argument("--timeout", type=above_zero, default=60, help="seconds for everything; default: %(default)s")
    parser.add_argument("--max-mib", type=above_zero, default=32, help="of all pages; default: %(default)s")
    return parser.parse_args()


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
        cards = offers_of(options.url, options.timeout, int(options.max_mib * 2**20))
        signal.setitimer(signal.ITIMER_REAL, 0)
        rows, unavailable = rows_of(cards)
    except Unusable as error:
        return complain(f"{options.url}: {error}", 3)
    except OutOfTime:
        return complain(f"{options.url}: no complete answer in {options.timeout:g} s", 3)
    try:
        write(output, rows, observed_at=today, source=f"Spheron, {options.url}")
    except OSError as error:
        return complain(f"{output}: cannot be written: {error.strerror}", 2)
    left_out = f", {unavailable} not available and left out" if unavailable else ""
    print(f"{output}: {len(rows)} offers of {len({row['AcceleratorName'] for row in rows})} cards{left_out}")
    return 0


def complain(message, status):
    print(f"refresh_prices: {message}" + ("; the list is as it was" if status == 3 else ""), file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
