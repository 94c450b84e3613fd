"""How the report looks: what colour, dash and shape mean, what a narrow screen shows, and that all of it can be told apart."""

import itertools
import math
import uuid
from datetime import date, timedelta

import pytest
import synthetic_gpu as synthetic
from conftest import Program

pytest.importorskip("selenium.webdriver", reason="python3-selenium is not installed")
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from test_report_browser import browser, click, pages, resize, show  # noqa: E402, F401

# Machado, Oliveira, Fernandes 2009, severity 1: linear RGB as the colour-blind see it.
SEEN_BY = {
    "all": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopes": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopes": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopes": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
LEAST_DISTANCE = 15  # of two colours in CIELAB; 2.3 is just noticeable
LEAST_CONTRAST = 3  # WCAG 1.4.11, of a graphic with what is beside it


def linear(text):
    parts = [int(text[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def luminance(text):
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear(text)))


def lab(rgb):
    rgb = [min(1, max(0, part)) for part in rgb]
    xyz = [sum(a * b for a, b in zip(row, rgb)) / white for row, white in
           (((0.4124, 0.3576, 0.1805), 0.9505), ((0.2126, 0.7152, 0.0722), 1), ((0.0193, 0.1192, 0.9505), 1.089))]
    x, y, z = [part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116 for part in xyz]
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def long_form(text):
    return text if len(text) == 7 else "#" + "".join(2 * part for part in text[1:])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_cards_colours_can_be_told_apart(browser, pages, theme):  # noqa: F811
    show(browser, pages / "two.html")
    colors, *grounds = browser.execute_script("setTheme(arguments[0]); return [[...Array(CARD_COLORS).keys()].map(color), cssColor('--page'), cssColor('--panel'), cssColor('--band')]", theme)
    colors, grounds = [long_form(text) for text in colors], [long_form(text) for text in grounds]
    for text, ground in itertools.product(colors, grounds):
        dark, light = sorted((luminance(text), luminance(ground)))
        assert (light + 0.05) / (dark + 0.05) >= LEAST_CONTRAST, (text, ground)
    for (who, matrix), (a, b) in itertools.product(SEEN_BY.items(), itertools.combinations(colors, 2)):
        seen = [lab([sum(x * y for x, y in zip(row, linear(text))) for row in matrix]) for text in (a, b)]
        assert math.dist(*seen) >= LEAST_DISTANCE, (who, a, b)


LOOKS = """return [...document.querySelectorAll('canvas')].flatMap((canvas) => Chart.getChart(canvas).data.datasets
  .filter(({look}) => look).map(({look, keys, borderColor, borderDash, pointStyle}) => ({section: canvas.closest('section').id, look, keys,
    color: borderColor, dash: String(borderDash), shape: String(pointStyle)})));"""


def test_colour_is_the_card_dash_the_implementation_shape_the_batch(browser, pages):  # noqa: F811
    show(browser, pages / "two.html")
    looks = browser.execute_script(LOOKS)
    assert {look["section"] for look in looks} >= {"environment", "roofline", "sweeps", "tokens", "contexts", "samples"}
    for kind, seen in (("card", "color"), ("dash", "dash"), ("shape", "shape")):
        meanings = {}
        for look in looks:
            if look["keys"].get(kind):
                meanings.setdefault((look["section"] if kind == "dash" else "", look["keys"][kind]), set()).add(look[seen])
        assert len(meanings) >= 2 and all(len(found) == 1 for found in meanings.values()), meanings
        values = [found for key, found in meanings.items() if kind != "dash" or key[0] == "sweeps"]
        assert len({next(iter(found)) for found in values}) == len(values), "and no two mean the same"
    bars = browser.execute_script("""return [...document.querySelectorAll('#datasheet .fill, #steps .stack .part-0')]
      .map((bar) => [[...bar.parentElement.classList].find((name) => name.startsWith('card-')), getComputedStyle(bar).backgroundColor])""")
    assert len(set(map(tuple, bars))) == 2, "bars have the colours of their cards, too"


def test_the_legend_names_all_and_hides_what_is_pressed(browser, pages):  # noqa: F811
    show(browser, pages / "two.html")
    for figure in browser.find_elements(By.CSS_SELECTOR, "#sweeps figure, #tokens figure, #contexts figure, #roofline figure"):
        keys = browser.execute_script("return Chart.getChart(arguments[0].querySelector('canvas')).data.datasets.map(({keys}) => keys)", figure)
        told = [button.text for button in figure.find_elements(By.CSS_SELECTOR, ".legend button")]
        for kind in ("card", "dash", "shape"):
            names = {key[kind] for key in keys if key.get(kind)}
            assert len(names) < 2 or all(any(name in text for text in told) for name in names), (kind, told)
    visible = "const chart = Chart.getChart(document.querySelector('#sweeps canvas')); return chart.data.datasets.filter((_, d) => chart.isDatasetVisible(d)).map(({keys}) => keys.card)"
    button = browser.find_element(By.CSS_SELECTOR, "#sweeps .legend button")
    hidden = button.text
    button.send_keys(Keys.ENTER)
    assert button.get_attribute("aria-pressed") == "false"
    left = browser.execute_script(visible)
    assert left and hidden not in left
    browser.execute_script("setTheme('dark')")
    assert browser.execute_script(visible) == left, "and they stay hidden in the other theme"


def test_all_roofs_have_their_names_and_none_lies_on_another(browser, pages):  # noqa: F811
    show(browser, pages / "two.html")
    for width in (360, 1280):
        resize(browser, width)
        labels, roofs, size, right = browser.execute_script("""const chart = Chart.getChart(document.querySelector('#roofline canvas'));
          return [chart.endLabels, chart.data.datasets.filter(({endLabel}) => endLabel).length, textSize(), chart.width - chart.chartArea.right];""")
        assert len(labels) == roofs == 4
        assert all(below["y"] - above["y"] >= size for above, below in zip(labels, labels[1:])), labels
        assert right > 4 * size, "they stand beside the chart, not on it"
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_shares_stand_on_linear_axes(browser, pages):  # noqa: F811
    show(browser, pages / "two.html")
    axes = browser.execute_script("return ['#sweeps', '#tokens'].map((id) => Chart.getChart(document.querySelector(`${id} canvas`)).options.scales.y).map(({type, min, title}) => [type, min, title.text])")
    assert axes == [["linear", 0, "% of roof"], ["linear", 0, "% of memory bound"]]


def test_dollars_of_several_cards_are_told_by_the_cheapest(browser, pages):  # noqa: F811
    show(browser, pages / "two.html")
    lines = browser.execute_script("return Chart.getChart(document.querySelectorAll('#tokens canvas')[1]).data.datasets.map(({own, data, intervals}) => own.map((row, i) => [row.batch, data[i].x, data[i].y, ...intervals[i]]))")
    axis = browser.execute_script("const {min, max} = Chart.getChart(document.querySelectorAll('#tokens canvas')[1]).scales.y; return [min, max]")
    assert len(lines) == 2 and [row[0] for row in lines[0]] == [row[0] for row in lines[1]], "batches that both cards can hold"
    for (_, x, y, low, high), (_, other_x, other_y, other_low, other_high) in zip(*lines):
        assert min(y, other_y) == pytest.approx(100) and axis[0] <= min(low, other_low) and max(high, other_high) <= axis[1]
        assert x != other_x, "intervals stand beside each other"


def test_of_many_points_two_thousand_at_most_are_drawn(browser, pages):  # noqa: F811
    show(browser, pages / "one.html")
    drawn, few = browser.execute_script("""const points = [...Array(50000).keys()].map((i) => ({x: 1 + i % 251, y: 1 + (i * 7919) % 50000, i}));
      return [thinned(points, (i) => i % 3, true, true).length, thinned(points.slice(0, 1999), () => 0, true, true).length];""")
    assert 200 < drawn <= 2000 and few == 1999


def test_a_wide_screen_does_not_stretch_the_page(browser, pages):  # noqa: F811
    show(browser, pages / "two.html")
    resize(browser, 2560)
    main, rem = browser.execute_script("return [document.querySelector('main').clientWidth, parseFloat(getComputedStyle(document.documentElement).fontSize)]")
    assert main <= 90 * rem + 1
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_a_phone_shows_what_matters(browser, pages):  # noqa: F811
    show(browser, pages / "two.html")
    resize(browser, 360)
    wide = browser.execute_script("""return [...document.querySelectorAll('main *, header *')].filter((e) => !e.closest('.scroll') && !e.classList.contains('scroll'))
      .filter((e) => e.getBoundingClientRect().right > innerWidth + 1).map((e) => `${e.tagName}.${e.className}`)""")
    assert wide == [], "nothing is wider than the screen; tables scroll in their own box"

    nav, menu = browser.find_element(By.TAG_NAME, "nav"), browser.find_element(By.ID, "menu")
    assert menu.is_displayed() and not nav.is_displayed()
    menu.send_keys(Keys.ENTER)
    assert nav.is_displayed() and menu.get_attribute("aria-expanded") == "true"
    nav.find_element(By.TAG_NAME, "a").send_keys(Keys.ESCAPE)
    assert not nav.is_displayed() and menu.get_attribute("aria-expanded") == "false"

    click(browser, browser.find_element(By.CSS_SELECTOR, "#datasheet details.data summary"))
    browser.execute_async_script("setTimeout(arguments[0], 50)")
    table = browser.find_element(By.CSS_SELECTOR, "#datasheet .table")
    heads = [head.text for head in table.find_elements(By.CSS_SELECTOR, "thead th")]
    assert heads[1].startswith("verdict") and "device" not in heads
    assert [row.text for row in table.find_elements(By.CSS_SELECTOR, ".group-row")] == ["NVIDIA H100 80GB HBM3", "NVIDIA L40S"]
    right = browser.execute_script("const cell = document.querySelector('#datasheet tbody td:nth-child(2)').getBoundingClientRect(); return cell.right")
    assert right <= 360, "the verdict is on the screen"

    resize(browser, 1280)
    assert nav.is_displayed() and not menu.is_displayed()
    assert "device" in [head.text for head in table.find_elements(By.CSS_SELECTOR, "thead th")] and not table.find_elements(By.CSS_SELECTOR, ".group-row")
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_families_are_shaded_over_the_time_that_they_took(browser, pages):  # noqa: F811
    show(browser, pages / "two.html")
    unit, bands, seconds = browser.execute_script("""const own = cases().filter((i) => caseValue('file', i) === 0), {unit, bands} = timelineOf(0);
      return [unit, bands, own.map((i) => [caseValue('family', i), caseValue('sampled_ns', i) / 1e9])];""")
    assert unit == "seconds of sampling" and [band["label"] for band in bands] == ["memory", "gemm", "attention_decode"]
    for band in bands:
        assert band["to"] - band["from"] == pytest.approx(sum(time for family, time in seconds if family == band["label"]))
    unit, end = browser.execute_script("delete CASES.columns.sampled_ns; const {unit, line} = timelineOf(1); return [unit, line.at(-1).to]")
    assert (unit, end) == ("cases", len(seconds)), "without samples each case is as long as another"


def test_a_trend_shows_the_limit_above_its_baseline(browser, tmp_path):  # noqa: F811
    program, files = Program(tmp_path), []
    for night in range(24):
        result = synthetic.result(synthetic.H100, 2, seed=night)
        ours = result["context"]["gpugauge"]
        ours["run_id"] = str(uuid.UUID(int=night))
        ours["sessions"][0].update(started_utc=f"{date(2026, 3, 1) + timedelta(night)}T02:00:00Z", ended_utc=f"{date(2026, 3, 1) + timedelta(night)}T02:10:00Z")
        files.append(synthetic.write(tmp_path / f"{night}.json", result))
    assert program("track", "add", *files).returncode == 0
    assert program("report", files[-1], "--history", "history", "-o", "page.html").returncode == 0
    show(browser, tmp_path / "page.html")
    [[level, top]], [least, most], limit = browser.execute_script("""const {options, scales} = Chart.getChart(document.querySelector('#history canvas'));
      return [options.plugins.bands.at.map(({from, to}) => [from, to]), [scales.y.min, scales.y.max], rowsOf(DATA.history.cases)[0].limit_percent];""")
    assert top / level == pytest.approx(1 + limit / 100) and limit > 0
    assert least < level < top <= most, "and all of it is on the chart"
