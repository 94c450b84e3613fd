"""configs/method_error.yaml: what was measured of the errors of derived figures."""

import math
import pathlib

CONFIDENCE = 0.90
FIGURES = ("decode", "tpot", "ttft", "throughput")
CARDS = (1, 2, 4, 8)


def quantile(values, share):
    """Of a list that is not empty, linear between its ranks."""
    values = sorted(values)
    place = share * (len(values) - 1)
    below = math.floor(place)
    above = min(below + 1, len(values) - 1)
    return values[below] + (place - below) * (values[above] - values[below])


def factors_of(ratios):
    """[low, high] of true over derived, which hold 1."""
    tail = (1 - CONFIDENCE) / 2
    return [min(1.0, quantile(ratios, tail)), max(1.0, quantile(ratios, 1 - tail))]


def beside(total, own):
    """The factor that, joined in quadrature of logarithms with `own`, makes `total`."""
    return math.exp(math.sqrt(max(0.0, math.log(total) ** 2 - math.log(own) ** 2)))


def engine_factors(rows):
    """[low, high] that an engine adds to the intervals of its ops. `rows`: (measured, derived, low, high), the interval
    without such factors. One in twenty rows then lies below its interval, and one in twenty above."""
    below, above = [], []
    for measured, derived, low, high in rows:
        ratio = measured / derived
        below.append(beside(1 / ratio, derived / low) if ratio < 1 else 1.0)
        above.append(beside(ratio, high / derived) if ratio > 1 else 1.0)
    tail = (1 - CONFIDENCE) / 2
    return [1 / quantile(below, 1 - tail), quantile(above, 1 - tail)]


def pair(factors):
    return f"[{factors[0]:.3f}, {factors[1]:.3f}]"


def figures_text(errors):
    return "{" + ", ".join(f"{figure}: {pair(errors[figure])}" for figure in FIGURES) + "}"


def section_of_ops(ops):
    """{family: {origin: [low, high] or {axis: [low, high]}}} as YAML."""
    lines = []
    for family, errors in ops.items():
        lines.append(f"  {family}:")
        for origin, factors in errors.items():
            text = pair(factors) if isinstance(factors, list) else \
                "{" + ", ".join(f"{axis}: {pair(each)}" for axis, each in factors.items()) + "}"
            lines.append(f"    {origin}: {text}")
    return lines


def section_of_engine(engine):
    """{cards: {figure: [low, high]}} as YAML."""
    return [f"  {cards}: {figures_text(engine[cards])}" for cards in CARDS]


def section_between(between):
    return [f"  {figure}: {pair(between[figure])}" for figure in FIGURES]


def rewrite(path, sections):
    """Replaces the lines below `name:` for each name of `sections`; comments above a name stay."""
    old, new, name = pathlib.Path(path).read_text(encoding="utf-8").splitlines(), [], None
    for line in old:
        if line and not line.startswith(" "):
            name = line.split(":")[0] if not line.startswith("#") else None
            new.append(line)
            if name in sections:
                new.extend(sections[name])
        elif name not in sections or not line:
            new.append(line)
    pathlib.Path(path).write_text("\n".join(new) + "\n", encoding="utf-8")
