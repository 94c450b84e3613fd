"""A card or a driver is here and CUDA does not start: nothing else is measured in silence.

The program is as it is, with NVIDIA's own runtime in it; its driver is a stand-in that answers as it is told.
"""

import ctypes
import json
import os
from pathlib import Path

import pytest
from conftest import BINARY, assert_one_line_error, load

DRIVER = Path(os.environ.get("GPUGAUGE_STAND_IN_DRIVER", BINARY.parent / "tests" / "emulated" / "driver"))
RUN = ("run", "--suite", "tiny", "--filter", "memory/copy", "-o", "result.json")


def has_a_driver():
    try:
        ctypes.CDLL("libcuda.so.1")
    except OSError:
        return False
    return True


@pytest.fixture
def elsewhere(gpugauge):
    """Another machine: no card, no driver, until a test adds them."""
    (gpugauge.folder / "root").mkdir()
    gpugauge.environment["GPUGAUGE_SYSTEM_ROOT"] = str(gpugauge.folder / "root")
    gpugauge.environment.pop("CUDA_VISIBLE_DEVICES", None)
    return gpugauge


@pytest.fixture
def driven(elsewhere):
    """The same with the stand-in driver, in a build with CUDA."""
    if "built for the CPU only" in elsewhere("doctor").stdout:
        pytest.skip("this build has no CUDA")
    return with_driver(elsewhere)


def with_driver(gpugauge):
    gpugauge.environment["LD_LIBRARY_PATH"] = str(DRIVER)
    return gpugauge


def doctor(gpugauge):
    (checks,) = json.loads(gpugauge("doctor", "--format", "json").stdout).values()
    return {check["topic"]: check for check in checks}


ERRORS = [(3, "initialization error", "/dev/nvidia*"),
          (34, "CUDA driver is a stub library", "lib64/stubs"),
          (46, "busy or unavailable", "exclusive mode"),
          (100, "no CUDA-capable device is detected", "--gpus all"),
          (802, "system not yet initialized", "systemctl start nvidia-fabricmanager"),
          (803, "unsupported display driver / cuda driver combination", "restart the machine"),
          (804, "forward compatibility was attempted on non supported HW", "cuda-compat"),
          (999, "unknown error", "modprobe nvidia_uvm")]


@pytest.mark.parametrize("error, words, advice", ERRORS)
def test_cuda_that_does_not_start_is_told_and_the_cpu_is_not_taken(driven, error, words, advice):
    driven.environment["STAND_IN_CUINIT"] = str(error)
    result = driven(*RUN)
    assert_one_line_error(result, 3, "CUDA does not start", words, f"{error})", "Usually:", advice, "--device cpu")
    assert not list(driven.folder.glob("result.json*"))
    check = doctor(driven)["CUDA"]
    assert check["status"] == "missing"
    assert words in check["found"] and advice in check["advice"]


def test_a_driver_that_is_too_old_is_told_what_it_runs(driven):
    driven.environment |= {"STAND_IN_CUINIT": "0", "STAND_IN_DRIVER": "11040"}
    assert_one_line_error(driven(*RUN), 3, "CUDA driver version is insufficient",
                          "the driver runs programs of CUDA 11.4 and older", "portable program")
    checks = doctor(driven)
    assert "runs CUDA 11.x from machine code, PTX up to 11.4" in checks["NVIDIA driver"]["found"]
    assert checks["this program"]["status"] == "warning"


def test_a_card_that_is_hidden_is_told_by_what(driven):
    driven.environment |= {"STAND_IN_CUINIT": "100", "CUDA_VISIBLE_DEVICES": "7"}
    assert_one_line_error(driven(*RUN), 3, "CUDA_VISIBLE_DEVICES='7' hides every card", "unset CUDA_VISIBLE_DEVICES")


def test_the_cpu_is_measured_where_it_is_asked_for(driven):
    driven.environment["STAND_IN_CUINIT"] = "802"
    assert driven(*RUN, "--device", "cpu").returncode == 0


def test_a_list_of_the_best_device_is_not_that_of_the_cpu(driven):
    assert_one_line_error(driven("list", "--suite", "tiny"), 3, "CUDA does not start")
    assert driven("list", "--suite", "tiny", "--device", "cpu").returncode == 0


def test_a_card_without_a_driver_is_told_how_to_get_one(elsewhere):
    if has_a_driver():
        pytest.skip("there is a driver here")
    card = elsewhere.folder / "root/sys/bus/pci/devices/0000:01:00.0"
    card.mkdir(parents=True)
    (card / "vendor").write_text("0x10de\n")
    (card / "class").write_text("0x030200\n")
    assert_one_line_error(elsewhere(*RUN), 3, "CUDA does not start")
    assert doctor(elsewhere)["CUDA"]["status"] == "missing"


def test_a_build_without_cuda_does_not_pass_a_driver_by(elsewhere):
    if "built for the CPU only" not in elsewhere("doctor").stdout:
        pytest.skip("this build has CUDA")
    assert_one_line_error(with_driver(elsewhere)(*RUN), 3, "this build has no CUDA", "--device cpu")


def test_where_there_is_neither_the_cpu_is_measured(elsewhere):
    if has_a_driver():
        pytest.skip("there is a driver here")
    assert elsewhere(*RUN).returncode == 0
    assert load(elsewhere.folder / "result.json")["context"]["gpugauge"]["device"]["id"] == "cpu"
    assert "CUDA" not in doctor(elsewhere)


@pytest.mark.parametrize("device", ["best", "cuda:0"])
def test_a_card_that_is_too_old_is_said_and_the_cpu_is_offered(device, emulated):
    result = emulated("run", "--device", device, "--suite", "quick", "-o", "result.json", card="t4")
    assert_one_line_error(result, 3, "T4 has compute capability 7.5", "8.0 (Ampere) or newer", "--device cpu")


def test_the_doctor_does_not_call_it_ok(emulated):
    (checks,) = json.loads(emulated("doctor", "--format", "json", card="t4").stdout).values()
    statuses = {check["topic"]: check["status"] for check in checks}
    assert statuses["cuda:0"] == "warning"
    assert statuses["cuda:0 code"] == "missing"


