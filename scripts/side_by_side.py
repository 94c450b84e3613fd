#!/usr/bin/env python3
"""gpugauge, PyTorch and Triton on one card in turns: same shapes, normal data, and how many times as fast each is.

usage: side_by_side.py [--gpugauge PROGRAM] [--device DEVICE] [--suite SUITE] [--filter TEXT] [--rounds N]
                       [--time-limit SECONDS] [--seconds S] FOLDER

A round is `gpugauge run` and scripts/pytorch_side.py, each in a fresh process, in the order A B, then B A, and so on, so
that both see the card as warm. Both time the same way: events inside the captured graph, the same launches in it, the same
cold rotation and the same statistics. PyTorch's side has not run on a card yet: its calls were checked with a stand-in.
The ops are those of the suite's cases of cold, normal data (side_by_side, where none is
named) that PyTorch has a counterpart of. FOLDER gets

  ours-N.json, pytorch-N.json   result files, which gpugauge show, compare and the others read
  side_by_side.json             each implementation over each of PyTorch's and Triton's, by op; what was skipped, and why
  side_by_side.md               the same as a table
  *.log                         what the processes said

A ratio is the time of the one over the time of the other, in one round; reported are the median over the rounds and the
smallest and largest, which enclose the true median with probability 1 - 2^(1 - rounds).

Exit status: 0; 2 if the command line is wrong; 3 without PyTorch, the device or a program that runs; 4 if something was
computed wrong; 130 interrupted.
"""

import argparse
import json
import math
import pathlib
import statistics
import subprocess
import sys
import time

from command_line import above_zero, check_new_folder, find_program
from result_file import CannotRun, WrongInput, require_measured

HERE = pathlib.Path(__file__).resolve().parent


# ---- pure ------------------------------------------------------------------------------------------------

def by_op(results):
    """{op: {implementation: entry}} of one round's files: of the cold cases of normal data, in their order."""
    ops = {}
    for result in results:
        for entry in result["benchmarks"]:
            case = entry["gpugauge"]["case"]
            if case["cache"] == "cold" and case["data"] == "normal":
                ops.setdefault(entry["name"].rsplit("/", 2)[0], {})[case["implementation"]] = entry
    return ops


def over(rounds, op, base, implementation):
    """How many times as fast the implementation is as the base: median, smallest and largest over the rounds that
    have both."""
    ratios = [a[op][base]["gpugauge"]["time_ns"]["median"] / a[op][implementation]["gpugauge"]["time_ns"]["median"]
              for a in rounds if {base, implementation} <= set(a.get(op, {}))]
    if not ratios:
        return None
    return {"ratio": statistics.median(ratios), "low": min(ratios), "high": max(ratios), "rounds": len(ratios)}


def rows_of(rounds, theirs):
    """One of each op and implementation, for the ops that ours and theirs both have."""
    ops = {}
    for a in rounds:
        for op, found in a.items():
            ops.setdefault(op, {}).update(dict.fromkeys(found))
    rows = []
    for op, implementations in ops.items():
        bases = [name for name in implementations if name in theirs]
        if not bases or len(bases) == len(implementations):
            continue
        for name in implementations:
            entries = [a[op][name] for a in rounds if name in a.get(op, {})]
            clocks = [entry["gpugauge"]["telemetry"].get("clock_mhz") for entry in entries]
            rows.append({
                "op": op, "implementation": name,
                "time_ns": statistics.median(entry["gpugauge"]["time_ns"]["median"] for entry in entries),
                "work": entries[0]["gpugauge"]["work"],
                "clock_mhz": statistics.median(clocks) if None not in clocks else None,
                "details": entries[-1]["gpugauge"]["details"],
                "over": {base: over(rounds, op, base, name) for base in bases if base != name},
            })
    return rows


def skipped(results):
    """{case: reason} of what has no number in any of the files."""
    reasons = {row["name"]: row["reason"] for result in results
               for row in result["context"]["gpugauge"]["not_measured"]}
    measured = {entry["name"] for result in results for entry in result["benchmarks"]}
    return {name: reason for name, reason in reasons.items() if name not in measured}


def time_text(ns):
    for unit, size in (("s", 1e9), ("ms", 1e6)):
        if ns >= size:
            return f"{ns / size:.4g} {unit}"
    return f"{ns / 1e3:.4g} µs"


def rate_text(row):
    if row["op"].startswith("memory/"):
        return f"{row['work']['bytes'] / row['time_ns']:.4g} GB/s"
    return f"{row['work']['flops'] / row['time_ns'] / 1e3:.4g} TFLOPS"


def ratio_text(ratio):
    if not ratio:
        return ""
    return f"{ratio['ratio']:.3f}" + (f" ({ratio['low']:.3f}–{ratio['high']:.3f})" if ratio["rounds"] > 1 else "")


def table(summary):
    """Markdown."""
    bases = list(dict.fromkeys(base for row in summary["rows"] for base in row["over"]))
    count = summary["rounds"]
    lines = [f"{summary['device']}, {count} round{'s' * (count != 1)} of "
             f"{', '.join(f'{name} {version}' for name, version in summary['software'].items())}. "
             "*Over* is how many times as fast"
             + (f", in the median round, with the slowest and the fastest ({summary['confidence']:.0%} interval)."
                if count > 1 else "; one round has no interval."), ""]
    lines += ["| op | implementation | time | rate | MHz | " + " | ".join(f"over {base}" for base in bases) + " |",
              "|---|---|---:|---:|---:|" + "---:|" * len(bases)]
    for row in summary["rows"]:
        clock = f"{row['clock_mhz']:.0f}" if row["clock_mhz"] else ""
        cells = [row["op"], row["implementation"], time_text(row["time_ns"]), rate_text(row), clock,
                 *(ratio_text(row["over"].get(base)) for base in bases)]
        lines.append("| " + " | ".join(cells) + " |")
    if summary["skipped"]:
        lines += ["", "Not measured:", ""]
        lines += [f"- {name}: {reason}" for name, reason in summary["skipped"].items()]
    return "\n".join(lines) + "\n"


def summary_of(rounds, ours, theirs):
    """`rounds` are (our result, theirs) of each."""
    names = {entry["gpugauge"]["case"]["implementation"] for result in theirs for entry in result["benchmarks"]}
    software = {"gpugauge": ours[0]["context"]["gpugauge"]["software"]["git_sha"][:7],
                **theirs[0]["context"]["gpugauge"]["software"]["libraries"]}
    return {"gpugauge_side_by_side": 1, "device": ours[0]["context"]["gpugauge"]["device"]["name"],
            "rounds": len(rounds), "confidence": 1 - 2 ** (1 - len(rounds)), "software": software,
            "rows": rows_of([by_op(pair) for pair in rounds], names), "skipped": skipped([*ours, *theirs])}


# ---- the turns -------------------------------------------------------------------------------------------

class Turns:
    def __init__(self, arguments):
        self.arguments, self.folder = arguments, arguments.folder

    def run(self, name, command):
        """The result file `name`.json that the command writes."""
        with (self.folder / f"{name}.log").open("w", encoding="utf-8") as log:
            status = subprocess.run(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, check=False).returncode
        path = self.folder / f"{name}.json"
        # 1 and 4 are checks that failed, with a result file.
        if status not in (0, 1, 4) or not path.exists():
            raise CannotRun(f"{command[0]} ended with status {status}: {self.folder / name}.log: " +
                            last_line(self.folder / f"{name}.log"))
        result = json.loads(path.read_bytes())
        require_measured(path, result)
        return result

    def ours(self, turn):
        options = ["--suite", self.arguments.suite, "--device", self.arguments.device, "--redact"]
        if self.arguments.filter:
            options.append(f"--filter={self.arguments.filter}")
        name = f"ours-{turn}"
        return self.run(name, [self.arguments.gpugauge, "run", *options, "-o", self.folder / f"{name}.json"])

    def theirs(self, turn):
        name = f"pytorch-{turn}"
        return self.run(name, [sys.executable, HERE / "pytorch_side.py", self.folder / "ours-1.json",
                               "-o", self.folder / f"{name}.json", "--seconds", str(self.arguments.seconds),
                               "--choices", self.folder / "triton_choices.json"])

    def rounds(self):
        """All, or those for which there is time: one at least."""
        done, start, longest = [], time.monotonic(), 0.0
        for turn in range(1, self.arguments.rounds + 1):
            begun = time.monotonic()
            if done and begun - start + longest > self.arguments.time_limit:
                say(f"no time for round {turn} of {self.arguments.rounds}")
                break
            if turn % 2:
                ours, theirs = self.ours(turn), self.theirs(turn)
            else:
                theirs = self.theirs(turn)
                ours = self.ours(turn)
            done.append((ours, theirs))
            longest = max(longest, time.monotonic() - begun)
            say(f"round {turn} of {self.arguments.rounds}: {time.monotonic() - begun:.0f} s")
        return done


def last_line(path):
    lines = path.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1] if lines else "nothing was said"


def check_pytorch(device):
    check = subprocess.run([sys.executable, HERE / "pytorch_side.py", "--check", device], capture_output=True, text=True,
                           check=False)
    if check.returncode != 0:
        raise CannotRun(check.stderr.strip().splitlines()[-1].removeprefix("pytorch_side: "))


def say(text):
    print(f"side_by_side: {text}", file=sys.stderr)


def run(arguments):
    check_pytorch(arguments.device)
    arguments.folder.mkdir(parents=True, exist_ok=True)
    rounds = Turns(arguments).rounds()
    ours, theirs = zip(*rounds)
    summary = summary_of(rounds, ours, theirs)
    if not summary["rows"]:
        raise CannotRun(f"no case of {arguments.suite} was measured on both sides: see the logs in {arguments.folder}")
    (arguments.folder / "side_by_side.json").write_text(json.dumps(summary, indent=1, allow_nan=False) + "\n",
                                                        encoding="utf-8")
    text = table(summary)
    (arguments.folder / "side_by_side.md").write_text(text, encoding="utf-8")
    print(text, end="")
    wrong = [row["name"] for result in ours + theirs for row in result["context"]["gpugauge"]["not_measured"]
             if row["status"] == "verification_failed"]
    for name in dict.fromkeys(wrong):
        say(f"{name}: computed something wrong")
    return 4 if wrong else 0


def parse_arguments():
    parser = argparse.ArgumentParser(description="gpugauge, PyTorch and Triton on one card in turns")
    parser.add_argument("folder", type=pathlib.Path, metavar="FOLDER")
    parser.add_argument("--gpugauge", type=pathlib.Path, default=find_program(), metavar="PROGRAM")
    parser.add_argument("--device", default="cuda:0", help="cuda:N or cpu (default: cuda:0)")
    parser.add_argument("--suite", default="side_by_side")
    parser.add_argument("--filter", metavar="TEXT", help="only cases whose name matches this regular expression")
    parser.add_argument("--rounds", type=above_zero(int), default=6)
    parser.add_argument("--time-limit", type=above_zero(float), default=math.inf, metavar="SECONDS",
                        help="time limit; no round starts that would exceed it")
    parser.add_argument("--seconds", type=above_zero(float), default=0.15,
                        help="seconds of sampling per case in PyTorch (default: 0.15, as in the suite)")
    arguments = parser.parse_args()
    if arguments.device != "cpu" and not (arguments.device.startswith("cuda:") and arguments.device[5:].isdigit()):
        parser.error(f"--device is '{arguments.device}', expected cuda:N or cpu")
    if not arguments.gpugauge.is_file():
        parser.error(f"{arguments.gpugauge}: no such program, expected the path of a gpugauge")
    check_new_folder(parser, arguments.folder)
    arguments.gpugauge = arguments.gpugauge.resolve()
    return arguments


def main():
    try:
        sys.exit(run(parse_arguments()))
    except (WrongInput, CannotRun) as error:
        say(error)
        sys.exit(2 if isinstance(error, WrongInput) else 3)
    except KeyboardInterrupt:
        say("interrupted; the result files of the turns that ended are there")
        sys.exit(130)


if __name__ == "__main__":
    main()
