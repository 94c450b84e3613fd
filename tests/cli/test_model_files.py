"""Checkpoints' own config.json as they are found: windows, quantised weights, wrappers, folders of every name."""

import json
import shlex

import pytest
import synthetic_gpu as cards
from conftest import assert_one_line_error

MISTRAL = {"model_type": "mistral", "hidden_size": 4096, "intermediate_size": 14336, "num_hidden_layers": 32,
           "num_attention_heads": 32, "num_key_value_heads": 8, "vocab_size": 32000}
LLAMA_2 = {"model_type": "llama", "hidden_size": 4096, "intermediate_size": 11008, "num_hidden_layers": 32,
           "num_attention_heads": 32, "num_key_value_heads": 32, "vocab_size": 32000}
QWEN = {"model_type": "qwen2", "hidden_size": 3584, "intermediate_size": 18944, "num_hidden_layers": 28,
        "num_attention_heads": 28, "num_key_value_heads": 4, "vocab_size": 152064}


@pytest.fixture(autouse=True)
def card_files(gpugauge):
    cards.write(gpugauge.folder / "h100.json", cards.result(cards.H100))
    cards.write(gpugauge.folder / "l40s.json", cards.result(cards.L40S))


def model(gpugauge, path, config, **more):
    file = gpugauge.folder / path / "config.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(dict(config, **more)))
    return f"{path}/config.json"


def decode(gpugauge, *arguments):
    result = gpugauge("tokens", "h100.json", "--precision", "bf16", *arguments, "--format", "json")
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)["tokens"]


def floors(gpugauge, path, *arguments):
    rows = decode(gpugauge, "--model", path, "--batch", "32", "--context", "4096,16384", *arguments)
    return [row["memory_bound_tok_per_s"] for row in rows]


def test_reads_of_the_cache_stop_at_the_window(gpugauge):
    at_window, beyond = floors(gpugauge, model(gpugauge, "window", MISTRAL, sliding_window=4096))
    assert at_window == beyond == pytest.approx(3137, abs=1)
    whole = floors(gpugauge, model(gpugauge, "null", MISTRAL, sliding_window=None))
    assert whole == pytest.approx([3137, 1188], abs=1)
    off = model(gpugauge, "off", MISTRAL, sliding_window=4096, use_sliding_window=False)
    assert floors(gpugauge, off) == whole


def test_a_card_holds_the_cache_of_the_window(gpugauge):
    def cards_of(path):
        result = gpugauge("advise", "h100.json", "l40s.json", "--model", path, "--precision", "bf16", "--input-tokens", "32512",
                          "--batch", "8", "--format", "json")
        assert result.returncode == 0, result.stderr
        return {row["card"]: (row["gpus"], row["kv_bytes"]) for row in json.loads(result.stdout)["cards"]}

    window = cards_of(model(gpugauge, "window", MISTRAL, sliding_window=4096))
    whole = cards_of(model(gpugauge, "whole", MISTRAL))
    assert window["l40s"] == (1, 8 * 4096 * 131072)
    assert whole["l40s"][0] == 2


def test_a_quantised_checkpoint_is_said_to_be_one(gpugauge):
    awq = model(gpugauge, "awq", LLAMA_2,
                quantization_config={"quant_method": "awq", "bits": 4, "group_size": 128, "zero_point": True})
    for command in (["tokens", "h100.json", "--batch", "1"], ["advise", "l40s.json", "--batch", "2"],
                    ["cost", "l40s.json", "--batch", "2"], ["list", "--suite", "full"]):
        result = gpugauge(*command, "--model", awq)
        assert result.returncode == 0, result.stderr
        (line,) = [line for line in result.stderr.splitlines() if "awq, 4 bit" in line]
        assert "3.62 GiB" in line.replace("3.622 GiB", "3.62 GiB")


def test_an_fp8_checkpoint_is_served_in_fp8(gpugauge):
    fp8 = model(gpugauge, "fp8", LLAMA_2, quantization_config={"quant_method": "fp8"})
    result = gpugauge("tokens", "h100.json", "--model", fp8, "--batch", "1", "--format", "json")
    assert {row["precision"] for row in json.loads(result.stdout)["tokens"]} == {"fp8"}
    result = gpugauge("advise", "h100.json", "l40s.json", "--model", fp8)
    assert "fp8" in result.stdout and "bf16" not in result.stdout.splitlines()[0]


def test_two_models_of_one_name_are_told_apart_or_refused(gpugauge):
    a, b = model(gpugauge, "a/m", LLAMA_2), model(gpugauge, "b/m", QWEN)
    shipped = model(gpugauge, "x/llama-3.1-8b", QWEN)
    for command in (["tokens", "h100.json"], ["cost", "h100.json"], ["advise", "h100.json"],
                    ["list", "--suite", "full"], ["report", "h100.json", "-o", "page.html"]):
        assert_one_line_error(gpugauge(*command, "--model", f"{a},{b}"), 2, "two models are called 'm'", a, b)
    assert_one_line_error(gpugauge("tokens", "h100.json", "--model", f"llama-3.1-8b,{shipped}"), 2,
                          "two models are called 'llama-3.1-8b'")
    rows = decode(gpugauge, "--model", a, "--model", f"other={b}", "--batch", "1,8")
    assert {row["model"] for row in rows} == {"m", "other"}
    twice = decode(gpugauge, "--model", f"{a},{a}", "--batch", "1")
    assert len(twice) == 1


@pytest.mark.parametrize("path, name", [("with space (v2)", "with-space-v2"), ("a,b/m", "m"), ("it's \U0001f999", "it-s"),
                                        ("plain-7b", "plain-7b")])
def test_every_suggested_command_runs(gpugauge, path, name):
    given = model(gpugauge, path, QWEN)
    result = gpugauge("tokens", "h100.json", "--model", given, "--precision", "bf16", "--batch", "64", "--format", "json")
    assert result.returncode == 0, result.stderr
    commands = [row["reason"].partition("measure it with: gpugauge ")[2] for row in json.loads(result.stdout)["tokens"]]
    assert commands
    for command in commands:
        words = shlex.split(command)
        assert words[words.index("--model") + 1] == given
        plan = gpugauge("list", *words[1:], "--device", "cpu")
        assert plan.returncode == 0, plan.stderr
        assert name in plan.stdout


def test_a_name_may_be_given_to_what_has_none(gpugauge):
    given = model(gpugauge, "\u6a21\u578b", LLAMA_2)
    assert {row["model"] for row in decode(gpugauge, "--model", f"mine={given}", "--batch", "1")} == {"mine"}


def test_a_model_behind_a_space_is_told_from_a_result_file(gpugauge):
    a, b = model(gpugauge, "a/m", LLAMA_2), model(gpugauge, "b/n", QWEN)
    assert_one_line_error(gpugauge("tokens", "h100.json", "--model", a, b), 2, f"{b}: is the config.json of a model",
                          "between commas")


@pytest.mark.parametrize("text, place", [('{"a":1},', "1:8"), ('{"model_type": "llama"},\n"hidden_size": 4096\n}', "1:24")])
@pytest.mark.parametrize("command", [["tokens", "h100.json", "--model"], ["list", "--suite"], ["run", "--suite"]])
def test_a_comma_behind_the_object_is_an_error_at_its_place(gpugauge, command, text, place):
    (gpugauge.folder / "bad.json").write_text(text)
    result = gpugauge(*command, "bad.json")
    assert_one_line_error(result, 2, f"bad.json:{place}: not valid JSON")


def test_a_comma_before_yaml_is_an_error_at_its_place(gpugauge):
    (gpugauge.folder / "bad.yaml").write_text(", name: x\n")
    assert_one_line_error(gpugauge("list", "--suite", "bad.yaml"), 2, "bad.yaml:1:1: not YAML")
