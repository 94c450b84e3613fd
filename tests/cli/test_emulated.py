"""The whole path to a card, on one in software. Nothing here was measured on a card."""

import pytest
from conftest import DATA, EmulatedCard, load


class Tiny(EmulatedCard):
    """The tiny suite, with the tiny model's decode steps."""

    def run(self, *arguments, **options):
        tiny = DATA / "emulated"
        return self("run", "--device", "cuda:0", "--suite", tiny / "tiny.yaml", "--model", tiny / "tiny_model.yaml",
                    "-o", "result.json", "--overwrite", *arguments, **options)

    def cases(self):
        """What became of each planned case: ok where it is verified, else the status and why. And the file's context."""
        made = load(self.folder / "result.json")
        context = made["context"]["gpugauge"]
        statuses = {case["name"]: "ok" if case["gpugauge"]["verification"]["passed"] else "wrong" for case in made["benchmarks"]}
        return statuses | {case["name"]: case["status"] for case in context["not_measured"]}, context


@pytest.fixture
def gpugauge(tmp_path):
    return Tiny(tmp_path)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Every case of it."""
    gpugauge = Tiny(tmp_path_factory.mktemp("whole"))
    result = gpugauge.run()
    assert result.returncode == 0, result.stderr
    return gpugauge


def test_every_case_is_verified(whole):
    statuses, context = whole.cases()
    assert set(statuses.values()) == {"ok", "unsupported"}, statuses
    assert [name for name, status in statuses.items() if status == "unsupported"] == ["memory/read/1MiB/driver/hot"]
    assert sum(name.startswith("decode_step/") for name in statuses) == 2
    assert context["device"]["name"].startswith("emulated NVIDIA H100")
    assert context["emulated"] is True


@pytest.mark.parametrize("command", ["datasheet", "advise", "compare", "show", "cost", "report"])
def test_no_command_takes_it_for_a_measurement(whole, command):
    arguments = {"compare": ["result.json", "result.json"], "report": ["result.json", "--output", "page.html"],
                 "advise": ["result.json", "--model", "llama-3.1-8b", "--input-tokens", "4", "--output-tokens", "4",
                            "--batch", "1"]}
    result = whole(command, *arguments.get(command, ["result.json"]))
    assert result.returncode == 2, (result.stdout, result.stderr)
    assert "nothing was measured on it" in result.stderr


def test_track_refuses_it(whole):
    result = whole("track", "add", "result.json", "--history", "nights")
    assert result.returncode == 2, (result.stdout, result.stderr)
    assert "nothing was measured on it" in result.stderr


@pytest.mark.parametrize("card", ["a100", "l40s", "h200", "b200", "rtx5090"])
def test_other_cards_run_what_they_can(gpugauge, card):
    result = gpugauge.run("--filter", "memory/copy|/linear_stream/|/wgmma/", card=card)
    assert result.returncode == 0, result.stderr
    statuses, _ = gpugauge.cases()
    hopper = card in ("h200",)
    for name, status in statuses.items():
        only_hopper = "/bulk/" in name or "/wgmma/" in name
        assert status == ("unsupported" if only_hopper and not hopper else "ok"), name


@pytest.mark.parametrize("error, message", [(802, "system not yet initialized"), (999, "unknown error"),
                                            (35, "CUDA driver version is insufficient")])
def test_cuda_that_does_not_start_is_named(gpugauge, error, message):
    result = gpugauge.run("--filter", "memory/", start_error=error)
    assert result.returncode == 3
    assert message in result.stderr


def test_out_of_memory_is_the_reason_of_the_case_that_met_it(gpugauge):
    result = gpugauge.run("--filter", "memory/copy/1MiB/driver|gemm/.*mma", out_of_memory_bytes=1 << 20)
    statuses, _ = gpugauge.cases()
    assert result.returncode != 97, result.stderr
    assert statuses["memory/copy/1MiB/driver/hot"] != "ok"
    assert statuses["gemm/bf16/m:64/n:128/k:128/mma/hot"] == "ok"
