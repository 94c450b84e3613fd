#!/usr/bin/env bash
# Builds a gpugauge that is slower in one kernel, to see that `gpugauge ab` finds it. The sources stay as they are: the
# last commit is checked out elsewhere, patched and built with the settings of a build folder.
#
#   ./scripts/plant_slowdown.sh [--build DIR] PATCH PROGRAM
#
#   --build DIR    the build folder whose settings are taken: build/, where it is not given
#   PATCH          a file, or a name of scripts/slowdowns/: half-the-blocks (linear_stream, on a GPU),
#                  work-twice (reading memory on a CPU)
#   PROGRAM        where the slower program goes; beside the gpugauge of a folder that package.sh made, it finds its
#                  libraries there
#
# Then: gpugauge ab build/gpugauge PROGRAM --filter linear_stream
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname -- "$here")

fail() { printf 'plant_slowdown: %s\n' "$1" >&2; exit "$2"; }

build=$root/build
while [[ ${1:-} == -* ]]; do
  [[ $1 == --build && $# -ge 2 ]] || fail "'$1'; usage: plant_slowdown.sh [--build DIR] PATCH PROGRAM" 2
  build=$2
  shift 2
done
[[ $# -eq 2 ]] || fail "usage: plant_slowdown.sh [--build DIR] PATCH PROGRAM" 2
patch=$1
[[ -f $patch ]] || patch=$here/slowdowns/$1.patch
[[ -f $patch ]] || fail "'$1' is no file, nor one of $(cd -- "$here/slowdowns" && printf '%s ' *.patch)" 2
patch=$(cd -- "$(dirname -- "$patch")" && pwd)/$(basename -- "$patch")
program=$2
[[ ! -e $program ]] || fail "'$program' is there already" 2
[[ -f $build/CMakeCache.txt ]] || fail "'$build' is not a build folder: run scripts/run.sh, or name one with --build" 3

# DT_RPATH and not DT_RUNPATH, as in package.sh: libraries beside the program come first.
# shellcheck disable=SC2016  # $ORIGIN is for the loader
settings=(-DGPUGAUGE_TESTS=OFF '-DCMAKE_BUILD_RPATH=$ORIGIN/lib' '-DCMAKE_EXE_LINKER_FLAGS=-Wl,--disable-new-dtags')
while IFS= read -r line; do
  settings+=("-D$line")
done < <(grep -E '^(CMAKE_BUILD_TYPE|CMAKE_CXX_FLAGS|CMAKE_CUDA_ARCHITECTURES|GPUGAUGE_CUDA|GPUGAUGE_NVCC):' \
  "$build/CMakeCache.txt")

folder=$(mktemp -d)
remove() {
  git -C "$root" worktree remove --force "$folder/tree" 2>/dev/null || true
  rm -rf -- "$folder"
}
trap remove EXIT
git -C "$root" worktree add --quiet --detach "$folder/tree" HEAD
git -C "$folder/tree" apply "$patch" || fail "$patch does not apply to the last commit" 3
# So that ccache knows what is the same in another folder.
export CCACHE_BASEDIR=$folder/tree CCACHE_NOHASHDIR=1
if ! { cmake -S "$folder/tree" -B "$folder/tree/build" -G Ninja "${settings[@]}" &&
       cmake --build "$folder/tree/build" --target gpugauge; } >"$folder/log" 2>&1; then
  tail -n 20 -- "$folder/log" >&2
  fail "the patched sources do not build (above)" 3
fi
strip -o "$program" "$folder/tree/build/gpugauge"
printf 'plant_slowdown: %s, slower by %s\n' "$program" "$(basename -- "$patch")" >&2
