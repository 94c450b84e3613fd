#!/usr/bin/env bash
# One night of one card: measures a suite in fresh processes, holds it against the nights before, and keeps it.
#
#   ./scripts/nightly.sh [options] [-- options of gpugauge run]
#
#   --history DIR   the nights so far, one folder for any number of cards: history
#   --night DATE    the night's name in the history: today, UTC
#   --suite NAME    nightly
#   --device NAME   cuda:N or cpu: best
#   --processes N   fresh processes a night, each in another order of the cases: 5
#   --cool-down N   seconds before a suspicious night is measured once more: 60
#   --seconds N     how long all of it may take: 10800
#   --gpugauge FILE the program: build/gpugauge of this checkout, which is built if it is missing
#   --notify FILE   a program that is called at the end with the folder of the night and the exit status
#
# Leaves HISTORY.nights/<UTC time>/ with the result files, check.md, check.json, check.github and nightly.log. Two of them never
# measure at the same time: the second one ends at once.
#
# A process that dies is continued once, and one that leaves no result file costs its own turn: what the others measured is
# checked and kept. A night without any says so in check.md, has no part in the history, and ends with 3.
#
# Exit status: that of `gpugauge track check`: 0 as fast as ever; 1 a regression; 5 inconclusive; 6 too few nights yet. Else
# 2 wrong arguments; 3 nothing could be measured, time is up, or another one is at work; 4 a case computed something wrong;
# 130 interrupted.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)

# shellcheck source=scripts/usage.sh
source "$root/scripts/usage.sh"
answer_help "${BASH_SOURCE[0]}" "$@"

say() { printf 'nightly: %s\n' "$*" >&2; }
usage() {
  say "$1 (nightly.sh --help lists the options)"
  exit 2
}

history=history suite=nightly device=best gpugauge='' notify=''
processes=5 cool_down=60 seconds=10800
date=$(date -u +%Y-%m-%d)  # all of the night is of this date, though it ends after midnight
run_options=()
while [[ $# -gt 0 ]]; do
  case $1 in
    --history | --night | --suite | --device | --processes | --cool-down | --seconds | --gpugauge | --notify)
      [[ $# -ge 2 ]] || usage "$1 needs a value"
      case $1 in
        --history) history=${2%/} ;;
        --night) date=$2 ;;
        --suite) suite=$2 ;;
        --device) device=$2 ;;
        --processes) processes=$2 ;;
        --cool-down) cool_down=$2 ;;
        --seconds) seconds=$2 ;;
        --gpugauge) gpugauge=$2 ;;
        --notify) notify=$2 ;;
      esac
      shift 2
      ;;
    --)
      shift
      run_options=("$@")
      break
      ;;
    *) usage "unknown argument '$1'" ;;
  esac
done
[[ $processes =~ ^[1-9][0-9]*$ ]] || usage "--processes is '$processes', expected a whole number from 1 on"
[[ $cool_down =~ ^[0-9]+$ ]] || usage "--cool-down is '$cool_down', expected a whole number"
[[ $seconds =~ ^[1-9][0-9]*$ ]] || usage "--seconds is '$seconds', expected a whole number from 1 on"
[[ -z $notify || -x $notify ]] || usage "--notify: '$notify' cannot be run"
deadline=$((SECONDS + seconds))

if [[ -z $gpugauge ]]; then
  gpugauge=$root/build/gpugauge
  if [[ ! -x $gpugauge ]]; then
    # shellcheck source=scripts/setup.sh
    (source "$root/scripts/setup.sh" && setup && build gpugauge) >&2 || { say "the build failed"; exit 3; }
  fi
fi
[[ -x $gpugauge ]] || usage "'$gpugauge' is not a program"

mkdir -p -- "$history" || exit 3
exec 9>"$history.lock"
flock --nonblock 9 || { say "another nightly.sh uses '$history'"; exit 3; }

night_folder() { printf '%s' "$history.nights/$(date -u +%Y-%m-%dT%H%M%SZ)"; }
night=$(night_folder)
while [[ -e $night ]]; do  # the one before began and was killed in this second
  sleep 1
  night=$(night_folder)
done
mkdir -p -- "$night" || exit 3
# The log outlives a Ctrl-C that reaches all of us.
exec > >(trap '' INT TERM; exec tee -a -- "$night/nightly.log") 2>&1

# finish <status>: the one way out from here on.
finish() {
  trap - INT TERM
  [[ -z $notify ]] || "$notify" "$night" "$1" 9>&- || say "'$notify' failed"
  say "exit status $1; $night"
  exit "$1"
}
trap 'say interrupted; finish 130' INT TERM

# limited <command…>: its own status, or 124 if time was up (137 if it would not end). Asks first, as Ctrl-C does: what was
# measured is kept. The lock stays ours.
limited() {
  local left=$((deadline - SECONDS))
  [[ $left -gt 0 ]] || return 124
  timeout --foreground --signal=INT --kill-after=15 "$left" "$@" 9>&-
}

# read_files <command…>: the same for what only reads, and takes seconds; also when the time to measure is up.
read_files() { timeout --foreground --signal=INT --kill-after=15 600 "$@" 9>&-; }

# run_once <name> <options of gpugauge run…>: one fresh process. One that was killed left a journal, and is continued once.
run_once() {
  local name=$1 file=$night/$1.json status=0
  shift
  said_by "$name" run -o "$file" "$@" || status=$?
  [[ $status -gt 130 && $SECONDS -lt $deadline && -e $file.partial ]] || return "$status"
  say "$name: gpugauge run ended with status $status, and is continued"
  said_by "$name" run --resume "$file.partial"
}

# said_by <name> <arguments of gpugauge…>: its status; what it says is appended to NAME.txt and NAME.err.
said_by() {
  local name=$1 status=0
  shift
  limited "$gpugauge" --quiet "$@" >>"$night/$name.txt" 2>"$night/$name.err" || status=$?
  cat -- "$night/$name.err" >&2
  return "$status"
}

# measure <prefix>: as many fresh processes as there are to be; the files that they left, in `files`, and what those said
# that left none, in `without`.
measure() {
  local turn name status said how lost
  files=() without=()
  for ((turn = 1; turn <= processes; ++turn)); do
    name=$1-$turn
    status=0
    run_once "$name" --suite "$suite" --device "$device" --turn "$turn/$processes" "${run_options[@]}" || status=$?
    if [[ ! -e $night/$name.json ]]; then
      case $status in
        2 | 130) finish "$status" ;;
        124 | 137) [[ $SECONDS -lt $deadline ]] || { late=1; say "time is up after $seconds s"; break; } ;;
      esac
      said=$(tail -n 1 -- "$night/$name.err")
      without+=("$name: gpugauge run ended with status $status: ${said:-nothing was said}")
      say "${without[-1]}"
      continue
    fi
    files+=("$night/$name.json")
    case $status in
      0) ;;
      1) say "$name: a card below its datasheet, or a rate that was refused: $night/$name.txt" ;;
      4) wrong=1; say "$name: a case computed a wrong result: $night/$name.txt" ;;
      *)
        said=$(<"$night/$name.txt") lost=''
        for how in failed crashed hung; do
          if [[ $said =~ [1-9][0-9]*\ $how ]]; then lost+=${lost:+, }${BASH_REMATCH[0]}; fi
        done
        say "$name: ${lost:-some cases} could not be run: $night/$name.txt"
        ;;
    esac
  done
}

# check <arguments of track check…>: its status; for people, for programs and for GitHub.
check() {
  local status=0 format
  for format in json github; do
    read_files "$gpugauge" track check --history "$history" --night "$date" --format "$format" "$@" \
      >"$night/check.$format" || true
  done
  read_files "$gpugauge" track check --history "$history" --night "$date" --format markdown "$@" >"$night/check.md" || status=$?
  return "$status"
}

# needs_rerun: whether the check has a case to be confirmed, whatever else it found.
needs_rerun() { grep -q '"needs_rerun": *[1-9]' "$night/check.json"; }

wrong=0 status=0 late=0
say "$processes processes of '$suite' on $device"
measure run
if [[ ${#files[@]} -eq 0 ]]; then
  [[ $late -eq 0 ]] || without+=("time was up after $seconds s")
  printf '%s\n' "Nothing was measured tonight:" "" "${without[@]/#/- }" | tee -- "$night/check.md"
  finish 3
fi
tonight=("${files[@]}")
check "${tonight[@]}" || status=$?
if { [[ $status -eq 7 ]] || needs_rerun; } && [[ $late -eq 0 ]]; then
  say "a case looks slower: rerun after $cool_down s"
  sleep "$cool_down"
  measure rerun
  if [[ ${#files[@]} -gt 0 ]]; then
    status=0
    check "${tonight[@]}" --rerun "${files[@]}" || status=$?
  fi
fi
cat -- "$night/check.md"
read_files "$gpugauge" track add --history "$history" --night "$date" "${tonight[@]}" >/dev/null || { say "the night could not be added to the history"; finish 3; }
[[ $late -eq 0 ]] || status=3
[[ $wrong -eq 0 ]] || status=4
[[ $status -ne 7 ]] || status=5
finish "$status"
