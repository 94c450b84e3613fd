"""One new file of each kind in configs/, as README says, and nothing else: everything still holds.

tests/unit/config/shipped_configs_test.cpp loads the same files.
"""

import json
import shutil

import pytest
import synthetic_gpu
from conftest import DATA, assert_one_line_error

A100 = dict(synthetic_gpu.H100, name="NVIDIA A100 80GB PCIe", memory=84974239744, gbps=1700, pin=1935.0,
            tflops={"bf16": 250, "fp8_e4m3": 250}, uuid="GPU-33333333-0000-0000-0000-000000000000")


@pytest.fixture
def extended(gpugauge):
    shutil.copytree(DATA / "additions", gpugauge.configs, dirs_exist_ok=True)
    return gpugauge


def answer(program, *arguments):
    result = program(*arguments, "--format", "json")
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def measured(program, name, card):
    synthetic_gpu.write(program.folder / f"{name}.json", synthetic_gpu.result(card, sample_count=8))
    return f"{name}.json"


def test_a_suite_plans_the_model_on_the_card(extended):
    cases = answer(extended, "list", "--suite", "additions", "--device", "a100-pcie")["plan"]
    assert any("/qwen2.5-7b/" in row["case"] for row in cases)
    read, = [row for row in answer(extended, "list", "--suite", "quick", "--device", "a100-pcie")["plan"]
             if row["case"] == "memory/read/4GiB/stream/cold"]
    assert read["roof_us"] == pytest.approx(4 * 2**30 / 1935e9 * 1e6)


def test_the_card_is_explained_and_judged(extended):
    lines = answer(extended, "explain", "bf16 dense GEMM", "--device", "a100-pcie")["explain"]
    assert any("312.0 TFLOPS" in row["text"] for row in lines if row["aspect"] == "datasheet")
    rows = answer(extended, "datasheet", measured(extended, "a100", A100))["datasheet"]
    assert {row["datasheet"] for row in rows if row["metric"] == "memory read"} == {1935}


def rates(program, file):
    """Dollars per GPU-hour by provider, with the day that the price is of."""
    rows = answer(program, "cost", file, "--batch", "8", "--context", "1024", "--precision", "bf16")["cost"]
    return {(row["provider"], row["dollars_per_gpu_hour"], row["observed_at"]) for row in rows}


def test_a_price_list_adds_its_offers_and_replaces_older_ones(extended):
    assert rates(extended, measured(extended, "a100", A100)) == {("Lambda gpu_8x_a100_80gb_pcie", 1.79, "2026-11-29")}
    assert rates(extended, measured(extended, "l40s", synthetic_gpu.L40S)) == {("Spheron", 0.80, "2026-11-28")}
    h100 = rates(extended, measured(extended, "h100", synthetic_gpu.H100))
    assert {day for _, _, day in h100} == {"2026-05-26"}
    assert {dollars for _, dollars, _ in h100} == {3.84, 1.69, 12.29, 12.36}


def test_ages_of_prices_are_said_of_each_source(extended):
    (extended.configs / "prices/2020-01-01-old.csv").write_text(
        "AcceleratorName,AcceleratorCount,Price,SpotPrice,Provider,form_factor,source\n"
        "H100,1,9,,Elsewhere,SXM5,an old page\n")
    file = measured(extended, "h100", synthetic_gpu.H100)
    for command in (["cost"], ["advise", "--model", "llama-3.1-8b", "--input-tokens", "1024", "--batch", "8"]):
        text = " ".join(extended(*command, file).stdout.split())
        assert "prices of 2020-01-01 (an old page) are" in text
        assert "prices of 2026-05-26 (Spheron blog, L40S vs H100, table of live prices) are" in text


def test_a_model_is_served_from_the_nearest_that_was_measured(extended):
    result = extended("tokens", measured(extended, "h100", synthetic_gpu.H100), "--model", "qwen2.5-7b")
    assert result.returncode == 0, result.stderr
    assert "qwen2.5-7b" in result.stdout


def test_an_encoder_and_an_image_model_are_summed(extended):
    rows = answer(extended, "forward", measured(extended, "h100", synthetic_gpu.H100), "--model", "bge-base,sd3-medium",
                  "--hourly", "2")
    assert {row["model"] for table in rows.values() for row in table if "model" in row} == {"bge-base", "sd3-medium"}


def test_claims_speak_of_the_card_and_its_price(extended):
    rows = answer(extended, "audit", "configs/claims/additions.yaml")["audit"]
    assert {row["id"]: row["verdict"] for row in rows} == {"reads": "holds", "costs": "holds"}


@pytest.mark.parametrize("file, old, new, command, found, expected", [
    ("models/qwen2.5-7b.yaml", "7615616512", "7615616513", ["list", "--suite", "additions", "--device", "cpu"],
     ":14:15: 'published.parameters' is '7615616513'", "expected 7615616512"),
    ("devices/a100-pcie.yaml", "value: 312,", "value: 624,", ["explain", "gemm", "--device", "a100-pcie"],
     ":23:24: 'metrics.bf16_tflops.datasheet.value' is '624'", "x 1410 MHz is 311.9"),
    ("diffusion/sd3-medium.yaml", "2.0B", "2.5B", ["forward", "a100.json", "--model", "sd3-medium"],
     ":16:15: 'published.parameters' is '2.5B'", "expected 2.038B"),
])
def test_a_wrong_total_is_refused_with_its_place_and_both_numbers(extended, file, old, new, command, found, expected):
    measured(extended, "a100", A100)
    path = extended.configs / file
    path.write_text(path.read_text().replace(old, new))
    assert_one_line_error(extended(*command), 2, file + found, expected)
