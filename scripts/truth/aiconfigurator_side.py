"""What aiconfigurator itself predicts of the same rows. Runs in an environment that has it, and nothing of gpugauge.

usage: aiconfigurator_side.py < POINTS > PREDICTIONS

POINTS is a JSON list of {id, system, backend, model_path, precision (bf16, fp8, fp8_static), kv, isl, osl, batch, tp}. PREDICTIONS is a JSON
object of id: {default: [TTFT, TPOT], 8192: [TTFT, TPOT]} in ms, or {error: TEXT}: `cli_estimate` in mode agg with its
newest tables, and its default budget of context tokens a step (the input) or the engines' default of 8,192.
"""

import copy
import json
import logging
import sys
import warnings

import yaml

CONTEXT_TOKENS = {"default": None, "8192": 8192}
QUANT_MODES = {"bf16": "bfloat16", "fp8": "fp8", "fp8_static": "fp8_static", "fp8_e4m3": "fp8"}


def cache_yaml():
    """It reads all of its 500 YAML files again for every estimate: 1 s each. The same text gives the same object."""
    load, known = yaml.safe_load, {}

    def safe_load(stream):
        text = stream if isinstance(stream, (str, bytes)) else stream.read()
        if text not in known:
            known[text] = load(text)
        return copy.deepcopy(known[text])

    yaml.safe_load = safe_load


def estimate(cli_estimate, point, tokens):
    result = cli_estimate(model_path=point["model_path"], system_name=point["system"], backend_name=point["backend"],
                          tp_size=point["tp"], batch_size=point["batch"], isl=point["isl"], osl=point["osl"],
                          gemm_quant_mode=QUANT_MODES[point["precision"]], kvcache_quant_mode=QUANT_MODES[point["kv"]],
                          ctx_tokens=tokens)
    return [float(result.ttft), float(result.tpot)]


def main():
    points = json.load(sys.stdin)
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    cache_yaml()
    from aiconfigurator.cli.api import cli_estimate
    predictions = {}
    for point in points:
        try:
            predictions[point["id"]] = {name: estimate(cli_estimate, point, tokens)
                                        for name, tokens in CONTEXT_TOKENS.items()}
        except Exception as error:  # of many kinds; a row that it cannot predict is counted
            predictions[point["id"]] = {"error": (str(error).splitlines() or [type(error).__name__])[0]}
    json.dump(predictions, sys.stdout)


if __name__ == "__main__":
    main()
