#!/usr/bin/env bash
# How long installing and building take, said beforehand, and how far a build is. setup.sh sources it.

# shellcheck disable=SC2154  # setup.sh sets gpugauge_build

# CPU seconds of a core of the build machine (a virtual Xeon of 2 cores, GCC 12, nvcc 13.0, no compiler cache, other work
# beside it), rounded: the program without its kernels, the kernels for one compute capability, the tests of a build without
# CUDA. Measured: program and one capability 423 s. No number of cores makes it faster than its longest file and the link.
readonly gpugauge_program_seconds=340 gpugauge_kernels_seconds=80 gpugauge_tests_seconds=180 gpugauge_longest_seconds=45
# Without a card it is compiled for the list of CMakeLists.txt.
readonly gpugauge_listed_capabilities=4

# in_words <seconds>: `40 s`, `5 min`.
in_words() { if (($1 < 90)); then printf '%d s' "$1"; else printf '%d min' $((($1 + 30) / 60)); fi; }

# settings_of <name>: a setting of the build folder; nothing where there is none.
settings_of() { sed -n "s/^$1:[A-Z]*=//p" "$gpugauge_build/CMakeCache.txt" 2>/dev/null || true; }

# cpu_seconds <target> <compute capabilities>: of a build of all of it.
cpu_seconds() {
  local cpu=$((gpugauge_program_seconds + $2 * gpugauge_kernels_seconds))
  [[ $1 != all ]] || cpu=$((cpu + gpugauge_tests_seconds))
  printf '%d' "$cpu"
}

# estimated <CPU seconds>: how long that takes here.
estimated() {
  local wall=$(($1 / $(nproc))) least=$(($1 < gpugauge_longest_seconds ? $1 : gpugauge_longest_seconds))
  printf 'about %s (estimated from another machine, for %d cores)' \
    "$(in_words $((wall < least ? least : wall)))" "$(nproc)"
}

# capabilities_here: for how many compute capabilities setup will compile, before it has looked for a toolkit.
capabilities_here() {
  local cards_here
  if [[ ${GPUGAUGE_CUDA:-AUTO} == OFF ]] ||
     { [[ ${GPUGAUGE_CUDA:-AUTO} == AUTO ]] && ! has_driver && [[ -z $(find_nvcc '' 2>/dev/null) ]]; }; then
    printf 0
    return
  fi
  cards_here=$(cards | sed -nE 's/.*, ([89]|[1-9][0-9]+)(\.[0-9]+)$/\1\2/p' | sort -u | grep -c .) || true
  printf '%d' "$((cards_here > 0 ? cards_here : gpugauge_listed_capabilities))"
}

# announce_first_build <target>: what the whole way to the program takes, before anything is installed.
announce_first_build() {
  [[ ! -e $gpugauge_build/build.ninja ]] || return 0
  say "first build: $(estimated "$(cpu_seconds "$1" "$(capabilities_here)")"); later 0 s." \
      "Only minutes? The portable program, 20 MB: README.md"
  gpugauge_announced=1
}

# announce_build <target>: what is left to do and about how long it takes here; nothing where that is next to nothing.
announce_build() {
  local left all capabilities=0
  left=$(ninja -C "$gpugauge_build" -n "$1" 2>/dev/null | grep -c '^\[') || true
  ((left > 3)) || return 0
  if [[ -n ${gpugauge_announced:-} ]]; then
    say "building, $left steps"
    return
  fi
  all=$(ninja -C "$gpugauge_build" -t commands "$1" 2>/dev/null | grep -c .) || true
  if [[ $(settings_of GPUGAUGE_CUDA) == ON ]]; then
    capabilities=$(settings_of CMAKE_CUDA_ARCHITECTURES | tr ';' '\n' | grep -c .) || true
  fi
  say "building, $left of $all steps:" \
      "$(estimated $(($(cpu_seconds "$1" "$capabilities") * left / (all > left ? all : left))))"
}

# show_build: what the build says, without what every build says. A terminal has its steps in one line, with the time
# that is left if the others take as long; a log has none of them.
show_build() {
  local line begun=$SECONDS shown='' left
  while IFS= read -r line; do
    if [[ $line =~ ^\[([0-9]+)/([0-9]+)\]\  ]]; then
      [[ -t 2 ]] || continue
      left=$(((SECONDS - begun) * (BASH_REMATCH[2] - BASH_REMATCH[1]) / (BASH_REMATCH[1] > 0 ? BASH_REMATCH[1] : 1)))
      shown=$(printf 'setup: step %d of %d, about %s left' "${BASH_REMATCH[@]:1:2}" "$(in_words "$left")")
      printf '\r%s\033[K' "$shown" >&2
    elif [[ $line != 'ninja: no work to do.' ]]; then
      printf '%s%s\n' "${shown:+$'\r\033[K'}" "$line" >&2
    fi
  done
  [[ -z $shown ]] || printf '\r\033[K' >&2
}
