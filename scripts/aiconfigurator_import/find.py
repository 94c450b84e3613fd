"""Which files hold the tables of one backend and version."""

import dataclasses
import pathlib

from aiconfigurator_import.systems import folders_of, reused_tables, version_order
from result_file import WrongInput

NCCL = "nccl_perf"  # by NCCL's version in a folder of its own: no backend made it
SCALES = "computescale_perf"  # what the quantisation of an FP8 GEMM's input takes longer with scales of each input
OF_A_BACKEND = ("gemm_perf", "generation_attention_perf", "context_attention_perf", "custom_allreduce_perf")
SUFFIXES = (".parquet", ".csv", ".txt")


@dataclasses.dataclass(frozen=True)
class Found:
    """A table's file, whose version it is, and why that is not the version asked for."""
    name: str
    version: str
    why: str = ""


@dataclasses.dataclass(frozen=True)
class Tables:
    backend: str
    version: str
    found: dict  # {table: Found}
    missing: list  # tables that no version up to this one has
    unread: list  # names of this version's other tables: no op of gpugauge


def is_table(name):
    path = pathlib.PurePosixPath(name)
    return path.stem.endswith("_perf") and path.suffix in SUFFIXES


def is_named(name, table):
    return is_table(name) and pathlib.PurePosixPath(name).stem == table


def choose(systems, system, folders, backend, version):
    """The backend and the version, where the wish leaves one choice only."""
    if (backend, version) in folders:
        return backend, version
    mine = {key: names for key, names in folders.items() if backend in (None, key[0]) and version in (None, key[1])}
    with_gemm = {key for key, names in mine.items()
                 if any(is_named(name, "gemm_perf") or name.endswith("/gemm/" + "/".join(key) + "/reuse.yaml")
                        for name in names)}
    choices = sorted(with_gemm or {key for key, names in mine.items() if any(map(is_table, names))})
    if len(choices) == 1:
        return choices[0]
    where = systems.where(f"data/{system}")
    if choices:
        raise WrongInput(f"{where}: several gemm_perf: {', '.join(map(' '.join, choices))}: "
                         "choose with --backend and --version")
    there = ", ".join(" ".join(key) for key in sorted(folders)) or "none"
    raise WrongInput(f"{where}: no table of backend {backend or 'any'}, version {version or 'any'}; there are: {there}")


def of_version(systems, folders, backend, version, table):
    """Its own file, one that its reuse.yaml names, or the newest that is older: as aiconfigurator itself looks."""
    def own(of):
        return next((name for name in folders.get((backend, of), ()) if is_named(name, table)), None)

    name = own(version)
    if name:
        return Found(name, version)
    for reuse in (name for name in folders[backend, version] if name.endswith("/reuse.yaml")):
        source = reused_tables(systems.text(reuse)).get(table)
        if source:
            if not own(source):
                raise WrongInput(f"{systems.where(reuse)}: {table}: from_version {source} has no such table")
            return Found(own(source), source, "by reuse.yaml")
    older = [of for made_by, of in folders
             if made_by == backend and version_order(of) < version_order(version) and own(of)]
    if not older:
        return None
    newest = max(older, key=version_order)
    return Found(own(newest), newest, f"{version} has none")


def find_tables(systems, system, backend, version, more=()):
    """`more`: names of tables of the backend that are wanted beside those with ops."""
    names = systems.under(f"data/{system}")
    if not names:
        raise WrongInput(f"{systems.where(f'data/{system}')}: no such folder, or nothing in it")
    everything = folders_of(names)
    folders = {key: files for key, files in everything.items() if key[0] != "nccl"}
    backend, version = choose(systems, system, folders, backend, version)
    found, missing = {}, []
    for table in (*OF_A_BACKEND, *more):
        one = of_version(systems, folders, backend, version, table)
        if one:
            found[table] = one
        else:
            missing.append(table)
    collectives = [(key[1], name) for key, files in everything.items() for name in files if is_named(name, NCCL)
                   and key[0] == "nccl"]
    if collectives:
        newest, name = max(collectives, key=lambda each: version_order(each[0]))
        found[NCCL] = Found(name, newest)
    else:
        missing.append(NCCL)
    read = {one.name for one in found.values()}
    unread = [name for name in folders[backend, version] if is_table(name) and name not in read]
    return Tables(backend, version, found, missing, unread)


def complete_versions(systems, system, backend):
    """The versions with GEMMs and attention of their own, or by their reuse.yaml."""
    folders = folders_of(systems.under(f"data/{system}"))
    needed = ("gemm_perf", "generation_attention_perf", "context_attention_perf")

    def has(version, table):
        found = of_version(systems, folders, backend, version, table)
        return found is not None and found.why in ("", "by reuse.yaml")

    return [version for made_by, version in sorted(folders) if made_by == backend and
            all(has(version, table) for table in needed)]
