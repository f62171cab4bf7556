"""Gesso: an open, self-hosted generative-media platform that speaks fal's API."""

from __future__ import annotations

__version__ = "0.1.0"

__all__ = ["__version__"]
