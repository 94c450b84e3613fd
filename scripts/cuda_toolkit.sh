#!/usr/bin/env bash
# Which CUDA toolkit builds the program, and for which cards: by what the driver runs. setup.sh sources it.

# shellcheck disable=SC2154  # setup.sh sets gpugauge_root and gpugauge_system

# nvcc knows the FP8 products of sm_89 since 12.4 (PTX 8.4); the wheels below are CUDA 13.0 Update 1, which runs on drivers
# from 580 on (CUDA release notes).
readonly gpugauge_oldest_nvcc=12.4
readonly gpugauge_oldest_driver_for_wheels=580
readonly gpugauge_cuda_wheels=(nvidia-cuda-nvcc==13.0.88 nvidia-cuda-crt==13.0.88 nvidia-nvvm==13.0.88
                               nvidia-cuda-runtime==13.0.88 nvidia-cuda-cccl==13.0.85
                               nvidia-cublas==13.0.2.14)
readonly gpugauge_cuda_folder=$gpugauge_root/.cuda
# For drivers before that: from NVIDIA's own apt source, with nvcc in /usr/local/cuda-12.9.
readonly gpugauge_cuda_packages=(cuda-nvcc-12-9 cuda-cudart-dev-12-9 libcublas-dev-12-9)

nvcc_version() { "$1" --version 2>/dev/null | sed -n 's/.* release \([0-9.]*\),.*/\1/p' || true; }

# The driver's own program; in WSL2 it is not always on the PATH.
smi() { nvidia-smi "$@" 2>/dev/null || "$gpugauge_system/usr/lib/wsl/lib/nvidia-smi" "$@" 2>/dev/null; }

has_driver() {
  [[ -e $gpugauge_system/proc/driver/nvidia/version ]] || smi -L >/dev/null ||
    [[ $("$gpugauge_system"/sbin/ldconfig -p 2>/dev/null) == *libcuda.so.1* ]]
}

# Prints the driver's major version, or nothing where neither it nor the kernel tells.
driver_major() {
  local version
  version=$(smi --query-gpu=driver_version --format=csv,noheader | sed -nE '1s/^([0-9]{3,})\..*/\1/p') || true
  [[ -n $version ]] || version=$(sed -nE '1s/.*[[:space:]]([0-9]{3,})\.[0-9.]+[[:space:]].*/\1/p' \
    "$gpugauge_system/proc/driver/nvidia/version" 2>/dev/null) || true
  printf '%s' "$version"
}

# Prints the newest CUDA that the driver runs (12.4), or nothing where there is none or it does not tell.
driver_cuda() {
  local version major row
  version=$(smi | sed -nE 's/.*CUDA (UMD )?Version: *([0-9]+\.[0-9]+).*/\2/p') || true
  if [[ -z $version ]]; then
    major=$(driver_major)
    [[ -n $major ]] || return 0
    version=11.8
    # The oldest driver of each: CUDA release notes, table 3.
    for row in 525:12.0 530:12.1 535:12.2 545:12.3 550:12.4 555:12.5 560:12.6 565:12.7 570:12.8 575:12.9 580:13.0; do
      [[ $major -lt ${row%:*} ]] || version=${row#*:}
    done
  fi
  printf '%s' "$version"
}

# Prints the path of every nvcc here, the user's choice first.
nvcc_candidates() {
  if [[ ${GPUGAUGE_CUDA:-AUTO} != WHEELS ]]; then
    [[ -z ${CUDA_HOME:-} ]] || printf '%s\n' "$CUDA_HOME/bin/nvcc"
    type -aP nvcc || true
    printf '%s\n' "$gpugauge_system"/usr/local/cuda/bin/nvcc "$gpugauge_system"/opt/cuda/bin/nvcc \
      "$gpugauge_system"/usr/local/cuda-*/bin/nvcc
  fi
  printf '%s\n' "$gpugauge_cuda_folder"/nvidia/cu13/bin/nvcc
}

# find_nvcc <driver's CUDA or nothing>: prints the nvcc to use. $CUDA_HOME is taken where it will do, else the newest
# that is no newer than the driver, else the newest of the driver's major version: the driver runs its machine code
# (CUDA compatibility guide, minor version compatibility).
find_nvcc() {
  local driver=$1 nvcc version best='' best_version=0 later='' later_version=0
  while read -r nvcc; do
    [[ -x $nvcc ]] || continue
    version=$(nvcc_version "$nvcc")
    if ! at_least "${version:-0}" "$gpugauge_oldest_nvcc"; then
      say "$nvcc is CUDA ${version:-of no known version}, older than $gpugauge_oldest_nvcc: not used"
    elif [[ -n $driver && ${version%%.*} -gt ${driver%%.*} ]]; then
      say "$nvcc is CUDA $version, and the driver runs CUDA $driver: not used"
    elif [[ -z $driver ]] || at_least "$driver" "$version"; then
      if [[ $nvcc == "${CUDA_HOME:-}/bin/nvcc" ]]; then
        best=$nvcc
        break
      fi
      if ! at_least "$best_version" "$version"; then
        best=$nvcc best_version=$version
      fi
    elif ! at_least "$later_version" "$version"; then
      later=$nvcc later_version=$version
    fi
  done < <(nvcc_candidates)
  printf '%s' "${best:-$later}"
}

# Prints name and compute capability of each card, `Tesla T4, 7.5`; nothing where the driver does not tell.
cards() { smi --query-gpu=name,compute_cap --format=csv,noheader | grep -E ', [0-9]+\.[0-9]+$' || true; }

# Ends where every card is older than the kernels are written for: the CPU is another measurement, and asked for.
refuse_old_cards() {
  local found
  found=$(cards)
  [[ -n $found ]] || return 0
  ! grep -qE ', ([89]|[1-9][0-9]+)\.[0-9]+$' <<<"$found" || return 0
  die "the card here ($(sed -n 1p <<<"$found")) is older than the kernels, which need compute capability 8.0 (Ampere);" \
      "the CPU can be measured: GPUGAUGE_CUDA=OFF ./scripts/run.sh --device cpu"
}

# Prints what to compile for as CMake names it: the cards that are here and that nvcc knows; nothing for the list of
# CMakeLists.txt, which has PTX for what is newer.
architectures() {
  local codes capability number result=''
  codes=$("$gpugauge_nvcc" --list-gpu-code 2>/dev/null) || true
  while read -r capability; do
    number=${capability/./}
    [[ $number -ge 80 ]] || continue
    if [[ $'\n'$codes$'\n' != *$'\n'"sm_$number"$'\n'* ]]; then
      say "nvcc $(nvcc_version "$gpugauge_nvcc") has no machine code for compute capability $capability"
      return 0
    fi
    [[ $number != 90 ]] || number=90a  # Hopper's own instructions: wgmma, TMA
    result+="${result:+;}$number-real"
  done < <(cards | sed -E 's/.*, //' | sort -u -V)
  printf '%s' "$result"
}

# Compiling and linking one file tells whether a toolkit is whole.
nvcc_works() {
  local folder status=0
  folder=$(mktemp -d)
  printf '__global__ void k() {}\nint main() { k<<<1, 1>>>(); return cudaDeviceSynchronize(); }\n' >"$folder/a.cu"
  "$1" -o "$folder/a" "$folder/a.cu" >&2 || status=$?
  rm -rf -- "$folder"
  return "$status"
}

# The driver is older than the wheels' CUDA 13: NVIDIA's own packages of CUDA 12, where the image has their source.
install_cuda_packages() {
  local driver=$1
  if command -v apt-get >/dev/null &&
     grep -rqs developer.download.nvidia.com "$gpugauge_system"/etc/apt/sources.list{,.d}; then
    install_packages "${gpugauge_cuda_packages[@]}"
    return
  fi
  die "the driver here runs CUDA $driver, the wheels are of CUDA 13 (driver $gpugauge_oldest_driver_for_wheels or later)" \
      "and there is no CUDA 12 toolkit: take the portable program (scripts/README.md), install a toolkit from 12.4 on," \
      "or measure the CPU: GPUGAUGE_CUDA=OFF ./scripts/run.sh --device cpu"
}

install_cuda_wheels() {
  local toolkit=$gpugauge_cuda_folder.partial/nvidia/cu13
  say "no CUDA toolkit here, taking nvcc, the runtime and cuBLAS 13.0 from PyPI (530 MB)"
  pip_install "$gpugauge_cuda_folder" "${gpugauge_cuda_wheels[@]}"
  # The wheels have lib and versioned names only; nvcc and CMake look for lib64 and for lib*.so.
  change ln -sfn lib "$toolkit/lib64"
  change ln -sf libcublasLt.so.13 "$toolkit/lib/libcublasLt.so"
  change ln -sf libcudart.so.13 "$toolkit/lib/libcudart.so"
  [[ -n ${GPUGAUGE_DRY_RUN:-} ]] || nvcc_works "$toolkit/bin/nvcc" ||
    die "nvcc from the wheels compiles nothing (above); GPUGAUGE_CUDA=OFF builds for the CPU only"
  put_in_place "$gpugauge_cuda_folder"
}

# Sets gpugauge_nvcc to the compiler to use, empty for a build without CUDA.
choose_cuda() {
  gpugauge_nvcc=
  case ${GPUGAUGE_CUDA:-AUTO} in
    OFF) return ;;
    AUTO | ON | WHEELS) ;;
    *) say "GPUGAUGE_CUDA=$GPUGAUGE_CUDA: expected AUTO, ON, WHEELS or OFF"; exit 2 ;;
  esac
  local driver
  [[ ${GPUGAUGE_CUDA:-AUTO} != AUTO ]] || refuse_old_cards
  driver=$(driver_cuda)
  gpugauge_nvcc=$(find_nvcc "$driver")
  [[ -z $gpugauge_nvcc ]] || return 0
  if [[ -n $driver ]] && ! at_least "$driver" 13.0; then
    install_cuda_packages "$driver"
    gpugauge_nvcc=$gpugauge_system/usr/local/cuda-12.9/bin/nvcc
  elif [[ ${GPUGAUGE_CUDA:-AUTO} != AUTO ]] || has_driver; then
    install_cuda_wheels
    gpugauge_nvcc=$gpugauge_cuda_folder/nvidia/cu13/bin/nvcc
  fi
}
