"""The report as a person meets it: in a headless Chromium, by Selenium. Skipped where they are not installed."""

import json
import os
import shutil
from pathlib import Path

import pytest
import synthetic_gpu as synthetic
from conftest import ROOT, Program

webdriver = pytest.importorskip("selenium.webdriver", reason="python3-selenium is not installed")
from selenium.common.exceptions import StaleElementReferenceException  # noqa: E402
from selenium.webdriver.chrome.service import Service  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.support.ui import Select, WebDriverWait  # noqa: E402

RESULT = ROOT / "results" / "intel-xeon-2-cores" / "quick.json"
EVIL = "</script><img src=x onerror=\"document.title='broken'\">"
WIDTHS = (360, 1280, 3840)


@pytest.fixture(scope="module")
def browser():
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not driver:
        pytest.skip("chromium or chromium-driver is not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1280,900"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    made = webdriver.Chrome(service=Service(driver), options=options)
    yield made
    made.quit()


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Pages by name: one file, two cards with all there is, one whose strings are hostile, one without a number."""
    program = Program(tmp_path_factory.mktemp("pages"))
    folder = program.folder
    synthetic.write(folder / "h100.json", synthetic.result(synthetic.H100))
    synthetic.write(folder / "l40s.json", synthetic.result(synthetic.slow(synthetic.L40S, 0.7), seed=9))
    synthetic.write(folder / "evil.json", synthetic.result(synthetic.H100, 30, name=EVIL, host=EVIL))
    synthetic.write(folder / "failed.json", synthetic.only_failed(synthetic.H100))
    assert program("track", "add", synthetic.write(folder / "night.json", synthetic.result(synthetic.H100, 6, seed=11))).returncode == 0
    claims = program.configs / "claims" / "l40s-vs-h100.yaml"
    for name, arguments in {"one": [RESULT], "two": ["h100.json", "l40s.json", "--claims", claims, "--history", "history"],
                            "evil": ["evil.json"], "failed": ["failed.json"]}.items():
        result = program("report", *arguments, "-o", f"{name}.html")
        assert result.returncode == 0, result.stderr
    return folder


def show(browser, page):
    browser.get_log("browser"), browser.get_log("performance")  # those of the page before
    browser.get(page.as_uri())
    assert browser.execute_script("return document.documentElement.dataset.ready") == "yes"


def resize(browser, width):
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False})
    browser.execute_async_script("const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(done));")


def click(browser, element):
    """In the middle of the window: at its top the page's links lie over what is behind them."""
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
    element.click()


def requests_of(browser):
    """Where the page went, by the browser's own account."""
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    return [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]


# Of every canvas how many different pixels it has, and how many points its chart.
CANVASES = """return [...document.querySelectorAll('canvas')].map((canvas) => {
  const pixels = new Uint32Array(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer);
  const chart = Chart.getChart(canvas);
  return {name: canvas.getAttribute('aria-label'), colors: new Set(pixels).size,
          points: chart ? chart.data.datasets.reduce((sum, dataset) => sum + dataset.data.length, 0) : 0};
});"""

CHARTS = {"one": {"environment": 1, "roofline": 1, "sweeps": 1, "speed": 1, "tokens": 2, "contexts": 0, "samples": 2, "history": 0},
          "two": {"environment": 6, "roofline": 1, "sweeps": 1, "speed": 1, "tokens": 2, "contexts": 1, "samples": 2, "history": 1}}


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_drew(browser, pages, name):
    show(browser, pages / f"{name}.html")
    found = {section: len(browser.find_elements(By.CSS_SELECTOR, f"#{section} canvas")) for section in CHARTS[name]}
    assert found == CHARTS[name]
    for canvas in browser.execute_script(CANVASES):
        assert canvas["colors"] > 3 and canvas["points"] > 0, canvas


@pytest.mark.parametrize("name", ["one", "two", "evil", "failed"])
def test_nothing_leaves_the_page_and_nothing_is_wrong_in_it(browser, pages, name):
    page = pages / f"{name}.html"
    show(browser, page)
    assert browser.get_log("browser") == []
    assert [url for url in requests_of(browser) if url.split("#")[0] != page.as_uri() and not url.startswith("blob:")] == []
    assert browser.execute_script("return performance.getEntriesByType('resource').length") == 0


def test_what_is_not_allowed_is_stopped(browser, pages):
    show(browser, pages / "one.html")
    violated = browser.execute_async_script("""const done = arguments[0], seen = [];
      document.addEventListener('securitypolicyviolation', (event) => { seen.push(event.effectiveDirective); if (seen.length === 3) done(seen); });
      const script = document.createElement('script'); script.textContent = 'window.ran = true'; document.body.append(script);
      const image = document.createElement('img'); image.src = 'https://example.invalid/x.png'; document.body.append(image);
      fetch('https://example.invalid/').catch(() => {});""")
    assert {name.removesuffix("-elem") for name in violated} == {"script-src", "img-src", "connect-src"}
    assert browser.execute_script("return window.ran") is None


def numbers_in(browser, table):
    """The values of a table's cells over all its pages, by column."""
    return browser.execute_script("""const [box] = arguments, rows = [];
      const read = () => box.querySelectorAll('tbody tr').forEach((row) => rows.push([...row.cells].map((cell) => [cell.textContent, cell.dataset.value ?? null])));
      read();
      for (;;) {
        const next = [...box.querySelectorAll('.pager button')].find((button) => button.textContent === 'Next');
        if (!next || next.disabled) break;
        next.click();
        read();
      }
      return {headers: [...box.querySelectorAll('th button, th')].filter((e) => e.dataset.key).map((e) => e.dataset.key), rows};""", table)


def test_the_table_of_cases_is_the_file(browser, pages):
    show(browser, pages / "two.html")
    click(browser, browser.find_element(By.CSS_SELECTOR, "#roofline details.data summary"))
    browser.execute_async_script("setTimeout(arguments[0], 50)")
    table = numbers_in(browser, browser.find_element(By.CSS_SELECTOR, "#roofline .table"))
    entries = [entry for file in ("h100", "l40s") for entry in json.loads((pages / f"{file}.json").read_text())["benchmarks"]]
    assert len(table["rows"]) == len(entries)
    for row, entry in zip(table["rows"], entries):
        cells = dict(zip(table["headers"], row))
        ours = entry["gpugauge"]
        assert cells["name"][0] == entry["name"]
        for key, value in {"time_ns": ours["time_ns"]["median"], "time_low_ns": ours["time_ns"]["low"], "time_high_ns": ours["time_ns"]["high"],
                           "clock_mhz": ours["telemetry"]["clock_mhz"], "power_w": ours["telemetry"]["mean_power_w"],
                           "gbps": ours["work"]["bytes"] / ours["time_ns"]["median"]}.items():
            assert float(cells[key][1]) == pytest.approx(value), key
        assert float(cells["clock_mhz"][0]) == pytest.approx(ours["telemetry"]["clock_mhz"], rel=1e-3), "what is read is what is meant"
        assert float(cells["gbps"][0]) == pytest.approx(ours["work"]["bytes"] / ours["time_ns"]["median"], rel=1e-3)


def test_charts_show_what_their_tables_say(browser, pages):
    show(browser, pages / "two.html")
    wrong, seen = browser.execute_script("""const wrong = []; let seen = 0;
      const tables = [...DATA.tokens, ...DATA.costs];
      const values = new Set(tables.flatMap((table) => table.rows.flat().map((cell) => cellOf(cell).value)));
      for (const canvas of document.querySelectorAll('#tokens canvas')) {
        const chart = Chart.getChart(canvas), of = chart.options.scales.y.title.text;
        for (const dataset of chart.data.datasets) {
          dataset.data.forEach(({y}, i) => {
            const row = dataset.own[i], shown = row[dataset.value.key];
            const rivals = chart.data.datasets.flatMap(({own}) => own.filter(({batch}) => batch === row.batch)).map((rival) => rival.dollars_per_million);
            const whole = of === '% of memory bound' ? row.memory_bound_tok_per_s : Math.min(...rivals);
            if (!values.has(shown) || Math.abs(y - 100 * shown / whole) > 1e-9) wrong.push([dataset.label, y, shown]);
            seen += 1;
          });
        }
      }
      return [wrong, seen];""")
    assert wrong == [] and seen > 40


def test_bars_are_as_long_as_their_tables_say(browser, pages):
    show(browser, pages / "two.html")
    told = browser.execute_script("return rowsOf(DATA.datasheet).filter((row) => row.measured !== null).map((row) => [row.metric, fileOf(row), row.percent_of_datasheet, row.pass_mark_percent])")
    drawn = browser.execute_script("""return [...document.querySelectorAll('#datasheet .group')].flatMap((group) => [...group.querySelectorAll('.track')].map((track, file) => {
      const box = track.getBoundingClientRect(), fill = track.querySelector('.fill').getBoundingClientRect(), pass = track.querySelector('.pass')?.getBoundingClientRect();
      return [group.getAttribute('aria-label'), file, 100 * fill.width / box.width, pass ? 100 * (pass.left + 1 - box.left) / box.width : null];
    }))""")
    assert len(told) == len(drawn)
    assert sorted(told)[0][:2] == sorted(drawn)[0][:2]
    for says, bar in zip(sorted(told), sorted(drawn)):
        assert bar[:2] == says[:2] and bar[2] == pytest.approx(says[2], abs=0.2)
        assert (bar[3] is None) == (says[3] is None) and (bar[3] is None or bar[3] == pytest.approx(says[3], abs=0.4))
    shares = browser.execute_script("return [...document.querySelectorAll('#steps .stack')].map((stack) => [...stack.children].reduce((sum, part) => sum + parseFloat(part.style.width), 0))")
    assert shares and all(share == pytest.approx(100, abs=0.01) for share in shares)
    missing = [line.text for line in browser.find_elements(By.CSS_SELECTOR, "#datasheet p.note") if "not measured" in line.text]
    assert len(missing) == 2 and all("tf32, fp16, int8 dense GEMM" in line for line in missing), "one line a card, instead of a row each"


def test_controls(browser, pages):
    show(browser, pages / "two.html")
    caption = lambda section: browser.find_element(By.CSS_SELECTOR, f"#{section} figcaption").text  # noqa: E731
    for section in ("sweeps", "tokens", "contexts", "steps", "samples", "history"):
        select = Select(browser.find_element(By.CSS_SELECTOR, f"#{section} select"))
        before = caption(section)
        select.select_by_index(len(select.options) - 1)
        assert caption(section) != before, section
    for canvas in browser.execute_script(CANVASES):
        assert canvas["colors"] > 3 and canvas["points"] > 0, canvas

    claims = browser.find_elements(By.CSS_SELECTOR, "#claims .table")[1]
    claims.find_element(By.CSS_SELECTOR, "input[type=search]").send_keys("inconsistent")
    verdicts = lambda _: [cell.text for cell in claims.find_elements(By.CSS_SELECTOR, "td.bad")]  # noqa: E731
    # It filters once the typing has paused.
    WebDriverWait(browser, 10, ignored_exceptions=[StaleElementReferenceException]).until(lambda _: all("inconsistent" in verdict for verdict in verdicts(_)))
    assert verdicts(browser)

    click(browser, browser.find_element(By.CSS_SELECTOR, "#datasheet details.data summary"))
    rows = WebDriverWait(browser, 10).until(lambda _: browser.find_element(By.CSS_SELECTOR, "#datasheet .table"))
    click(browser, rows.find_element(By.CSS_SELECTOR, "[data-key=measured]"))
    values = [row[0] for row in [[float(cell[1]) for cell in row if cell[1]] for row in numbers_in(browser, rows)["rows"]] if len(row) > 3]
    assert values == sorted(values)
    assert rows.find_element(By.CSS_SELECTOR, "th[aria-sort]").get_attribute("aria-sort") == "ascending"
    before = len(rows.find_elements(By.TAG_NAME, "th"))
    click(browser, rows.find_element(By.CSS_SELECTOR, "input[type=checkbox]"))
    assert len(rows.find_elements(By.TAG_NAME, "th")) > before
    assert browser.get_log("browser") == []


def test_the_first_screen_answers(browser, pages):
    show(browser, pages / "two.html")
    rent, *cards, nights = browser.find_elements(By.CSS_SELECTOR, "#verdict article")
    assert nights.text == "! Collecting: night 1 of 20; until then only > 5% fails"
    assert "Which one to rent" in rent.text and "H100" in rent.text and "L40S" in rent.text and "per million" in rent.text
    assert rent.location["y"] + rent.size["height"] < 900 and len(cards) == 2
    facts = browser.execute_script("return DATA.verdicts.map((verdict) => verdict.facts)")
    for card, told in zip(cards, facts):
        assert card.location["y"] < 900
        assert [value.text for value in card.find_elements(By.CSS_SELECTOR, "dd.value")] == [fact["value"] for fact in told]
        assert "per million output tokens" in card.text


def test_a_break_even_is_marked_where_the_cards_swap(browser, pages):
    show(browser, pages / "two.html")
    for option in range(len(Select(browser.find_element(By.CSS_SELECTOR, "#tokens select")).options)):
        Select(browser.find_element(By.CSS_SELECTOR, "#tokens select")).select_by_index(option)
        marks, known = browser.execute_script("""const index = arguments[0], subject = rowsOf(DATA.curves[index])[0];
          const chart = Chart.getChart(document.querySelectorAll('#tokens canvas')[1]);
          return [chart.options.plugins.uprights.at.map(({value}) => value), crossingsOf(subject).map((row) => row.first_batch).filter((batch) => batch !== null)];""", option)
        assert marks == known


def test_the_keyboard_walks_along_a_chart(browser, pages):
    show(browser, pages / "one.html")
    canvas = browser.find_element(By.CSS_SELECTOR, "#roofline canvas")
    canvas.send_keys(Keys.ARROW_RIGHT)
    said = browser.find_element(By.CSS_SELECTOR, "#roofline .focus")
    first = said.text
    assert "memory/triad" in first and "95% interval" in first and "clock" in first and "verified" in first
    canvas.send_keys(Keys.ARROW_RIGHT)
    assert said.text != first and "TFLOPS" in said.text


def test_themes(browser, pages):
    for scheme in ("dark", "light"):
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
        show(browser, pages / "one.html")
        theme = lambda: browser.execute_script("return document.documentElement.dataset.theme")  # noqa: E731
        background = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
        assert theme() == scheme, "as the system is"
        browser.find_element(By.ID, "theme").click()
        assert theme() != scheme
        assert browser.execute_script("return getComputedStyle(document.body).backgroundColor") != background
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_strings_of_the_file_are_text(browser, pages):
    show(browser, pages / "evil.html")
    assert browser.title != "broken" and not browser.find_elements(By.TAG_NAME, "img")
    assert EVIL in browser.find_element(By.CSS_SELECTOR, "#verdict h3").text
    assert EVIL in browser.find_element(By.ID, "environment").text


def test_a_page_without_numbers_says_why(browser, pages):
    show(browser, pages / "failed.html")
    assert "no case gave a number" in browser.find_element(By.ID, "verdict").text
    assert "out of memory" in browser.find_element(By.ID, "reproduce").text
    for section in browser.find_elements(By.TAG_NAME, "section"):
        assert len(section.text.splitlines()) > 1, f"{section.get_attribute('id')} is empty and does not say why"


def test_the_data_can_be_downloaded(browser, pages):
    show(browser, pages / "one.html")
    text = browser.execute_script("return JSON.stringify(DATA)")
    link = browser.find_element(By.CSS_SELECTOR, "#raw a")
    assert link.get_attribute("href").startswith("blob:") and link.get_attribute("download").endswith(".json")
    assert json.loads(text)["cases"]["count"] == len(json.loads(RESULT.read_text())["benchmarks"])


def test_paper_is_white_and_has_the_tables(browser, pages):
    show(browser, pages / "two.html")
    resize(browser, 3840)
    browser.execute_script("setTheme('dark'); dispatchEvent(new Event('beforeprint'))")
    assert browser.execute_script("return document.documentElement.dataset.theme") == "light"
    assert browser.execute_script("return [...document.querySelectorAll('details.data')].every((d) => d.open && d.querySelector('table'))")
    widths = [canvas.size["width"] for canvas in browser.find_elements(By.TAG_NAME, "canvas")]
    assert widths and all(200 < width <= 960 for width in widths), "drawn for the paper, however wide the screen is"
    browser.execute_script("dispatchEvent(new Event('afterprint'))")
    assert browser.execute_script("return document.documentElement.dataset.theme") == "dark"
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_it_fits_every_screen_in_both_themes(browser, pages, tmp_path):
    """Screenshots to look at lie in pytest's folder (--basetemp)."""
    show(browser, pages / "two.html")
    for width in WIDTHS:
        resize(browser, width)
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width, "nothing is beside the screen"
        for theme in ("light", "dark"):
            browser.execute_script("setTheme(arguments[0])", theme)
            browser.save_screenshot(str(tmp_path / f"report-{width}-{theme}.png"))
            for canvas in browser.find_elements(By.TAG_NAME, "canvas"):
                assert 200 < canvas.size["width"] <= width
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


@pytest.fixture(scope="module")
def axe():
    """axe-core's script: what $GPUGAUGE_AXE_JS names, else what setup.sh --tests took."""
    script = Path(os.environ.get("GPUGAUGE_AXE_JS", ROOT / ".axe" / "axe_playwright_python" / "axe.min.js"))
    if not script.is_file():
        pytest.skip(f"no {script}: scripts/setup.sh --tests gets axe-core where it can be had")
    return script.read_text()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", ["one", "two", "failed"])
def test_axe_finds_nothing(browser, pages, axe, name, theme):
    show(browser, pages / f"{name}.html")
    browser.execute_script("setTheme(arguments[0])", theme)
    browser.execute_cdp_cmd("Runtime.evaluate", {"expression": axe})
    found = browser.execute_async_script("const done = arguments[0]; axe.run().then((r) => done(r.violations)).catch((e) => done(String(e)));")
    assert isinstance(found, list), found
    assert [(v["id"], v["nodes"][0]["html"][:200], v["nodes"][0].get("failureSummary")) for v in found] == []


def test_a_history_alone_is_a_page_that_begins_with_what_is_slower(browser, tmp_path):
    program, files = Program(tmp_path), []
    for night in range(31):
        result = synthetic.result(synthetic.H100, 3, 4, seed=night)
        ours = result["context"]["gpugauge"]
        ours["sessions"][0]["started_utc"] = f"2026-03-{night + 1:02}T02:00:00Z"
        if night >= 24:
            ours["software"]["libraries"]["cublaslt"] = "13.1.0.3"
            for key in ("median", "low", "high"):
                result["benchmarks"][1]["gpugauge"]["time_ns"][key] *= 1.05
        files.append(synthetic.write(tmp_path / f"{night}.json", result))
    assert program("track", "add", *files).returncode == 0
    assert program("report", "--history", "history", "-o", "trend.html").returncode == 0
    assert program("report", files[-1], "--history", "history", "-o", "both.html").returncode == 0
    for name in ("trend", "both"):
        show(browser, tmp_path / f"{name}.html")
        first = browser.find_element(By.CSS_SELECTOR, "article").text
        assert first.startswith("✗ Slower than the 24 nights before: 1 of 3 since 2026-03-25; cuBLASLt 13.0.2 → 13.1.0 that night")
        rows = browser.find_elements(By.CSS_SELECTOR, "#history tbody tr")
        assert "regression" in rows[0].text and all("pass" in row.text for row in rows[1:])
        assert browser.get_log("browser") == []
    assert browser.find_elements(By.CSS_SELECTOR, "#environment") != []
