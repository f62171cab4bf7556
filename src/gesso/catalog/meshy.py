"""Meshy 5: a textured mesh from a few views of one object."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from gesso.endpoint import Endpoint, Input, Units, Vendor, Weights
from gesso.shapes import File, ImageUrl, Output
from gesso.tasks import ImagesTo3D, Safety

MAX_VIEWS = 4

NO_EFFECT = "Accepted because today's clients send it; nothing depends on it yet."


class MultiImageInput(Input):
    """Views of an object and what kind of mesh to make."""

    image_urls: list[ImageUrl] = Field(
        min_length=1,
        description=(
            "One to four pictures of one object from several sides, evenly lit: front, side and back are best. "
            "Further ones are not used. A sketch takes them as equal steps round the object, each next one from "
            "further to the viewer's right, unless the outlines say front and side, or front, side and back; "
            "transparent or plain backgrounds give the truest outlines, and one picture alone is blown up."
        ),
    )
    topology: Literal["quad", "triangle"] = Field(
        "triangle",
        description=(
            "Faces of the mesh: `quad` for smooth surfaces, `triangle` for fine detail. GLB, which knows triangles "
            "alone, has two for each quad."
        ),
    )
    target_polycount: int = Field(30000, ge=100, le=300_000, description="About how many faces the mesh shall have.")
    symmetry_mode: Literal["off", "auto", "on"] = Field(
        "auto",
        description="Whether to make left and right the same; `auto` decides by the outline of the first picture.",
    )
    should_remesh: bool = Field(
        True, description="Lay the surface out anew. Off gives triangles as they come, whatever their kind and number."
    )
    should_texture: bool = Field(
        True, description="Paint the mesh. A bare mesh counts as 5 credits, a painted one as 15."
    )
    enable_pbr: bool = Field(
        False,
        description=(
            "Make maps of metal, roughness and normals too. Only for a painted mesh. A sketch guesses them from the "
            "texture, and follows a texture prompt that names a material or a finish."
        ),
    )
    is_a_t_pose: bool = Field(
        False,
        description=(
            "Bring a figure into a pose with its arms held out level. A sketch raises arms that hang free of the body "
            "in the front picture, and says so in the log where it finds none."
        ),
    )
    texture_prompt: str | None = Field(
        None,
        description=(
            "How the surface shall look. Only for a painted mesh. A sketch follows names of colours, materials, "
            "finishes and painting styles."
        ),
    )
    texture_image_url: ImageUrl | None = Field(
        None,
        description=(
            "A picture that shows how the surface shall look. Only for a painted mesh. A sketch takes over its "
            "colours and something of its strokes."
        ),
    )
    enable_safety_checker: bool = Field(True, description="Check the input for content unsafe at work.")
    animation_action_id: int | None = Field(None, description=NO_EFFECT)
    enable_animation: bool = Field(False, description=NO_EFFECT)
    enable_rigging: bool = Field(False, description=NO_EFFECT)
    pose_mode: Literal["", "a-pose", "t-pose"] | None = Field(
        None,
        description=(
            "Bring a figure into this pose: arms held out level (`t-pose`) or half-way down (`a-pose`). A sketch turns "
            "arms only, as `is_a_t_pose` says; empty keeps the figure's own pose unless that is on."
        ),
    )
    rigging_height_meters: float | None = Field(None, gt=0, description=NO_EFFECT)

    def task(self) -> ImagesTo3D:
        return ImagesTo3D(
            images=self.media_list("image_urls")[:MAX_VIEWS],
            topology=self.topology,
            polycount=self.target_polycount,
            symmetry=self.symmetry_mode,
            remesh=self.should_remesh,
            texture=self.should_texture,
            pbr=self.enable_pbr,
            pose=self.pose_mode or ("t-pose" if self.is_a_t_pose else ""),
            texture_prompt=self.texture_prompt or "",
            texture_image=self.optional_media("texture_image_url"),
            safety=Safety(check=self.enable_safety_checker),
        )


class ModelUrls(BaseModel):
    """The same mesh in several file formats."""

    glb: File = Field(description="The mesh as binary glTF.")
    fbx: File | None = Field(None, description="The mesh as FBX.")
    obj: File | None = Field(
        None,
        description="The mesh as Wavefront OBJ, with the colours of its points; names `model.mtl` as its material.",
    )
    usdz: File | None = Field(None, description="The mesh as USDZ.")
    mtl: File | None = Field(None, description="The material of the OBJ; it names the textures by their file names.")


class TextureFiles(BaseModel):
    """The pictures that cover a mesh."""

    base_color: File = Field(description="Its colours.")
    metallic: File | None = Field(None, description="Where it is metal.")
    normal: File | None = Field(None, description="Which way its surface faces.")
    roughness: File | None = Field(None, description="How rough it is.")


class MeshOutput(Output):
    """The mesh, its formats and its textures."""

    model_glb: File = Field(description="The mesh as binary glTF.")
    thumbnail: File | None = Field(None, description="A picture of the mesh.")
    model_urls: ModelUrls = Field(description="The mesh by file format.")
    texture_urls: list[TextureFiles] | None = Field(None, description="Its textures, where it was painted.")
    seed: int | None = Field(None, description="The seed that was used, where one was.")


ENDPOINTS = (
    Endpoint(
        id="fal-ai/meshy/v5/multi-image-to-3d",
        title="Meshy 5 multi-image to 3D",
        about=(
            "Makes a mesh, painted if wanted, from up to four pictures of an object. More views give a truer shape "
            "than one: good for products, props and figures that go into a game or a scene."
        ),
        category="image-to-3d",
        input=MultiImageInput,
        output=MeshOutput,
        example={
            "image_urls": [
                "https://example.com/media/teapot-front.png",
                "https://example.com/media/teapot-side.png",
                "https://example.com/media/teapot-back.png",
            ],
            "topology": "quad",
            "target_polycount": 12000,
        },
        units=Units(unit="credit", base=5, times={"should_texture": {"True": 3}}),
        weights=(
            Weights("microsoft/TRELLIS-image-large", pipeline="TRELLIS", licence="MIT", memory_gb=16, exact=False),
            Weights(
                "tencent/Hunyuan3D-2mv",
                pipeline="Hunyuan3DDiTFlowMatchingPipeline",
                licence="Tencent Hunyuan 3D Community License (not for EU, UK, South Korea)",
                exact=False,
            ),
        ),
        vendor=Vendor("Meshy", model="meshy-5"),
        tags=("meshy", "mesh", "texture"),
    ),
)
