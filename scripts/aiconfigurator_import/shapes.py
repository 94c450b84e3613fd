"""What the shipped models need of the tables: the GEMMs next to their linears' shapes, the heads of their attention."""

import bisect
import pathlib

from command_line import nearest
from result_file import WrongInput

CARDS = (1, 2, 4, 8)
MODELS = pathlib.Path(__file__).resolve().parents[2] / "configs" / "models"


def model_path(text):
    """Of a config: a file, or the name of one in configs/models."""
    path, named = pathlib.Path(text), MODELS / f"{text}.yaml"
    if path.exists() or path.parent != pathlib.Path():
        return path
    if not named.exists():
        known = sorted(file.stem for file in MODELS.glob("*.yaml"))
        raise WrongInput(f"{text}: neither a file nor a model of configs/models{nearest(text.lower(), known) or ';'} "
                         f"models here: {', '.join(known)}")
    return named


def settings_of(path):
    """The `name: value` lines of a config of configs/models that are not indented."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise WrongInput(f"{path}: {getattr(error, 'strerror', None) or error}") from error
    pairs = (line.split("#", 1)[0].partition(":") for line in lines if line[:1].isalpha())
    return {key.strip(): value.strip() for key, _, value in pairs}


def model_of(path):
    settings = settings_of(path)
    names = ("hidden_size", "intermediate_size", "num_attention_heads", "num_key_value_heads", "head_dim", "vocab_size")
    try:
        return [int(settings.get(name, "nothing")) for name in names]
    except ValueError as error:
        raise WrongInput(f"{path}: {error}: expected a config of configs/models") from error


def shapes_of(paths):
    """({(n, k)} of the linears, {(heads, kv_heads, head_dim)}) on 1, 2, 4 and 8 cards, where the heads divide."""
    linears, heads = set(), set()
    for path in paths:
        hidden, mlp, query, kv, head, vocab = model_of(path)
        for cards in CARDS:
            if query % cards or mlp % cards:
                continue
            h, kv_heads, width = query // cards, max(kv // cards, 1), mlp // cards
            heads.add((h, kv_heads, head))
            linears |= {((h + 2 * kv_heads) * head, hidden), (hidden, h * head), (2 * width, hidden), (hidden, width),
                        (-(-vocab // cards), hidden)}
    return linears, heads


def around(values, wanted):
    """Of sorted values the one wanted, else the two around it; outside them the last two."""
    at = bisect.bisect_left(values, wanted)
    if at < len(values) and values[at] == wanted:
        return [wanted]
    if at in (0, len(values)):
        return values[:2] if at == 0 else values[-2:]
    return values[at - 1:at + 1]


def next_to(linears, grid):
    """The (n, k) of a table's grid between which each of the linears lies: first along k, as OpTimes looks."""
    ns = {}
    for n, k in grid:
        ns.setdefault(k, []).append(n)
    for column in ns.values():
        column.sort()
    ks = sorted(ns)
    if not ks:
        return set()
    return {(near_n, near_k) for n, k in linears for near_k in around(ks, k) for near_n in around(ns[near_k], n)}
