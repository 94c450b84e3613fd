#!/usr/bin/env bash
# Makes a folder that runs on another machine: the program, the gpu tests, the configs and the scripts that need no
# build. It has every shared library but the C library; of the target it needs glibc as new as this machine's, the
# NVIDIA driver and, for cuBLASLt's rows, cuBLASLt, which is opened at run time.
#
#   ./scripts/package.sh [--build DIR] OUTPUT_FOLDER
#
#   --build DIR    a build folder that is configured with CUDA; build/, set up first, where it is not given. It is
#                  linked anew, to look for libraries beside the program.
#
# There: OUTPUT_FOLDER/scripts/gpu_check.sh RESULTS_FOLDER, card_trials.py or side_by_side.py beside it, or
# OUTPUT_FOLDER/gpugauge run. What card_trials.py is to find with `gpugauge ab` is put there by
# ./scripts/plant_slowdown.sh half-the-blocks OUTPUT_FOLDER/gpugauge-planted
set -euo pipefail

# shellcheck source=scripts/setup.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/setup.sh"

fail() { printf 'package: %s\n' "$*" >&2; }
usage() {
  fail "$1; usage: package.sh [--build DIR] OUTPUT_FOLDER"
  exit 2
}

output=
given=
while [[ $# -gt 0 ]]; do
  case $1 in
    --build)
      [[ $# -ge 2 ]] || usage "--build needs a folder"
      given=$2
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
[[ ! -e $output ]] || usage "'$output' is there already"

programs=(gpugauge gpu_tests unit_cuda_tests)
if [[ -n $given ]]; then
  [[ -e $given/CMakeCache.txt ]] || { fail "'$given' is not a build folder"; exit 3; }
  gpugauge_build=$(cd -- "$given" && pwd)
else
  setup --tests
fi

# DT_RPATH and not DT_RUNPATH: it holds for what the libraries need, too.
# shellcheck disable=SC2016  # $ORIGIN is for the loader
cmake -S "$gpugauge_root" -B "$gpugauge_build" '-DCMAKE_BUILD_RPATH=$ORIGIN/lib' \
  -DCMAKE_EXE_LINKER_FLAGS=-Wl,--disable-new-dtags >/dev/null
if grep -Eq '^GPUGAUGE_(CUDA:[A-Z]*=OFF|NVCC:[A-Z]*=(.*-NOTFOUND)?)$' "$gpugauge_build/CMakeCache.txt"; then
  fail "'$gpugauge_build' is a build without CUDA"
  exit 3
fi
build "${programs[@]}"

# What the C library is made of and the kernel's own: theirs must be the target's.
is_system() {
  case $1 in
    linux-vdso.so.* | ld-linux* | libc.so.* | libm.so.* | libdl.so.* | libpthread.so.* | librt.so.* | libresolv.so.*) ;;
    *) return 1 ;;
  esac
}

partial=$output.partial
rm -rf -- "$partial"
mkdir -p -- "$partial/lib" "$partial/scripts"
for program in "${programs[@]}"; do
  strip -o "$partial/$program" "$gpugauge_build/$program"
  while read -r line; do  # `name => path (address)`, or `path (address)` of the loader
    name=${line%% *}
    path=${line#* => }
    path=${path% (0x*}
    is_system "${name##*/}" && continue
    [[ $path == /* ]] || { fail "$program needs $name, which is not found"; exit 3; }
    [[ -e $partial/lib/$name ]] || strip -o "$partial/lib/$name" "$path"
  done < <(ldd "$gpugauge_build/$program")
done
cp -R -- "$gpugauge_root/configs" "$partial/configs"
for script in gpu_check.sh goal_table.py card_trials.py card_record.py command_line.py \
              side_by_side.py pytorch_side.py pytorch_workloads.py result_file.py triton_matmul.py; do
  cp -- "$gpugauge_root/scripts/$script" "$partial/scripts/"
done
mv -- "$partial" "$output"
du -sh -- "$output" >&2
