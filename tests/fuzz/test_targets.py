"""Whatever bytes make of a document, each reader reads or refuses it; more by `make test-fuzz`."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS, Target

EXAMPLES = 25


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_whatever_is_sent_is_read_or_refused(target: Target) -> None:
    @settings(max_examples=EXAMPLES)
    @given(st.binary(min_size=2, max_size=80))
    def read(data: bytes) -> None:
        target.read(data)

    read()
