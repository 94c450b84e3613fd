"""GEMMs of cuBLASLt on cards in software: the stand-in checks every call, and computes."""

import pytest

SUITE = """
entries:
  - family: gemm
    backend: cuda
    implementations: [cublaslt, cublaslt_search]
    dtypes: [bf16, fp8_e4m3, int8]
    cache: [hot]
    shapes: [[4, 64, 128]]
    sampling: {target: 0.5, case_seconds: 0.002, warmup_seconds: 0.001, sample_seconds: 0.00002, min_samples: 6, max_samples: 8}
"""


@pytest.mark.parametrize("card, dtypes", [("h100-mig", ["bf16", "fp8_e4m3", "int8"]), ("a100", ["bf16", "int8"])])
def test_gemms_are_right_and_searched(run_emulated, card, dtypes):
    context, cases, _ = run_emulated(SUITE, card)
    names = [f"gemm/{dtype}/m:4/n:64/k:128/{way}/hot" for dtype in dtypes for way in ("cublaslt", "cublaslt_search")]
    assert list(cases) == names
    for name in names:
        assert cases[name]["verification"]["passed"]
        assert ("best of" in cases[name]["details"]) == ("search" in name)
    assert {left["status"] for left in context["not_measured"]} <= {"unsupported"}


AS_CALLED = """
entries:
  - family: gemm
    backend: cuda
    implementations: [cublaslt, cublaslt_padded, cublaslt_fast_accum, cublaslt_fast_accum_padded]
    dtypes: [bf16, fp8_e4m3]
    cache: [hot]
    shapes: [[4, 64, 1024], [32, 64, 1024]]
    sampling: {target: 0.5, case_seconds: 0.002, warmup_seconds: 0.001, sample_seconds: 0.00002, min_samples: 6, max_samples: 8}
"""


def test_fp8_is_called_as_frameworks_call_it(run_emulated):
    context, cases, _ = run_emulated(AS_CALLED, "h100-mig")
    ways = {tuple(name.split("/")[1:3] + [name.split("/")[5]]): case for name, case in cases.items()}
    plain, fast = ("cublaslt", "cublaslt_padded"), ("cublaslt_fast_accum", "cublaslt_fast_accum_padded")
    assert set(ways) == ({("bf16", m, "cublaslt") for m in ("m:4", "m:32")} | {("fp8_e4m3", "m:4", way) for way in plain + fast} |
                         {("fp8_e4m3", "m:32", way) for way in ("cublaslt", "cublaslt_fast_accum")})
    for (_, _, way), case in ways.items():
        assert case["case"]["library"] and case["verification"]["passed"], case["verification"]
        assert ("M padded to 17" in case["details"]) == way.endswith("_padded")
        assert "split-K 4" in case["details"] and "parts added in the output's type" in case["details"]
    reasons = {left["reason"] for left in context["not_measured"]}
    assert "frameworks pad M to 17 for FP8 only, where it is less" in reasons


def test_without_the_library_its_rows_say_so_and_the_others_are_measured(run_emulated, monkeypatch):
    monkeypatch.setenv("GPUGAUGE_CUBLASLT", "/nowhere/libcublasLt.so")
    context, cases, _ = run_emulated(SUITE.replace("[cublaslt, cublaslt_search]", "[cublaslt, mma]"), "h100-mig")
    assert cases and all("/mma/" in name for name in cases)
    reasons = {left["reason"] for left in context["not_measured"] if "/cublaslt/" in left["name"]}
    assert reasons == {"GPUGAUGE_CUBLASLT=/nowhere/libcublasLt.so: cannot be opened"}
    assert {left["status"] for left in context["not_measured"]} == {"unsupported"}
