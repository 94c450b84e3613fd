"""scripts/refresh_prices.py against a server of this machine, which also misbehaves."""

import datetime
import gzip
import http.server
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import unittest
import urllib.parse

from sandbox import SOURCE

PROGRAM = pathlib.Path(os.environ.get("GPUGAUGE_BINARY", SOURCE / "build/gpugauge"))
SCRIPT = SOURCE / "scripts/refresh_prices.py"
DATA = SOURCE / "tests/data/prices"
PAGES = [(DATA / f"spheron_page_{number}.json").read_bytes() for number in (1, 2)]
OLD = "the list of yesterday\n"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        try:
            self.server.behaviour(self, int(query.get("page", ["1"])[0]))
        except (BrokenPipeError, ConnectionResetError):
            pass  # the script had seen enough

    def log_message(self, *_):
        pass

    def answer(self, body, status=200, kind="application/json", **headers):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        for name, value in {"Content_Length": len(body), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)


def offer(**changes):
    """The first page alone, its first offer changed."""
    page = json.loads(PAGES[0])
    page["totalPages"] = 1
    page["data"][0]["offers"][0].update(changes)
    return page


def alone(**changes):
    """The same without any other offer."""
    page = offer(**changes)
    page["data"] = page["data"][:1]
    page["data"][0]["offers"] = page["data"][0]["offers"][:1]
    return page


def always(answer):
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    return lambda handler, page: handler.answer(body)


class RefreshPricesTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.output = pathlib.Path(temporary.name) / "prices.csv"
        self.output.write_text(OLD)
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.asked = []
        self.released = threading.Event()
        serving = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        serving.start()
        for step in (self.server.server_close, serving.join, self.server.shutdown, self.released.set):
            self.addCleanup(step)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/api/gpu-offers"

    def refresh(self, *arguments, url=None):
        environment = {**os.environ, "no_proxy": "127.0.0.1"}
        return subprocess.run([sys.executable, SCRIPT, "--url", url or self.url, "--output", self.output, "--gpugauge", PROGRAM,
                               *arguments],
                              capture_output=True, text=True, check=False, timeout=60, env=environment)

    def assert_refused(self, behaviour, *words, arguments=(), status=3):
        self.server.behaviour = behaviour
        self.assert_failed(self.refresh(*arguments), status, *words)

    def assert_failed(self, result, status, *words):
        self.assertEqual(result.returncode, status, result.stderr)
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        for word in words:
            self.assertIn(word, result.stderr)
        self.assertEqual(self.output.read_text(), OLD)
        self.assertEqual(list(self.output.parent.iterdir()), [self.output])

    def test_every_page_becomes_the_native_list(self):
        self.server.behaviour = lambda handler, page: handler.answer(PAGES[page - 1])
        before = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
        result = self.refresh()
        self.assertEqual(result.returncode, 0, result.stderr)
        after = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
        expected = (DATA / "spheron_refreshed.csv").read_text().replace("URL", self.url)
        self.assertIn(self.output.read_text(), [expected.replace("TODAY", day) for day in (before, after)])
        self.assertIn("4 offers of 2 cards", result.stdout)
        self.assertIn("1 offers were not available and are left out", result.stderr)
        self.assertEqual(self.server.asked, [f"/api/gpu-offers?page={page}&limit=100" for page in (1, 2)])
        self.assertEqual(list(self.output.parent.iterdir()), [self.output])

    def test_the_parameters_of_a_given_address_are_kept(self):
        self.server.behaviour = always(offer())
        self.assertEqual(self.refresh(url=self.url + "?key=a%20b&page=7").returncode, 0)
        self.assertEqual(self.server.asked, ["/api/gpu-offers?key=a+b&page=1&limit=100"])

    def test_a_redirect_is_followed(self):
        def moved(handler, _):
            if handler.path.startswith("/new"):
                handler.answer(json.dumps(offer()).encode())
            else:
                handler.answer(b"", 302, Location="/new")
        self.server.behaviour = moved
        self.assertEqual(self.refresh().returncode, 0)

    def test_nobody_there(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))  # and does not listen
            result = self.refresh(url=f"http://127.0.0.1:{free.getsockname()[1]}/")
        self.assert_failed(result, 3, "cannot be reached", "refused")

    def test_an_error_of_the_server(self):
        for status in (404, 429, 500, 503):
            with self.subTest(status):
                self.assert_refused(lambda handler, _: handler.answer(b"oh no", status), f"HTTP status {status}")

    def test_an_error_on_the_second_page(self):
        self.assert_refused(lambda handler, page: handler.answer(PAGES[0], 200 if page == 1 else 500), "status 500")

    def test_a_server_that_says_nothing(self):
        self.assert_refused(lambda *_: self.released.wait(), "in 0.5 s", arguments=("--timeout", "0.5"))

    def test_a_server_that_says_a_byte_now_and_then(self):
        def drip(handler, _):
            handler.send_response(200)
            handler.end_headers()
            while not self.released.wait(0.05):
                handler.wfile.write(b" ")
        self.assert_refused(drip, "in 0.5 s", arguments=("--timeout", "0.5"))

    def test_a_truncated_answer(self):
        self.assert_refused(lambda handler, _: handler.answer(PAGES[0], Content_Length=len(PAGES[0]) + 9),
                            f"ends after {len(PAGES[0])} of {len(PAGES[0]) + 9} bytes")

    def test_an_answer_cut_in_half_that_says_no_length(self):
        def cut(handler, _):
            handler.send_response(200)
            handler.end_headers()
            handler.wfile.write(PAGES[0][:200])
        self.assert_refused(cut, "not JSON")

    def test_a_chunk_that_breaks_off(self):
        def cut(handler, _):
            handler.protocol_version = "HTTP/1.1"
            handler.send_response(200)
            handler.send_header("Transfer-Encoding", "chunked")
            handler.end_headers()
            handler.wfile.write(b"ff\r\n{")
            handler.close_connection = True
        self.assert_refused(cut, "incomplete")

    def test_no_http_at_all(self):
        self.assert_refused(lambda handler, _: handler.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n"), "cannot be reached")

    def test_a_web_page(self):
        self.assert_refused(lambda handler, _: handler.answer(b"<!DOCTYPE html><html>log in", kind="text/html"),
                            "not JSON", "<!DOCTYPE html>")

    def test_a_huge_answer(self):
        self.assert_refused(always(b" " * 2**20), "more than 0.5 MiB", arguments=("--max-mib", "0.5"))

    def test_pages_that_are_huge_together(self):
        def page_of(handler, page):
            handler.answer(PAGES[page - 1] + b" " * 2**18)
        self.assert_refused(page_of, "more than 0.4 MiB", arguments=("--max-mib", "0.4"))

    def test_a_server_that_always_says_the_first_page(self):
        self.assert_refused(always(PAGES[0]), "asked for page 2, was answered with page 1")

    def test_endless_pages(self):
        def more(handler, page):
            handler.answer(json.dumps({**offer(), "page": page, "totalPages": page + 1}).encode())
        self.assert_refused(more, "more than 200 pages")

    def test_a_redirect_to_itself(self):
        self.assert_refused(lambda handler, _: handler.answer(b"", 302, Location=handler.path), "HTTP status 302")

    def test_redirects_without_end(self):
        self.assert_refused(lambda handler, _: handler.answer(b"", 302, Location=handler.path + "x"), "HTTP status 302")

    def test_a_redirect_to_a_file(self):
        self.assert_refused(lambda handler, _: handler.answer(b"", 302, Location="file:///etc/passwd"), "302")

    def test_wrong_types(self):
        nothing = {"page": 1, "totalPages": 1}
        for answer, words in [
                ([], "no JSON object"), ("text", "no JSON object"), ({}, "'data'"),
                ({**nothing, "data": {}}, "/0/data: expected an array"),
                ({**nothing, "data": [1]}, "/0/data/0 is '1', expected a card"),
                ({**nothing, "data": []}, "no offer of a GPU that is available"),
                ({**nothing, "data": [{"gpuType": "H100"}]}, "expected a card with 'offers'"),
                ({**nothing, "totalPages": "2", "data": []}, "totalPages is '2'"),
                ({**nothing, "totalPages": True, "data": []}, "totalPages is True"),
                (alone(gpuCount="8"), "gpuCount is '\"8\"'"), (alone(gpuCount=0), "gpuCount is '0'"),
                (alone(gpuCount=None), "gpuCount is missing"), (alone(gpuCount=1.5), "gpuCount is '1.5'"),
                (alone(provider=7), "provider is '7'"), (alone(available="yes"), "available is '\"yes\"'"),
                (alone(price=None, spot_price=None), "neither price nor spot_price"),
                (b"[" * 100000, "not JSON"), (b"\xff\xfe{}", "not JSON"), (b"", "not JSON")]:
            with self.subTest(words):
                self.assert_refused(always(answer), words)

    def test_wrong_prices(self):
        for price in (-1, "3.5", True, 1000.5, 1e300, [3.5]):
            for key in ("price", "spot_price"):
                with self.subTest(price=price, key=key):
                    self.assert_refused(always(alone(**{key: price})), f"1: /0/data/0/offers/0/{key}", "expected ")
        self.assert_refused(always(alone(price=0, spot_price=0.0)), "neither price nor spot_price")
        self.assert_refused(always(alone(price=10**400)), "not valid JSON")
        for word in (b"NaN", b"Infinity"):
            with self.subTest(word):
                self.assert_refused(always(json.dumps(offer()).encode().replace(b"3.5", word)), "not JSON")

    def test_an_offer_that_cannot_be_used_is_left_out(self):
        self.server.behaviour = always(offer())
        self.assertEqual(self.refresh().returncode, 0)
        whole = self.output.read_text().splitlines()
        for changes, words in (({"price": None, "spot_price": None}, "1 without a price"), ({"provider": 7}, "1 wrong (")):
            with self.subTest(words):
                self.server.behaviour = always(offer(**changes))
                result = self.refresh()
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertIn(words, result.stderr)
                self.assertEqual(len(self.output.read_text().splitlines()), len(whole) - 1)

    def test_a_gzip_bomb_is_no_list(self):
        self.assert_refused(lambda handler, _: handler.answer(gzip.compress(bytes(2 ** 26)), Content_Encoding="gzip"),
                            "not JSON")

    def test_an_endless_body(self):
        def endless(handler, _):
            handler.send_response(200)
            handler.end_headers()
            while not self.released.is_set():
                handler.wfile.write(b" " * 2 ** 16)
        self.assert_refused(endless, "more than 0.5 MiB", arguments=("--max-mib", "0.5"))

    def test_endless_headers(self):
        def endless(handler, _):
            handler.send_response(200)
            for number in range(200):
                handler.send_header(f"X-{number}", "x")
            handler.end_headers()
        self.assert_refused(endless, "cannot be reached", "100 headers")

    def test_redirects_that_leave_http(self):
        for place in ("ftp://127.0.0.1/x", "file:///etc/passwd", "data:application/json,{}", "gopher://x", "//", "\\\\x"):
            with self.subTest(place):
                self.assert_refused(lambda handler, _, to=place: handler.answer(b"", 302, Location=to), "refresh_prices: ")

    def test_a_list_that_cannot_be_written(self):
        self.server.behaviour = always(offer())
        for path in (self.output.parent, self.output / "below.csv"):
            with self.subTest(path):
                self.assert_failed(self.refresh("--output", path), 2, "cannot be written")

    def test_a_program_that_is_not_there_or_fails(self):
        self.server.behaviour = always(offer())
        self.assert_failed(self.refresh("--gpugauge", "/bin/false"), 3, "/bin/false ended with status 1")
        result = self.refresh("--gpugauge", self.output.parent / "nothing")
        self.assertEqual((result.returncode, self.output.read_text()), (2, OLD))
        self.assertIn("no such program", result.stderr)

    def test_wrong_options(self):
        for option, value in [("--url", "ftp://host/x"), ("--url", "file:///etc/passwd"), ("--url", "nowhere"),
                              ("--timeout", "0"), ("--timeout", "nan"), ("--max-mib", "-1"), ("--max-mib", "big")]:
            with self.subTest(option=option, value=value):
                result = self.refresh(option, value)
                self.assertEqual(result.returncode, 2, result.stderr)
                self.assertIn(option, result.stderr)
                self.assertEqual(self.output.read_text(), OLD)


if __name__ == "__main__":
    unittest.main()
