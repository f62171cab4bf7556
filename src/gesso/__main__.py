"""``python -m gesso`` is the same program as ``gesso``."""

from __future__ import annotations

from gesso.cli import main

if __name__ == "__main__":
    main()
