#!/usr/bin/env bash
# Everything that needs a card, within a time budget: gpu tests, compute-sanitizer on the quick ones, the suites, and the
# table of what our kernels were to reach beside what was measured.
#
#   ./scripts/gpu_check.sh [--build DIR] [--device cuda:N] [--seconds N] OUTPUT_FOLDER
#
#   --build DIR    a build folder, or a folder that package.sh made; without it the folder that this script is in where
#                  package.sh made it, else build/, which is built first
#   --device       cuda:0 where it is not given; the gpu tests take the first device that they see
#   --seconds N    how long all of it may take, without the build: 460
#
# The folder gets summary.md, the result files, and the log of every step. A step that fails does not stop the others.
# Exit status: 0 done; 1 done, and a check failed; 2 wrong arguments; 3 no device or no build; 4 a verification failed;
# 130 interrupted.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname -- "$here")

# shellcheck source=scripts/usage.sh
source "$here/usage.sh"
answer_help "${BASH_SOURCE[0]}" "$@"

say() { printf 'gpu_check: %s\n' "$*" >&2; }
usage() {
  say "$1; usage: gpu_check.sh [--build DIR] [--device cuda:N] [--seconds N] OUTPUT_FOLDER"
  exit 2
}

build_folder=
device=cuda:0
seconds=460
output=
while [[ $# -gt 0 ]]; do
  case $1 in
    --build | --device | --seconds)
      [[ $# -ge 2 ]] || usage "$1 needs a value"
      case $1 in
        --build) build_folder=$2 ;;
        --device) device=$2 ;;
        --seconds) seconds=$2 ;;
      esac
      shift 2
      ;;
    -*) usage "unknown option '$1'" ;;
    *)
      [[ -z $output ]] || usage "two output folders, '$output' and '$1'"
      output=$1
      shift
      ;;
  esac
done
[[ -n $output ]] || usage "no output folder"
[[ $device =~ ^cuda:[0-9]+$ ]] || usage "--device is '$device', expected cuda:N"
[[ $seconds =~ ^[1-9][0-9]*$ ]] || usage "--seconds is '$seconds', expected a whole number"
if [[ -e $output ]] && { [[ ! -d $output ]] || [[ -n $(ls -A -- "$output") ]]; }; then
  usage "'$output' is there already and is not an empty folder"
fi

# ---- steps ---------------------------------------------------------------------------------------------

steps=()  # rows of the summary
check_failed=0
verification_failed=0

# end_step <name> <ok|failed|skipped|time was up> <seconds> <note>
end_step() {
  local log=-
  [[ ! -e $output/$1.log ]] || log=$1.log
  steps+=("| $1 | $2 | $3 | $log | $4 |")
  say "$1: $2, $3 s${4:+ ($4)}"
  [[ $2 != failed ]] || check_failed=1
}

# limited <seconds> <command…>: its own status, or 124 where it had to be killed. Asks first, as Ctrl-C does, so that
# gpugauge keeps what it measured.
limited() {
  local limit=$(($1 > 0 ? $1 : 1))  # 0 would mean no limit
  shift
  timeout --foreground --preserve-status --signal=INT --kill-after=15 "$limit" "$@"
}

seconds_left() { printf '%d' $((deadline - SECONDS)); }

# The lesser of a wish and what is left.
at_most() {
  local left
  left=$(seconds_left)
  printf '%d' $(($1 < left ? $1 : left))
}

count() { grep -c -- "$1" "$2" || true; }

# ---- what there is to run ------------------------------------------------------------------------------

has_programs() { [[ -x $1/gpugauge && -x $1/gpu_tests ]]; }

find_build() {
  if [[ -n $build_folder ]]; then
    has_programs "$build_folder" || {
      say "'$build_folder' has no gpugauge and gpu_tests, expected a build with CUDA or what package.sh makes"
      exit 3
    }
  elif has_programs "$root"; then
    build_folder=$root
  else
    # shellcheck source=scripts/setup.sh
    (source "$here/setup.sh" && setup --tests && build gpugauge gpu_tests unit_cuda_tests) >"$output/build.log" 2>&1 ||
      {
        say "the build failed:"
        tail -n 20 -- "$output/build.log" >&2
        exit 3
      }
    build_folder=$root/build
    has_programs "$build_folder" || { say "the build has no CUDA: $output/build.log"; exit 3; }
  fi
  build_folder=$(cd -- "$build_folder" && pwd)
}

find_device() {
  "$build_folder/gpugauge" doctor >"$output/doctor.log" 2>&1 || true
  grep -q -- "^ *$device  *ok " "$output/doctor.log" || {
    say "$device is not here, or does not work; gpugauge doctor says:"
    cat -- "$output/doctor.log" >&2
    exit 3
  }
}

# ---- the steps -----------------------------------------------------------------------------------------

run_unit_tests() {
  local start=$SECONDS status=0
  [[ -x $build_folder/unit_cuda_tests ]] || { end_step unit_tests skipped 0 "not in this build"; return; }
  limited "$(at_most 60)" "$build_folder/unit_cuda_tests" >"$output/unit_tests.log" 2>&1 || status=$?
  if [[ $status -eq 0 ]]; then
    end_step unit_tests ok $((SECONDS - start)) ""
  else
    end_step unit_tests failed $((SECONDS - start)) "status $status"
  fi
}

# One process a test suite, since an error of one kernel ends the CUDA context of all that follow. Leaves the suites
# that passed in passed_suites, the quickest first.
run_gpu_tests() {
  local start=$SECONDS budget=$((SECONDS + $(at_most 150))) log=$output/gpu_tests.log
  local suite begun status note failed=() late=0
  local -a suites timed=()
  mapfile -t suites < <("$build_folder/gpu_tests" --gtest_list_tests | sed -n 's/^\([^ ]*\)\.\( .*\)\{0,1\}$/\1/p')
  for suite in "${suites[@]}"; do
    if [[ $SECONDS -ge $budget ]]; then
      late=$((late + 1))
      continue
    fi
    begun=$SECONDS
    status=0
    limited $((budget - SECONDS)) "$build_folder/gpu_tests" --gtest_brief=0 "--gtest_filter=$suite.*" >>"$log" 2>&1 ||
      status=$?
    if [[ $status -eq 0 ]]; then
      timed+=("$((SECONDS - begun)) $suite")
    elif [[ $SECONDS -ge $budget ]]; then
      late=$((late + 1))
    else
      failed+=("$suite")
    fi
  done
  mapfile -t passed_suites < <(printf '%s\n' "${timed[@]}" | sort -n | sed -n 's/^[0-9]* \(..*\)/\1/p')
  note="$(count '^\[       OK \]' "$log") passed, $(count '^\[  SKIPPED \] .* ms)' "$log") skipped"
  [[ $late -eq 0 ]] || note+=", no time for $late of ${#suites[@]} test suites"
  if [[ ${#failed[@]} -gt 0 ]]; then
    end_step gpu_tests failed $((SECONDS - start)) "$note; failed: ${failed[*]}"
  elif [[ ${#suites[@]} -eq 0 ]]; then
    end_step gpu_tests failed $((SECONDS - start)) "gpu_tests lists no tests"
  elif [[ $late -gt 0 ]]; then
    end_step gpu_tests "time was up" $((SECONDS - start)) "$note"
  else
    end_step gpu_tests ok $((SECONDS - start)) "$note"
  fi
}

# run_sanitizer <tool> <seconds>: the quickest test suites under a tool of compute-sanitizer, while there is time: each slows
# kernels down many times. memcheck sees wrong addresses, racecheck hazards in shared memory, initcheck reads of what nobody wrote.
run_sanitizer() {
  local start=$SECONDS budget=$((SECONDS + $(at_most "$2"))) log=$output/$1.log sanitizer suite status
  local checked=0 failed=()
  sanitizer=$(command -v compute-sanitizer || printf '%s' "${CUDA_HOME:-/usr/local/cuda}/bin/compute-sanitizer")
  [[ -x $sanitizer ]] || { end_step "$1" skipped 0 "compute-sanitizer is not installed"; return; }
  [[ ${#passed_suites[@]} -gt 0 ]] || { end_step "$1" skipped 0 "no gpu test passed"; return; }
  for suite in "${passed_suites[@]}"; do
    [[ $SECONDS -lt $budget ]] || break
    status=0
    limited $((budget - SECONDS)) "$sanitizer" --tool "$1" --error-exitcode 99 \
      "$build_folder/gpu_tests" "--gtest_filter=$suite.*" >>"$log" 2>&1 || status=$?
    if [[ $status -eq 0 ]]; then
      checked=$((checked + 1))
    elif [[ $SECONDS -lt $budget ]]; then
      failed+=("$suite")
    fi
  done
  local note="$checked of ${#passed_suites[@]} test suites clean"
  if [[ ${#failed[@]} -gt 0 ]]; then
    end_step "$1" failed $((SECONDS - start)) "$note; failed: ${failed[*]}"
  elif [[ $checked -lt ${#passed_suites[@]} ]]; then
    end_step "$1" "time was up" $((SECONDS - start)) "$note"
  else
    end_step "$1" ok $((SECONDS - start)) "$note"
  fi
}

# run_suite <step> <seconds> <arguments of gpugauge run…>
run_suite() {
  local step=$1 limit start=$SECONDS status=0
  limit=$(at_most "$2")
  shift 2
  [[ $limit -ge 10 ]] || { end_step "$step" skipped 0 "no time left"; return; }
  limited "$limit" "$build_folder/gpugauge" run --device "$device" --redact -o "$output/$step.json" "$@" \
    >"$output/$step.log" 2>&1 || status=$?
  case $status in
    0) end_step "$step" ok $((SECONDS - start)) "" ;;
    1) end_step "$step" failed $((SECONDS - start)) "a check failed" ;;
    4)
      verification_failed=1
      end_step "$step" failed $((SECONDS - start)) "a verification failed"
      ;;
    130) end_step "$step" "time was up" $((SECONDS - start)) "what was measured is in $step.json.partial" ;;
    *) end_step "$step" failed $((SECONDS - start)) "status $status" ;;
  esac
}

make_table() {
  local start=$SECONDS status=0 step
  local -a results=()
  for step in goals datasheet full; do
    # A run that was interrupted keeps its journal instead of a result file.
    [[ ! -e $output/$step.json.partial ]] || results+=("$output/$step.json.partial")
    [[ ! -e $output/$step.json ]] || results+=("$output/$step.json")
  done
  [[ ${#results[@]} -gt 0 ]] || { end_step goal_table skipped 0 "nothing was measured"; return; }
  python3 "$here/goal_table.py" "$goals_file" "${results[@]}" >"$output/goals.md" 2>>"$output/goal_table.log" || status=$?
  case $status in
    0) end_step goal_table ok $((SECONDS - start)) "" ;;
    1) end_step goal_table failed $((SECONDS - start)) "a goal was missed" ;;
    *) end_step goal_table failed $((SECONDS - start)) "status $status" ;;
  esac
}

write_summary() {
  {
    printf '# GPU check\n\n'
    [[ ! -s $output/goals.md ]] || { cat -- "$output/goals.md"; printf '\n'; }
    printf '| step | status | seconds | log | |\n|---|---|---:|---|---|\n'
    printf '%s\n' "${steps[@]}"
  } >"$output/summary.md"
  say "$output/summary.md"
}

mkdir -p -- "$output"
trap 'say "interrupted"; write_summary; exit 130' INT TERM
find_build
goals_file=$root/configs/goals.json
passed_suites=()
find_device
deadline=$((SECONDS + seconds))

run_unit_tests
run_gpu_tests
for tool in memcheck racecheck initcheck; do
  run_sanitizer "$tool" 30
done
run_suite goals 270 --suite goals
run_suite datasheet 90 --suite datasheet
run_suite full 3600 --suite full  # as far as the time goes
make_table
write_summary
[[ $verification_failed -eq 0 ]] || exit 4
exit "$check_failed"
