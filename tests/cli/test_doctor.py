import json


def test_names_what_is_here_and_what_mends_the_rest(gpugauge):
    result = gpugauge("doctor")
    assert result.returncode == 0, result.stderr
    for word in ["cpu", "oneDNN", "configs", "driver"]:
        assert word in result.stdout


def test_as_json(gpugauge):
    (checks,) = json.loads(gpugauge("doctor", "--format", "json").stdout).values()
    assert {check["status"] for check in checks} <= {"ok", "warning", "missing"}
    assert all(check["found"] for check in checks)
