#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Error messages are interface: every source here must fail with exactly the sentences it expects.

    run.py --compiler g++ --include include [--jobs 2] [name ...]

A case is a source with one comment `// expect: sentence` per sentence. As it stands it must not compile, must give
every sentence it expects and no other error at all; with -DJOUST_TEST_TWIN, which repairs the model, it must compile.
And each sentence of core/explain.hpp must be expected by some case, so that none is written and never seen.
"""

import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent


def sentences_of(header):
    """The string literals of a header that start with a concept's name, adjacent ones joined."""
    literal = r'"(?:[^"\\]|\\.)*"'
    for run in re.findall(rf"{literal}(?:\s*{literal})*", header.read_text(encoding="utf-8")):
        sentence = "".join(part[1:-1] for part in re.findall(literal, run))
        if sentence.startswith("joust::"):
            yield sentence


def expectations(source):
    return re.findall(r"^// expect: (.+?)\s*$", source.read_text(encoding="utf-8"), re.MULTILINE)


def compile_source(options, source, twin):
    command = [*options.compiler.split(), "-std=c++20", "-fsyntax-only", *options.flag]
    for folder in options.include:
        command += ["-I", folder]
    if twin:
        command.append("-DJOUST_TEST_TWIN")
    # The C locale keeps quotes ASCII; both compilers then print one sentence per line.
    environment = {**os.environ, "LC_ALL": "C"}
    return subprocess.run(
        [*command, str(source)], capture_output=True, text=True, errors="replace", env=environment, check=False
    )


def faults_of(options, source):
    """What is wrong with a case, as a list of lines; empty if it passes."""
    faults = []
    expected = expectations(source)
    if not expected:
        return ["has no `// expect:` comment"]

    broken = compile_source(options, source, twin=False)
    if broken.returncode == 0:
        faults.append("compiles, but must not")
    seen = []
    for line in broken.stderr.splitlines():
        if "error:" not in line:
            continue
        sentence = re.search(r"(joust::[a-z_]+: [^\"]*)", line)
        if sentence:
            seen.append(sentence.group(1).rstrip())
        else:
            faults.append(f"gives an error that is no sentence: {line}")
    faults += [f"does not say: {sentence}" for sentence in expected if sentence not in seen]
    faults += [f"also says: {sentence}" for sentence in dict.fromkeys(seen) if sentence not in expected]

    repaired = compile_source(options, source, twin=True)
    if repaired.returncode != 0:
        first = next((line for line in repaired.stderr.splitlines() if "error:" in line), repaired.stderr.strip())
        faults.append(f"does not compile as a twin: {first}")
    return faults


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compiler", default=os.environ.get("CXX", "c++"))
    parser.add_argument("--include", action="append", required=True, help="include folder, the first one joust's")
    parser.add_argument("--flag", action="append", default=[], help="passed to the compiler as it is")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("names", nargs="*", help="cases to run; all if none is given")
    options = parser.parse_args()

    cases = sorted(HERE.glob("*.cpp"))
    if options.names:
        cases = [case for case in cases if case.stem in options.names]
    if not cases:
        print("no cases found", file=sys.stderr)
        return 2

    failed = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for case, faults in zip(cases, pool.map(lambda case: faults_of(options, case), cases)):
            print(f"{'FAILED' if faults else 'ok    '} {case.stem}")
            for fault in faults:
                print(f"         {fault}")
            failed += bool(faults)

    if not options.names:
        wanted = {sentence for case in cases for sentence in expectations(case)}
        for sentence in sentences_of(pathlib.Path(options.include[0]) / "joust/core/explain.hpp"):
            if sentence not in wanted:
                print(f"FAILED no case expects: {sentence}")
                failed += 1

    print(f"{len(cases)} cases, {failed} failures ({options.compiler})")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
