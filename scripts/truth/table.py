"""The table of truth, in Markdown."""

import collections
import statistics

from truth.errors import errors_of, goal_of, groups_of, worst
from truth.rows import LARGEST

NAMES = {"tpot": "TPOT", "ttft": "TTFT", "throughput": "throughput"}


def percent(value, signed=False):
    return "–" if value is None else f"{100 * value:{'+' if signed else ''}.1f}%"


def markdown(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join(lines + ["| " + " | ".join(map(str, row)) + " |" for row in rows]) + "\n"


def kind_of(row):
    if row.is_published:
        return "published"
    return "fitted on" if row.is_fitted else "test" if row.has_engine else "other engine"


def verdict(figure, cards, errors):
    goal = goal_of(figure, cards)
    text = "" if goal is None else "met" if errors.mean <= goal else f"missed ({100 * goal:.0f}%)"
    if errors.other_mean is not None and figure != "throughput":
        text += f"{', ' if text else ''}{'closer' if errors.mean < errors.other_mean else 'not closer'}"
    return text or "–"


def by_group(points, figure):
    rows = []
    for (_, system, backend, model, precision, cards), group in groups_of(points).items():
        errors = errors_of(group, figure)
        if errors:
            rows.append([kind_of(group[0].row), system, backend, model, precision, cards, errors.rows,
                         percent(errors.median), percent(errors.mean), percent(errors.bias, signed=True),
                         percent(errors.inside), percent(errors.other_median), percent(errors.other_mean),
                         verdict(figure, cards, errors)])
    return markdown(["rows are", "system", "engine", "model", "precision", "TP", "rows", "median error", "mean error",
                     "bias", "inside the interval", "aiconfigurator: median", "mean", "goal; against it"], rows)


def all_of(points, figure):
    """One line for each kind of rows."""
    parts = {"fitted on (H100)": [point for point in points if point.row.is_fitted],
             "test, 1 card": [point for point in points if kind_of(point.row) == "test" and point.row.tp == 1],
             "test, 2 to 8 cards": [point for point in points if kind_of(point.row) == "test" and point.row.tp > 1],
             "other engine (sglang)": [point for point in points if kind_of(point.row) == "other engine"],
             "published": [point for point in points if point.row.is_published]}
    found = {name: errors_of(part, figure) for name, part in parts.items()}
    return [[NAMES[figure], name, errors.rows, percent(errors.median), percent(errors.mean),
             percent(errors.bias, signed=True), percent(errors.inside), percent(errors.other_median),
             percent(errors.other_mean)] for name, errors in found.items() if errors]


def headline(points):
    rows = [line for figure in NAMES for line in all_of(points, figure)]
    return markdown(["figure", "rows are", "rows", "median error", "mean error", "bias", "inside the interval",
                     "aiconfigurator: median", "mean"], rows)


def point_text(error, point):
    row = point.row
    batch = "largest batch" if row.batch == LARGEST else f"batch {row.batch}"
    return f"{row.isl}/{row.osl} {batch} {percent(error, signed=True)}"


def worst_of_all(points, figure):
    return markdown(["system", "engine", "model", "precision", "TP", "in/out, batch, error", "measured", "derived"],
                    [[point.row.system, point.row.backend, point.row.model, point.row.precision, point.row.tp,
                      point_text(error, point), f"{point.measured[figure]:.4g}", f"{point.derived[figure].value:.4g}"]
                     for error, point in worst(points, figure)])


def worst_by_group(points):
    rows = []
    for (_, *group), members in groups_of(points).items():
        rows.append([*group, *("; ".join(point_text(*each) for each in worst(members, figure)) for figure in NAMES)])
    return markdown(["system", "engine", "model", "precision", "TP", *NAMES.values()], rows)


def unusable(reasons):
    counts = collections.Counter(reasons)
    return markdown(["rows", "why"], [[count, reason] for reason, count in counts.most_common()])


def median_ratio(points, figure):
    """Derived over measured."""
    values = [point.derived[figure].value / point.measured[figure] for point in points if figure in point.measured]
    return statistics.median(values) if values else None
