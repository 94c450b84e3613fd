"""scripts/pictures.py: the pictures of results/README.md are there, can be made again, and show what the program prints."""

import json
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("GPUGAUGE_BINARY", SOURCE / "build" / "gpugauge"))
SCRIPT = SOURCE / "scripts" / "pictures.py"
COMMITTED = SOURCE / "results" / "pictures"
RESULT = "results/intel-xeon-2-cores/quick.json"
SVG_TEXT = "{http://www.w3.org/2000/svg}text"

sys.path.insert(0, str(SCRIPT.parent))
import pictures  # noqa: E402


def run(*arguments, options=(), **environment):
    """The script as a user starts it, of a folder that is not the repository's."""
    return subprocess.run([sys.executable, *options, SCRIPT, *map(str, arguments)], cwd="/", env={**os.environ, **environment},
                          capture_output=True, text=True, check=False, timeout=120)


def words_of(svg):
    return [(element.text, element.get("class"), float(element.get("x")), float(element.get("y")))
            for element in ElementTree.fromstring(svg).iter(SVG_TEXT)]


def size_of_png(data):
    """Width and height of a whole PNG (ISO/IEC 15948: signature, IHDR first, IEND last)."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n" and data[12:16] == b"IHDR" and data[-8:-4] == b"IEND"
    return struct.unpack(">II", data[16:24])


def memory_read_gbps():
    cases = json.loads((SOURCE / RESULT).read_text())["benchmarks"]
    case = next(case["gpugauge"] for case in cases if case["name"].startswith("memory/read/"))
    return case["work"]["bytes"] / case["time_ns"]["median"]


def why_not():
    """Why no picture can be made here, or nothing."""
    if not os.access(BINARY, os.X_OK):
        return f"{BINARY} is not built"
    for tool in ("script", "chromium", "chromedriver"):
        if not shutil.which(tool):
            return f"{tool} is not installed"
    try:
        import selenium  # noqa: F401
    except ImportError:
        return "python3-selenium is not installed"
    return ""


class Terminal(unittest.TestCase):
    def test_every_word_in_its_look_and_its_place(self):
        words = words_of(pictures.terminal_svg("\x1b[1ma <b> & c\x1b[0m  \x1b[31m5%\x1b[0m\n\n  d", "light"))
        self.assertEqual([word[:2] for word in words], [("a <b> & c", "bold"), ("5%", "bad"), ("d", None)])
        left, top = pictures.MARGIN, pictures.MARGIN + pictures.FONT
        for (_, _, x, y), (column, line) in zip(words, [(0, 0), (11, 0), (2, 2)]):
            self.assertAlmostEqual(x, left + column * pictures.CELL, places=2)
            self.assertEqual(y, top + line * pictures.LINE)

    def test_looks_add_up_until_they_are_reset(self):
        words = words_of(pictures.terminal_svg("\x1b[1;32ma\x1b[2mb\x1b[mc", "dark"))
        self.assertEqual([word[:2] for word in words], [("a", "bold good"), ("b", "bold good dim"), ("c", None)])

    def test_a_line_breaks_where_the_terminal_ends(self):
        words = words_of(pictures.terminal_svg("x" * pictures.COLUMNS + "yz\n" + "w" * pictures.COLUMNS + "\nv", "light"))
        self.assertEqual([word[0].strip("xw") for word in words], ["", "yz", "", "v"])
        self.assertEqual(len({word[3] for word in words}), 4)

    def test_what_it_cannot_draw_is_an_error(self):
        for text, what in (("\x1b[35ma", "look that is not drawn here: 35"), ("a\x1b[2Kb", r"'\\x1b'"), ("a\rb", r"'\\r'")):
            with self.assertRaisesRegex(pictures.Failure, what):
                pictures.terminal_svg(text, "light")

    def test_both_themes_know_every_look(self):
        for colors in pictures.COLORS.values():
            self.assertLessEqual({"page", "text", *pictures.LOOKS.values()} - {"bold"}, set(colors))


class Readme(unittest.TestCase):
    def test_every_picture_is_there_and_every_one_that_is_there_is_shown(self):
        text = (SOURCE / "results/README.md").read_text()
        shown = set(re.findall(r'(?:src|srcset)="pictures/([^"]+)"', text))
        self.assertGreaterEqual(len(shown), 8)
        self.assertEqual(shown, {path.name for path in COMMITTED.iterdir()})
        self.assertEqual(len(re.findall(r"<img ", text)), len(re.findall(r'<img [^>]*alt="[^"]{20,}"', text)))

    def test_the_committed_ones_are_whole_and_small(self):
        for path in COMMITTED.iterdir():
            data = path.read_bytes()
            self.assertLess(len(data), 200 * 1024, path)
            if path.suffix == ".svg":
                self.assertGreater(len(words_of(data)), 20, path)
            else:
                self.assertGreater(min(size_of_png(data)), 500, path)


class Errors(unittest.TestCase):
    def assert_fails(self, result, status, expected):
        self.assertEqual(result.returncode, status, result.stderr)
        self.assertIn(expected, result.stderr.splitlines()[-1])
        self.assertNotIn("Traceback", result.stderr)
        self.assertEqual(result.stdout, "")

    def test_a_wrong_option_ends_with_2(self):
        self.assert_fails(run("--what"), 2, "--what")

    def test_no_build_ends_with_3(self):
        self.assert_fails(run("--build", "/nowhere"), 3, "/nowhere/gpugauge is not there")

    @unittest.skipUnless(os.access(BINARY, os.X_OK) and shutil.which("script"), f"{BINARY} is not built, or there is no script")
    def test_a_wrong_file_ends_with_2_in_the_program_s_words(self):
        self.assert_fails(run("--build", BINARY.parent, "/nowhere.json"), 2, "/nowhere.json: no such file")
        self.assert_fails(run("--build", BINARY.parent, SOURCE / "README.md"), 2, "README.md:1:1: not valid JSON")

    @unittest.skipUnless(os.access(BINARY, os.X_OK) and shutil.which("script"), f"{BINARY} is not built, or there is no script")
    def test_without_selenium_or_chromium_it_ends_with_3_and_leaves_nothing(self):
        with tempfile.TemporaryDirectory() as folder:
            tools, output = pathlib.Path(folder, "bin"), pathlib.Path(folder, "output")
            tools.mkdir()
            for tool in ("script", "sh", "stty"):
                (tools / tool).symlink_to(shutil.which(tool))
            arguments = ("--build", BINARY.parent, "--output", output, SOURCE / RESULT)
            self.assert_fails(run(*arguments, options=["-S"]), 3, "Selenium is not there: ./scripts/setup.sh --tests")  # -S: no site-packages
            if not why_not():
                self.assert_fails(run(*arguments, PATH=str(tools)), 3, "chromium is not there: ./scripts/setup.sh --tests")
            self.assertFalse(output.exists())


@unittest.skipIf(why_not(), why_not())
class Made(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.made = []
        for name in ("once", "twice"):
            output = pathlib.Path(folder.name, name)
            result = run("--build", BINARY.parent, "--output", output, SOURCE / RESULT, NO_COLOR="1", COLUMNS="40")
            assert result.returncode == 0, result.stderr
            cls.made.append({path.name: path.read_bytes() for path in output.iterdir()})

    def test_it_makes_the_readme_s_pictures_and_no_others(self):
        self.assertEqual(set(self.made[0]), {path.name for path in COMMITTED.iterdir()})

    def test_the_same_file_makes_the_same_pictures(self):
        self.assertEqual([name for name, data in self.made[0].items() if self.made[1][name] != data], [])

    def test_each_has_its_size_and_the_themes_differ(self):
        width, height, scale = pictures.SCREEN
        for name, data in self.made[0].items():
            self.assertLess(len(data), 200 * 1024, name)
            if name.endswith(".png"):
                size = size_of_png(data)
                self.assertGreater(len(data), 10 * 1024, f"{name} is all but empty")
                if name.startswith("report-"):
                    self.assertEqual(size, (round(width * scale), round(height * scale)))
                else:
                    self.assertEqual(size[0], pictures.DETAIL[0] * pictures.DETAIL[2])
            self.assertEqual(list(self.made[0].values()).count(data), 1, f"{name} is another one, too")

    def test_the_terminal_shows_what_the_program_prints(self):
        for theme in pictures.COLORS:
            words = words_of(self.made[0][f"terminal-{theme}.svg"])
            prompts = [word[0] for word in words if word[0].startswith("$ ")]
            self.assertEqual(prompts, [f"$ gpugauge {command} {RESULT}" for command in pictures.COMMANDS])
            self.assertIn("bold", {word[1] for word in words}, "NO_COLOR is not for pictures")
            row = {word[3] for word in words if word[0] == "memory read"}
            self.assertTrue(any(word[3] in row and word[0].startswith(f"{memory_read_gbps():.4g}") for word in words))


if __name__ == "__main__":
    program = unittest.main(exit=False)
    if not program.result.wasSuccessful():
        sys.exit(1)
    if program.result.skipped:
        print(f"skipped: {program.result.skipped[-1][1]}")
        sys.exit(77)
