"""Fewer triangles for the same shape: edge collapse by quadric error (Garland and Heckbert 1997), many edges at a time.

Each round collapses a set of cheap edges whose surroundings do not meet, so that numpy does the work of thousands at
once. A collapse that would pinch the surface (link condition) or turn a face over is not made: a closed manifold stays
one, and as each takes two triangles away the wanted number is met.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gesso.engines.sketch.mesh.polygons import Floats, Ints, Mesh, compact, summed

SEAM_WEIGHT = 30.0
"""How much dearer leaving the open edge is than leaving the surface."""

LONG_EDGE = 2e-3
"""Share of an edge's squared length in its cost: keeps triangles of flat places even."""

LEAST_TURN = 0.2
"""Cosine of the angle that a face may turn at most."""

ROUNDS = 400

CHEAP = 0.5
"""Share of the edges, the cheapest, that may be collapsed in a round."""

CLASSES = 8
"""Classes of cost among them."""

PASSES = 3
"""How often a round looks for further edges that are apart from those it has."""


@dataclass(slots=True)
class _Work:
    points: Floats
    faces: Ints
    quadrics: Floats
    """(n, 10): the symmetric 4 x 4 matrix of each point, upper triangle by rows."""


@dataclass(slots=True)
class _Edges:
    ends: Ints
    uses: Ints
    seam: npt.NDArray[np.bool_]
    """Of each point, whether it is on the open edge."""


def decimated(mesh: Mesh, target: int) -> Mesh:
    """`mesh` (triangles) with at most `target` + 1 faces, as far as that goes without breaking it.

    A mesh that is open keeps its open edge in the plane x = 0, where it is to be mirrored.
    """
    work = _Work(mesh.points.astype(np.float64), mesh.faces.astype(np.int64), np.zeros((0, 10)))
    work.quadrics = _quadrics(work)
    stuck = 0
    for _ in range(ROUNDS):
        excess = len(work.faces) - target
        if excess <= 1 or stuck > 6:
            break
        done = _round(work, excess // 2, patience=stuck)
        stuck = 0 if done else stuck + 1
    return compact(Mesh(work.points, work.faces.astype(np.int32)))


def _quadrics(work: _Work) -> Floats:
    corners = work.points[work.faces]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    area = np.linalg.norm(normal, axis=1)
    unit = normal / np.maximum(area, 1e-20)[:, None]
    planes = _plane_quadric(unit, corners[:, 0], area / 2)
    out = summed(work.faces.ravel(), np.repeat(planes, 3, axis=0), len(work.points))
    return out + _seam_quadrics(work, unit)


def _plane_quadric(unit: Floats, through: Floats, weight: Floats) -> Floats:
    plane = np.concatenate([unit, -(unit * through).sum(axis=1, keepdims=True)], axis=1)
    rows, columns = np.triu_indices(4)
    return plane[:, rows] * plane[:, columns] * weight[:, None]


def _seam_quadrics(work: _Work, unit: Floats) -> Floats:
    """Planes upright on the faces along the open edge: it keeps its line."""
    count = len(work.points)
    start, end = work.faces.ravel(), np.roll(work.faces, -1, axis=1).ravel()
    keys = np.minimum(start, end) * count + np.maximum(start, end)
    _, first, uses = np.unique(keys, return_index=True, return_counts=True)
    open_ = first[uses == 1]
    if len(open_) == 0:
        return np.zeros((count, 10))
    along = work.points[end[open_]] - work.points[start[open_]]
    upright = np.cross(along, unit[open_ // 3])
    length = np.maximum(np.linalg.norm(upright, axis=1), 1e-20)
    planes = _plane_quadric(upright / length[:, None], work.points[start[open_]], SEAM_WEIGHT * length**2)
    ends = np.concatenate([start[open_], end[open_]])
    return summed(ends, np.concatenate([planes, planes]), count)


def _round(work: _Work, wanted: int, patience: int) -> int:
    """Collapse up to `wanted` edges; how many were."""
    found = _edges(work)
    cost, place = _costs(work, found)
    chosen = _independent(found, cost, len(work.points), wanted, patience)
    if patience:  # what was cheap could not be collapsed: try all that can be
        good = _sound(work, found, np.flatnonzero(np.isfinite(cost)), place)
        barred = np.full(len(cost), np.inf)
        barred[good] = cost[good]
        chosen = _independent(found, barred, len(work.points), wanted, patience)
    chosen = _sound(work, found, chosen, place)[:wanted]
    if len(chosen):
        _collapse(work, found.ends[chosen], place[chosen])
    return len(chosen)


def _edges(work: _Work) -> _Edges:
    count = len(work.points)
    start, end = work.faces.ravel(), np.roll(work.faces, -1, axis=1).ravel()
    keys, uses = np.unique(np.minimum(start, end) * count + np.maximum(start, end), return_counts=True)
    ends = np.stack([keys // count, keys % count], axis=1)
    seam = np.zeros(count, np.bool_)
    seam[ends[uses == 1]] = True
    return _Edges(ends, uses, seam)


def _costs(work: _Work, found: _Edges) -> tuple[Floats, Floats]:
    """What collapsing each edge costs, and where its point would lie."""
    a, b = found.ends.T
    quadric = work.quadrics[a] + work.quadrics[b]
    place = _best(quadric, work.points[a], work.points[b])
    on_seam = found.seam[a].astype(np.int8) + found.seam[b]
    place[on_seam > 0, 0] = 0
    for first in (True, False):  # one end on the open edge: it stays where it is
        single = (on_seam == 1) & (found.seam[a] == first)
        place[single] = work.points[(a if first else b)[single]]
    length = ((work.points[a] - work.points[b]) ** 2).sum(axis=1)
    cost = _error(quadric, place) + LONG_EDGE * length * length
    cost[(on_seam == 2) & (found.uses == 2)] = np.inf  # would pinch the open edge together
    return cost, place


def _best(quadric: Floats, one: Floats, other: Floats) -> Floats:
    """The point of least error, drawn a little to the edge's middle, and to it where it would lie far off."""
    middle = (one + other) / 2
    index = [0, 1, 2, 1, 4, 5, 2, 5, 7]
    matrix = quadric[:, index].reshape(-1, 3, 3)
    trace = matrix[:, 0, 0] + matrix[:, 1, 1] + matrix[:, 2, 2]
    damp = (trace * 1e-3 + 1e-18)[:, None]
    matrix = matrix + damp[:, :, None] * np.eye(3)
    side = damp * middle - quadric[:, [3, 6, 8]]
    place = np.linalg.solve(matrix, side[..., None])[..., 0]
    reach = np.linalg.norm(one - other, axis=1)
    far = np.linalg.norm(place - middle, axis=1) > 1.2 * reach
    return np.where(far[:, None], middle, place)


def _error(quadric: Floats, place: Floats) -> Floats:
    x, y, z = place.T
    q = quadric.T
    value = q[0] * x * x + q[4] * y * y + q[7] * z * z + q[9]
    value += 2 * (q[1] * x * y + q[2] * x * z + q[5] * y * z + q[3] * x + q[6] * y + q[8] * z)
    return np.maximum(value, 0)


def _independent(found: _Edges, cost: Floats, count: int, wanted: int, patience: int) -> Ints:
    """Cheap edges, cheapest first, of which no two have ends that are the same or neighbours."""
    order = np.argsort(cost, kind="stable")
    possible = int(np.isfinite(cost).sum())
    # Only the cheaper part competes: a round that took dear edges for being alone would cost shape.
    limit = possible if patience else min(possible, max(20 * wanted, 64), max(64, int(CHEAP * len(cost))))
    # Costs change slowly along a surface, so few are the least around: within a class of cost, chance decides.
    chance = np.random.Generator(np.random.PCG64(limit)).permutation(limit)
    classed = np.lexsort((chance, np.arange(limit) * CLASSES // max(limit, 1)))
    none = len(cost)
    rank = np.full(len(cost), none, np.int64)
    rank[order[:limit][classed]] = np.arange(limit)
    chosen: list[Ints] = []
    for _ in range(PASSES):
        near = _least_near(found.ends, rank, count)
        a, b = found.ends.T
        new = np.flatnonzero((rank < none) & (near[a] == rank) & (near[b] == rank))
        chosen.append(new)
        rank[_touched(found.ends, found.ends[new].ravel(), count)] = none
    best = np.concatenate(chosen)
    return best[np.argsort(cost[best], kind="stable")]


def _least_near(ends: Ints, rank: Ints, count: int) -> Ints:
    """The least rank of the edges at each point and its neighbours."""
    a, b = ends.T
    least = np.full(count, len(rank) + 1)
    np.minimum.at(least, a, rank)
    np.minimum.at(least, b, rank)
    near = least.copy()
    np.minimum.at(near, a, least[b])
    np.minimum.at(near, b, least[a])
    return near


def _touched(ends: Ints, points: Ints, count: int) -> npt.NDArray[np.bool_]:
    """Edges with an end that is one of the points or its neighbour."""
    own = np.zeros(count, np.bool_)
    own[points] = True
    a, b = ends.T
    near = own.copy()
    near[a[own[b]]] = True
    near[b[own[a]]] = True
    return near[a] | near[b]


def _sound(work: _Work, found: _Edges, chosen: Ints, place: Floats) -> Ints:
    """Those of the edges whose collapse keeps the surface whole and turns no face over."""
    linked = _linked(found, chosen, len(work.points))
    chosen = chosen[linked]
    return chosen[_upright(work, found.ends[chosen], place[chosen])]


def _linked(found: _Edges, chosen: Ints, count: int) -> npt.NDArray[np.bool_]:
    """Whether the ends have as many neighbours in common as the edge has faces."""
    both = np.concatenate([found.ends, found.ends[:, ::-1]])
    both = both[np.argsort(both[:, 0], kind="stable")]
    first = np.searchsorted(both[:, 0], np.arange(count + 1))
    a, b = found.ends[chosen].T
    many = first[a + 1] - first[a]
    edge = np.repeat(np.arange(len(chosen)), many)
    slot = np.arange(int(many.sum())) - np.repeat(np.cumsum(many) - many, many) + np.repeat(first[a], many)
    other, across = both[slot, 1], b[edge]
    keys = found.ends[:, 0] * count + found.ends[:, 1]
    asked = np.minimum(other, across) * count + np.maximum(other, across)
    at = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
    common = np.bincount(edge[keys[at] == asked], minlength=len(chosen))
    # Both ends of few neighbours: a tetrahedron would fold flat.
    roomy = many + (first[b + 1] - first[b]) >= 8 - 2 * (found.uses[chosen] == 1)
    return (common == found.uses[chosen]) & roomy


def _upright(work: _Work, ends: Ints, place: Floats) -> npt.NDArray[np.bool_]:
    """Whether the faces around each edge keep their side when its ends move to `place`.

    Where edges compete the faces of several are looked at each on its own, so they may be any.
    """
    good = np.ones(len(ends), np.bool_)
    order, starts = _around(work)
    for side in range(2):
        point = ends[:, side]
        many = starts[point + 1] - starts[point]
        edge = np.repeat(np.arange(len(ends)), many)
        slot = np.arange(int(many.sum())) - np.repeat(np.cumsum(many) - many, many) + np.repeat(starts[point], many)
        faces = work.faces[order[slot]]
        stays = ~(faces == ends[edge, 1 - side][:, None]).any(axis=1)
        faces, edge = faces[stays], edge[stays]
        corners = work.points[faces]
        before = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        moved = np.where((faces == ends[edge, side][:, None])[..., None], place[edge][:, None], corners)
        after = np.cross(moved[:, 1] - moved[:, 0], moved[:, 2] - moved[:, 0])
        length = np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1)
        longest = ((moved - np.roll(moved, 1, axis=1)) ** 2).sum(axis=2).max(axis=1)
        flat = np.linalg.norm(after, axis=1) < 0.02 * longest
        bad = ((before * after).sum(axis=1) < LEAST_TURN * length) | flat
        good[edge[bad]] = False
    return good


def _around(work: _Work) -> tuple[Ints, Ints]:
    """Faces by point: numbers of faces sorted by point, and where each point's begin."""
    flat = work.faces.ravel()
    order = np.argsort(flat, kind="stable")
    return order // 3, np.searchsorted(flat[order], np.arange(len(work.points) + 1))


def _collapse(work: _Work, ends: Ints, place: Floats) -> None:
    a, b = ends.T
    work.points[a] = place
    work.quadrics[a] += work.quadrics[b]
    target = np.arange(len(work.points))
    target[b] = a
    faces = target[work.faces]
    kept = (faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 2] != faces[:, 0])
    work.faces = faces[kept]
