#!/usr/bin/env bash
# Makes this machine ready to build gpugauge: packages, a CMake that is new enough, a CUDA toolkit where
# there is a card to use it, and a configured build folder. run.sh and test.sh source it; run by hand
# (./scripts/setup.sh [--tests]) it stops before building. What is already there is left alone.
#
#   GPUGAUGE_CUDA=AUTO    the newest installed toolkit that the driver runs, else NVIDIA's packages or wheels where there
#                         is a driver (default)
#   GPUGAUGE_CUDA=ON      the same, and the wheels also where there is no driver
#   GPUGAUGE_CUDA=WHEELS  the wheels, whatever is installed
#   GPUGAUGE_CUDA=OFF     a build that measures the CPU only
#   GPUGAUGE_DRY_RUN=1    setup.sh and run.sh print the commands that would change something, and run none of them
set -euo pipefail

gpugauge_root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
gpugauge_build=$gpugauge_root/build
# shellcheck source=scripts/usage.sh
source "$gpugauge_root/scripts/usage.sh"
# shellcheck source=scripts/cuda_toolkit.sh
source "$gpugauge_root/scripts/cuda_toolkit.sh"
# shellcheck source=scripts/test_tools.sh
source "$gpugauge_root/scripts/test_tools.sh"
# shellcheck source=scripts/build_progress.sh
source "$gpugauge_root/scripts/build_progress.sh"

# Command and the package that has it: a cmake or a g++ of the user's own is as good.
readonly gpugauge_tools=(g++:g++ cmake:cmake ninja:ninja-build git:git)
# oneDNN's CMake package wants OpenCL, which libdnnl-dev does not depend on.
readonly gpugauge_libraries=(libbenchmark-dev libboost-dev libdnnl-dev libfmt-dev libsimdjson-dev
                             libjs-chart.js libspdlog-dev libssl-dev libyaml-cpp-dev
                             nlohmann-json3-dev ocl-icd-opencl-dev zlib1g-dev)
readonly gpugauge_test_tools=(python3:python3 shellcheck:shellcheck xmllint:libxml2-utils)
# compare.py of libbenchmark-tools imports scipy.
# Boost.Context: the fibers that stand for a kernel's threads.
readonly gpugauge_test_libraries=(libgtest-dev libgmock-dev libbenchmark-tools libboost-context-dev
                                  python3-jsonschema python3-pandas python3-pytest python3-scipy)
readonly gpugauge_oldest_cmake=3.25
readonly gpugauge_cmake_wheel=cmake==3.31.6

# A prefix of the places outside the checkout that are looked at; the tests set it.
readonly gpugauge_system=${GPUGAUGE_SYSTEM_ROOT:-}

# A wheel's own binaries, where an earlier run had to install one.
PATH=$gpugauge_root/.deps/cmake/data/bin:$PATH

say() { printf 'setup: %s\n' "$*" >&2; }
die() { say "$*"; exit 3; }

# Runs a command that changes something, with its chatter dropped and its errors kept.
change() {
  if [[ -n ${GPUGAUGE_DRY_RUN:-} ]]; then
    printf 'would run:' >&2
    printf ' %q' "$@" >&2
    printf '\n' >&2
  else
    "$@" >/dev/null
  fi
}

# at_least <version> <oldest>: compares dotted numbers.
at_least() { [[ $(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1) == "$2" ]]; }

# ---- packages ------------------------------------------------------------------------------------------

# Prints those of the packages named that are not installed, one a line.
missing_packages() {
  local installed name
  # It fails when it does not know a name, and prints the others all the same.
  installed=$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' "$@" 2>/dev/null || true)
  for name in "$@"; do
    [[ $'\n'$installed$'\n' == *$'\n'"$name installed"$'\n'* ]] || printf '%s\n' "$name"
  done
}

# Prints the packages of those command:package pairs whose command is not on the PATH, one a line.
missing_tools() {
  local pair
  for pair in "$@"; do
    command -v "${pair%%:*}" >/dev/null || printf '%s\n' "${pair##*:}"
  done
}

as_root() {
  if [[ $(id -u) -eq 0 ]]; then
    change "$@"
  else
    change sudo "$@"
  fi
}

# Prints what apt-get would download for these packages: `, 102 MB to download`.
download_size() {
  apt-get -qq --print-uris --no-install-recommends install "$@" 2>/dev/null |
    awk '$3 ~ /^[0-9]+$/ { bytes += $3 } END { if (bytes) printf ", %.0f MB to download", bytes / 1e6 }' || true
}

install_packages() {
  # A machine that has just booted may still be updating itself, hence the wait for the lock.
  local -a apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Acquire::Retries=3
                -o DPkg::Lock::Timeout=300)
  if [[ $(id -u) -ne 0 ]] && ! command -v sudo >/dev/null; then
    die "packages are missing, and there is neither root nor sudo. As root:" \
        "apt-get update && apt-get install -y --no-install-recommends $*" \
        "-- without root, the portable program needs none of them (README.md)"
  fi
  as_root "${apt[@]}" update || say "apt-get update had errors, trying with the package lists as they are"
  say "installing $*$(download_size "$@")"
  as_root "${apt[@]}" install -y --no-install-recommends "$@" ||
    die "apt-get could not install them (/var/log/apt/term.log; on Ubuntu they need the component 'universe')"
}

# ensure_packages [--tests]
ensure_packages() {
  local -a tools=("${gpugauge_tools[@]}") libraries=("${gpugauge_libraries[@]}") missing
  if [[ ${1:-} == --tests ]]; then
    tools+=("${gpugauge_test_tools[@]}")
    libraries+=("${gpugauge_test_libraries[@]}")
  fi
  if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    say "no Debian or Ubuntu: nothing is installed here, the build needs what these hold:" \
        "${tools[*]##*:} ${libraries[*]}"
    return
  fi
  mapfile -t missing < <(missing_tools "${tools[@]}"; missing_packages "${libraries[@]}")
  [[ ${#missing[@]} -eq 0 ]] || install_packages "${missing[@]}"
}

# pip_install <folder> <wheel…>: into <folder>.partial, for put_in_place once it is known to be good.
pip_install() {
  local partial=$1.partial
  shift
  if ! python3 -m pip --version >/dev/null 2>&1; then
    install_packages python3 python3-pip ca-certificates
  fi
  change rm -rf -- "$partial"
  change env PIP_ROOT_USER_ACTION=ignore python3 -m pip install --quiet --disable-pip-version-check \
    --no-deps --only-binary=:all: --target "$partial" "$@" || die "pip could not install $*"
}

put_in_place() {
  change rm -rf -- "$1"
  change mv -- "$1.partial" "$1"
}

# Ubuntu 22.04 has CMake 3.22: there the one from PyPI is put into the checkout.
ensure_cmake() {
  local version
  version=$(cmake --version 2>/dev/null | sed -n 's/^cmake version \([0-9.]*\).*/\1/p') || true
  at_least "${version:-0}" "$gpugauge_oldest_cmake" && return
  say "CMake ${version:-(none)} is older than $gpugauge_oldest_cmake, taking $gpugauge_cmake_wheel from PyPI"
  pip_install "$gpugauge_root/.deps" "$gpugauge_cmake_wheel"
  put_in_place "$gpugauge_root/.deps"
  hash -r
}

# ---- the build folder ----------------------------------------------------------------------------------

# configure [--tests]: only where the settings are not those of the last time. A folder that has the tests
# keeps them.
configure() {
  local -a settings=(-DGPUGAUGE_CUDA=OFF) fresh=()
  local stamp=$gpugauge_build/setup-settings.txt tests=OFF for_cards
  if [[ -n $gpugauge_nvcc ]]; then
    settings=(-DGPUGAUGE_CUDA=ON "-DGPUGAUGE_NVCC=$gpugauge_nvcc")
    for_cards=$(architectures)
    [[ -z $for_cards ]] || settings+=("-DCMAKE_CUDA_ARCHITECTURES=$for_cards")
  fi
  # CMake also looks beside every folder of PATH: a conda or /opt prefix would mix its fmt with the distribution's.
  settings+=(-DCMAKE_PREFIX_PATH=/usr)
  if [[ ${1:-} == --tests ]] ||
     grep -qs '^GPUGAUGE_TESTS:BOOL=ON$' "$gpugauge_build/CMakeCache.txt"; then
    tests=ON
  fi
  settings+=("-DGPUGAUGE_TESTS=$tests")

  # What a build folder is bound to; with another of these it begins afresh.
  local identity=$gpugauge_root$'\n'$gpugauge_nvcc
  local wanted=$identity$'\n'${settings[*]} last
  if [[ -e $stamp && -e $gpugauge_build/build.ninja ]]; then
    last=$(<"$stamp")
    [[ $last != "$wanted" ]] || return 0
    [[ $last == "$identity"$'\n'* ]] || fresh=(--fresh)
  fi
  if [[ -n $gpugauge_nvcc ]]; then
    say "configuring $gpugauge_build, CUDA $(nvcc_version "$gpugauge_nvcc") of $gpugauge_nvcc"
  else
    say "configuring $gpugauge_build without CUDA: this build measures the CPU only"
  fi
  change cmake -S "$gpugauge_root" --preset release "${fresh[@]}" "${settings[@]}" ||
    die "CMake could not configure the build (above)"
  [[ -n ${GPUGAUGE_DRY_RUN:-} ]] || printf '%s\n' "$wanted" >"$stamp"
}

# build <target…>: silent when there is nothing to do.
build() {
  if [[ -n ${GPUGAUGE_DRY_RUN:-} ]]; then
    change cmake --build "$gpugauge_build" --target "$@"
    return
  fi
  announce_build "$1"
  cmake --build "$gpugauge_build" --target "$@" | show_build
}

# setup [--tests]
setup() {
  announce_first_build "$([[ ${1:-} == --tests ]] && echo all || echo gpugauge)"
  ensure_packages "$@"
  ensure_cmake
  choose_cuda
  if [[ ${1:-} == --tests ]]; then
    ensure_test_tools
  fi
  configure "$@"
}

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
  answer_help "$0" "$@"
  case ${*:-} in
    '' | --tests) setup "$@" ;;
    *) say "usage: scripts/setup.sh [--tests]"; exit 2 ;;
  esac
fi
