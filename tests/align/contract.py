#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The promises of joust-align's command line, tried on the program itself: commands, files, columns, exit codes.

Usage: contract.py PATH-TO-JOUST-ALIGN        (standard library only)
"""
import csv
import json
import os
import pathlib
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
import unittest

ALIGN = ""
AGENTS = """sea-ee sea-bai uncertainty passive-ensemble online-dpo online-ipo online-slic offline-dpo iterative-dpo apl
    apl-certainty xpo selm vpo nash-md ee4llm mex variant-1 variant-2 variant-3 variant-4 variant-5 variant-6 variant-7
    passive-synthetic best-worst best-worst-mixed sea-ee-mixture sea-bai-mixture online-dpo-mixture passive-replay
    oracle-best-worst""".split()
PROBLEMS = ["tabular", "shared", "loglinear", "mlp", "tokens"]
METRICS = ["win_rate", "recommended_win_rate", "reward", "simple_regret", "online_win_rate", "kl"]
RESULTS = ["config.json", "trace.csv", "trace.jsonl", "summary.json"]
FINITE = {"prompts": 8, "responses": 60, "latent_dimension": 4, "prompt_dimension": 2, "hidden": 4,
          "reward_dimension": 6, "policy_dimension": 6}
SMALL = {"run": {"queries": 160, "prompts_per_round": 8, "evaluate_every": 40,
                 "evaluation": {"references": 4, "samples": 4, "pairs": 4}},
         "ensemble": {"members": 3, "width": 8, "steps": 2, "batch": 16}}
TOKENS = {"prompts": 4, "vocabulary": 6, "max_length": 4}


def small(problem="tabular", **more):
    """A configuration that runs in a blink."""
    config = json.loads(json.dumps(SMALL))
    config["problem"] = problem
    config["world"] = TOKENS if problem == "tokens" else FINITE
    config["wishes"] = {"candidates": 6, "burn_in": 40}
    for path, value in more.items():
        at = config
        keys = path.split("__")
        for key in keys[:-1]:
            at = at.setdefault(key, {})
        at[keys[-1]] = value
    return config


def align(*words, **more):
    return subprocess.run([ALIGN, *map(str, words)], capture_output=True, text=True, timeout=300, **more)


def rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


class Contract(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="joust-align-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.out = self.folder / "out"

    def write(self, config, name="c.json"):
        path = self.folder / name
        path.write_text(config if isinstance(config, str) else json.dumps(config))
        return path

    def done(self, result):
        self.assertEqual(result.returncode, 0, result.stderr)
        return result

    def refused(self, result, *words, code=2):
        """An exit code and one clear line that holds the words."""
        self.assertEqual(result.returncode, code, result.stderr)
        self.assertEqual(len(result.stderr.strip().splitlines()), 1, result.stderr)
        self.assertTrue(result.stderr.startswith("joust-align: "), result.stderr)
        for word in words:
            self.assertIn(word, result.stderr)
        self.assertEqual(result.stdout, "")

    def results(self, out):
        return {name: (out / name).read_bytes() for name in RESULTS}

    def compare(self, *words, agents=("online-dpo", "sea-bai"), config=None, **more):
        path = self.write(config or small(), "compare.json")
        return align("compare", "--agents", ",".join(agents), "--config", path, "--out", self.out, "--no-picture", *words,
                     **more)

    # describe -----------------------------------------------------------------------------------------------------------

    def test_describe_lists_everything_with_a_line_each(self):
        for what, names in (("agents", AGENTS), ("problems", PROBLEMS), ("metrics", METRICS)):
            lines = self.done(align("describe", what)).stdout.splitlines()
            listed = {line.split()[0]: line for line in lines}
            for name in names:
                self.assertIn(name, listed)
                self.assertGreater(len(listed[name].split()), 2)

    def test_describe_config_is_a_full_configuration(self):
        for problem in PROBLEMS:
            config = json.loads(self.done(align("describe", "config", "--problem", problem, "--agent", "xpo")).stdout)
            self.assertEqual(config["problem"], problem)
            self.assertEqual(config["agent"], "xpo")
            self.assertEqual(config["run"]["queries"], 4000)
            self.assertEqual(config["recipe"]["aligner"]["proposed_by"], "policy_and_reference")
            self.assertTrue({"world", "policy", "ensemble"} <= set(config))
        keys = self.done(align("describe", "keys")).stdout
        self.assertIn("| `run.queries` | a whole number, at least 0 | `4000` |", keys)
        self.assertIn("`wishes.gamma`", keys)

    # run ----------------------------------------------------------------------------------------------------------------

    def test_run_writes_the_promised_files(self):
        self.done(align("run", "--config", self.write(small(agent="sea-bai")), "--out", self.out))
        self.assertEqual(sorted(p.name for p in self.out.iterdir()), sorted(RESULTS))
        self.assertEqual((self.out / "trace.csv").read_text().splitlines()[0],
                         "agent,seed,metric,queries,updates,round,value,error")
        trace = rows(self.out / "trace.csv")
        self.assertEqual({r["agent"] for r in trace}, {"sea-bai"})
        self.assertTrue(set(METRICS) <= {r["metric"] for r in trace})
        self.assertEqual(max(int(r["queries"]) for r in trace), 160)
        self.assertEqual(min(int(r["queries"]) for r in trace), 0)
        lines = [json.loads(line) for line in (self.out / "trace.jsonl").read_text().splitlines()]
        self.assertEqual(len(lines), len(trace))
        for line, row in zip(lines, trace):
            self.assertEqual(line["value"], float(row["value"]))
        summary = json.loads((self.out / "summary.json").read_text())
        self.assertEqual((summary["problem"], summary["agent"], summary["seed"], summary["queries"]),
                         ("tabular", "sea-bai", 1, 160))
        last = {r["metric"]: float(r["value"]) for r in trace}
        self.assertEqual(summary["metrics"]["reward"]["value"], last["reward"])

    def test_every_problem_runs_and_its_echo_makes_the_same_bytes(self):
        for problem in PROBLEMS:
            first, again = self.folder / (problem + "1"), self.folder / (problem + "2")
            config = self.write(small(problem, agent="sea-ee"))
            self.done(align("run", "--config", config, "--out", first))
            self.done(align("run", "--config", first / "config.json", "--out", again))
            self.assertEqual(self.results(first), self.results(again))
            other = self.folder / (problem + "3")
            self.done(align("run", "--config", config, "--out", other, "--set", "run.seed=2"))
            self.assertNotEqual(self.results(first)["trace.csv"], self.results(other)["trace.csv"])

    def test_a_schedule_survives_the_echo(self):
        gamma = {"shape": "cosine", "first": 1, "last": 0.5, "length": 100, "warm_up": 10}
        config = self.write(small(recipe__aligner__oracle_share=gamma))
        self.done(align("run", "--config", config, "--out", self.out))
        echo = json.loads((self.out / "config.json").read_text())
        self.assertEqual(echo["recipe"]["aligner"]["oracle_share"], gamma)
        self.assertNotIn("wishes", echo)
        self.assertEqual(echo["recipe"]["aligner"]["candidates"], 6)

    def test_set_goes_over_the_file(self):
        config = self.write(small(agent="online-dpo"))
        self.done(align("run", "--config", config, "--out", self.out, "--set", "run.queries=24", "--set",
                        "agent=online-slic", "--set", "recipe.aligner.temperature=1"))
        echo = json.loads((self.out / "config.json").read_text())
        self.assertEqual(echo["run"]["queries"], 24)
        self.assertEqual(echo["agent"], "online-slic")
        self.assertEqual(echo["recipe"]["loss"]["kind"], "slic")
        self.assertEqual(echo["recipe"]["aligner"]["temperature"], 1.0)

    def test_gamma_one_is_variant_two(self):
        first, second = self.folder / "1", self.folder / "2"
        for out, agent, gamma in ((first, "variant-3", 1.0), (second, "variant-2", 0.7)):
            config = self.write(small(agent=agent, wishes__gamma=gamma))
            self.done(align("run", "--config", config, "--out", out))
        values = [[(r["metric"], r["queries"], r["updates"], r["value"]) for r in rows(out / "trace.csv")]
                  for out in (first, second)]
        self.assertEqual(*values)

    def test_own_labels_are_not_queries(self):
        config = self.write(small(agent="sea-bai", run__queries=400, wishes__gamma=0.5,
                                  policy__optimiser__learning_rate=0.01))  # slow enough to have questions to the end
        self.done(align("run", "--config", config, "--out", self.out))
        summary = json.loads((self.out / "summary.json").read_text())
        self.assertEqual(summary["queries"], 400)
        self.assertGreater(summary["metrics"]["own_share"]["value"], 0.3)
        self.assertGreater(summary["rounds"], 80)

    # bad input ----------------------------------------------------------------------------------------------------------

    def test_bad_usage_is_refused_in_one_line(self):
        self.refused(align("run"))
        self.refused(align("walk"), "'walk'", "compare")
        self.refused(align("describe", "colours"), "colours")
        self.refused(align("describe", "config", "--agent", "sea"), "sea", "online-dpo")
        self.refused(align("run", "--config", "/no/such.json", "--out", self.out), "/no/such.json: no such file")
        self.refused(align("run", "--out", self.out, "--resume"), "config.json")
        self.refused(align("run", "--out", self.out, "--set", "seed"), "key=value")
        self.refused(align("run", "--out", self.out, "--set", "run.seed=1", "--set", "run.seed=2"), "twice")
        self.refused(align("compare", "--agents", "online-dpo,online-dpo", "--out", self.out), "twice")
        self.refused(align("compare", "--agents", "online-dpo,onlinedpo", "--out", self.out), "onlinedpo")
        self.refused(align("compare", "--agents", "apl", "--problem", "toy", "--out", self.out), "toy", "tabular")
        self.refused(align("compare", "--agents", "apl", "--budget", "1e3", "--out", self.out), "1e3")
        self.refused(align("compare", "--agents", "apl", "--seeds", "0", "--out", self.out), "seeds")
        self.assertFalse(self.out.exists())

    def test_configuration_errors_name_file_and_path(self):
        def told(config, *words):
            path = self.write(config)
            self.refused(align("run", "--config", path, "--out", self.out), str(path), *words)
        told({"recipe": {"aligner": {"oracle_share": 1.7}}}, "recipe.aligner.oracle_share: is 1.7; expected")
        told({"recipe": {"aligner": {"gama": 1}}}, "recipe.aligner.gama: is no known key", "oracle_share")
        told({"run": {"queries": "many"}}, 'run.queries: is "many"; expected a whole number')
        told({"run": {"queries": 0}}, "run.queries: is 0")
        told({"run": {"queries": -1}}, "run.queries: is -1")
        told({"agent": "sea"}, "agent: is 'sea'; expected one of", "sea-bai")
        told({"agent": 3}, "agent: is 3; expected a text")
        told({"problem": "toy"}, "problem: is 'toy'; expected one of", "tokens")
        told({"problem": 3}, "problem: is 3")
        told({"wishes": {"gamma": 2}}, "wishes.gamma: is 2")
        told({"ensemble": {"members": 0}}, "ensemble.members: is 0")
        told({"ensemble": {"optimiser": {"learning_rate": {"shape": "cosine", "first": 1}}}},
             "ensemble.optimiser.learning_rate.length")
        told({"recipe": {"loss": {"kind": "dqo"}}}, 'recipe.loss.kind: is "dqo"; expected one of dpo')
        told({"recipe": {"loss": {"beta": -1}}}, "recipe.loss.beta: is -1")
        told({"world": {"prompts": 0}}, "world.prompts: is 0")
        told({"policy": {"optimiser": {"method": "newton"}}}, "policy.optimiser.method", "sgd, adam")
        told({"policy": {"width": 3}}, "policy.width: is no known key")
        told({"problem": "tokens", "policy": {"vocabulary": 9}}, "policy.vocabulary: is 9")
        told('{"run": {"seed": 1, "seed": 1}}', "run.seed: stands twice")
        told('{"run": {"seed": 1},}', "c.json:1:21: is no JSON")
        told("", "ends early")
        told("[]", "expected an object")
        self.refused(align("run", "--out", self.out, "--set", "run.seed=x"), "--set: run.seed", "whole number")
        self.refused(self.compare(config={"agent": "apl"}), "agent", "--agents")
        self.assertFalse(self.out.exists())

    def test_a_folder_that_cannot_be_written_is_an_error(self):
        (self.folder / "file").write_text("")
        self.out = self.folder / "file" / "below"
        config = self.write(small())
        self.refused(align("run", "--config", config, "--out", self.out), "below", code=1)
        self.refused(self.compare(), "below", code=1)

    # checkpoints --------------------------------------------------------------------------------------------------------

    def long_config(self, problem="tabular", **more):
        return self.write(small(problem, run__queries=1200, run__evaluate_every=200, checkpoint_every=15,
                                **more))

    def test_killed_at_any_moment_and_resumed_it_ends_the_same(self):
        chance = random.Random(5)
        for problem, agent in (("tabular", "sea-bai"), ("tokens", "passive-replay"), ("mlp", "iterative-dpo"),
                               ("shared", "xpo")):
            config = self.long_config(problem, agent=agent)
            whole = self.folder / (problem + "-whole")
            started = time.monotonic()
            self.done(align("run", "--config", config, "--out", whole))
            takes = time.monotonic() - started
            broken = self.folder / (problem + "-broken")
            kills = 0
            for trial in range(40):
                words = ["run", "--config", config, "--out", broken, *(["--resume"] if trial else [])]
                process = subprocess.Popen([ALIGN, *map(str, words)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
                try:
                    _, errors = process.communicate(timeout=chance.uniform(0.2, 0.6) * takes if trial < 5 else 300)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.communicate()
                    kills += 1
                    continue
                self.assertEqual(process.returncode, 0, errors)
                break
            self.assertGreater(kills, 0)
            self.assertEqual(self.results(whole), self.results(broken))
            self.assertEqual(sorted(p.name for p in broken.iterdir()), sorted(RESULTS))

    def interrupted(self, config, out, after=0.5):
        """Starts a run and stops it by Ctrl-C once it has made checkpoints."""
        process = subprocess.Popen([ALIGN, "run", "--config", str(config), "--out", str(out)], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True,
                                   preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler))
        while not (out / "checkpoint.previous").exists() and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 3, errors)
        self.assertIn("--resume", errors)

    def test_ctrl_c_leaves_a_checkpoint(self):
        config = self.long_config()
        whole, broken = self.folder / "whole", self.folder / "broken"
        self.done(align("run", "--config", config, "--out", whole))
        self.interrupted(config, broken)
        self.assertFalse((broken / "trace.csv").exists())
        self.refused(align("run", "--config", config, "--out", broken), "--resume")
        other = self.write(small(run__queries=1300), "other.json")
        self.refused(align("run", "--config", other, "--out", broken, "--resume"), "config.json", "differs")
        result = self.done(align("run", "--out", broken, "--resume"))  # no configuration: its own
        self.assertIn("going on after", result.stdout)
        self.assertEqual(self.results(whole), self.results(broken))

    def test_a_damaged_checkpoint_is_refused_and_the_one_before_taken(self):
        config = self.long_config()
        whole, broken = self.folder / "whole", self.folder / "broken"
        self.done(align("run", "--config", config, "--out", whole))
        for damage in ("flip", "cut", "empty", "gone"):
            broken = self.folder / damage
            self.interrupted(config, broken)
            newest = broken / "checkpoint"
            good = newest.read_bytes()
            if damage == "flip":
                newest.write_bytes(good[:len(good) // 2] + bytes([good[len(good) // 2] ^ 1]) + good[len(good) // 2 + 1:])
            elif damage == "cut":
                newest.write_bytes(good[:-100])
            elif damage == "empty":
                newest.write_bytes(b"")
            else:
                newest.unlink()
            result = self.done(align("run", "--out", broken, "--resume"))
            self.assertIn(str(newest), result.stderr)
            self.assertIn("checkpoint before it", result.stderr)
            self.assertEqual(self.results(whole), self.results(broken))

    def test_two_damaged_checkpoints_end_the_program_with_a_sentence(self):
        config = self.long_config()
        self.interrupted(config, self.out)
        for name in ("checkpoint", "checkpoint.previous"):
            (self.out / name).write_bytes(b"noise")
        self.refused(align("run", "--out", self.out, "--resume"), "checkpoint", "checkpoint.previous", "no checkpoint")

    def test_a_checkpoint_of_another_configuration_is_refused(self):
        config = self.long_config()
        self.interrupted(config, self.out)
        echo = json.loads((self.out / "config.json").read_text())
        echo["run"]["seed"] = 7
        (self.out / "config.json").write_text(json.dumps(echo, indent=2) + "\n")
        result = align("run", "--out", self.out, "--resume")
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertIn("another configuration", result.stderr)

    def test_a_full_disk_is_reported(self):
        config = self.long_config()

        def tiny_files():
            resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
        result = align("run", "--config", config, "--out", self.out, preexec_fn=tiny_files)
        self.refused(result, "checkpoint", code=1)
        self.assertFalse((self.out / "trace.csv").exists())
        result = self.compare("--seeds", 3, preexec_fn=tiny_files)
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("runs.csv", result.stderr)

    @unittest.skipUnless(os.path.exists("/dev/full"), "needs Linux")
    def test_a_list_that_cannot_be_printed_is_an_error(self):
        with open("/dev/full", "w") as full:
            result = subprocess.run([ALIGN, "describe", "agents"], stdout=full, stderr=subprocess.PIPE, text=True)
        self.assertEqual(result.returncode, 1)

    # compare ------------------------------------------------------------------------------------------------------------

    def test_compare_writes_the_promised_files(self):
        result = self.done(self.compare("--seeds", 2, "--problem", "tabular", "--budget", 120))
        self.assertEqual(result.stderr, "")
        self.assertEqual(sorted(p.name for p in self.out.iterdir()),
                         ["curves.csv", "runs.csv", "runs.jsonl", "study.json"])
        self.assertEqual((self.out / "curves.csv").read_text().splitlines()[0],
                         "agent,metric,queries,updates,mean,stderr,seeds")
        curves = rows(self.out / "curves.csv")
        self.assertEqual({r["agent"] for r in curves}, {"online-dpo", "sea-bai"})
        self.assertTrue(set(METRICS) <= {r["metric"] for r in curves})
        self.assertEqual({r["seeds"] for r in curves if r["metric"] == "reward"}, {"2"})
        points = [int(r["queries"]) for r in curves if r["metric"] == "reward" and r["agent"] == "sea-bai"]
        self.assertEqual(points, [0, 47, 87, 120])
        values = [r["mean"] for r in curves if r["metric"] == "reward" and r["agent"] == "sea-bai"]
        self.assertEqual(len(set(values)), 4)  # every point has its own measurement
        study = json.loads((self.out / "study.json").read_text())
        self.assertEqual((study["problem"], study["budget"], study["seeds"], study["complete"]),
                         ("tabular", 120, [1, 2], True))
        self.assertEqual([a["name"] for a in study["agents"]], ["online-dpo", "sea-bai"])
        self.assertIn("--budget", study["command"])
        for agent in study["agents"]:  # each can be run again by itself
            again = self.folder / agent["name"]
            self.done(align("run", "--config", self.write(agent["configuration"]), "--out", again))
            alone = [(r["metric"], r["queries"], r["value"]) for r in rows(again / "trace.csv")]
            together = [(r["metric"], r["queries"], r["value"]) for r in rows(self.out / "runs.csv")
                        if r["agent"] == agent["name"] and r["seed"] == "1"]
            self.assertEqual(alone, together)
        for word in ("win rate", "simple regret", "sea-bai", "+-"):
            self.assertIn(word, result.stdout)

    def test_results_do_not_depend_on_the_number_of_threads(self):
        seen = []
        for threads in (1, 2, 7):
            self.out = self.folder / str(threads)
            self.done(self.compare("--seeds", 3, "--threads", threads, agents=("sea-ee", "apl", "nash-md")))
            seen.append([(self.out / name).read_bytes() for name in ("curves.csv", "runs.csv", "runs.jsonl")])
        self.assertEqual(seen[0], seen[1])
        self.assertEqual(seen[0], seen[2])

    def test_agents_beside_it_and_further_seeds_change_nothing(self):
        self.done(self.compare("--seeds", 2, agents=("apl",)))
        alone = (self.out / "runs.csv").read_text().splitlines()
        self.done(self.compare("--seeds", 3, agents=("online-dpo", "apl")))
        together = [line for line in (self.out / "runs.csv").read_text().splitlines() if not line.startswith("online")]
        self.assertEqual(alone, [line for line in together if line.split(",")[1] != "3"])

    def test_the_first_evaluation_is_the_same_for_all_agents_of_a_seed(self):
        self.done(self.compare("--seeds", 2, agents=("sea-ee", "xpo", "online-dpo")))
        for seed in ("1", "2"):
            start = {(r["metric"], r["value"]) for r in rows(self.out / "runs.csv")
                     if r["seed"] == seed and r["queries"] == "0" and r["metric"] in ("reward", "win_rate")}
            self.assertEqual(len(start), 2)

    def test_every_agent_runs_in_every_problem(self):
        for problem in PROBLEMS:
            self.out = self.folder / problem
            self.done(self.compare("--seeds", 1, "--budget", 64, "--problem", problem, agents=AGENTS,
                                   config=small(problem)))
            last = {(r["agent"], r["metric"]): r for r in rows(self.out / "curves.csv")}
            for agent in AGENTS:
                # A policy that has made up its mind proposes nothing to ask about, and its run ends before.
                self.assertGreater(int(last[agent, "reward"]["queries"]), 30)

    def test_interrupt_saves_what_is_finished(self):
        path = self.write(small())
        process = subprocess.Popen(
            [ALIGN, "compare", "--agents", "online-dpo,sea-bai", "--seeds", "100000", "--threads", "2", "--config",
             str(path), "--out", str(self.out), "--no-picture"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler))
        time.sleep(4)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 3, errors)
        self.assertIn("interrupted", errors)
        study = json.loads((self.out / "study.json").read_text())
        self.assertFalse(study["complete"])
        self.assertGreater(study["agents"][0]["finished_seeds"], 0)
        self.assertLess(study["agents"][0]["finished_seeds"], 100_000)

    def test_the_picture_is_drawn(self):
        path = self.write(small())
        words = ["compare", "--agents", "online-dpo,sea-bai,ee4llm", "--seeds", 2, "--config", path, "--out", self.out]
        result = self.done(align(*words))
        if "no picture" in result.stderr:
            self.skipTest(result.stderr.strip())
        self.assertEqual((self.out / "curves.png").read_bytes()[:8], b"\x89PNG\r\n\x1a\n")
        first = (self.out / "curves.svg").read_bytes()
        self.assertIn(b"<svg", first)
        self.done(align(*words))
        self.assertEqual(first, (self.out / "curves.svg").read_bytes())

    def test_without_matplotlib_the_numbers_are_there_all_the_same(self):
        result = self.done(align("compare", "--agents", "online-dpo", "--seeds", 1, "--config", self.write(small()), "--out",
                                 self.out, env={**os.environ, "JOUST_PYTHON": "/bin/false"}))
        self.assertIn("no picture", result.stderr)
        self.assertTrue((self.out / "curves.csv").exists())


if __name__ == "__main__":
    ALIGN = sys.argv.pop(1)
    unittest.main()
