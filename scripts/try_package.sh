#!/usr/bin/env bash
# Tries what package.sh made, by hand (two minutes, 500 MB in .portable/roots, root): the tarball in bare roots of Debian
# 11 and Debian 13, and the wheel in an environment of each Python that is named.
#
#   ./scripts/try_package.sh [FOLDER [PYTHON…]]
#
#   FOLDER     where package.sh put them: dist/ where it is not given
#   PYTHON     interpreters with the module venv: those of python3.9 and python3.13 that are on the PATH
#
# In each, the quick suite runs on the CPU and `advise` answers from its file. Pandas and pyarrow come from the Python index.
set -euo pipefail

# shellcheck source=scripts/portable.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/portable.sh"

answer_help "${BASH_SOURCE[0]}" "$@"
usage() { printf 'try_package: %s; usage: try_package.sh [FOLDER [PYTHON…]]\n' "$1" >&2; exit 2; }

folder=${1:-$gpugauge_root/dist}
[[ -d $folder ]] || usage "'$folder' is no folder"
folder=$(cd -- "$folder" && pwd)
shift $(($# > 0 ? 1 : 0))
pythons=("$@")
for python in "${pythons[@]}"; do
  command -v -- "$python" >/dev/null || usage "'$python' is no program"
done
if [[ ${#pythons[@]} -eq 0 ]]; then
  for python in python3.9 python3.13; do
    ! "$python" -c '' 2>/dev/null || pythons+=("$python")
  done
fi
tarball=$(compgen -G "$folder/gpugauge-*-linux-x86_64.tar.gz") || portable_fail "'$folder' has no tarball of package.sh"
wheel=$(compgen -G "$folder/gpugauge-*.whl")
[[ $(id -u) -eq 0 ]] || portable_fail "bare roots need root"
(cd -- "$folder" && sha256sum --check --quiet SHA256SUMS)

work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
tar -x -f "$tarball" -C "$work"
check_program "$work"/gpugauge-*/gpugauge

# shellcheck disable=SC2016  # expanded where it runs
# Measures, and asks about what was measured; $PROGRAM and $FILE are names where it runs. $BEGUN is when the tarball was
# unpacked or the wheel installed, and $LOAD what the machine did then.
trial='"$PROGRAM" --version
  "$PROGRAM" -q run --suite quick --device cpu -o "$FILE"
  echo "try_package: from the package to the verdict: $(($(date +%s) - BEGUN)) s on $(nproc) cores, load $LOAD before"
  card=$(sed -n "s/^model name[[:space:]]*: //p" /proc/cpuinfo | head -n 1)
  "$PROGRAM" advise "$FILE" --model llama-3.1-8b --input-tokens 1024 --batch 1 --hourly "$card=0.1"'

# ensure_root <suite>: Debian with nothing but what is essential.
ensure_root() {
  local root=$portable_folder/roots/$1 mirror
  [[ ! -e $root ]] || return 0
  command -v debootstrap >/dev/null || install_packages debootstrap
  suite_apt "$1" main indextargets >/dev/null
  mirror=$(sed -n "s/^deb \[.*\] \([^ ]*\) $1 .*/\1/p" "$portable_folder/apt/$1/sources.list")
  mkdir -p -- "$portable_folder/roots"
  debootstrap --variant=minbase "$1" "$root.partial" "$mirror" >"$work/log" ||
    { tail -n 5 -- "$work/log" >&2; portable_fail "no root of $1"; }
  mv -- "$root.partial" "$root"
}

for suite in bullseye trixie; do
  say "trying the tarball in a bare $suite"
  ensure_root "$suite"
  root=$portable_folder/roots/$suite
  rm -rf -- "$root/trial"
  mkdir -- "$root/trial"
  cp -- "$tarball" "$root/trial/"
  # shellcheck disable=SC2016  # expanded in there
  unshare --mount bash -euc '
    mount -t proc proc "$1/proc"
    mount --rbind /sys "$1/sys"
    mount --rbind /dev "$1/dev"
    exec chroot "$1" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/trial FILE=/trial/result.json sh -euc "
      cd /trial
      LOAD=\$(cut -d\  -f1 /proc/loadavg) BEGUN=\$(date +%s)
      tar -x -f gpugauge-*.tar.gz
      PROGRAM=\$(echo /trial/gpugauge-*/gpugauge)
      $2"' bash "$root" "$trial"
done

for python in "${pythons[@]}"; do
  say "trying the wheel with $("$python" --version)"
  rm -rf -- "$work/venv"
  export LOAD BEGUN
  LOAD=$(cut -d' ' -f1 /proc/loadavg) BEGUN=$(date +%s)
  "$python" -m venv "$work/venv"
  "$work/venv/bin/pip" install --quiet --disable-pip-version-check "$wheel"
  (cd -- "$work" && PATH=$work/venv/bin:/usr/bin:/bin PROGRAM=gpugauge FILE=$work/${python//\//_}.json bash -euc "$trial")
  "$work/venv/bin/pip" install --quiet --disable-pip-version-check pandas pyarrow
  "$work/venv/bin/python" -B "$gpugauge_root/tests/python/read_test.py" --installed
done
