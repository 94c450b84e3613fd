"""The sections `engine` and `between_cards` of configs/method_error.yaml, fitted on rows of H100 only."""

import contextlib
import itertools
import math
import pathlib
import shutil
import tempfile

from result_file import WrongInput
from truth.errors import error
from truth.method_error import (CARDS, FIGURES, engine_factors, factors_of, rewrite, section_between,
                                section_of_engine)
from truth.rows import FITTED_SYSTEM

DECODE_AS = "tpot"  # of these rows TPOT is mostly the decode step, which no row states alone
NONE = dict.fromkeys(FIGURES, [1.0, 1.0])


def measured_as(figure):
    return DECODE_AS if figure == "decode" else figure


@contextlib.contextmanager
def without_engine_errors(configs, file):
    """A copy of configs/ whose intervals are those of the ops alone: what `engine` adds is fitted beside them."""
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder) / "configs"
        shutil.copytree(configs, copy)
        rewrite(copy / file.name, {"engine": section_of_engine(dict.fromkeys(CARDS, NONE)),
                                   "between_cards": section_between(NONE)})
        yield copy


def engine_of(points):
    """{cards: {figure: [low, high]}}"""
    factors = {}
    for cards in CARDS:
        mine = [point for point in points if point.row.is_fitted and point.row.tp == cards]
        if not mine:
            raise WrongInput(f"no usable row of {FITTED_SYSTEM} on {cards} card{'s' if cards > 1 else ''}: nothing to fit")
        factors[cards] = {}
        for figure in FIGURES:
            name = measured_as(figure)
            rows = [(point.measured[name], point.derived[name].value, point.derived[name].low, point.derived[name].high)
                    for point in mine]
            factors[cards][figure] = engine_factors(rows)
    return factors


def between_of(points):
    """{figure: [low, high]} of the ratio of two derived figures with the same error of the method.

    Two cards cannot be had from one: two numbers of the same card stand for them. Of rows that differ in nothing but
    TP, and of no other, the error that both share is the engine's, the model's, the batch's and the lengths'.
    """
    alike = {}
    for point in points:
        row = point.row
        if row.is_fitted:
            alike.setdefault((row.backend, row.version, row.model, row.precision, row.isl, row.osl, row.batch),
                             []).append(point)
    between = {}
    for figure in FIGURES:
        name = measured_as(figure)
        logs = [math.log((1 + error(a.derived[name].value, a.measured[name])) /
                         (1 + error(b.derived[name].value, b.measured[name])))
                for group in alike.values() for a, b in itertools.combinations(group, 2)
                if max(a.row.tp, b.row.tp) == 2 * min(a.row.tp, b.row.tp)]
        between[figure] = factors_of([math.exp(sign * value) for value in logs for sign in (1, -1)])
    return between


def write(path, points):
    rewrite(path, {"engine": section_of_engine(engine_of(points)), "between_cards": section_between(between_of(points))})
