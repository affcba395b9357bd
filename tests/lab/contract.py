#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The promises of joust-lab's command line, tried on the program itself: commands, files, columns, exit codes.

Usage: contract.py PATH-TO-JOUST-LAB        (standard library only)
"""
import csv
import json
import os
import pathlib
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest

LAB = ""
COLUMNS = "environment,agent,regret,round,mean,stderr,q05,q50,q95,replications"
AGENTS = ["uniform", "greedy", "rucb", "rmed1", "dts", "sea-ee", "sea-bai"]
ARMS = """interleaved-filter beat-the-mean savage doubler multisbm sparring rucb rcs mergerucb rmed1 rmed2 rmed2fh ccb scb ecw-rmed
    dts dts+ mergedts self-sparring kernel-self-sparring winner-stays-weak winner-stays-strong versatile rex3 d-exp3 borda-ucb
    pcomp scomp c2b certified-rucb certified-uniform knockout seq-eliminate opt-max active-ranking plpac explore-verify""".split()
FEATURES = ["dbgd", "sparring-exp4"]
ENVIRONMENTS = ["arxiv6", "cyclic4", "arithmetic8", "rps3", "rps5", "baseball1987", "matrix", "duels", "preflib", "linear"]


def lab(*words, **more):
    return subprocess.run([LAB, *map(str, words)], capture_output=True, text=True, timeout=120, **more)


def rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


class Contract(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="joust-lab-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.out = self.folder / "out"

    def run_lab(self, *words, picture=False):
        """A small study; words may repeat or override nothing: they are added."""
        fixed = ["--horizon", 200, "--replications", 3, "--seed", 1, "--out", self.out]
        return lab("run", *words, *fixed, *([] if picture else ["--no-picture"]))

    def refused(self, result, *words):
        """Exit code 2 and one clear line that holds the words."""
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertEqual(len(result.stderr.strip().splitlines()), 1, result.stderr)
        for word in words:
            self.assertIn(word, result.stderr)
        self.assertEqual(result.stdout, "")

    def test_list_names_everything(self):
        text = lab("list")
        self.assertEqual(text.returncode, 0)
        told = json.loads(lab("list", "--json").stdout)
        for kind, names in (("environments", ENVIRONMENTS), ("agents", AGENTS + ARMS + FEATURES)):
            listed = {entry["name"]: entry for entry in told[kind]}
            for name in names:
                self.assertIn(name, listed)
                self.assertIn(name, text.stdout)
                self.assertTrue(listed[name]["description"])
                for parameter in listed[name]["parameters"]:
                    self.assertEqual(set(parameter), {"name", "default", "meaning"})

    def test_every_agent_runs_wherever_its_arms_are_fixed(self):
        """Sure and fair outcomes, ties all over, two arms, fewer rounds than pairs, delay; and every default is typable."""
        told = {entry["name"]: entry for entry in json.loads(lab("list", "--json").stdout)["agents"]}
        typed = []
        for name in ARMS:
            values = [p["name"] + "=" + p["default"] for p in told[name]["parameters"] if p["default"] is not None]
            typed.append(name + (":" + ",".join(values) if values else ""))
        sure, even, pair = (self.folder / name for name in ("sure.csv", "even.csv", "pair.csv"))
        sure.write_text("0.5,1,1\n0,0.5,1\n0,0,0.5\n")
        even.write_text("0.5,0.5,0.5\n0.5,0.5,0.5\n0.5,0.5,0.5\n")
        pair.write_text("0.5,0.7\n0.3,0.5\n")
        places = ["rps5", *(f"matrix:file={file}" for file in (sure, even, pair)), "utility:shape=one-good,arms=40"]
        words = [w for place in places for w in ("--environment", place)]
        for horizon, more in ((1, ()), (7, ()), (300, ()), (300, ("--delay", 40))):
            result = lab("run", *words, *[w for a in ARMS + FEATURES for w in ("--agent", a)], "--horizon", horizon,
                         "--replications", 2, "--seed", 3, "--out", self.out, "--no-picture", *more)
            self.assertEqual(result.returncode, 0, result.stderr)
            table = rows(self.out / "regret.csv")
            self.assertEqual({r["agent"] for r in table}, {*ARMS, *FEATURES})
            for row in table:
                self.assertGreaterEqual(float(row["mean"]), -1e-9, row)
        plain, spelled = self.out / "plain", self.out / "spelled"
        for names, out in ((ARMS, plain), (typed, spelled)):
            result = lab("run", "--environment", "arxiv6", *[w for a in names for w in ("--agent", a)], "--horizon", 200,
                         "--replications", 2, "--seed", 3, "--out", out, "--no-picture")
            self.assertEqual(result.returncode, 0, result.stderr)
        values = lambda out: [r["mean"] for r in rows(out / "regret.csv")]
        self.assertEqual(values(plain), values(spelled))

    def test_agents_of_fixed_arms_refuse_changing_candidates(self):
        for name in ARMS:
            self.refused(self.run_lab("--environment", "contextual", "--agent", name), "same arms every round")

    def test_run_writes_the_promised_files(self):
        agents = AGENTS + ["rucb:alpha=0.6", "posterior=linear-logistic,rule=largest-variance"]
        result = self.run_lab("--environment", "arxiv6", "--environment", "linear:dimension=3,arms=8",
                              *[w for a in agents for w in ("--agent", a)], "--checkpoints", 7)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("seed 1", result.stdout)
        self.assertEqual(result.stderr, "")  # no progress bar, no chatter when nobody watches
        lines = (self.out / "regret.csv").read_text().splitlines()
        self.assertEqual(lines[0], COLUMNS)
        table = rows(self.out / "regret.csv")
        self.assertEqual({r["environment"] for r in table}, {"arxiv6", "linear:dimension=3,arms=8"})
        self.assertEqual({r["agent"] for r in table}, set(agents))
        known = {r["regret"] for r in table if r["environment"] == "arxiv6"}
        self.assertEqual(known, {"average", "strong", "weak", "strong_binary", "weak_binary", "copeland", "borda",
                                 "von_neumann", "simple"})
        known = {r["regret"] for r in table if r["environment"] != "arxiv6"}
        self.assertTrue({"average", "utility", "utility_weak", "preference", "simple"} <= known)
        last = [r for r in table if r["agent"] == "uniform" and r["regret"] == "average" and r["round"] == "200"]
        self.assertEqual(len(last), 2)
        for row in table:
            self.assertEqual(row["replications"], "3")
            self.assertLessEqual(float(row["q05"]), float(row["q50"]))
            self.assertLessEqual(float(row["q50"]), float(row["q95"]))
            self.assertGreaterEqual(float(row["stderr"]), 0.0)
        timing = rows(self.out / "timing.csv")
        self.assertEqual(list(timing[0]), ["environment", "agent", "rounds_per_second"])
        self.assertEqual(len(timing), 2 * len(agents))
        self.assertTrue(all(float(r["rounds_per_second"]) > 100 for r in timing))
        study = json.loads((self.out / "study.json").read_text())
        self.assertEqual(study["seed"], 1)
        self.assertTrue(study["complete"])
        self.assertEqual(study["agents"], agents)
        self.assertIn("--horizon", study["command"])
        with open(self.out / "regret.npy", "rb") as file:
            self.assertEqual(file.read(6), b"\x93NUMPY")
            file.read(2)
            header = file.read(struct.unpack("<H", file.read(2))[0]).decode()
        shape = f"(2, {len(study['regrets'])}, {len(agents)}, 3, {len(study['rounds'])})"
        self.assertIn(shape.replace(" ", ""), header.replace(" ", "").replace(",)", ")"))

    def test_the_lower_bound_is_there_for_problems_that_stay_the_same(self):
        result = self.run_lab("--environment", "arxiv6", "--environment", "cyclic4", "--environment", "rps3",
                              "--environment", "hard-condorcet", "--agent", "uniform")
        self.assertEqual(result.returncode, 0, result.stderr)
        table = rows(self.out / "lower_bound.csv")
        self.assertEqual(list(table[0]), ["environment", "regret", "winner_as_opponent", "best_opponent"])
        self.assertEqual([(r["environment"], r["regret"]) for r in table], [("arxiv6", "average"), ("cyclic4", "average")])
        self.assertAlmostEqual(float(table[0]["best_opponent"]), 20.73, places=2)
        self.assertAlmostEqual(float(table[1]["winner_as_opponent"]), 7.45, places=2)
        self.assertAlmostEqual(float(table[1]["best_opponent"]), 0.8151, places=4)
        self.assertEqual(self.run_lab("--environment", "rps3", "--agent", "uniform").returncode, 0)
        self.assertFalse((self.out / "lower_bound.csv").exists())  # none of an earlier study stays

    def test_late_answers(self):
        columns = {}
        for delay in (0, 50, 200):
            result = self.run_lab("--environment", "arxiv6", "--environment", "contextual", "--agent", "uniform",
                                  "--agent", "sea-ee", "--delay", delay)
            self.assertEqual(result.returncode, 0, result.stderr)
            columns[delay] = {(r["environment"], r["agent"], r["regret"]): float(r["mean"])
                              for r in rows(self.out / "regret.csv") if r["round"] == "200"}
            self.assertEqual(json.loads((self.out / "study.json").read_text()).get("delay", 0), delay)
        for name, kind in (("arxiv6", "average"), ("contextual", "utility")):
            uniform = [columns[d][name, "uniform", kind] for d in columns]
            self.assertEqual(uniform, [uniform[0]] * 3)  # chooses the same whatever it is told
            # An agent that learns pays for what it learns late.
            self.assertLess(columns[0][name, "sea-ee", kind], columns[200][name, "sea-ee", kind])
        self.refused(self.run_lab("--environment", "arxiv6", "--agent", "uniform", "--delay", "-1"), "-1")

    def test_runs_that_stop(self):
        easy = self.folder / "easy.csv"
        easy.write_text("0.5,0.2,0.8\n0.8,0.5,0.9\n0.2,0.1,0.5\n")
        words = ["run", "--environment", f"matrix:file={easy}", "--environment", "rps3", "--agent", "uniform", "--agent",
                 "dts", "--horizon", 3000, "--replications", 20, "--seed", 1, "--out", self.out, "--no-picture"]
        result = lab(*words, "--stop", "confidence=0.9")
        self.assertEqual(result.returncode, 0, result.stderr)
        table = rows(self.out / "identification.csv")
        self.assertEqual(",".join(table[0]), "environment,agent,replication,stopped,arm,winner,confidence,tolerance,"
                                             "comparisons,rounds,correct")
        self.assertEqual(len(table), 2 * 2 * 20)
        asked = []
        for row in table:
            self.assertLessEqual(int(row["comparisons"]), int(row["rounds"]))
            if row["environment"] == "rps3" or row["agent"] == "dts":
                continue
            self.assertEqual((row["stopped"], row["winner"], row["confidence"], row["tolerance"]),
                             ("1", "condorcet", "0.9", "0"))
            self.assertEqual(row["correct"], "1" if row["arm"] == "1" else "0")
            self.assertLess(int(row["rounds"]), 3000)
            asked.append(int(row["comparisons"]))
        cycle = [r for r in table if r["environment"] == "rps3"]
        for row in cycle:  # nobody wins; a claim would be wrong, and is promised to be rare
            self.assertEqual(row["correct"], "0" if row["stopped"] == "1" else "")
            if row["stopped"] == "0":
                self.assertEqual((row["arm"], row["winner"], row["confidence"], row["rounds"]), ("", "", "", "3000"))
        # Promised: at most 0.1 of 80 runs; 4.5 standard deviations above are 20.
        self.assertLess(sum(r["correct"] == "0" for r in table), 20)
        for word in ("stopped", "promised", "<= 0.1", "1 (20/20)"):
            self.assertIn(word, result.stdout)
        study = json.loads((self.out / "study.json").read_text())
        self.assertEqual(study["confidence"], 0.9)
        spent = [r for r in rows(self.out / "comparisons.csv") if r["agent"] == "uniform"
                 and r["environment"] != "rps3" and r["round"] == "3000"]
        self.assertAlmostEqual(float(spent[0]["mean"]), sum(asked) / len(asked))

        first = (self.out / "identification.csv").read_bytes()
        self.assertEqual(lab(*words, "--stop", "confidence=0.9", "--threads", 3).returncode, 0)
        self.assertEqual(first, (self.out / "identification.csv").read_bytes())
        self.assertEqual(lab(*words).returncode, 0)
        self.assertFalse((self.out / "identification.csv").exists())

    def test_stopping_is_refused_where_it_makes_no_sense(self):
        go = ["--environment", "arxiv6", "--agent", "uniform"]
        for wrong in ("0.95", "confidence=", "confidence=1", "confidence=0", "confidence=nan", "confidence=0.9x", "soon"):
            self.refused(self.run_lab(*go, "--stop", wrong), "--stop", "confidence=0.95")
        self.refused(self.run_lab("--environment", "contextual", "--agent", "uniform", "--stop", "confidence=0.9"),
                     "contextual", "candidates change")
        self.assertFalse((self.out / "regret.csv").exists())

    def test_any_number_of_threads_gives_the_same_bytes(self):
        produced = []
        for threads in (1, 2, 5):
            self.out = self.folder / str(threads)
            result = self.run_lab("--environment", "cyclic4", "--environment", "contextual", "--agent", "sea-bai",
                                  "--agent", "uniform", "--threads", threads)
            self.assertEqual(result.returncode, 0, result.stderr)
            produced.append([(self.out / name).read_bytes() for name in ("regret.csv", "comparisons.csv", "regret.npy")])
        self.assertEqual(produced[0], produced[1])
        self.assertEqual(produced[0], produced[2])

    def test_a_study_on_a_device_is_the_same_study(self):
        agents = ["uniform", "rucb", "rucb:alpha=0.3", "winner-stays-weak", "winner-stays-strong"]
        same_on_hosts = ["rmed1", "dts", "self-sparring"]  # up to rounding on a GPU
        for device, names in (("host", agents + same_on_hosts), ("cuda", agents)):
            with self.subTest(device=device):
                words = ["run", *[w for e in ("arxiv6", "hard-condorcet:arms=9") for w in ("--environment", e)],
                         *[w for a in names for w in ("--agent", a)], "--horizon", 700, "--replications", 30, "--seed", 4,
                         "--checkpoints", 20, "--no-picture"]
                there = lab(*words, "--out", self.out / device, "--device", device)
                if there.returncode == 2 and ("built without it" in there.stderr or "CUDA stream" in there.stderr):
                    self.skipTest(there.stderr.strip())
                self.assertEqual(there.returncode, 0, there.stderr)
                here = lab(*words, "--out", self.out / "plain")
                self.assertEqual(here.returncode, 0, here.stderr)
                for file in ("regret.csv", "comparisons.csv", "regret.npy"):
                    self.assertEqual((self.out / device / file).read_bytes(), (self.out / "plain" / file).read_bytes(), file)
                played_on = json.loads((self.out / device / "study.json").read_text())["device"]
                self.assertIn(played_on, ("cuda",) if device == "cuda" else ("cpp", "omp", "tbb"))
                self.assertNotIn("device", json.loads((self.out / "plain" / "study.json").read_text()))
                self.assertEqual(rows(self.out / device / "timing.csv"), [])  # it would time the agents of the core

    def test_what_a_device_cannot_play_is_refused(self):
        self.refused(self.run_lab("--environment", "arxiv6", "--agent", "rucb", "--device", "abacus"), "abacus", "host", "cuda")
        result = self.run_lab("--environment", "arxiv6", "--agent", "rcs", "--device", "host")
        if "built without it" in result.stderr:
            self.skipTest(result.stderr.strip())
        self.refused(result, "'rcs'", "no device form", "double_thompson")
        on_host = ("--agent", "rucb", "--device", "host")
        self.refused(self.run_lab("--environment", "hard-condorcet:arms=80", *on_host), "80", "at most 64")
        self.refused(self.run_lab("--environment", "arxiv6", *on_host, "--delay", 2), "delay")
        self.refused(self.run_lab("--environment", "arxiv6", *on_host, "--stop", "confidence=0.9"), "confidence")
        result = self.run_lab("--environment", "contextual", "--agent", "uniform", "--device", "host")
        self.refused(result, "'contextual'", "fixed arms")
        self.assertFalse(self.out.exists())

    def test_the_recorded_command_repeats_the_study(self):
        self.run_lab("--environment", "hard-condorcet", "--agent", "dts")
        first = {f: (self.out / f).read_bytes() for f in ("regret.csv", "regret.npy", "study.json")}
        command = json.loads(first["study.json"])["command"]
        self.assertEqual(lab(*command[1:]).returncode, 0)
        self.assertEqual(first, {f: (self.out / f).read_bytes() for f in first})

    def test_uniform_costs_what_arithmetic_says(self):
        result = lab("run", "--environment", "arxiv6", "--agent", "uniform", "--horizon", 2000, "--replications", 40,
                     "--seed", 3, "--out", self.out, "--no-picture")
        self.assertEqual(result.returncode, 0, result.stderr)
        row = [r for r in rows(self.out / "regret.csv") if r["regret"] == "average"][-1]
        # Gaps 0, .05, .05, .04, .11, .11: a uniform arm costs 0.06 on average.
        self.assertLess(abs(float(row["mean"]) - 120.0), 4.5 * float(row["stderr"]))

    def test_environments_of_the_users_own(self):
        matrix = self.folder / "my,matrix.csv"  # a comma in a file name
        matrix.write_text("0.5,0.9\n0.1,0.5\n")
        duels = self.folder / "duels.csv"
        duels.write_text("first,second,outcome,count\ntea,coffee,1,12\ntea,coffee,0,7\nwater,tea,0,9\nwater,coffee,1,3\n"
                         "coffee,water,1,5\n")
        orders = self.folder / "votes.soc"
        orders.write_text("# NUMBER ALTERNATIVES: 3\n# ALTERNATIVE NAME 1: a\n# ALTERNATIVE NAME 2: b\n"
                          "# ALTERNATIVE NAME 3: c\n4: 1,2,3\n2: 3,1,2\n1: 2,3,1\n")
        for name in (f"matrix:file={matrix}", f"duels:file={duels}", f"duels:file={duels},pseudo_count=0.5",
                     f"preflib:file={orders}", f"preflib:file={orders},estimate=bradley-terry"):
            described = lab("describe", "--environment", name)
            self.assertEqual(described.returncode, 0, described.stderr)
            self.assertIn("Condorcet", described.stdout)
            result = self.run_lab("--environment", name, "--agent", "dts", "--agent", "rmed1")
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertEqual({r["environment"] for r in rows(self.out / "regret.csv")}, {name})
        self.assertIn("tea", lab("describe", "--environment", f"duels:file={duels}").stdout)

    def test_describe_says_what_is_known(self):
        text = lab("describe", "--environment", "arxiv6").stdout
        for word in ("Condorcet", "Copeland", "Borda", "von Neumann", "top 3", "gap", "transitivity", "20.73"):
            self.assertIn(word, text)
        self.assertIn("0.8151", lab("describe", "--environment", "cyclic4").stdout)
        self.assertIn("none", lab("describe", "--environment", "rps3").stdout)
        self.assertIn("1 (0.5000), 0 (0.3333), 2 (0.1667)",
                      lab("describe", "--environment", "rps3:first=0.1,second=0.2,third=0.3").stdout)
        self.assertIn("Milwaukee", lab("describe", "--environment", "baseball1987").stdout)

    def test_bad_usage_is_refused_in_one_line(self):
        bad = self.folder / "bad.csv"
        bad.write_text("0.5,0.7\n0.4,0.5\n")
        go = ["--agent", "dts"]
        self.refused(lab("run"), "joust-lab")
        self.refused(lab("walk"))
        self.refused(self.run_lab("--environment", "arxiv7", *go), "arxiv7", "arxiv6")
        self.refused(self.run_lab("--environment", "arxiv6", "--agent", "ducb"), "ducb", "rucb")
        self.refused(self.run_lab("--environment", "arxiv6", "--agent", "rucb:beta=1"), "beta", "alpha")
        self.refused(self.run_lab("--environment", "arxiv6", "--agent", "rucb:alpha=wide"), "alpha", "wide")
        self.refused(self.run_lab("--environment", "arxiv6", "--agent", "rucb:alpha=-1"), "alpha")
        self.refused(self.run_lab("--environment", "arxiv6", *go, *go), "twice")
        self.refused(self.run_lab("--environment", "contextual", *go), "dts", "contextual")
        self.refused(self.run_lab("--environment", "linear:dimension=2,arms=99", *go), "arms")
        self.refused(self.run_lab("--environment", f"matrix:file={bad}", *go), "bad.csv:")
        self.refused(self.run_lab("--environment", "matrix:file=/no/such/file.csv", *go), "/no/such/file.csv")
        self.refused(self.run_lab("--environment", "matrix", *go), "file")
        self.refused(self.run_lab("--environment", "arxiv6", "--agent", "posterior=linear-logistic"), "rule")
        self.refused(lab("run", "--environment", "arxiv6", *go, "--horizon", 0, "--replications", 1, "--seed", 1,
                         "--out", self.out), "horizon")
        self.refused(lab("run", "--environment", "arxiv6", *go, "--horizon", 10, "--replications", "many", "--seed", 1,
                         "--out", self.out), "replications")
        self.refused(lab("describe", "--environment", "nowhere"), "nowhere")
        self.assertFalse((self.out / "regret.csv").exists())

    def test_numbers_are_taken_as_typed_or_refused(self):
        fixed = ["--environment", "arxiv6", "--agent", "uniform", "--out", self.out, "--no-picture"]
        good = {"--horizon": "10", "--replications": "1", "--seed": "1"}
        for option, bad in (("--horizon", "010"), ("--horizon", "0x10"), ("--horizon", "1e3"), ("--horizon", "4294967296"),
                            ("--seed", "-1"), ("--seed", "18446744073709551616"), ("--seed", "007"), ("--seed", " 1"),
                            ("--replications", "2.5"), ("--replications", "0")):
            words = [w for pair in {**good, option: bad}.items() for w in (pair[0] + "=" + pair[1],)]
            self.refused(lab("run", *fixed, *words), bad.strip())
        largest = lab("run", *fixed, "--horizon", 10, "--replications", 1, "--seed", 18446744073709551615)
        self.assertEqual(largest.returncode, 0, largest.stderr)
        self.assertIn("seed 18446744073709551615", largest.stdout)
        self.assertEqual(json.loads((self.out / "study.json").read_text())["seed"], 18446744073709551615)

    def test_sizes_beyond_memory_and_reason_are_refused(self):
        self.refused(lab("describe", "--environment", "utility:arms=18446744073709551615"))
        self.refused(lab("describe", "--environment", "utility:arms=0"), "arms")
        self.refused(lab("describe", "--environment", "contextual:scale=1e308"), "scale")
        self.refused(self.run_lab("--environment", "arxiv6", "--agent", "rmed1:factor=0,exponent=1e308"), "exponent")
        self.refused(self.run_lab("--environment", "arxiv6", "--agent", "rucb:alpha=1e308"), "alpha")
        self.refused(lab("joust"), "'joust'", "describe")
        self.assertNotIn(", ,", lab("run", "--environment", "arxiv6", "--agent", "x", "--horizon", 1, "--replications", 1,
                                    "--seed", 1, "--out", self.out).stderr)

    def test_the_smallest_study_runs(self):
        result = lab("run", "--environment", "rps3", "--agent", "dts", "--agent", "sea-bai", "--horizon", 1,
                     "--replications", 1, "--seed", 0, "--checkpoints", 1, "--threads", 0, "--out", self.out,
                     "--no-picture")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual({r["replications"] for r in rows(self.out / "regret.csv")}, {"1"})

    def test_no_picture_of_an_earlier_study_stays(self):
        self.out.mkdir()
        for name in ("regret.png", "regret.svg"):
            (self.out / name).write_text("old")
        self.assertEqual(self.run_lab("--environment", "arxiv6", "--agent", "uniform").returncode, 0)
        self.assertFalse((self.out / "regret.png").exists())
        self.assertFalse((self.out / "regret.svg").exists())

    def test_names_with_dollar_signs_can_be_drawn(self):
        matrix = self.folder / "m$\\frac$.csv"
        matrix.write_text("0.5,0.9\n0.1,0.5\n")
        result = self.run_lab("--environment", f"matrix:file={matrix}", "--agent", "uniform", picture=True)
        if "no Python with matplotlib" in result.stderr:
            self.skipTest(result.stderr.strip())
        self.assertEqual(result.stderr, "")
        self.assertTrue((self.out / "regret.png").exists())

    @unittest.skipUnless(os.path.exists("/dev/full"), "needs Linux")
    def test_a_table_that_cannot_be_printed_is_an_error(self):
        with open("/dev/full", "w") as full:
            result = subprocess.run([LAB, "list"], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
        self.assertEqual(result.returncode, 1)

    def test_an_unusable_folder_is_refused_before_the_study(self):
        (self.folder / "file").write_text("")
        self.out = self.folder / "file" / "below"
        started = time.monotonic()
        self.refused(lab("run", "--environment", "arxiv6", "--agent", "uniform", "--horizon", 4_000_000_000,
                         "--replications", 9, "--seed", 1, "--out", self.out), "--out")
        self.assertLess(time.monotonic() - started, 60)

    def test_interrupt_saves_what_is_finished(self):
        process = subprocess.Popen(
            [LAB, "run", "--environment", "arxiv6", "--environment", "cyclic4", "--agent", "dts", "--horizon", "20000",
             "--replications", "1000000", "--seed", "1", "--threads", "1", "--checkpoints", "5", "--out", str(self.out),
             "--no-picture"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler))
        time.sleep(3)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 3, errors)
        self.assertIn("interrupted", errors)
        study = json.loads((self.out / "study.json").read_text())
        self.assertFalse(study["complete"])
        finished = study["environments"][0]["finished_replications"][0]
        self.assertGreater(finished, 0)
        self.assertLess(finished, 1_000_000)
        self.assertEqual(study["environments"][1]["finished_replications"], [0])
        self.assertEqual({r["replications"] for r in rows(self.out / "regret.csv")}, {str(finished)})
        self.assertFalse(list(self.out.glob("*.partial")))

    def test_the_picture_is_drawn(self):
        result = self.run_lab("--environment", "arxiv6", "--environment", "rps3", "--environment", "contextual",
                              "--agent", "uniform", "--agent", "sea-ee", picture=True)
        self.assertEqual(result.returncode, 0)
        if "no picture" in result.stderr:
            self.skipTest(result.stderr.strip())
        self.assertEqual((self.out / "regret.png").read_bytes()[:8], b"\x89PNG\r\n\x1a\n")
        first = (self.out / "regret.svg").read_bytes()
        self.assertIn(b"<svg", first)
        self.assertIn(b"lower bound c ln T (asymptotic)", first)  # of arxiv6
        self.run_lab("--environment", "arxiv6", "--environment", "rps3", "--environment", "contextual", "--agent",
                     "uniform", "--agent", "sea-ee", picture=True)
        self.assertEqual(first, (self.out / "regret.svg").read_bytes())

    def test_no_bound_is_drawn_where_there_is_none(self):
        result = self.run_lab("--environment", "rps3", "--environment", "hard-condorcet", "--agent", "uniform",
                              picture=True)
        if "no picture" in result.stderr:
            self.skipTest(result.stderr.strip())
        self.assertNotIn(b"lower bound", (self.out / "regret.svg").read_bytes())

    def test_without_matplotlib_the_numbers_are_there_all_the_same(self):
        fixed = ["--horizon", 50, "--replications", 2, "--seed", 1, "--out", self.out]
        result = lab("run", "--environment", "arxiv6", "--agent", "uniform", *fixed,
                     env={**os.environ, "JOUST_PYTHON": "/bin/false"})
        self.assertEqual(result.returncode, 0)
        self.assertIn("no picture", result.stderr)
        self.assertTrue((self.out / "regret.csv").exists())

    @unittest.skipUnless(os.path.exists("/dev/full") and os.path.isdir("/dev/shm"), "needs Linux")
    def test_a_full_disk_is_reported(self):
        self.out.mkdir()
        (self.out / "regret.csv.partial").symlink_to("/dev/full")
        result = self.run_lab("--environment", "arxiv6", "--agent", "uniform")
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("regret.csv", result.stderr)
        self.assertFalse((self.out / "regret.csv").exists())


if __name__ == "__main__":
    LAB = sys.argv.pop(1)
    unittest.main()
