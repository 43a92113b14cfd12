"""What the scenarios of this folder have in common."""

from datetime import UTC, datetime

from prometheus_client.parser import text_string_to_metric_families as families

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def samples(told):
    """Each number by its name and the values of its labels, in the order of their names."""
    found = {}
    for family in families(told.decode()):
        for one in family.samples:
            found[one.name, *(value for _name, value in sorted(one.labels.items()))] = one.value
    return found
