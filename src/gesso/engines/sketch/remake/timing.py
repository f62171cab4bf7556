"""Numbers of frames and their times, exact: rates are fractions, and halves are rounded up everywhere alike."""

from __future__ import annotations

from fractions import Fraction


def nearest(value: Fraction | float) -> int:
    """The nearest whole number; a half goes up."""
    exact = Fraction(value)
    return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)


def count(frames: int, fps: Fraction, output_fps: Fraction | float) -> int:
    """How many frames at another rate last as long, at least one."""
    return max(1, nearest(frames / fps * Fraction(output_fps)))


def sources(frames: int, fps: Fraction, output_fps: Fraction | float, wanted: int) -> list[int]:
    """For each of `wanted` frames at another rate, the source frame shown at that time; past the end, the last."""
    pace = fps / Fraction(output_fps)
    return [min(frames - 1, int(number * pace)) for number in range(wanted)]


def there_and_back(frames: int, wanted: int) -> list[int]:
    """Frame numbers that go on beyond the end without a jump: to the last, back to the first, and so on."""
    if frames == 1:
        return [0] * wanted
    period = 2 * (frames - 1)
    return [number % period if number % period < frames else period - number % period for number in range(wanted)]
