#!/usr/bin/env bash
# Links gpugauge so that it starts on every x86-64 Linux with glibc 2.31 (Debian 11, Ubuntu 20.04) or newer. package.sh
# and plant_slowdown.sh source it.
#
# The objects are those of an ordinary build. Only the link differs: against the glibc of Debian 11, with every other
# library static but oneDNN, which is opened when it is called: it lies in lib/ beside the program, or in lib/gpugauge of
# a Python environment. A call that glibc 2.31 does not have ends the link. What is needed beside the build comes from the
# Debian mirror of this machine's apt and from the Python index, and is kept in .portable/.
#
#   ./scripts/portable.sh BUILD_FOLDER PROGRAM   only that, with this machine's shared libraries in place of the static
#                                                ones: whether the program's own code keeps to glibc 2.31, in seconds
#   ./scripts/portable.sh --check PROGRAM        whether a program keeps to it, and needs no other library
set -euo pipefail

# shellcheck source=scripts/setup.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/setup.sh"

readonly portable_folder=$gpugauge_root/.portable
readonly portable_sysroot=$portable_folder/sysroot
readonly portable_cuda=$portable_folder/cuda-12.4
# oneDNN 3.2 for the OpenMP runtime of GCC; it needs glibc 2.27.
readonly portable_onednn=$portable_folder/onednn
readonly portable_onednn_wheels=(onednn-cpu-gomp==2023.2.0 onednn-devel-cpu-gomp==2023.2.0)
# What unpacking takes, as setup.sh names tools.
readonly portable_tools=(xz:xz-utils python3:python3)
# Of these, Debian has no static libraries.
readonly portable_sources=(fmtlib spdlog simdjson benchmark)

portable_fail() { printf 'portable: %s\n' "$*" >&2; exit 3; }

# ---- from the mirror -----------------------------------------------------------------------------------

# The static libraries and the sources must be those of the headers that the build includes.
portable_require_debian_12() {
  local id version
  id=$(sed -n 's/^ID=//p' /etc/os-release)
  version=$(sed -n 's/^VERSION_ID="\(.*\)"$/\1/p' /etc/os-release)
  [[ $id == debian && $version == 12 && $(dpkg --print-architecture) == amd64 ]] ||
    portable_fail "this is $id $version, and the portable program is made on Debian 12, amd64: a container of it will do"
}

# suite_apt <suite> <component> <argument…>: apt-get with package lists of its own; with $source, those of sources, too.
suite_apt() {
  local suite=$1 component=$2 home=$portable_folder/apt/$1 mirror kind
  shift 2
  local -a apt=(apt-get -qq -o Acquire::Retries=3 -o "Dir::State=$home" -o "Dir::State::status=$home/status"
                -o "Dir::Cache=$home" -o "Dir::Etc::sourcelist=$home/sources.list" -o Dir::Etc::sourceparts=-
                -o APT::Sandbox::User=)
  if [[ ! -e $home/ready ]]; then
    # shellcheck disable=SC2016  # apt's own variables
    mirror=$(apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' 'Identifier: Packages' |
             sed -n 's/^bookworm main //p' | head -n 1)
    [[ -n $mirror ]] || portable_fail "apt knows no mirror of Debian 12"
    mkdir -p -- "$home/lists/partial" "$home/archives/partial"
    : >"$home/status"
    for kind in deb ${source:+deb-src}; do
      printf '%s [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s %s\n' \
        "$kind" "$mirror" "$suite" "$component"
    done >"$home/sources.list"
    "${apt[@]}" update || portable_fail "the mirror ${mirror} has no lists of $suite"
    : >"$home/ready"
  fi
  "${apt[@]}" "$@"
}

# unpack_debs <suite> <component> <folder> <package…>
unpack_debs() {
  local suite=$1 component=$2 folder=$3 debs deb
  shift 3
  debs=$(mktemp -d -p "$portable_folder")
  (cd -- "$debs" && suite_apt "$suite" "$component" download "$@") || portable_fail "no $* in $suite"
  for deb in "$debs"/*.deb; do dpkg-deb -x "$deb" "$folder"; done
  rm -rf -- "$debs"
}

ensure_sysroot() {
  local partial=$portable_sysroot.partial link target
  [[ ! -e $portable_sysroot ]] || return 0
  say "taking glibc 2.31 from Debian 11"
  mkdir -p -- "$portable_folder"
  rm -rf -- "$partial"
  unpack_debs bullseye main "$partial" libc6 libc6-dev libgcc-10-dev libgomp1
  find "$partial" -type l -lname '/*' -print0 | while IFS= read -r -d '' link; do
    target=$(readlink "$link")
    ln -sfnr "$partial$target" "$link"
  done
  # GCC 12's own unwinder calls _dl_find_object of glibc 2.35. Alone in a folder: nothing else of GCC 10 is linked.
  mkdir -- "$partial/unwinder"
  cp -- "$partial/usr/lib/gcc/x86_64-linux-gnu/10/libgcc_eh.a" "$partial/unwinder/"
  mv -- "$partial" "$portable_sysroot"
}

# compile <file or flag…>: each file to an object in this folder.
compile() {
  g++ -O2 -DNDEBUG -std=c++17 -fPIC -c "$@"
}

# ensure_static_libraries: the sources that have none, compiled as Debian compiles them.
ensure_static_libraries() {
  local folder=$portable_folder/libraries partial=$portable_folder/libraries.partial name
  [[ ! -e $folder ]] || return 0
  say "compiling ${portable_sources[*]} as static libraries"
  rm -rf -- "$partial"
  mkdir -p -- "$partial"
  (cd -- "$partial" && source=yes suite_apt bookworm main source --download-only "${portable_sources[@]}") ||
    portable_fail "no sources of ${portable_sources[*]}"
  for name in "${portable_sources[@]}"; do
    mkdir -- "$partial/$name"
    tar -x -f "$partial/${name}"_*.orig.tar.* -C "$partial/$name" --strip-components 1
  done
  (
    cd -- "$partial"
    compile fmtlib/src/{format,os}.cc -Ifmtlib/include
    compile spdlog/src/{spdlog,stdout_sinks,color_sinks,file_sinks,async,cfg}.cpp \
      -DSPDLOG_COMPILED_LIB -DSPDLOG_FMT_EXTERNAL -Ispdlog/include
    compile simdjson/singleheader/simdjson.cpp -O3 -DSIMDJSON_THREADS_ENABLED=1
    rm -- benchmark/src/benchmark_main.cc
    compile benchmark/src/*.cc -DHAVE_STD_REGEX -DHAVE_STEADY_CLOCK -DHAVE_PTHREAD_AFFINITY -Ibenchmark/include
    ar rcs libraries.a ./*.o
  ) || portable_fail "a library does not compile (above)"
  mv -- "$partial" "$folder"
}

ensure_onednn() {
  [[ ! -e $portable_onednn ]] || return 0
  local wheel partial=$portable_onednn.partial
  say "taking oneDNN from the Python index (40 MB)"
  python3 -m pip --version >/dev/null 2>&1 || install_packages python3-pip ca-certificates
  rm -rf -- "$partial"
  mkdir -p -- "$partial"
  # Not pip install: it keeps no lib/ of a wheel's data in a folder of one's choice.
  python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --dest "$partial" \
    "${portable_onednn_wheels[@]}" || portable_fail "pip could not download ${portable_onednn_wheels[*]}"
  for wheel in "$partial"/*.whl; do python3 -m zipfile -e "$wheel" "$partial"; done
  cp -R -- "$partial"/*.data/data/* "$partial/"
  rm -rf -- "$partial"/*.data "$partial"/*.whl
  mv -- "$partial" "$portable_onednn"
}

# copy_onednn <folder>: with the OpenMP runtime that it names; in the program its own takes that one's place.
copy_onednn() {
  mkdir -- "$1"
  strip --strip-unneeded -o "$1/libdnnl.so.3" "$portable_onednn/lib/libdnnl.so.3"
  cp -- "$portable_sysroot/usr/lib/x86_64-linux-gnu/libgomp.so.1" "$1/"
}

# ensure_cuda_12: nvcc 12.4, whose programs run on drivers from 525 on, in the layout of NVIDIA's own toolkit.
ensure_cuda_12() {
  local debs=$portable_cuda.debs partial=$portable_cuda.partial
  [[ ! -e $portable_cuda ]] || return 0
  say "taking CUDA 12.4 from Debian 13 (1 GB)"
  mkdir -p -- "$portable_folder"
  rm -rf -- "$partial" "$debs"
  mkdir -- "$debs"
  (cd -- "$debs" && suite_apt trixie non-free download nvidia-cuda-toolkit nvidia-cuda-dev libcudart12) ||
    portable_fail "no CUDA 12.4 in Debian 13"
  mkdir -p -- "$partial"/{bin,nvvm/bin,lib64}
  dpkg-deb --fsys-tarfile "$debs"/nvidia-cuda-toolkit_*.deb | tar -x -C "$debs" ./usr
  dpkg-deb --fsys-tarfile "$debs"/libcudart12_*.deb | tar -x -C "$debs" ./usr
  # 2.5 GB unpacked, of which 20 MB are needed.
  dpkg-deb --fsys-tarfile "$debs"/nvidia-cuda-dev_*.deb |
    tar -x -C "$debs" ./usr/include ./usr/lib/x86_64-linux-gnu/libcudart_static.a ./usr/lib/x86_64-linux-gnu/libcudadevrt.a
  local bin=$debs/usr/bin own=$debs/usr/lib/nvidia-cuda-toolkit lib=$debs/usr/lib/x86_64-linux-gnu
  mv -- "$bin"/{bin2c,cudafe++,cuobjdump,fatbinary,nvdisasm,nvlink,ptxas} "$own"/bin/{nvcc,crt} "$partial/bin/"
  mv -- "$own/bin/cicc" "$partial/nvvm/bin/"
  mv -- "$own/libdevice" "$partial/nvvm/libdevice"
  mv -- "$debs/usr/include" "$partial/include"
  mv -- "$lib"/libcudart* "$lib"/libcudadevrt.a "$partial/lib64/"
  ln -s -- libcudart.so.12 "$partial/lib64/libcudart.so"
  cp -- "$debs/usr/share/doc/nvidia-cuda-toolkit/copyright" "$partial/EULA"
  # shellcheck disable=SC2016  # nvcc's own variables
  printf '%s\n' 'TOP = $(_HERE_)/..' 'NVVMIR_LIBRARY_DIR = $(TOP)/nvvm/libdevice' 'PATH += $(TOP)/nvvm/bin:$(_HERE_):' \
    'INCLUDES += "-I$(TOP)/include" $(_SPACE_)' 'LIBRARIES =+ $(_SPACE_) "-L$(TOP)/lib64"' >"$partial/bin/nvcc.profile"
  rm -rf -- "$debs"
  nvcc_works "$partial/bin/nvcc" || portable_fail "nvcc 12.4 compiles nothing (above)"
  mv -- "$partial" "$portable_cuda"
}

# ---- the link ------------------------------------------------------------------------------------------

# inputs_of <build folder> <target>: what the build links statically, one a line; leftovers of earlier builds are not.
inputs_of() {
  ninja -C "$1" -t query "$2" | sed -nE 's/^    (\| )?([^| ].*\.[oa])$/\2/p' |
    grep -vE '/lib(pthread|rt)\.a$' | sed "s|^[^/]|$1/&|"
}

# compile_parts <build folder> <folder> <input…>: what takes the place of oneDNN and of newer functions of glibc.
compile_parts() {
  local build=$1 folder=$2 name
  shift 2
  nm -u "$@" 2>/dev/null | sed -nE 's/^ +U (dnnl_[a-z_0-9]+)$/F(\1)/p' | sort -u |
    sed '/^F(dnnl_version)$/d' >"$folder/onednn_functions.inc"
  local -a include=("-I$folder")
  ! grep -q "^dnnl_DIR:[A-Z]*=$portable_onednn/" "$build/CMakeCache.txt" || include+=("-I$portable_onednn/include")
  for name in older_glibc onednn_by_name; do
    gcc -std=c11 -O2 -Wall -Wextra -Werror "${include[@]}" -c "$gpugauge_root/scripts/portable/$name.c" -o "$folder/$name.o"
  done
}

# check_program <program>: it needs glibc alone, and of no newer version than 2.31.
check_program() {
  local newer needed
  newer=$(objdump -T "$1" | grep -oE '\(?GLIBC_[0-9.]+\)? +[A-Za-z_]\w*' | sort -uV |
          awk '{ version = substr($1, index($1, "_") + 1); split(version, part, "."); if (part[1] > 2 || part[2] + 0 > 31) print }')
  [[ -z $newer ]] || portable_fail "'$1' needs a glibc newer than 2.31: $(head -n 3 <<<"$newer" | tr -s ' \n' ' ')…"
  needed=$(readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' |
           grep -vxE 'lib(c|m|dl|rt|pthread)\.so\.[0-9]+|ld-linux-x86-64\.so\.2' | tr '\n' ' ') || true
  [[ -z $needed ]] || portable_fail "'$1' needs ${needed}of the machine that it runs on"
}

# link_portable <build folder> <target> <program>: of what is built already.
link_portable() {
  local build target=$2 program=$3 parts status=0
  local lib=/usr/lib/x86_64-linux-gnu
  local -a inputs others
  build=$(cd -- "$1" && pwd)
  mapfile -t inputs < <(inputs_of "$build" "$target")
  [[ ${#inputs[@]} -gt 0 ]] || portable_fail "'$1' is no build folder of Ninja that knows $target"
  if [[ ${portable_link:-static} == static ]]; then
    others=("$portable_folder/libraries/libraries.a" "$lib"/lib{yaml-cpp,crypto,z}.a)
  else
    others=("$lib"/lib{fmt,spdlog,simdjson,benchmark,yaml-cpp,crypto,z}.so '-Wl,--allow-shlib-undefined')
  fi
  parts=$(mktemp -d -p "$portable_folder")
  compile_parts "$build" "$parts" "${inputs[@]}"
  # GCC looks in its own folders first, in spite of --sysroot: hence -B and -L. One OpenMP runtime serves the program
  # and oneDNN: its functions are exported, all of them.
  # shellcheck disable=SC2016  # $ORIGIN is for the loader
  g++ --sysroot="$portable_sysroot" -B"$portable_sysroot/usr/lib/x86_64-linux-gnu" -L"$portable_sysroot/unwinder" \
    -L"$portable_sysroot/usr/lib/x86_64-linux-gnu" -static-libstdc++ -static-libgcc -Wl,-z,now -Wl,--disable-new-dtags \
    '-Wl,-rpath,$ORIGIN/lib:$ORIGIN/../lib/gpugauge' -o "$program" \
    "$parts"/*.o -Wl,--start-group "${inputs[@]}" -Wl,--end-group "${others[@]}" \
    -Wl,--whole-archive "$(g++ -print-file-name=libgomp.a)" -Wl,--no-whole-archive \
    '-Wl,--export-dynamic-symbol=GOMP_*' '-Wl,--export-dynamic-symbol=omp_*' -ldl -lrt -lpthread -lm || status=$?
  rm -rf -- "$parts"
  [[ $status -eq 0 ]] || portable_fail "no link with glibc 2.31 (above)"
  [[ ${portable_link:-static} != static ]] || check_program "$program"
}

# ensure_portable: all but CUDA that link_portable needs.
ensure_portable() {
  local -a missing
  portable_require_debian_12
  mapfile -t missing < <(missing_tools "${portable_tools[@]}")
  [[ ${#missing[@]} -eq 0 ]] || install_packages "${missing[@]}"
  ensure_sysroot
  [[ ${portable_link:-static} != static ]] || ensure_static_libraries
}

# copy_licences <folder>: of everything that is packed, but Boost, whose licence exempts programs.
copy_licences() {
  local name
  mkdir -- "$1"
  for name in libbenchmark-dev libfmt-dev libsimdjson-dev libspdlog-dev libssl-dev libyaml-cpp-dev \
              nlohmann-json3-dev zlib1g-dev libjs-chart.js gcc-12-base libc6-dev; do
    cp -- "/usr/share/doc/$name/copyright" "$1/$name"
  done
  cp -- "$portable_cuda/EULA" "$1/cuda-runtime"
  cp -- "$portable_onednn/share/doc/onednn/LICENSE" "$1/onednn"
}

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
  answer_help "$0" "$@"
  usage() { printf 'portable: %s\n' "$1" >&2; exit 2; }
  [[ $# -eq 2 ]] || usage "usage: portable.sh BUILD_FOLDER PROGRAM | --check PROGRAM"
  if [[ $1 == --check ]]; then
    [[ -f $2 ]] || usage "'$2' is no file, expected a program"
    readelf -h -- "$2" >/dev/null 2>&1 || usage "'$2' is no ELF file, expected a program"
    check_program "$2"
  else
    [[ -d $1 ]] || usage "'$1' is no folder, expected a build folder"
    portable_link=shared
    ensure_portable
    link_portable "$1" gpugauge "$2"
  fi
fi
