"""Images to 3D: read the views, carve the body that their outlines leave, paint it from them, write every format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import cv2
import numpy as np

from gesso.engines.engine import Context, Made, Result
from gesso.engines.sketch import pictures, safety
from gesso.engines.sketch.edit.canvas import Pixels, reduced
from gesso.engines.sketch.mesh import (
    atlas,
    bake,
    carve,
    dress,
    fbx,
    glb,
    hull,
    obj,
    pose,
    thumbnail,
    turntable,
    usdz,
    views,
)
from gesso.engines.sketch.mesh.atlas import Atlas
from gesso.engines.sketch.mesh.hull import Body
from gesso.engines.sketch.mesh.model import Maps, Model
from gesso.engines.sketch.mesh.polygons import Mesh
from gesso.engines.sketch.mesh.views import View
from gesso.errors import ContentRefused, InputError
from gesso.shapes import CONTENT_TYPES
from gesso.tasks import ImagesTo3D, Task

SIZES = (512, 1024, 2048)
"""Sides of textures; the smallest that shows the pictures' detail is taken."""

DETAIL = 0.75
"""Share of the pictures' own resolution that the texture shall have."""

THIN = 0.02
"""Heights that a thing must be thick in each view."""

MAP_NAMES: Mapping[str, str] = {
    "base_color": "texture_0.png",
    "metallic": "texture_0_metallic.png",
    "roughness": "texture_0_roughness.png",
    "normal": "texture_0_normal.png",
}
"""What the texture's pictures are called: the material file looks for them under these names."""


@dataclass(slots=True)
class _Painted:
    atlas: Atlas
    pixels: Pixels
    covered: Pixels
    metal: float | None = None
    rough: float | None = None
    parts: list[str] = field(default_factory=list[str])


def make(task: Task, context: Context) -> Result:
    """Raises InputError for views that cannot be read or show nothing, ContentRefused for unsafe ones."""
    order = cast("ImagesTo3D", task)
    cv2.setNumThreads(1)
    parts: list[str] = []
    context.progress(0.0, "reading the views")
    seen = [views.read(media) for media in order.images]
    _check(order, seen, context, parts)
    seen = views.fitted(seen)
    _check_thickness(order, seen)
    yaws = turntable.yaws(seen)
    seen = turntable.centred(seen, yaws)
    for view, yaw in zip(seen, yaws, strict=True):
        context.log(f"View from {yaw:.0f} degrees: its outline was told by {view.how}.")
    context.progress(0.1, "carving")
    mirrored = _mirrored(order, seen[0], context)
    try:
        mesh = _mesh(order, hull.body(seen, yaws, symmetric=mirrored), context)
    except carve.NothingLeftError:
        msg = "The views contradict each other: nothing lies inside all their outlines."
        raise InputError("image_urls", "value_error", msg) from None
    context.progress(0.4, "painting")
    painted = _painted(order, mesh, seen, yaws, context) if order.texture else None
    mesh = _posed(order, mesh, seen[0], mirrored, context)
    parts += [part for part in (painted.parts if painted else ()) if part not in parts]
    texts = {"Software": "Gesso", "Engine": "sketch", "Parts": ", ".join(parts) or "none", "Endpoint": context.endpoint}
    context.progress(0.7, "writing files")
    files = _files(order, mesh, painted, texts, context)
    context.progress(1.0, "done")
    return Result(files, {}, tuple(parts))


def _check(order: ImagesTo3D, seen: Sequence[View], context: Context, parts: list[str]) -> None:
    if not order.safety.check:
        context.log("The safety checker was switched off by the input.")
        return
    parts.append(safety.NAME)
    worst = max(safety.score(np.ascontiguousarray(reduced(view.rgb, 512))) for view in seen)
    context.log(f"Safety score {worst:.3f} ({safety.NAME}).")
    if worst >= context.options.safety_threshold:
        raise ContentRefused("The pictures were refused by the safety checker.")


def _check_thickness(order: ImagesTo3D, seen: Sequence[View]) -> None:
    for media, view in zip(order.images, seen, strict=True):
        if min(view.width, view.tall) < THIN:
            msg = f"What the picture shows is too thin to be carved: at least {THIN:.0%} of its longer side is needed."
            raise InputError(media.loc, "value_error", msg, None, media.url)


def _mirrored(order: ImagesTo3D, front: View, context: Context) -> bool:
    if order.symmetry == "auto":
        found = turntable.symmetric(front)
        context.log(f"Left and right are made the same: {'yes' if found else 'no'}, by the front view's outline.")
        return found
    return order.symmetry == "on"


def _mesh(order: ImagesTo3D, body: Body, context: Context) -> Mesh:
    if not order.remesh:
        mesh = carve.raw(body)
        context.log(f"The surface as it came: {len(mesh.faces)} triangles; topology and target_polycount not used.")
        return mesh
    mesh = (carve.quads if order.topology == "quad" else carve.triangles)(body, order.polycount)
    context.log(f"{len(mesh.faces)} {order.topology}s, {len(mesh.points)} points; asked for {order.polycount}.")
    return mesh


def _posed(order: ImagesTo3D, mesh: Mesh, front: View, mirrored: bool, context: Context) -> Mesh:
    """With its arms in the pose that is asked for: after painting, for the views show the old pose."""
    if not order.pose:
        return mesh
    posed, count = pose.raised(mesh, front, order.pose, symmetric=mirrored)
    context.log(
        f"Pose: {count} arm{'s' if count > 1 else ''} turned into the {order.pose}."
        if count
        else "Pose: no arm hangs free of the body; nothing was changed."
    )
    return posed


def _painted(order: ImagesTo3D, mesh: Mesh, seen: Sequence[View], yaws: Sequence[float], context: Context) -> _Painted:
    layout = atlas.laid_out(mesh, SIZES, DETAIL * max(view.scale for view in seen))
    faced = turntable.symmetric(seen[0])
    colours, covered = bake.texture(mesh, layout, bake.cameras(mesh, seen, yaws, faced=faced))
    done = _Painted(layout, colours, covered)
    if order.texture_image is not None:
        _dressed(done, dress.by_picture(done.pixels, pictures.read(order.texture_image)), context)
    if order.texture_prompt.strip():
        found = dress.by_words(done.pixels, order.texture_prompt)
        if not found.told:
            context.log(f'Nothing in the texture prompt was understood: "{order.texture_prompt}".')
        _dressed(done, found, context)
    return done


def _dressed(done: _Painted, by: dress.Dressed, context: Context) -> None:
    for line in by.told:
        context.log(f"Texture: {line}.")
    done.pixels = bake.filled(by.pixels, done.covered)
    done.metal = by.metal if by.metal is not None else done.metal
    done.rough = by.rough if by.rough is not None else done.rough
    done.parts += by.parts


def _files(
    order: ImagesTo3D, mesh: Mesh, painted: _Painted | None, texts: Mapping[str, str], context: Context
) -> dict[str, list[Made]]:
    maps = _maps(order, painted, texts, context.tmp) if painted else None
    model = _model(mesh, painted, maps, texts)
    folder = context.tmp
    glb.write(model, folder / "model.glb")
    fbx.write(model, folder / "model.fbx")
    usdz.write(model, folder / "model.usdz")
    obj.write(model, folder / "model.obj", "model.mtl")
    drawn = {name: MAP_NAMES[name] for name in MAP_NAMES if maps is not None and getattr(maps, name) is not None}
    obj.write_material(model, folder / "model.mtl", drawn)
    gloss = 0.25 if painted is None or painted.rough is None else 1 - painted.rough
    paint = thumbnail.Paint(painted.atlas, painted.pixels, gloss) if painted else None
    shown = pictures.write(thumbnail.render(mesh, paint, thumbnail.SIDE), folder / "preview.png", "png", texts)
    files = {f"model_urls.{kind}": [_made(folder / f"model.{kind}")] for kind in ("glb", "fbx", "obj", "usdz", "mtl")}
    files |= {f"texture_urls.0.{name}": [_made(folder / file)] for name, file in drawn.items()}
    files |= {"model_glb": files["model_urls.glb"], "thumbnail": [_named(shown)]}
    context.log(f"Files: {', '.join(sorted(path.name for path in folder.iterdir() if path.is_file()))}.")
    return files


def _model(mesh: Mesh, painted: _Painted | None, maps: Maps | None, texts: Mapping[str, str]) -> Model:
    """The mesh with its longest side one metre, in the middle of the floor."""
    low, high = mesh.points.min(axis=0), mesh.points.max(axis=0)
    middle = np.array([0.0, low[1], 0.0])
    placed = Mesh((mesh.points - middle) / float((high - low).max()), mesh.faces)
    if painted is None:
        return Model(placed, texts=texts)
    colours = np.zeros_like(mesh.points)
    uv = painted.atlas.uv
    colours[painted.atlas.points] = bake.looked_up(painted.pixels, uv[:, 0], uv[:, 1]) / 255
    return Model(placed, painted.atlas, maps, colours, texts)


def _maps(order: ImagesTo3D, painted: _Painted, texts: Mapping[str, str], folder: Path) -> Maps:
    def written(name: str, pixels: Pixels) -> Path:
        return pictures.write(pixels, folder / name, "png", texts).path

    base = written(MAP_NAMES["base_color"], painted.pixels)
    if not order.pbr:
        return Maps(base)
    metal = dress.metalness(painted.pixels, painted.metal)
    rough = dress.roughness(painted.pixels, painted.rough)
    normal = dress.normals(painted.pixels, painted.covered)
    packed = folder / "packed"
    packed.mkdir()
    return Maps(
        base,
        written(MAP_NAMES["metallic"], metal[..., None]),
        written(MAP_NAMES["roughness"], rough[..., None]),
        written(MAP_NAMES["normal"], normal),
        written("packed/metallic_roughness.png", np.dstack([np.full_like(metal, 255), rough, metal])),
    )


def _made(path: Path) -> Made:
    return Made(path, CONTENT_TYPES[path.suffix[1:]], {"file_name": path.name})


def _named(made: Made) -> Made:
    return Made(made.path, made.content_type, {**made.facts, "file_name": made.path.name})
