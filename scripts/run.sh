#!/usr/bin/env bash
# Installs what is missing, builds, and runs `gpugauge run` with the arguments given, on the best device here.
set -euo pipefail

# shellcheck source=scripts/setup.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/setup.sh"

# shellcheck source=scripts/arguments.sh
source "$gpugauge_root/scripts/arguments.sh"
check_run_arguments "$@"
setup
build gpugauge
if [[ -n ${GPUGAUGE_DRY_RUN:-} ]]; then
  change "$gpugauge_build/gpugauge" run "$@"
  exit
fi
exec "$gpugauge_build/gpugauge" run "$@"
