"""What is too large for a card, on cards in software: it is no failure, and the run ends with 0."""

from conftest import memory_entry

SUITE = "entries:\n" + memory_entry("copy", "&quick {target: 0.5, case_seconds: 0.002, warmup_seconds: 0.001, "
                                              "sample_seconds: 0.0001}", size="1MiB") + """\
  - family: gemm
    backend: cuda
    implementations: [mma]
    dtypes: [bf16]
    cache: [hot]
    # 12 GiB of weights, and 9.25: less than the card's 9.75, and more than a context leaves of them
    shapes: [[8, 98304, 65536], [8, 75776, 65536]]
    sampling: *quick
  - family: attention_decode
    backend: cuda
    implementations: [paged]
    models: [llama-3.1-8b]
    kv: [bf16]
    batches: [128]
    contexts: [32768]
    cache: [hot]
    sampling: *quick
  - family: token_op
    backend: cuda
    implementations: [plain]
    operations: [gated_activation]
    models: [llama-3.1-70b]
    batches: [65535]
    cache: [hot]
    sampling: *quick
"""


def test_a_slice_of_10_gib_ends_a_suite_of_large_cases_with_0(run_emulated):
    context, cases, _ = run_emulated(SUITE, "h100-mig")
    assert "memory/copy/1MiB/driver/hot" in cases
    left = {entry["name"]: entry for entry in context["not_measured"]}
    assert {entry["status"] for entry in left.values()} == {"unsupported"}
    reasons = {name.split("/llama")[0]: entry["reason"] for name, entry in left.items()}
    assert "12 GiB of operands do not fit in the device's 9.75 GiB" in reasons["gemm/bf16/m:8/n:98304/k:65536/mma/hot"]
    assert reasons["gemm/bf16/m:8/n:75776/k:65536/mma/hot"] == "needs 9.252 GiB, and 9.163 GiB of the device's 9.75 GiB are free"
    for family in ("attention_decode", "token_op"):
        assert any(name.startswith(family) and "GiB of operands do not fit" in reason for name, reason in reasons.items())
