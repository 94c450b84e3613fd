import json
import subprocess

from conftest import ROOT


def test_names_what_is_here_and_what_mends_the_rest(gpugauge):
    result = gpugauge("doctor")
    assert result.returncode == 0, result.stderr
    for word in ["cpu", "oneDNN", "configs", "driver"]:
        assert word in result.stdout


def test_as_json(gpugauge):
    (checks,) = json.loads(gpugauge("doctor", "--format", "json").stdout).values()
    assert {check["status"] for check in checks} <= {"ok", "warning", "missing"}
    assert all(check["found"] for check in checks)


def test_a_driver_that_names_no_version_is_no_reason_for_the_cpu(gpugauge):
    (gpugauge.folder / "machine/proc/driver/nvidia").mkdir(parents=True)
    (gpugauge.folder / "machine/proc/driver/nvidia/version").write_text("")
    gpugauge.environment["GPUGAUGE_SYSTEM_ROOT"] = str(gpugauge.folder / "machine")
    (checks,) = json.loads(gpugauge("doctor", "--format", "json").stdout).values()
    assert "names no version" in next(check["found"] for check in checks if check["topic"] == "NVIDIA driver")
    refused = gpugauge("run", "--suite", "tiny")
    assert refused.returncode == 3 and "--device cpu" in refused.stderr


def test_toolkits_are_looked_for_where_setup_does(gpugauge):
    system = gpugauge.folder / "machine"
    for place in ("home", "path", "machine/usr/local/cuda-12.4", "machine/usr/local/cuda-12.9", "machine/opt/cuda"):
        (gpugauge.folder / place / "bin").mkdir(parents=True)
        nvcc = gpugauge.folder / place / "bin/nvcc"
        nvcc.write_text("#!/bin/sh\n")
        nvcc.chmod(0o755)
    (system / "usr/local/cuda").symlink_to("cuda-12.9")
    gpugauge.environment.update(GPUGAUGE_SYSTEM_ROOT=str(system), CUDA_HOME=str(gpugauge.folder / "home"),
                                PATH=f"{gpugauge.folder}/path/bin:/usr/bin:/bin")
    script = 'source "$1/scripts/setup.sh"; nvcc_candidates | while read -r n; do [ ! -x "$n" ] || echo "$n"; done'
    asked = subprocess.run(["bash", "-c", script, "bash", ROOT], env=gpugauge.environment, text=True,
                           capture_output=True, check=True)
    (checks,) = json.loads(gpugauge("doctor", "--format", "json").stdout).values()
    found = next(check["found"] for check in checks if check["topic"] == "CUDA toolkit").split("; ")[0].split(", ")
    once = [nvcc for nvcc in asked.stdout.splitlines()
            if ".cuda/" not in nvcc and not nvcc.endswith("cuda-12.9/bin/nvcc")]
    assert [nvcc for nvcc in found if ".cuda/" not in nvcc] == once and len(once) == 5
