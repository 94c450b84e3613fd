"""results/truth.md."""

import dataclasses

from truth.table import NAMES, by_group, headline, markdown, unusable, worst_by_group, worst_of_all

HEAD = """# What gpugauge derives, and what real engines did

`scripts/truth.py` makes this page. Rows are end-to-end benchmarks that others ran: silicon_sample.csv of aiconfigurator-core
0.12.0 (5,221 rows), and [`published.csv`](../scripts/truth/published.csv) with a source for each. Nothing was measured by
gpugauge. TTFT, TPOT and throughput are derived from aiconfigurator's per-op tables, imported for the row's card and engine.

- *Fitted on*: rows of H100, on which the constants of the engines and the table of method errors were fitted. *Test*: H200,
  B200 and GB200; nothing was fitted on them. *Published*: other sources, never fitted, H100 included. *Other engine*:
  sglang, whose order of prompts and steps is not modelled.
- *Error* is |derived / measured - 1|; *bias* is the median of derived / measured - 1: above 0, the derived value is too high.
- *Inside the interval*: share of rows that the printed interval holds.
- *Throughput* is not in silicon_sample.csv. It follows from TTFT and TPOT: batch x output / (TTFT + (output - 1) TPOT).
- Rows of Llama-3.1-70B (InferenceMAX) have lengths between 0.8 and 1.0 of the stated ones: both predict at the mean, 0.9.
- FP8 checkpoints of InferenceMAX, of NVIDIA and of published rows have static scales of the activations: the time of
  dynamic ones is taken off the tables (`import_aiconfigurator.py --static-scales`; aiconfigurator: `fp8_static`).
- The type of the KV cache is not in it either: taken as FP8 for TensorRT-LLM in FP8, else BF16.
- *aiconfigurator*: what its package 0.12.0 predicts of the same rows (`cli_estimate`, mode agg, its own default budget of
  context tokens a step, the newest tables).
- Goals, of the mean error: TPOT 5% on one card, 8% on 2 to 8; TTFT 20%.
- Fitted constants are those of [`configs/engines`](../configs/engines) whose source says so, and the factors `engine` and
  `between_cards` of [`configs/method_error.yaml`](../configs/method_error.yaml).

Where it misses:

- vLLM on B200 with 2 to 8 cards: one card is right, so it is the all-reduce or the gap after it, which was fitted on H100.
- TTFT of short prompts on many cards: derived tens of ms, measured 1.3 times that in the median of 4 and 8
  cards, 5 times at worst. What a server does before the first step (HTTP, tokens of the text) is not modelled.
- TTFT of sglang: it takes all waiting prompts before it goes on with decoding, so that TPOT is lower, too.
- TTFT of NIM with 5,000 tokens in and 25 or 50 requests: 2.4 and 2.7 times too high. How requests arrive is not stated.
- TPOT of TensorRT-LLM 1.0.0rc3, Llama-3.1-8B at TP 4 and 8 and Qwen3-32B at TP 1 and 8: the cause was not found.

## In short

"""


def with_others(points, others):
    """The points, with other predictions of aiconfigurator."""
    return [dataclasses.replace(point, others=others.get(point.row.id, {})) for point in points]


def page(points, reasons, imported, engines):
    """`imported`: (system, backend, version) of the tables; `engines`: aiconfigurator's with 8,192 context tokens."""
    parts = [HEAD, headline(points)]
    parts.append("\nWith the engines' default budget of 8,192 context tokens aiconfigurator does:\n\n")
    parts.append(headline(with_others([point for point in points if point.row.id in engines], engines)))
    for figure, name in NAMES.items():
        parts += [f"\n## {name}\n\n", by_group(points, figure), "\nThe five worst rows:\n\n", worst_of_all(points, figure)]
    parts += ["\n## The five worst rows of each group\n\nInput/output tokens, batch, error.\n\n", worst_by_group(points)]
    parts += ["\n## Rows that are not here\n\n", unusable(reasons)]
    parts += ["\n## Tables\n\nThe engines of the rows (2023 to 2025) are older than the tables (2026): the nearest version.\n\n",
              markdown(["system", "engine", "version of the tables", "FP8 scales"],
                       [(*names, "static" if static else "of each input") for *names, static in imported])]
    return "".join(parts)
