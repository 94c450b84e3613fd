#!/usr/bin/python3
"""Makes the pictures of results/README.md from result files: the report in a browser, the program's output in a terminal.

Each is made light and dark. The same files and build make the same pictures: window, fonts and the terminal's width are
fixed. The page needs Chromium, its driver and Selenium: ./scripts/setup.sh --tests installs them.

Exit status: 0, 2 if the command line or a file is wrong, 3 if something is missing here.
"""

import argparse
import contextlib
import math
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from xml.sax.saxutils import escape

ROOT = pathlib.Path(__file__).resolve().parents[1]
INSTALL = "./scripts/setup.sh --tests installs"

# The page, in CSS pixels and device pixels for each: its first screen, and charts alone, by selector.
SCREEN = (1100, 680, 1.25)
DETAIL = (560, 720, 2)
SHOTS = 20  # at most, until two in a row are equal
CHARTS = {"roofline": "#roofline figure", "sweep": "#sweeps figure"}
AIR = 14
# With one font alone Chromium draws alike on every machine. Debian's and Ubuntu's fonts-dejavu-core, which fontconfig wants.
FONT_FOLDER = pathlib.Path("/usr/share/fonts/truetype/dejavu")
FONTS = """<?xml version="1.0"?>
<fontconfig>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
  <match target="pattern"><edit name="family" mode="assign" binding="strong"><string>DejaVu Sans</string></edit></match>
</fontconfig>
"""

# The terminal: what is run in it on the first file, and how it looks.
COMMANDS = ("datasheet", "tokens")
COLUMNS = 120
FONT, CELL, LINE, MARGIN = 14, 8.43, 19, 16  # pixels; a cell of DejaVu Sans Mono is 0.602 of its size wide
RENDITION = re.compile("\x1b\\[([0-9;]*)m")
LOOKS = {"1": "bold", "2": "dim", "31": "bad", "32": "good", "33": "warning"}  # ECMA-48, 8.3.117
COLORS = {  # those of the page
    "light": {"page": "#f6f7f9", "text": "#1a1d21", "dim": "#4a5058", "bad": "#a63c00", "good": "#00694d", "warning": "#7a4d00"},
    "dark": {"page": "#1d2126", "text": "#eceff3", "dim": "#b6bdc6", "bad": "#ff9a63", "good": "#4fd6ab", "warning": "#f0b43c"},
}


class Failure(Exception):
    def __init__(self, message, status=3):
        super().__init__(message)
        self.status = status


# ---- the program -------------------------------------------------------------------------------------------------------


def run(program, arguments):
    """What it writes into a terminal of COLUMNS, at the repository's root: paths are those of a user there."""
    if not shutil.which("script"):
        raise Failure("script, which opens a terminal, is not installed: it is in bsdutils")
    line = f"stty cols {COLUMNS}; exec {shlex.join([str(program), *arguments])}"
    environment = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS")}
    done = subprocess.run(["script", "--quiet", "--return", "--command", line, "/dev/null"], cwd=ROOT, env=environment,
                          stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", check=False)
    shown = done.stdout.replace("\r\n", "\n")
    if done.returncode not in (0, 1):  # 1: done, and a check failed
        said = RENDITION.sub("", shown).split("\n")
        raise Failure(next((line for line in reversed(said) if line), f"{program} says nothing"), 2 if done.returncode == 2 else 3)
    return shown


# ---- the terminal ------------------------------------------------------------------------------------------------------


def cells_of(text):
    """Rows of (character, classes), broken where the terminal ends."""
    rows, looks, at = [[]], (), 0
    while at < len(text):
        if match := RENDITION.match(text, at):
            for code in match[1].split(";"):
                if code in ("", "0"):
                    looks = ()
                elif code in LOOKS:
                    looks += (LOOKS[code],)
                else:
                    raise Failure(f"the program prints in a look that is not drawn here: {code}")
            at = match.end()
            continue
        character, at = text[at], at + 1
        if character == "\n":
            rows.append([])
        elif not character.isprintable():
            raise Failure(f"the program prints a character that is not drawn here: {character!r}")
        else:
            if len(rows[-1]) == COLUMNS:
                rows.append([])
            rows[-1].append((character, looks))
    return rows


def words_of(row):
    """(column, text, classes) of what stands together in a look: each is put in its place, whatever the font."""
    words, gap = [], 2
    for column, (character, looks) in enumerate(row):
        if character == " ":
            gap += 1
            continue
        if words and gap < 2 and words[-1][2] == looks:
            words[-1][1] += " " * gap + character
        else:
            words.append([column, character, looks])
        gap = 0
    return words


def terminal_svg(text, theme):
    rows = cells_of(text)
    width, height = round(COLUMNS * CELL + 2 * MARGIN), len(rows) * LINE + 2 * MARGIN
    colors = COLORS[theme]
    style = " ".join(f".{name} {{ fill: {colors[name]} }}" for name in ("dim", "bad", "good", "warning"))
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">',
        f"<style>text {{ font: {FONT}px 'DejaVu Sans Mono', Menlo, Consolas, monospace; fill: {colors['text']}; white-space: pre }}"
        f" .bold {{ font-weight: bold }} {style}</style>",
        f'<rect width="{width}" height="{height}" rx="6" fill="{colors["page"]}"/>',
    ]
    for number, row in enumerate(rows):
        for column, word, looks in words_of(row):
            classes = f' class="{" ".join(looks)}"' if looks else ""
            lines.append(f'<text x="{MARGIN + column * CELL:.2f}" y="{MARGIN + number * LINE + FONT}"'
                         f' textLength="{len(word) * CELL:.2f}"{classes}>{escape(word)}</text>')
    return "\n".join([*lines, "</svg>"]) + "\n"


# ---- the page ----------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def browser():
    try:
        from selenium import webdriver
        from selenium.common.exceptions import WebDriverException
        from selenium.webdriver.chrome.service import Service
    except ImportError as error:
        raise Failure(f"Selenium is not there: {INSTALL} python3-selenium") from error
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not driver:
        raise Failure(f"{'chromedriver' if chromium else 'chromium'} is not there: {INSTALL} chromium and chromium-driver")
    if not FONT_FOLDER.is_dir():
        raise Failure(f"{FONT_FOLDER} is not there: it is of the package fonts-dejavu-core")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for argument in ("headless=new", "no-sandbox", "disable-gpu", "disable-dev-shm-usage", "hide-scrollbars",
                     "disable-lcd-text", "font-render-hinting=none", "force-color-profile=srgb"):
        options.add_argument(f"--{argument}")
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        fonts = pathlib.Path(folder) / "fonts.conf"
        fonts.write_text(FONTS.format(fonts=FONT_FOLDER, cache=folder), encoding="utf-8")
        try:
            made = webdriver.Chrome(service=Service(driver, env={**os.environ, "FONTCONFIG_FILE": str(fonts)}), options=options)
            stack.callback(made.quit)
            yield made
        except WebDriverException as error:
            raise Failure(f"{chromium}: {error.msg.splitlines()[0]}") from error


def resize(chrome, width, height, scale):
    chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                           {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": False})


def load(chrome, page):
    chrome.get(page.as_uri())
    if chrome.execute_script("return document.documentElement.dataset.ready") != "yes":
        raise Failure("the report page did not draw itself")


def screenshot(chrome):
    """PNG of the window once it no longer changes: Chromium draws tiles and text in steps, later on a busy machine."""
    last = None
    for _ in range(SHOTS):
        chrome.execute_async_script("const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done()))")
        shot = chrome.get_screenshot_as_png()
        if shot == last:
            return shot
        last = shot
    raise Failure(f"the report page still changes after {SHOTS} pictures")


def chart_png(chrome, selector):
    """A figure's words and chart: the window becomes as high as they are, with some air, and looks at them alone."""
    height = chrome.execute_script("""const figure = document.querySelector(arguments[0]);
      return figure && figure.querySelector('canvas').getBoundingClientRect().bottom - figure.getBoundingClientRect().top;""", selector)
    if not height:
        raise Failure(f"the report of these files has no chart in {selector.split()[0]}: name others", 2)
    width, _, scale = DETAIL
    resize(chrome, width, math.ceil(height) + 2 * AIR, scale)
    chrome.execute_script("scrollBy(0, document.querySelector(arguments[0]).getBoundingClientRect().top - arguments[1])", selector, AIR)
    return screenshot(chrome)


def page_pictures(chrome, page, theme):
    """PNG by name. The page is loaded at each size, so that the charts are drawn for it."""
    chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": theme}]})
    resize(chrome, *SCREEN)
    load(chrome, page)
    made = {"report": screenshot(chrome)}
    resize(chrome, *DETAIL)
    load(chrome, page)
    return made | {name: chart_png(chrome, selector) for name, selector in CHARTS.items()}


# ---- all of it ---------------------------------------------------------------------------------------------------------


def pictures(program, files):
    """The bytes of every picture by its file name."""
    # Tables of several files are wider than a terminal's picture should be.
    runs = [[command, files[0]] for command in COMMANDS]
    shown = "\n".join(f"$ gpugauge {shlex.join(arguments)}\n{run(program, arguments)}" for arguments in runs).rstrip("\n")
    made = {f"terminal-{theme}.svg": terminal_svg(shown, theme).encode() for theme in COLORS}
    with tempfile.TemporaryDirectory() as folder:
        page = pathlib.Path(folder) / "report.html"
        run(program, ["report", *files, "-o", str(page)])
        with browser() as chrome:
            for theme in COLORS:
                made |= {f"{name}-{theme}.png": png for name, png in page_pictures(chrome, page, theme).items()}
    return made


def parse_arguments():
    parser = argparse.ArgumentParser(description="Makes the pictures of results/README.md from result files, light and dark.")
    parser.add_argument("--build", metavar="DIR", type=pathlib.Path, default=ROOT / "build", help="where gpugauge is (default: build)")
    parser.add_argument("--output", metavar="DIR", type=pathlib.Path, default=ROOT / "results" / "pictures",
                        help="where the pictures go (default: results/pictures)")
    parser.add_argument("files", metavar="FILE", type=pathlib.Path, nargs="*",
                        help="result files: the report shows all of them, the terminal the first (default: results/*/*.json)")
    arguments = parser.parse_args()
    files = [path.absolute() for path in arguments.files] or sorted(ROOT.glob("results/*/*.json"))
    if not files:
        parser.error(f"there is no result file in {ROOT / 'results'}: expected FILE")
    arguments.files = [str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path) for path in files]
    return arguments


def main():
    arguments = parse_arguments()
    program = arguments.build.absolute() / "gpugauge"
    try:
        if not os.access(program, os.X_OK):
            raise Failure(f"{program} is not there: ./scripts/run.sh builds build/gpugauge, --build names another folder")
        made = pictures(program, arguments.files)
        try:
            arguments.output.mkdir(parents=True, exist_ok=True)
            for name, data in made.items():
                (arguments.output / name).write_bytes(data)
                print(f"{arguments.output / name}: {len(data) / 1024:.0f} KiB")
        except OSError as error:
            raise Failure(f"{error.filename}: {error.strerror}", 2) from error
    except Failure as failure:
        print(f"pictures: {failure}", file=sys.stderr)
        return failure.status
    return 0


if __name__ == "__main__":
    sys.exit(main())
