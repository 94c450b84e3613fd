"""What a result file must say of its card, for scripts/card_trials.py."""

# Without these a record would not say what it is of. ECC and MIG are not among them: a card may have neither.
DEVICE_FIELDS = {
    "cuda": ["driver_version", "runtime_version", "compute_capability", "memory_bus_bits", "max_clock_mhz", "power_limit_w",
             "pcie_generation", "pcie_width", "other_processes"],
    "cpu": ["cache_bytes", "compute_units", "features"],
}
SAMPLE_COLUMNS = {"cuda": ["clock_mhz", "memory_clock_mhz", "power_w", "temperature_c"], "cpu": ["clock_mhz"]}
THROTTLED = {"power_capped", "thermal_throttled", "hardware_slowdown", "clock_dropped"}


def missing_in(result):
    """What it does not say."""
    device, benchmarks = result["context"]["gpugauge"]["device"], result["benchmarks"]
    missing = [name for name in DEVICE_FIELDS[device["backend"]] if name not in device]
    columns = [column for column in SAMPLE_COLUMNS[device["backend"]]
               if not (column == "power_w" and device.get("mig_enabled"))]  # of the whole card, not of a slice
    return missing + [f"samples.{column}" for column in columns
                      if not any(column in entry["gpugauge"]["samples"] for entry in benchmarks)]


def facts_of(result):
    """What it says, in a line."""
    device, benchmarks = result["context"]["gpugauge"]["device"], result["benchmarks"]
    flags = [flag for entry in benchmarks for flag in entry["gpugauge"]["flags"] if flag in THROTTLED]
    facts = [f"{name} {device[name]}" for name in ("driver_version", "ecc_enabled", "mig_enabled", "power_limit_w")
             if name in device]
    counts = [f"{flags.count(flag)} {flag}" for flag in sorted(set(flags))]
    return ", ".join([*facts, f"of {len(benchmarks)} cases {' and '.join(counts) or 'none throttled'}"])
