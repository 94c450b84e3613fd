"""Models, cards and types by the names that people type, and what is said of those that are none."""

import shutil

import pytest
from conftest import ROOT, Program, assert_one_line_error


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    """With the cards that others measured beside the configs."""
    program = Program(tmp_path_factory.mktemp("imported"))
    shutil.copytree(ROOT / "results" / "imported", program.folder / "results" / "imported")
    return program


TOKENS = ["tokens", "h100-sxm5", "--batch", "8", "--precision"]
SERVED = ["--input-tokens", "1024", "--output-tokens", "256", "--batch", "8"]


@pytest.mark.parametrize("given", ["Qwen/Qwen3-14B", "Qwen3-14B", "QWEN3_14b", "Qwen/Qwen3-14B-Instruct", "qwen3-14b-it"])
def test_a_model_is_taken_by_the_name_of_its_checkpoint_and_that_is_said_once(imported, given):
    expected = imported(*TOKENS, "fp8", "--model", "qwen3-14b", "--format", "json")
    found = imported(*TOKENS, "fp8", "--model", given, "--format", "json")
    assert (found.returncode, found.stdout) == (0, expected.stdout), found.stderr
    assert found.stderr.count(f"{given} is taken as qwen3-14b") == 1 and expected.stderr == ""


@pytest.mark.parametrize("command", [
    ["advise", *SERVED], ["serve", "h100-sxm5", *SERVED], ["cost", "h100-sxm5", "--batch", "8"],
    ["break-even", "l40s", "h100-sxm5", *SERVED], ["report", "l40s", "-o", "page.html", "--batch", "8"],
    ["list", "--device", "h100-sxm5"]])
def test_every_command_takes_it(imported, command):
    found = imported(*command, "--model", "Qwen/Qwen3-14B")
    assert found.returncode == 0, found.stderr
    assert found.stderr.count("Qwen/Qwen3-14B is taken as qwen3-14b") == 1


@pytest.mark.parametrize("given, name", [("BAAI/bge-large-en-v1.5", "bge-large"), ("SDXL", "sdxl"),
                                         ("stabilityai/stable-diffusion-xl-base-1.0", "sdxl")])
def test_encoders_and_image_models_likewise(imported, given, name):
    found = imported("forward", "h100-sxm5", "--model", given, "--batch", "1")
    assert found.returncode == 0 and f"{given} is taken as {name}" in found.stderr


@pytest.mark.parametrize("given, words", [
    ("llama3", "did you mean 'llama-3.1-70b' or 'llama-3.1-8b'?"),
    ("Qwen/Qwen3-14B-FP8", "which is no file, expected one of llama-2-13b,"),
    ("Qwen/Qwen3-14B-FP8", "or a checkpoint's config.json; did you mean 'qwen3-14b'?"),
    ("google/gemma-3-27b", "unknown model 'google/gemma-3-27b', which is no file")])
def test_an_unknown_model_names_the_nearest(imported, given, words):
    assert_one_line_error(imported(*TOKENS, "fp8", "--model", given), 2, words)


def test_a_folder_that_is_no_checkpoint_is_told(imported):
    (imported.folder / "folder").mkdir(exist_ok=True)
    assert_one_line_error(imported(*TOKENS, "fp8", "--model", "./folder"), 2, "./folder: this folder has no config.json")
    for given in ("./folder", "folder"):
        result = imported("serve", "h100-sxm5", "--model", "qwen3-14b", *SERVED, "--serving", given)
        assert_one_line_error(result, 2, f"{given}: is a folder, expected the file of a serving engine, or one of sglang")
    assert_one_line_error(imported("tokens", "folder", "--model", "qwen3-14b"), 2, "folder: is a folder, expected a result file")


@pytest.mark.parametrize("given", ["fp8", "FP8", "fp8_e4m3", "E4M3"])
def test_a_type_has_one_set_of_words_for_weights_and_cache(imported, given):
    expected = imported("serve", "h100-sxm5", "--model", "qwen3-14b", *SERVED, "--precision", "fp8", "--kv", "fp8_e4m3")
    found = imported("serve", "h100-sxm5", "--model", "qwen3-14b", *SERVED, "--precision", given, "--kv", given)
    assert (found.returncode, found.stdout) == (0, expected.stdout), found.stderr
    assert imported(*TOKENS, "BF16", "--model", "qwen3-14b").returncode == 0


@pytest.mark.parametrize("given, card", [("H100-SXM5", "h100-sxm5"), ("NVIDIA L40S", "l40s"), ("a100", "a100-sxm"),
                                         ("h100 sxm", "h100-sxm5")])
def test_cards_are_taken_likewise_where_files_are(imported, given, card):
    found = imported("tokens", given, "--model", "qwen3-14b", "--batch", "8")
    assert found.returncode == 0, found.stderr
    assert found.stdout == imported("tokens", card, "--model", "qwen3-14b", "--batch", "8").stdout
    assert f"{given} is taken as {card}" in found.stderr


@pytest.mark.parametrize("given, card", [("H100-SXM5", "h100-sxm5"), ("L40S", "l40s"), ("B200", "b200")])
def test_list_and_explain_take_them_too(imported, given, card):
    assert imported("list", "--device", given).stdout == imported("list", "--device", card).stdout != ""
    explained = [imported("explain", "memory", "read", "--device", name) for name in (given, card)]
    assert explained[0].stdout == explained[1].stdout != "" and f"{given} is taken as {card}" in explained[0].stderr


@pytest.mark.parametrize("command", [["list", "--device", "H100"], ["tokens", "H100", "--model", "qwen3-14b"],
                                     ["explain", "memory", "read", "--device", "H100"]])
def test_a_short_name_of_two_cards_is_refused_with_both(imported, command):
    assert_one_line_error(imported(*command), 2, "'H100' is short for h100-pcie and h100-sxm5")


def test_a_folder_of_a_card_s_name_does_not_hide_the_card(imported):
    (imported.folder / "l40s").mkdir(exist_ok=True)
    for command in (["tokens", "l40s", "--model", "qwen3-14b"], ["compare", "l40s", "h100-sxm5"]):
        found = imported(*command)
        assert found.returncode == 0, found.stderr


@pytest.mark.parametrize("command, words", [
    (["track", "add", "h100-sxm5"], "h100-sxm5: is a card and no file here, expected result files of your own runs"),
    (["track", "check", "H200"], "H200: is a card and no file here, expected result files of tonight's runs"),
    (["audit", "b200"], "b200: is a card and no file here, expected a claims file before the cards: gpugauge audit configs/")])
def test_a_card_where_a_file_is_wanted_is_told_so(imported, command, words):
    (imported.folder / "history").mkdir(exist_ok=True)
    assert_one_line_error(imported(*command), 2, words)


def test_configs_of_something_else_are_named(gpugauge):
    (gpugauge.folder / "other" / "suites").mkdir(parents=True)
    gpugauge.environment["GPUGAUGE_CONFIGS"] = str(gpugauge.folder / "other")
    result = gpugauge("serve", "x.json", "--model", "./m.yaml", *SERVED)
    assert_one_line_error(result, 3, "no serving engine (*.yaml) there", f"GPUGAUGE_CONFIGS is '{gpugauge.folder}/other'")
