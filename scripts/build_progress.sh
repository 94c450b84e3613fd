#!/usr/bin/env bash
# How long installing and building take, said beforehand, and how far a build is. setup.sh sources it.

# shellcheck disable=SC2154  # setup.sh sets gpugauge_build

# CPU seconds of a core of the build machine (a virtual Xeon of 2 cores, GCC 12, nvcc 12.4 and 13.0, no compiler cache),
# rounded: the program without its kernels, the kernels for one compute capability, the tests of a build without CUDA.
readonly gpugauge_program_seconds=240 gpugauge_kernels_seconds=80 gpugauge_tests_seconds=180

# in_words <seconds>: `40 s`, `5 min`.
in_words() { if (($1 < 90)); then printf '%d s' "$1"; else printf '%d min' $((($1 + 30) / 60)); fi; }

# settings_of <name>: a setting of the build folder; nothing where there is none.
settings_of() { sed -n "s/^$1:[A-Z]*=//p" "$gpugauge_build/CMakeCache.txt" 2>/dev/null || true; }

# announce_build <target>: what is left to do and about how long it takes here; nothing where that is next to nothing.
announce_build() {
  local left all cpu_s=$gpugauge_program_seconds capabilities
  left=$(ninja -C "$gpugauge_build" -n "$1" 2>/dev/null | grep -c '^\[') || true
  ((left > 3)) || return 0
  all=$(ninja -C "$gpugauge_build" -t commands "$1" 2>/dev/null | grep -c .) || true
  if [[ $(settings_of GPUGAUGE_CUDA) == ON ]]; then
    capabilities=$(settings_of CMAKE_CUDA_ARCHITECTURES | tr ';' '\n' | grep -c .) || true
    cpu_s=$((cpu_s + capabilities * gpugauge_kernels_seconds))
  fi
  [[ $1 != all ]] || cpu_s=$((cpu_s + gpugauge_tests_seconds))
  say "building, $left of $all steps: about $(in_words $((cpu_s * left / (all > left ? all : left) / $(nproc))))" \
      "(estimated from another machine, for $(nproc) cores)"
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
