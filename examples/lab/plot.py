#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Draws DIR/regret.csv as DIR/regret.png and DIR/regret.svg: one panel per environment, one curve per agent.

Curves are means over replications, bands are 95 % confidence intervals of the mean (1.96 standard errors). Where
DIR/lower_bound.csv has a constant c for the regret shown, the line c ln T below which no algorithm stays for ever is
drawn as well.
Usage: plot.py DIR [--regret KIND]
"""
import argparse
import csv
import json
import math
import pathlib
import sys

try:
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter
except ImportError as missing:
    sys.exit(f"plot.py: {missing}; install matplotlib (Debian: python3-matplotlib)")

# Okabe and Ito's palette, readable with every common form of colour blindness, darkest contrasts first; line styles
# repeat the distinction for grey print.
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#8C6D1F"]
STYLES = ["-", "--", "-.", (0, (1, 1.2)), (0, (5, 1, 1, 1, 1, 1)), (0, (7, 2)), "-", "--"]
PREFERRED = ["utility", "average", "copeland", "borda", "preference"]  # the first that an environment knows
BOUND = "lower bound c ln T (asymptotic)"
UNITS = {
    "average": "cumulative average regret",
    "strong": "cumulative strong regret",
    "weak": "cumulative weak regret",
    "strong_binary": "rounds without two best arms",
    "weak_binary": "rounds without a best arm",
    "copeland": "cumulative Copeland regret",
    "borda": "cumulative Borda regret",
    "von_neumann": "cumulative von Neumann regret",
    "utility": "cumulative utility regret",
    "utility_weak": "cumulative weak utility regret",
    "preference": "cumulative preference regret",
    "simple": "simple regret of the recommendation",
}


def read(folder):
    """{environment: {kind: {agent: [(round, mean, stderr), ...]}}}, in the order of the file."""
    table = {}
    with open(folder / "regret.csv", newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            curve = table.setdefault(row["environment"], {}).setdefault(row["regret"], {}).setdefault(row["agent"], [])
            curve.append((int(row["round"]), float(row["mean"]), float(row["stderr"])))
    return table


def read_bounds(folder):
    """{(environment, kind): c}; empty if the study has no problem with a bound."""
    try:
        with open(folder / "lower_bound.csv", newline="", encoding="utf-8") as file:
            return {(row["environment"], row["regret"]): float(row["best_opponent"]) for row in csv.DictReader(file)}
    except FileNotFoundError:
        return {}


def plain(value, _):
    """1000 as 1k, 0.01 as 0.01: shorter than powers of ten at README width."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"


def wants_logarithms(kind, curves):
    """Logarithmic axes show rates: worth it where the horizon spans decades or the agents differ by a large factor."""
    finals = [curve[-1][1] for curve in curves.values() if curve[-1][1] > 0]
    horizon = max(curve[-1][0] for curve in curves.values())
    far_apart = len(finals) > 1 and max(finals) > 8 * min(finals)
    return bool(finals) and horizon >= 1000 and (kind == "simple" or horizon >= 20000 or far_apart)


def draw(axes, name, kind, curves, style, logarithmic, bound):
    horizon = max(curve[-1][0] for curve in curves.values())
    # The first decades of a long run are alike for all agents; the last ones tell them apart.
    start = max(10, 10 ** math.floor(math.log10(horizon) - 2.2)) if logarithmic else 0
    shown = []
    highest = 0.0
    for agent, curve in curves.items():
        colour, line = style[agent]
        points = [p for p in curve if p[0] >= start and (not logarithmic or p[1] > 0)]
        if not points:
            continue
        rounds = [p[0] for p in points]
        means = [p[1] for p in points]
        half = [1.96 * p[2] if math.isfinite(p[2]) else 0.0 for p in points]
        low = [m - h for m, h in zip(means, half)]
        if logarithmic:
            low = [max(l, m / 20) for l, m in zip(low, means)]
        axes.fill_between(rounds, low, [m + h for m, h in zip(means, half)], color=colour, alpha=0.18, linewidth=0)
        axes.plot(rounds, means, color=colour, linestyle=line, linewidth=1.9, label=agent)
        shown += means
        highest = max(highest, *(m + h for m, h in zip(means, half)))
    if bound:
        first = max(start, 2)
        rounds = [first * (horizon / first) ** (i / 100) for i in range(101)] if horizon > first else []
        axes.plot(rounds, [bound * math.log(t) for t in rounds], color="#777777", linewidth=1.0, zorder=1.5,
                  label=BOUND)
        shown += [bound * math.log(t) for t in rounds]
    if logarithmic and shown:
        axes.set_xscale("log")
        axes.set_yscale("log")
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(LogLocator(base=10, numticks=8))
            axis.set_minor_formatter(NullFormatter())
        axes.set_xlim(start, horizon)
        axes.set_ylim(bottom=max(0.8 * min(shown), max(shown) / 3e4))
    else:
        axes.set_xlim(0, horizon)
        # A short run is far below its asymptote, which then leaves the picture instead of flattening the curves.
        axes.set_ylim(0, 1.06 * highest if bound and highest > 0 else None)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(plain))
    title = name if len(name) <= 48 else name[:47] + "…"
    axes.set_title(title, fontsize=min(10.5, 10.5 * 32 / len(title)), fontweight="bold", loc="left")
    axes.set_xlabel("round")
    axes.set_ylabel(UNITS.get(kind, kind))
    axes.grid(True, which="major", color="#dddddd", linewidth=0.7)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def columns_that_fit(labels, inches):
    """The number of columns of a legend of that width; a column is as wide as its longest label, and columns are filled
    one after the other."""
    for count in range(len(labels), 1, -1):
        short, longer = divmod(len(labels), count)
        lengths, begin = [], 0
        for column in range(count):
            end = begin + short + (column < longer)
            lengths.append(max(map(len, labels[begin:end])))
            begin = end
        if sum(length + 9 for length in lengths) <= inches / 0.088:  # 9: the line and the space around it
            return count
    return 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path, metavar="DIR")
    parser.add_argument("--regret", metavar="KIND", help="kind of regret to draw; default: " + ", ".join(PREFERRED))
    options = parser.parse_args()
    table = read(options.folder)
    bounds = read_bounds(options.folder)
    record = json.loads((options.folder / "study.json").read_text(encoding="utf-8"))

    panels = []
    for name, kinds in table.items():
        wanted = [options.regret] if options.regret else PREFERRED
        kind = next((k for k in wanted if k in kinds), None)
        if kind:
            panels.append((name, kind, kinds[kind]))
    if not panels:
        sys.exit("plot.py: no environment of this study knows " + (options.regret or "any cumulative regret"))

    agents = list(dict.fromkeys(agent for _, _, curves in panels for agent in curves))
    style = {a: (COLOURS[i % len(COLOURS)], STYLES[i % len(STYLES)]) for i, a in enumerate(agents)}

    plt.rcParams.update({"font.size": 10, "svg.hashsalt": "joust", "svg.fonttype": "path", "axes.titlepad": 8,
                         "text.parse_math": False})  # a name may hold dollar signs
    columns = 2 if len(panels) == 4 else min(3, len(panels))
    rows = -(-len(panels) // columns)
    figure, grid = plt.subplots(rows, columns, figsize=(max(5.6, 3.9 * columns), 3.5 * rows + 0.7), squeeze=False)
    logarithmic = any(wants_logarithms(kind, curves) for _, kind, curves in panels)  # one kind of axes for all panels
    for axes, panel in zip(grid.flat, panels):
        draw(axes, *panel, style, logarithmic, bounds.get(panel[:2]))
    for axes in list(grid.flat)[len(panels):]:
        axes.set_visible(False)

    handles = {}
    for axes in grid.flat:
        for handle, label in zip(*axes.get_legend_handles_labels()):
            handles.setdefault(label, handle)
    finished = min((n for e in record["environments"] for n in e["finished_replications"]), default=0)
    note = f"mean of {finished} replications, 95 % confidence bands"
    if not record["complete"]:
        note += " (interrupted)"
    figure.text(0.995, 0.012, note, ha="right", va="bottom", fontsize=8, color="#666666")
    if BOUND in handles:
        handles[BOUND] = handles.pop(BOUND)  # last
    per_row = columns_that_fit(list(handles), figure.get_figwidth())
    legend_rows = -(-len(handles) // per_row)
    inches = figure.get_figheight()
    figure.legend(handles.values(), handles.keys(), loc="upper center", ncol=per_row, frameon=False, handlelength=2.6)
    figure.tight_layout(rect=(0, 0.16 / inches, 1, 1 - (0.12 + 0.23 * legend_rows) / inches))
    # No date in the files: the same study gives the same bytes.
    figure.savefig(options.folder / "regret.png", dpi=150, metadata={"Software": None})
    figure.savefig(options.folder / "regret.svg", metadata={"Date": None, "Creator": None})


if __name__ == "__main__":
    main()
