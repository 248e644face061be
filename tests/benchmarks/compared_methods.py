"""What several runs of `compare` say of each method, as a table with the spread over seeds.

    python -m tests.benchmarks.compared_methods FOLDER...

Each FOLDER is the output of one `compare` with ``oracle`` among its methods; they differ in the
seed. For each attribute a method's best direction counts; shares are those of the oracle's.
"""

import csv
import json
import sys
from pathlib import Path

import numpy as np

from latentstudio.cli.printing import say

SHARE = 0.8
IDENTITY = "identity"
TITLES = ("mean correlation", "mean selectivity", "attributes ≥ 0.8 of the oracle's", "both")


def method_of(id):
    """``auto-picture-ica-3`` is of the search, ``dp-lase-3`` of DP-LaSE."""
    return "auto" if id.startswith("auto-") else id.rpartition("-")[0]


def read(folder):
    """Sizes of correlation and selectivity, (K, A) each, by method."""
    ranking = json.loads((folder / "ranking.json").read_text())
    names = [one["name"] for one in ranking["attributes"] if one["name"] != IDENTITY]
    tables = {}
    for one in ranking["directions"]:
        rows = tables.setdefault(method_of(one["id"]), ([], []))
        for row, key in zip(rows, ("correlation", "selectivity"), strict=True):
            row.append([abs(one[key][name]) for name in names])
    return {method: tuple(map(np.array, rows)) for method, rows in tables.items()}


def figures(found, oracle):
    """The four figures of one method in one run, in the order of `TITLES`."""
    (correlation, selectivity), ceiling = found, [one.max(0) for one in oracle]
    enough = correlation >= SHARE * ceiling[0]
    both = enough & (selectivity >= SHARE * ceiling[1])
    return (
        correlation.max(0).mean(),
        selectivity.max(0).mean(),
        int(enough.any(0).sum()),
        int(both.any(0).sum()),
    )


def spread(values, digits):
    """Mean and, of several, standard deviation."""
    mean = f"{np.mean(values):.{digits}f}"
    return mean if len(values) < 2 else f"{mean} ± {np.std(values, ddof=1):.{digits}f}"


def measures(folders):
    """Cells of ``measures.csv`` by title of the method, each a list over runs."""
    found, titles = {}, []
    for folder in folders:
        path = folder / "measures.csv"
        if not path.is_file():
            continue
        titles, *rows = list(csv.reader(path.read_text().splitlines()))
        for title, *cells in rows:
            values = found.setdefault(title, [[] for _ in cells])
            for value, cell in zip(values, cells, strict=False):
                value.extend([float(cell)] if cell else [])
    return titles, found


def main(*texts):
    folders = [Path(text) for text in texts]
    runs = [read(folder) for folder in folders]
    say(f"| method | directions | {' | '.join(TITLES)} |")
    say("|---" * (len(TITLES) + 2) + "|")
    for method, (correlation, _) in runs[0].items():
        rows = list(zip(*(figures(run[method], run["oracle"]) for run in runs), strict=True))
        cells = [spread(row, digits) for row, digits in zip(rows, (2, 2, 1, 1), strict=True)]
        say(f"| {method} | {len(correlation)} | {' | '.join(cells)} |")
    titles, found = measures(folders)
    if found:
        say("")
        say(f"| {' | '.join(titles)} |")
        say("|---" * len(titles) + "|")
        for title, values in found.items():
            say(f"| {title} | {' | '.join(spread(v, 3) if v else '' for v in values)} |")


if __name__ == "__main__":
    main(*sys.argv[1:])
