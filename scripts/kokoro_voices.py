"""Cut Kokoro's English voices to what is kept of them.

python scripts/kokoro_voices.py FOLDER

FOLDER holds a file `NAME.bin` a voice, (510, 256) float32: the voices' vectors by length of text, as the package
`kokoro-js` 1.2.1 (Apache-2.0) has them in `voices/`. All of them change with length in nearly the same way, so four
vectors a voice and four curves for all are enough.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

RANK = 4
KEPT = Path(__file__).parents[1] / "src/gesso/engines/sketch/audio/kokoro_voices.npz"


def main(folder: Path) -> None:
    """Write the curves and vectors; print how far they are from what was given."""
    paths = sorted(path for path in folder.glob("*.bin") if path.name[0] in "ab")
    given = np.stack([np.fromfile(path, "<f4").reshape(-1, 256) for path in paths], axis=1).astype(np.float64)
    rows = given.reshape(len(given), -1)
    left, strengths, right = np.linalg.svd(rows, full_matrices=False)
    scale = np.sqrt(strengths[:RANK])
    shares = (left[:, :RANK] * scale).astype(np.float32)
    vectors = (scale[:, None] * right[:RANK]).reshape(RANK, len(paths), 256).transpose(1, 0, 2).astype(np.float16)
    np.savez_compressed(KEPT, names=np.array([path.stem for path in paths]), shares=shares, vectors=vectors)
    made = np.einsum("lk,vkd->lvd", shares, vectors.astype(np.float32))
    errors = np.sqrt(((made - given) ** 2).sum(axis=2) / (given**2).sum(axis=2))
    told = f"relative error {errors.mean():.4f}, {errors.max():.3f} at most"
    sys.stdout.write(f"{len(paths)} voices, {KEPT.stat().st_size} bytes; {told}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
