"""Where a page goes, and what it never replaces."""

import pytest
from conftest import assert_one_line_error

PAGE = "gpugauge report</title>"


@pytest.fixture
def written(gpugauge):
    gpugauge.measure("deep/mine.json", "--filter", "memory/")
    return gpugauge


def test_a_page_lies_beside_its_file(written):
    result = written("report", "deep/mine.json")
    assert result.returncode == 0 and result.stdout.startswith("deep/mine.html: "), result.stderr
    page = written.folder / "deep" / "mine.html"
    assert PAGE in page.read_text()
    page.write_text(page.read_text().replace("</html>", ""))  # its own page is replaced
    assert written("report", "deep/mine.json").returncode == 0 and "</html>" in page.read_text()


def test_what_is_no_page_of_ours_is_not_replaced_untold(written):
    other = written.folder / "deep" / "mine.html"
    other.write_text("<title>mine</title>")
    assert_one_line_error(written("report", "deep/mine.json"), 2, "deep/mine.html: exists and is no page of gpugauge report",
                          "pass -o PATH")
    assert other.read_text() == "<title>mine</title>"
    assert written("report", "deep/mine.json", "-o", "deep/mine.html").returncode == 0 and PAGE in other.read_text()


def test_a_page_of_several_files_is_called_after_them(written):
    for name in ("b", "c", "d"):
        written.measure(f"{name}.json", "--filter", "memory/")
    assert written("report", "deep/mine.json", "b.json").stdout.startswith("mine-b.html: ")
    assert written("report", "deep/mine.json", "b.json", "c.json", "d.json").stdout.startswith("report.html: ")


@pytest.mark.parametrize("command", [["report"], ["export", "--format", "csv"]])
def test_a_folder_that_is_not_there_is_named(written, command):
    done = written(command[0], "deep/mine.json", *command[1:], "-o", "nope/x.html")
    assert_one_line_error(done, 3, "nope: no such folder, expected one for x.html")
    assert_one_line_error(written(command[0], "deep/mine.json", *command[1:], "-o", "deep"), 3, "deep: is a folder, expected a file")
