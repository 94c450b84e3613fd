#!/usr/bin/env bash
# Checks how the sources are written: clang-format, shellcheck, clang-tidy.
#
#   ./scripts/lint.sh [format] [shell] [tidy]     all three where none is named
#
# Exit status 1 if something is to be mended, 77 if a check could not be made (ctest's word for skipped), else 0.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
cd -- "$root"

# The layout differs from one version of clang-format to the next.
readonly clang_format_version=14

skip() { printf 'lint: %s skipped: %s\n' "$1" "$2"; return 77; }

# Sets files to the sources that match the patterns, tracked or new.
list_files() {
  mapfile -d '' files < <(git ls-files -z --cached --others --exclude-standard --deduplicate -- "$@")
  local -a present=()
  local file
  for file in "${files[@]}"; do
    [[ ! -f $file ]] || present+=("$file")
  done
  files=("${present[@]}")
  [[ ${#files[@]} -gt 0 ]]
}

check_format() {
  local tool
  for tool in "clang-format-$clang_format_version" clang-format; do
    [[ $("$tool" --version 2>/dev/null) == *"version $clang_format_version."* ]] || continue
    list_files '*.hpp' '*.cpp' '*.cu' '*.cuh' || { skip format "git lists no sources here"; return; }
    "$tool" --dry-run -Werror "${files[@]}"
    return
  done
  skip format "clang-format $clang_format_version is not installed"
}

check_shell() {
  command -v shellcheck >/dev/null || { skip shell "shellcheck is not installed"; return; }
  list_files '*.sh' .ci/run || { skip shell "git lists no scripts here"; return; }
  shellcheck --external-sources "${files[@]}"
}

check_tidy() {
  command -v clang-tidy >/dev/null || { skip tidy "clang-tidy is not installed"; return; }
  [[ -e build/compile_commands.json ]] || { skip tidy "no build/compile_commands.json: run ./scripts/test.sh"; return; }
  list_files '*.cpp' || { skip tidy "git lists no sources here"; return; }
  printf '%s\0' "${files[@]}" | xargs -0 -n 4 -P "$(nproc)" clang-tidy -p build --quiet --warnings-as-errors='*'
}

[[ $# -gt 0 ]] || set -- format shell tidy
failed=0
skipped=0
for check in "$@"; do
  status=0
  case $check in
    format | shell | tidy) "check_$check" || status=$? ;;
    *) printf 'lint: %s: expected format, shell or tidy\n' "$check" >&2; exit 2 ;;
  esac
  case $status in
    0) ;;
    77) skipped=1 ;;
    *) printf 'lint: %s failed\n' "$check"; failed=1 ;;
  esac
done
[[ $failed -eq 0 ]] || exit 1
[[ $skipped -eq 0 ]] || exit 77
