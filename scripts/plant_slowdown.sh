#!/usr/bin/env bash
# Builds a gpugauge that is slower in one kernel, to see that `gpugauge ab` finds it. The sources stay as they are: the
# last commit is checked out elsewhere, patched and built with the settings of a build folder.
#
#   ./scripts/plant_slowdown.sh [--build DIR] [--portable] PATCH PROGRAM
#
#   --build DIR    the build folder whose settings are taken: build/, where it is not given
#   --portable     linked as package.sh links, for another machine; best with --build build-portable
#   PATCH          a file, or a name of scripts/slowdowns/: half-the-blocks (linear_stream, on a GPU),
#                  work-twice (reading memory on a CPU)
#   PROGRAM        where the slower program goes
#
# Then: gpugauge ab build/gpugauge PROGRAM --filter linear_stream
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname -- "$here")

fail() { printf 'plant_slowdown: %s\n' "$1" >&2; exit "$2"; }

usage="usage: plant_slowdown.sh [--build DIR] [--portable] PATCH PROGRAM"
build=$root/build
portable=
while [[ ${1:-} == -* ]]; do
  case $1 in
    --build)
      [[ $# -ge 2 ]] || fail "--build needs a folder; $usage" 2
      build=$2
      shift
      ;;
    --portable) portable=1 ;;
    *) fail "'$1'; $usage" 2 ;;
  esac
  shift
done
[[ $# -eq 2 ]] || fail "$usage" 2
patch=$1
[[ -f $patch ]] || patch=$here/slowdowns/$1.patch
[[ -f $patch ]] || fail "'$1' is no file, nor one of $(cd -- "$here/slowdowns" && printf '%s ' *.patch)" 2
patch=$(cd -- "$(dirname -- "$patch")" && pwd)/$(basename -- "$patch")
program=$2
[[ ! -e $program ]] || fail "'$program' is there already" 2
[[ -f $build/CMakeCache.txt ]] || fail "'$build' is not a build folder: run scripts/run.sh, or name one with --build" 3

settings=(-DGPUGAUGE_TESTS=OFF)
while IFS= read -r line; do
  settings+=("-D$line")
done < <(grep -E '^(CMAKE_BUILD_TYPE|CMAKE_CXX_FLAGS|CMAKE_CUDA_ARCHITECTURES|GPUGAUGE_CUDA|GPUGAUGE_NVCC|dnnl_DIR):' \
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
built=$folder/tree/build/gpugauge
if [[ -n $portable ]]; then
  # shellcheck source=scripts/portable.sh
  source "$here/portable.sh"
  ensure_portable
  link_portable "$folder/tree/build" gpugauge "$built"
fi
strip -o "$program" "$built"
printf 'plant_slowdown: %s, slower by %s\n' "$program" "$(basename -- "$patch")" >&2
