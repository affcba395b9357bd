# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Sourced by the scripts beside it: names each step as it starts, and says on the last line which one failed.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
script=${0#"$root/"}
current_step='its start'

# One compiler per core, and no more of them than the memory holds at 1.5 GB each.
cores=$(nproc 2>/dev/null || getconf _NPROCESSORS_ONLN)
memory=$(awk '/^MemAvailable/ {print int($2 / 1500000)}' /proc/meminfo 2>/dev/null || true)
JOBS=${JOBS:-$((${memory:-$cores} < cores ? ${memory:-$cores} : cores))}
[ "$JOBS" -ge 1 ] || JOBS=1
export JOBS CMAKE_BUILD_PARALLEL_LEVEL=$JOBS CTEST_PARALLEL_LEVEL=$JOBS

# The compiler cache serves every checkout, wherever it lies.
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=true

# step TEXT: what comes next.
step() {
  current_step=$1
  printf '\n== %s: %s (%d s)\n' "$script" "$1" "$SECONDS"
}

report_failure() {
  local status=$?
  [ "$status" = 0 ] || printf '\n%s: failed with status %d at: %s\n' "$script" "$status" "$current_step" >&2
  exit "$status"
}
trap report_failure EXIT
