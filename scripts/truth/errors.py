"""How far derived figures are from measured ones."""

import dataclasses
import statistics


@dataclasses.dataclass(frozen=True)
class Point:
    """One row with what was derived for it: {figure: value} and {figure: Figure}, {figure: value} of aiconfigurator."""
    row: object
    measured: dict
    derived: dict
    others: dict


def error(derived, measured):
    """Signed: above 0 where the derived value is too high."""
    return derived / measured - 1


@dataclasses.dataclass(frozen=True)
class Errors:
    rows: int
    median: float
    mean: float
    bias: float  # median of the signed error
    inside: float  # share of rows inside the interval; nothing where there is none
    other_median: float
    other_mean: float


def errors_of(points, figure):
    """Of the points that have this figure; nothing where none has."""
    points = [point for point in points if figure in point.measured]
    if not points:
        return None
    signed = [error(point.derived[figure].value, point.measured[figure]) for point in points]
    inside = sum(point.derived[figure].holds(point.measured[figure]) for point in points) / len(points)
    others = [abs(error(point.others[figure], point.measured[figure])) for point in points if figure in point.others]
    return Errors(len(points), statistics.median(map(abs, signed)), statistics.fmean(map(abs, signed)),
                  statistics.median(signed), inside, statistics.median(others) if others else None,
                  statistics.fmean(others) if others else None)


def worst(points, figure, count=5):
    """[(signed error, point)], the largest first."""
    found = [(error(point.derived[figure].value, point.measured[figure]), point) for point in points
             if figure in point.measured]
    return sorted(found, key=lambda each: -abs(each[0]))[:count]


def groups_of(points):
    """{group of rows: points}, sorted."""
    groups = {}
    for point in points:
        groups.setdefault(point.row.group, []).append(point)
    return dict(sorted(groups.items()))


def goal_of(figure, cards):
    """Of the median error."""
    if figure == "tpot":
        return 0.05 if cards == 1 else 0.08
    return 0.20 if figure == "ttft" else None


def ratios(points, figure):
    """Measured over derived."""
    return [point.measured[figure] / point.derived[figure].value for point in points if figure in point.measured]
