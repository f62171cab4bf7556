"""Turn fontsource's per-script WOFF2 files into one TrueType file a face.

Latin with its extensions; the sans faces also Greek, Cyrillic and Vietnamese. Needs `fonttools` and `brotli`.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from scripts.vendored.packages import Archive, Package

VERSION = "5.3.0"
LATIN = ("latin", "latin-ext")
WIDE = (*LATIN, "cyrillic", "greek", "vietnamese")


@dataclass(frozen=True)
class Face:
    """One face: the kind callers ask for, and where it comes from."""

    kind: str
    family: str
    weight: int
    scripts: tuple[str, ...] = LATIN

    @property
    def package(self) -> Package:
        return Package("npm", f"@fontsource/{self.family}", VERSION)

    @property
    def file(self) -> str:
        return f"fonts/{self.kind}.ttf"


FACES = (
    Face("sans", "inter", 500, WIDE),
    Face("bold", "inter", 800, WIDE),
    Face("display", "anton", 400),
    Face("serif", "playfair-display", 700),
    Face("slab", "zilla-slab", 600),
    Face("handwriting", "caveat", 600),
    Face("script", "pacifico", 400),
    Face("neon", "tilt-neon", 400),
    Face("mono", "jetbrains-mono", 600),
    Face("comic", "bangers", 400),
    Face("pixel", "press-start-2p", 400),
    Face("blackletter", "pirata-one", 400),
    Face("deco", "limelight", 400),
)
#: Tables that only screens of long ago, or editors, read.
DROPPED = ["DSIG", "hdmx", "VDMX", "LTSH", "meta", "STAT", "fpgm", "prep", "cvt ", "gasp", "GSUB", "GDEF"]


def build(face: Face, archive: Archive) -> bytes:
    """Return the TrueType bytes; reproducible, because no date is written."""
    fonts = [_load(archive, face, script) for script in face.scripts if _name(face, script) in archive.names()]
    base = fonts[0]
    for other in fonts[1:]:
        _adopt(base, other)
    for tag in DROPPED:
        if tag in base:
            del base[tag]
    _rename(base, f"Gesso {face.kind.capitalize()}")
    out = io.BytesIO()
    base.save(out, reorderTables=True)
    return out.getvalue()


def _rename(font: Any, family: str) -> None:
    """Some of the originals reserve their names for unmodified copies (OFL, condition 3); these are cut and joined."""
    names = {1: family, 2: "Regular", 3: family, 4: family, 6: family.replace(" ", "")}
    font["name"].names = [record for record in font["name"].names if record.nameID in (0, 13, 14, *names)]
    for record in font["name"].names:
        if record.nameID in names:
            record.string = names[record.nameID]


def _name(face: Face, script: str) -> str:
    return f"files/{face.family}-{script}-{face.weight}-normal.woff2"


def _load(archive: Archive, face: Face, script: str) -> Any:
    from fontTools.ttLib import TTFont

    font: Any = TTFont(io.BytesIO(archive.read(_name(face, script))), recalcTimestamp=False)
    font.flavor = None
    return font


def _adopt(base: Any, other: Any) -> None:
    """Copy the glyphs and code points that `base` lacks; all files of a face share the units of their outlines."""
    if base["head"].unitsPerEm != other["head"].unitsPerEm:
        raise ValueError("files of one face differ in units per em")
    cmaps = [table for table in base["cmap"].tables if table.isUnicode()]
    taken = set(base.getGlyphOrder())
    names = {name: _free(name, taken) for name in other.getGlyphOrder()}
    for name, new in names.items():
        if name == ".notdef":
            continue
        glyph = other["glyf"][name]
        glyph.removeHinting()
        for part in getattr(glyph, "components", []):
            part.glyphName = names[part.glyphName]
        base["glyf"][new] = glyph
        base["hmtx"][new] = other["hmtx"][name]
    for code, name in other.getBestCmap().items():
        for table in cmaps:
            if code < 0x10000 or table.format == 12:
                table.cmap.setdefault(code, names[name])


def _free(name: str, taken: set[str]) -> str:
    if name == ".notdef":
        return name
    new = name
    while new in taken:
        new += ".x"
    taken.add(new)
    return new
