"""What a run says of clocks, power and health, on cards in software."""

import pytest
from conftest import memory_entry

# One case that takes long enough for its power to be known.
SUITE = "entries:\n" + memory_entry("copy", "{target: 0.0001, warmup_seconds: 0.3, case_seconds: 0.6, sample_seconds: 0.0001, "
                                      "max_samples: 100000}", size="1MiB")
# It draws 280 W at work and 35 W idle.
WATTS = 200, 310


@pytest.fixture
def run(run_emulated):
    def run_once(card, **switches):
        context, cases, said = run_emulated(SUITE, card, **switches)
        (case,) = cases.values()
        return context, case, said

    return run_once


def test_power_is_of_the_case_and_not_of_the_second_before(run):
    _, case, _ = run("l40s")
    # The case is shorter than the second that its readings are the mean of, and what came before it may be either.
    assert WATTS[0] < case["telemetry"]["mean_power_w"] < WATTS[1]
    assert "power_w" not in case["telemetry"]


def test_without_counter_and_field_power_is_unknown(run):
    _, case, _ = run("l40s", nvml_not_supported="GetTotalEnergyConsumption,field186")
    assert "mean_power_w" not in case["telemetry"]
    assert case["samples"]["power_w"]


def test_readings_without_delay_stand_in_for_the_counter(run):
    _, case, _ = run("l40s", nvml_not_supported="GetTotalEnergyConsumption")
    assert WATTS[0] < case["telemetry"]["mean_power_w"] < WATTS[1]


def test_reasons_that_are_not_told_are_not_none(run):
    _, known, _ = run("l40s")
    assert set(known["samples"]["throttle_reasons"]) <= {0, 1}  # none, or idle before the first work
    _, unknown, _ = run("l40s", nvml_not_supported="GetCurrentClocksEventReasons")
    assert "throttle_reasons" not in unknown["samples"]
    assert "throttle_unknown" in unknown["flags"] and "throttle_unknown" not in known["flags"]


def test_reasons_that_nvml_does_not_name_are_kept(run):
    _, case, _ = run("l40s", throttle="0x8000000000000004")
    assert 0x8000000000000004 in case["samples"]["throttle_reasons"]
    assert "power_capped" in case["flags"]


def test_only_hbm_tells_its_temperature(run):
    _, hbm, _ = run("h200")
    assert hbm["telemetry"]["memory_temperature_max_c"] > hbm["telemetry"]["temperature_max_c"]
    _, gddr, _ = run("l40s")
    assert "memory_temperature_max_c" not in gddr["telemetry"]


def test_a_slice_has_no_power_of_its_own(run):
    _, case, _ = run("h100-mig")
    assert "mean_power_w" not in case["telemetry"]
    assert "power_w" not in case["samples"]
    assert case["telemetry"]["clock_mhz"] == 1980


@pytest.mark.parametrize("card, ecc, mig", [("rtx5090", None, None), ("rtx4090", False, None), ("l40s", True, None),
                                            ("h100-sxm", True, False), ("h100-mig", True, True)])
def test_what_a_card_has_not_is_not_called_off(run, card, ecc, mig):
    context, _, said = run(card)
    assert context["device"].get("ecc_enabled") == ecc
    assert context["device"].get("mig_enabled") == mig
    assert ("ECC is off" in said) == (ecc is False)


def test_a_lowered_application_clock_is_said(run):
    context, case, said = run("h100-sxm", application_clock_mhz=1200)
    assert context["device"]["application_clock_mhz"] == 1200
    assert max(case["samples"]["clock_mhz"]) == 1200
    assert "the application clock, 1200 MHz, is below the card's default, 1980 MHz" in said


def test_a_card_without_nvml_is_measured_and_says_nothing_of_itself(run):
    context, case, said = run("l40s", no_nvml=1)
    assert "NVML" in said
    assert set(case["telemetry"]) == set()
    assert "power_limit_w" not in context["device"]


def test_errors_that_came_are_said(run):
    context, _, said = run("h100-sxm", ecc_errors="3:1", xid=63)
    after = context["sessions"][0]["health_after"]
    assert (after["corrected_errors"], after["uncorrected_errors"], after["xids"]) == (3, 1, [63])
    assert "1 uncorrected ECC error" in said and "XID 63" in said


def test_a_clock_that_falls_is_flagged(run_emulated):
    # Samples of 10 ms: the device is asked every 20 ms, and each third of the loop needs several answers.
    _, cases, _ = run_emulated(SUITE.replace("sample_seconds: 0.0001", "sample_seconds: 0.01"), "l40s", clock_fall=70)
    (case,) = cases.values()
    assert "clock_dropped" in case["flags"]
