#!/usr/bin/env bash
# What only tests use. setup.sh sources it; a test whose tool cannot be had is skipped, so that a machine that reaches no
# registry goes on.

# shellcheck disable=SC2154  # setup.sh sets gpugauge_root and gpugauge_nvcc

# Reads machine code for a test. There is no 13.0 of it; newer ones read older code.
readonly gpugauge_cuobjdump_wheels=(nvidia-cuda-cuobjdump==13.5.37 nvidia-cuda-nvdisasm==13.5.37)
readonly gpugauge_cuobjdump_folder=$gpugauge_root/.cuobjdump
# Checks what Prometheus will read. Only unpacked: the package would start a server.
readonly gpugauge_promtool_folder=$gpugauge_root/.promtool

# Looks for what keeps people from using the report: the wheel carries axe-core 4.12's axe.min.js.
readonly gpugauge_axe_wheel=axe-playwright-python==0.1.8
readonly gpugauge_axe_folder=$gpugauge_root/.axe

# What the report is looked at with. Ubuntu has no chromium but as a snap: there its tests are skipped.
readonly gpugauge_browser=(chromium chromium-driver python3-selenium)

ensure_cuobjdump() {
  [[ -n $gpugauge_nvcc ]] || return 0
  if command -v cuobjdump >/dev/null || [[ -x ${gpugauge_nvcc%/*}/cuobjdump ]] ||
     compgen -G "$gpugauge_cuobjdump_folder/nvidia/cu*/bin/cuobjdump" >/dev/null; then
    return 0
  fi
  say "no cuobjdump here, taking ${gpugauge_cuobjdump_wheels[0]} from PyPI"
  if (pip_install "$gpugauge_cuobjdump_folder" "${gpugauge_cuobjdump_wheels[@]}"); then
    put_in_place "$gpugauge_cuobjdump_folder"
  else
    say "without it the test of the machine code is skipped"
  fi
}

ensure_promtool() {
  if command -v promtool >/dev/null || [[ -x $gpugauge_promtool_folder/usr/bin/promtool ]] ||
     ! command -v apt-get >/dev/null; then
    return 0
  fi
  local package=prometheus partial=$gpugauge_promtool_folder.partial
  ! apt-cache show promtool >/dev/null 2>&1 || package=promtool  # of its own since Debian 13
  say "no promtool here, unpacking it from Debian's $package"
  change rm -rf -- "$partial"
  change mkdir -- "$partial"
  if (cd -- "$partial" && change apt-get -qq -o Acquire::Retries=3 download "$package" &&
      dpkg-deb --fsys-tarfile ./*.deb | change tar -x ./usr/bin/promtool && change rm -- ./*.deb); then
    put_in_place "$gpugauge_promtool_folder"
  else
    say "without it the test of the Prometheus export is skipped"
  fi
}

ensure_axe() {
  [[ ! -d $gpugauge_axe_folder ]] || return 0
  say "taking axe-core for the tests of the report from $gpugauge_axe_wheel"
  (pip_install "$gpugauge_axe_folder" "$gpugauge_axe_wheel" && put_in_place "$gpugauge_axe_folder") ||
    say "without it the tests of the report's accessibility are skipped"
}

ensure_browser() {
  command -v apt-get >/dev/null && command -v dpkg-query >/dev/null || return 0
  local -a missing
  mapfile -t missing < <(missing_packages "${gpugauge_browser[@]}")
  [[ ${#missing[@]} -gt 0 ]] || return 0
  (install_packages "${missing[@]}") || say "without a browser the tests that look at the report are skipped"
}

ensure_test_tools() {
  ensure_cuobjdump
  ensure_promtool
  ensure_browser
  ensure_axe
}
