"""scripts/nightly/notify_webhook.py against a server on this machine."""

import http.server
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import unittest

from sandbox import SOURCE

SCRIPT = SOURCE / "scripts" / "nightly" / "notify_webhook.py"


class Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.server.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.server.answer)
        self.end_headers()

    def log_message(self, *arguments):
        pass


class NotifyWebhookTest(unittest.TestCase):
    def setUp(self):
        self.server = http.server.HTTPServer(("127.0.0.1", 0), Hook)
        self.server.bodies, self.server.answer = [], 200
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.night = pathlib.Path(temporary.name)
        (self.night / "check.md").write_text("| gemm | slower |\n")

    def notify(self, *arguments, **environment):
        variables = {"GPUGAUGE_WEBHOOK_URL": f"http://127.0.0.1:{self.server.server_port}/x", **environment}
        return subprocess.run([sys.executable, SCRIPT, *map(str, arguments)], env={"PATH": os.environ["PATH"], **variables},
                              capture_output=True, text=True, check=False, timeout=60)

    def test_a_regression_is_told(self):
        self.assertEqual(self.notify(self.night, 1).returncode, 0)
        (body,) = self.server.bodies
        self.assertIn("REGRESSION", body["text"])
        self.assertIn("| gemm | slower |", body["text"])

    def test_a_good_night_is_not(self):
        self.assertEqual(self.notify(self.night, 0).returncode, 0)
        self.assertEqual(self.server.bodies, [])
        self.notify(self.night, 0, GPUGAUGE_WEBHOOK_ALWAYS="1")
        self.assertEqual(len(self.server.bodies), 1)

    def test_a_long_table_is_cut(self):
        (self.night / "check.md").write_text("x" * 100_000)
        self.notify(self.night, 5)
        self.assertLess(len(self.server.bodies[0]["text"]), 4000)

    def test_a_hook_that_refuses(self):
        self.server.answer = 500
        result = self.notify(self.night, 1)
        self.assertEqual(result.returncode, 3)
        self.assertEqual(len(result.stderr.splitlines()), 1)

    def test_wrong_arguments(self):
        for arguments, environment in (([], {}), ([self.night], {}), (["/nowhere", 1], {}), ([self.night, "x"], {}),
                                       ([self.night, 1], {"GPUGAUGE_WEBHOOK_URL": "file:///etc/passwd"})):
            with self.subTest(arguments):
                result = self.notify(*arguments, **environment)
                self.assertEqual(result.returncode, 2)
                self.assertEqual(len(result.stderr.splitlines()), 1)


if __name__ == "__main__":
    unittest.main()
