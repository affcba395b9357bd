#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Draws DIR/curves.csv as DIR/curves.png and DIR/curves.svg: a column per metric, a curve per agent.

The upper row is over oracle queries, the lower over policy updates: an agent that labels pairs by itself makes more
updates per query, and a fair look at it needs both. Curves are means over seeds, bands one standard error.
Usage: plot.py DIR [--metrics NAME,...]
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
    from matplotlib.ticker import FuncFormatter
except ImportError as missing:
    sys.exit(f"plot.py: {missing}; install matplotlib (Debian: python3-matplotlib)")

# Okabe and Ito's palette, readable with every common form of colour blindness, darkest contrasts first; line styles
# repeat the distinction for grey print.
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#8C6D1F"]
STYLES = ["-", "--", "-.", (0, (1, 1.2)), (0, (5, 1, 1, 1, 1, 1)), (0, (7, 2))]
SHOWN = ["recommended_win_rate", "reward", "simple_regret", "online_win_rate"]
WORDS = {
    "recommended_win_rate": "win rate of the answer",
    "recommended_win_probability": "win probability of the answer",
    "win_rate": "win rate of a sample",
    "win_probability": "win probability of a sample",
    "greedy_win_rate": "win rate of the likeliest response",
    "online_win_rate": "online win rate, all duels so far",
    "online_win_probability": "online win probability",
    "reward": "reward of a sample",
    "greedy_reward": "reward of the likeliest response",
    "simple_regret": "simple regret of the answer",
    "policy_regret": "regret of a sample",
    "cumulative_regret": "cumulative regret of the duels",
    "kl": "KL(policy || reference), nats",
}


def read(folder):
    """{metric: {agent: [(queries, updates, mean, stderr), ...]}}, in the order of the file."""
    table = {}
    with open(folder / "curves.csv", newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            curve = table.setdefault(row["metric"], {}).setdefault(row["agent"], [])
            curve.append(tuple(float(row[name] or "nan") for name in ("queries", "updates", "mean", "stderr")))
    return table


def plain(value, _):
    """1000 as 1k, 0.01 as 0.01."""
    return f"{value / 1e3:g}k" if abs(value) >= 1e3 else f"{value:g}"


def draw(axes, curves, style, column):
    for agent, curve in curves.items():
        colour, line = style[agent]
        points = [(p[column], p[2], p[3] if math.isfinite(p[3]) else 0.0) for p in curve if math.isfinite(p[2])]
        if column == 1:  # an agent that makes no updates has no place on their axis
            points = [p for i, p in enumerate(points) if i == 0 or p[0] > points[i - 1][0]]
        if len(points) < 2:
            continue
        x = [p[0] for p in points]
        axes.fill_between(x, [p[1] - p[2] for p in points], [p[1] + p[2] for p in points], color=colour, alpha=0.18,
                          linewidth=0)
        axes.plot(x, [p[1] for p in points], color=colour, linestyle=line, linewidth=1.7, label=agent)
    axes.set_xlim(left=0)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(plain))
    axes.grid(True, which="major", color="#dddddd", linewidth=0.7)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path, metavar="DIR")
    parser.add_argument("--metrics", metavar="NAME,...", help="metrics to draw; default: " + ",".join(SHOWN))
    options = parser.parse_args()
    table = read(options.folder)
    record = json.loads((options.folder / "study.json").read_text(encoding="utf-8"))
    metrics = options.metrics.split(",") if options.metrics else [m for m in SHOWN if m in table]
    for metric in metrics:
        if metric not in table:
            sys.exit(f"plot.py: no metric {metric}; there are {', '.join(table)}")
    if not metrics:
        sys.exit("plot.py: nothing to draw")

    agents = list(dict.fromkeys(agent for metric in metrics for agent in table[metric]))
    style = {a: (COLOURS[i % len(COLOURS)], STYLES[(i + i // len(COLOURS)) % len(STYLES)])
             for i, a in enumerate(agents)}
    plt.rcParams.update({"font.size": 10, "svg.hashsalt": "joust", "svg.fonttype": "path", "axes.titlepad": 8,
                         "text.parse_math": False})
    figure, grid = plt.subplots(2, len(metrics), figsize=(max(5.6, 3.7 * len(metrics)), 6.6), squeeze=False)
    for column, metric in enumerate(metrics):
        for row, (index, label) in enumerate(((0, "oracle queries"), (1, "policy updates"))):
            axes = grid[row][column]
            draw(axes, table[metric], style, index)
            axes.set_xlabel(label)
            if row == 0:
                axes.set_title(WORDS.get(metric, metric.replace("_", " ")), fontsize=10.5, fontweight="bold",
                               loc="left")

    handles = {}
    for axes in grid.flat:
        for handle, label in zip(*axes.get_legend_handles_labels()):
            handles.setdefault(label, handle)
    seeds = min((agent["finished_seeds"] for agent in record["agents"]), default=0)
    note = f"problem {record['problem']}, mean of {seeds} seed{'s' if seeds != 1 else ''}, bands of one standard error"
    if not record["complete"]:
        note += " (interrupted)"
    figure.text(0.995, 0.01, note, ha="right", va="bottom", fontsize=8, color="#666666")
    longest = max((len(label) for label in handles), default=1)
    inches = figure.get_figheight()
    per_row = max(1, min(len(handles), int(figure.get_figwidth() / (0.088 * (longest + 9)))))
    rows = -(-len(handles) // per_row) if handles else 0
    if handles:
        figure.legend(handles.values(), handles.keys(), loc="upper center", ncol=per_row, frameon=False,
                      handlelength=2.6)
    figure.tight_layout(rect=(0, 0.16 / inches, 1, 1 - (0.12 + 0.23 * rows) / inches))
    # No date in the files: the same study gives the same bytes.
    figure.savefig(options.folder / "curves.png", dpi=150, metadata={"Software": None})
    figure.savefig(options.folder / "curves.svg", metadata={"Date": None, "Creator": None})


if __name__ == "__main__":
    main()
