"""The checks are asserted in modules that are no test modules: their failures shall tell the values too."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("tests.engines.sketch.fields.drawing", "tests.engines.sketch.fields.editing")
