"""The metrics of several engines, shown as one."""

from tocsin.entrypoints.engine_metrics import merged

ONE = """# HELP tocsin_engine_lag_seconds How late.
# TYPE tocsin_engine_lag_seconds gauge
tocsin_engine_lag_seconds{kind="events"} 2.5
"""
OTHER = ONE.replace("2.5", "7.0")


def test_each_family_stands_once_and_each_sample_names_its_engine() -> None:
    text = merged({"a-1": ONE, "b-2": OTHER}).decode()
    assert text.count("# TYPE tocsin_engine_lag_seconds gauge") == 1
    assert 'tocsin_engine_lag_seconds{engine="a-1",kind="events"} 2.5' in text
    assert 'tocsin_engine_lag_seconds{engine="b-2",kind="events"} 7.0' in text


def test_no_engine_is_no_text() -> None:
    assert merged({}) == b""
