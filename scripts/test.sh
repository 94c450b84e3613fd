#!/usr/bin/env bash
# Installs what is missing, builds everything and runs every test. Arguments go to ctest. Tests that this
# machine cannot run are listed with the reason; the last lines are ctest's own summary.
set -euo pipefail

# shellcheck source=scripts/setup.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/setup.sh"

setup --tests
build all

results=$(mktemp -d)
trap 'rm -rf -- "$results"' EXIT
status=0
# The summary is held back (sed's w) until the reasons are out.
ctest --test-dir "$gpugauge_build" --output-on-failure --no-tests=error --parallel "$(nproc)" \
  --output-junit "$results/junit.xml" "$@" |
  sed -u -e "/^[0-9]*% tests passed/,\$ { w $results/summary" -e 'd' -e '}' || status=$?
[[ ! -e $results/junit.xml ]] || python3 "$gpugauge_root/scripts/skipped_tests.py" "$results/junit.xml"
cat -- "$results/summary"
exit "$status"
