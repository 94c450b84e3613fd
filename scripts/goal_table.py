"""Prints what our kernels were to reach beside what was measured, as a Markdown table.

usage: goal_table.py GOALS [RESULT_FILE…]     (configs/goals.json; result files, or .partial ones)

Without a result file every goal is listed as not yet run: the table of results/README.md.

Exit status: 0, or 1 if a goal was missed, 2 if a file is wrong.
"""

import json
import math
import pathlib
import re
import sys

from result_file import WrongInput, content_of, require_measured

REQUIRED = {"goal", "cases", "metric", "of", "at_least", "source"}
OPTIONAL = {"card": "", "except": "$^", "min_bytes": 0, "max_bytes": math.inf, "pace": None}  # `$^` finds nothing
METRICS = {"gbps": "GB/s", "tflops": "TFLOPS", "tokens_per_second": "tok/s"}


def read_goals(path):
    """The goals of configs/goals.json, which says what its fields mean."""
    try:
        goals = json.loads(read_text(path))["goals"]
        for goal in goals:
            check_goal(path, goal)
    except (KeyError, TypeError, AttributeError, json.JSONDecodeError) as error:
        raise WrongInput(f"{path}: not a list of goals: {error!r}") from error
    return goals


def check_goal(path, goal):
    name = goal.get("goal", "?")
    for wrong, what in ((REQUIRED - goal.keys(), "lacks"), (goal.keys() - REQUIRED - OPTIONAL.keys(), "has unknown")):
        if wrong:
            raise WrongInput(f"{path}: goal '{name}' {what} {', '.join(sorted(wrong))}")
    if goal["metric"] not in METRICS:
        raise WrongInput(f"{path}: goal '{name}': metric '{goal['metric']}', expected one of {', '.join(METRICS)}")
    for field, otherwise in OPTIONAL.items():
        goal.setdefault(field, otherwise)
    try:
        for regex in (goal["cases"], goal["except"], goal["card"], *goal["of"].split(" ", 1)[1:]):
            re.compile(regex)
        if goal["of"].partition(" ")[0] not in ("pins", "tensor_rate", "best", "same"):
            float(goal["of"])
    except (ValueError, re.error) as error:
        raise WrongInput(f"{path}: goal '{name}': {error}") from error


def read_text(path):
    try:
        return pathlib.Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise WrongInput(f"{path}: {error.strerror}") from error


def read_result(path):
    """The device of a result file, or of the journal of an unfinished one, and the entries that were verified."""
    try:
        text = content_of(path).decode("utf-8-sig")
        if text.startswith('{"gpugauge_journal"'):
            # The last line of a run that was killed may be torn.
            lines = [json.loads(line) for line in text[:text.rfind("\n") + 1].splitlines()]
            context, entries = lines[0]["context"], [line["benchmark"] for line in lines if "benchmark" in line]
        else:
            result = json.loads(text)
            context, entries = result["context"], result["benchmarks"]
        require_measured(path, {"context": context})
        device = context["gpugauge"]["device"]
        return device["name"], [Case(entry, device) for entry in entries
                                if "gpugauge" in entry and entry["gpugauge"]["verification"]["passed"]]
    except (KeyError, ValueError, TypeError, IndexError) as error:
        raise WrongInput(f"{path}: not a result file of gpugauge: {error!r}") from error


class Case:
    def __init__(self, entry, device):
        ours = entry["gpugauge"]
        self.name, self.device = entry["name"], device
        self.seconds = ours["time_ns"]["median"] * 1e-9
        self.flops, self.bytes = ours["work"]["flops"], ours["work"]["bytes"]
        telemetry = ours.get("telemetry") or {}
        self.clock_hz = telemetry.get("kernel_clock_mhz", telemetry.get("clock_mhz", 0)) * 1e6
        case = ours["case"]
        self.batch = case["op"].get("batch", 0)
        self.pace = case.get("pace")
        self.plain = case["data"] == "normal" and (case["cache"] == "cold" or self.pace is not None)
        self.op = json.dumps([case["op"], case["cache"], case["data"], self.pace], sort_keys=True)

    def value(self, metric):
        amount = {"gbps": self.bytes / 1e9, "tflops": self.flops / 1e12, "tokens_per_second": self.batch}
        return amount[metric] / self.seconds


def best(cases, regex, metric, pace):
    return max((case.value(metric) for case in cases
                if case.plain and case.pace == pace and re.search(regex, case.name)), default=None)


def reference(goal, case, cases):
    """What the case's metric is held against, or None where that was not measured."""
    kind, _, rest = goal["of"].partition(" ")
    if kind == "pins":
        return case.device.get("pin_rate_gbps")
    if kind == "tensor_rate":
        return case.device["compute_units"] * float(rest) * case.clock_hz / 1e12 or None
    if kind in ("best", "same"):
        others = [c for c in cases if c.device["name"] == case.device["name"] and
                  (kind == "best" or c.op == case.op)]
        return best(others, rest, goal["metric"], goal["pace"])
    return float(kind)


def judge(goal, cases):
    """The row of a goal: verdict, and of the op that falls furthest below it the measured and the needed value, and
    the case."""
    by_op = {}
    for case in cases:
        if (case.plain and case.pace == goal["pace"] and re.search(goal["cases"], case.name) and
                not re.search(goal["except"], case.name) and
                goal["min_bytes"] <= case.bytes < goal["max_bytes"] and
                re.search(goal["card"], case.device["name"])):
            by_op.setdefault((case.device["name"], case.op), []).append(case)
    worst = None
    for implementations in by_op.values():
        case = max(implementations, key=lambda c: c.value(goal["metric"]))
        held_against = reference(goal, case, cases)
        if held_against:
            needed = goal["at_least"] * held_against
            share = case.value(goal["metric"]) / needed
            if worst is None or share < worst[0]:
                worst = (share, case.value(goal["metric"]), needed, case.name)
    if worst is None:
        return "not measured", None, None, ""
    return ("met" if worst[0] >= 1 else "**missed**"), *worst[1:]


def number(value, unit):
    if value is None:
        return ""
    return f"{value:.0f} {unit}" if value >= 100 else f"{value:.3g} {unit}"


def at_least(goal):
    """The goal's figure in words."""
    kind, _, rest = goal["of"].partition(" ")
    share, unit = f"{goal['at_least']:.0%}", METRICS[goal["metric"]]
    if kind == "pins":
        return f"{share} of the pins"
    if kind == "tensor_rate":
        return f"{share} of SMs × {rest} FLOP/clk × measured clock"
    if kind in ("best", "same"):
        return f"{share} of the best `{rest}`{' on the same op' if kind == 'same' else ''}"
    return f"{number(goal['at_least'] * float(kind), unit)}"


def unmeasured(goals):
    """The table of the goals alone."""
    rows = ["| goal | card | at least | measured | where the figure comes from |", "|---|---|---|---|---|"]
    for goal in goals:
        card = goal["card"].replace("|", ", ").replace("NVIDIA", "any")
        rows.append(f"| {goal['goal']} | {card} | {at_least(goal)} | not yet run | {goal['source']} |")
    return "\n".join(rows)


def table(goals, cards, cases):
    """The rows of the goals that are for these cards, and whether one was missed."""
    rows = ["| goal | at least | needed | measured | of needed | verdict | case | where the figure comes from |",
            "|---|---:|---:|---:|---:|---|---|---|"]
    missed = False
    for goal in goals:
        if not any(re.search(goal["card"], card) for card in cards):
            continue
        verdict, measured, needed, name = judge(goal, cases)
        unit = METRICS[goal["metric"]]
        missed |= "missed" in verdict
        share = f"{100 * measured / needed:.1f}%" if needed else ""
        rows.append(f"| {goal['goal']} | {goal['at_least']:.0%} | {number(needed, unit)} | {number(measured, unit)} "
                    f"| {share} | {verdict} | {f'`{name}`' if name else ''} | {goal['source']} |")
    return "\n".join(rows), missed


def main(arguments):
    try:
        if not arguments or arguments[0].startswith("-"):
            raise WrongInput(__doc__.strip())
        goals = read_goals(arguments[0])
        results = [read_result(path) for path in arguments[1:]]
    except WrongInput as error:
        print(f"goal_table: {error}", file=sys.stderr)
        return 2
    if not results:
        print(unmeasured(goals))
        return 0
    text, missed = table(goals, {card for card, _ in results}, [case for _, cases in results for case in cases])
    print(text)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
