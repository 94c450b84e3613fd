"""gpugauge prices, which scripts/refresh_prices.py calls: price lists of any format as a native one."""

import csv
import io

import pytest
from conftest import DATA, assert_one_line_error

LISTS = ["gpuhunt.csv", "skypilot_vms.csv", "spheron_page_2.json"]


def native(program, *arguments):
    result = program("prices", *arguments)
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.mark.parametrize("name", LISTS)
def test_a_foreign_list_becomes_a_native_one_that_says_the_same(gpugauge, name):
    table = native(gpugauge, DATA / "prices" / name)
    (gpugauge.folder / "native.csv").write_text(table)
    assert len(table.splitlines()) > 2
    assert native(gpugauge, "native.csv") == table


def test_prices_are_those_of_the_instance_and_the_source_can_be_given(gpugauge):
    table = native(gpugauge, DATA / "prices/gpuhunt.csv", "--source", "a cloud, \"today\"")
    rows = list(csv.DictReader(io.StringIO(table)))
    assert {row["source"] for row in rows} == {'a cloud, "today"'}
    assert [(row["AcceleratorCount"], row["Price"], row["SpotPrice"]) for row in rows] == [
        ("8", "40", ""), ("8", "", "16"), ("1", "2.5", ""), ("1", "1.25", "")]


def test_it_is_a_command_of_scripts(gpugauge):
    assert "prices " not in gpugauge("--help").stdout.split("Subcommands:")[1].split("Exit status")[0]
    assert "gpugauge prices" not in gpugauge("man").stdout
    assert_one_line_error(gpugauge("prices", "absent.csv"), 2, "absent.csv")
