#!/usr/bin/env bash
# Makes the portable program: a tarball and a Python wheel that start on every x86-64 Linux with glibc 2.31 (Debian 11,
# Ubuntu 20.04) or newer, and measure cards on drivers from 525 on. Both hold the program, the configs and the licences
# of what is linked in; the wheel has the Python package, too. It is made on Debian 12; scripts/portable.sh says how.
#
#   ./scripts/package.sh [--tests] [OUTPUT_FOLDER]
#
#   --tests          the tarball also holds what a day with a card needs: the gpu tests, and the scripts that run there
#   OUTPUT_FOLDER    dist/ where it is not given; files of the same names are replaced
#
# The build is that of build-portable/: CUDA 12.4 for compute capabilities 8.0, 8.6, 8.9 and 9.0a, and PTX for what is
# newer. What gpugauge opens where it is installed, and never contains: the NVIDIA driver, NVML, cuBLASLt.
set -euo pipefail

# shellcheck source=scripts/portable.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/portable.sh"

answer_help "${BASH_SOURCE[0]}" "$@"
usage() {
  printf 'package: %s; usage: package.sh [--tests] [OUTPUT_FOLDER]\n' "$1" >&2
  exit 2
}

output=
tests=
while [[ $# -gt 0 ]]; do
  case $1 in
    --tests)
      tests=1
      shift
      ;;
    -*) usage "unknown option '$1'" ;;
    *)
      [[ -z $output ]] || usage "two output folders, '$output' and '$1'"
      output=$1
      shift
      ;;
  esac
done
output=${output:-$gpugauge_root/dist}
[[ -d $output || ! -e $output ]] || usage "'$output' is not a folder"
programs=(gpugauge ${tests:+gpu_tests unit_cuda_tests})

portable_require_debian_12
ensure_packages ${tests:+--tests}
ensure_portable
ensure_onednn
ensure_cuda_12
gpugauge_build=$gpugauge_root/build-portable
cmake -S "$gpugauge_root" -B "$gpugauge_build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_PREFIX_PATH=/usr \
  -DGPUGAUGE_CUDA=ON \
  "-DGPUGAUGE_TESTS=${tests:+ON}" "-DGPUGAUGE_NVCC=$portable_cuda/bin/nvcc" \
  "-Ddnnl_DIR=$portable_onednn/lib/cmake/dnnl" '-DCMAKE_CUDA_ARCHITECTURES=80-real;86-real;89;90a-real' >/dev/null
build "${programs[@]}"

work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
for program in "${programs[@]}"; do
  link_portable "$gpugauge_build" "$program" "$work/$program"
  strip -- "$work/$program"
done

# ---- the tarball ---------------------------------------------------------------------------------------

version=$("$work/gpugauge" --version | sed -n '1s/^gpugauge \([^ ]*\) .*/\1/p')
name=gpugauge-$version-linux-x86_64
tree=$work/$name
mkdir -p -- "$tree" "$output"
mv -- "${programs[@]/#/$work/}" "$tree/"
cp -R -- "$gpugauge_root/configs" "$tree/configs"
mkdir -- "$tree/results"
cp -R -- "$gpugauge_root/results/imported" "$tree/results/imported"
cp -- "$gpugauge_root/LICENSE" "$gpugauge_root/README.md" "$tree/"
copy_onednn "$tree/lib"
copy_licences "$tree/licences"
if [[ -n $tests ]]; then
  mkdir -- "$tree/scripts"
  for script in gpu_check.sh usage.sh goal_table.py card_record.py card_trials.py command_line.py side_by_side.py \
                pytorch_side.py pytorch_workloads.py result_file.py triton_matmul.py; do
    cp -- "$gpugauge_root/scripts/$script" "$tree/scripts/"
  done
fi
# The same commit gives the same bytes.
date=$(git -C "$gpugauge_root" log -1 --format=%cI 2>/dev/null || echo 2000-01-01)
tar -c -C "$work" --sort=name --mtime="$date" --owner=0 --group=0 --numeric-owner "$name" |
  gzip -9n >"$output/$name.tar.gz"

# ---- the wheel -----------------------------------------------------------------------------------------

python3 -B "$gpugauge_root/scripts/make_wheel.py" "$tree" "$version" "$date" "$output"
(cd -- "$output" && sha256sum -- "$name.tar.gz" "gpugauge-$version"-*.whl >SHA256SUMS && du -h -- * >&2)
