"""The media that examples ask for, each made by an endpoint of the same server from words in `materials.toml`."""

from __future__ import annotations

import io
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import httpx2
from PIL import Image

from gesso.engines.sketch.audio import sounds, speech

HERE = Path(__file__).parent
PORTRAIT = HERE / "portrait.jpg"
FOREIGN = "https://example.com/"
PICTURES = 10
"""In an archive to train on: the least that the trainers take."""


class Materials:
    """Made once each, when first asked for."""

    def __init__(self, http: httpx2.Client, folder: Path) -> None:
        self._http = http
        self._folder = folder
        self._made: dict[str, str] = {}
        self._words: dict[str, dict[str, str]] = tomllib.loads((HERE / "materials.toml").read_text("utf-8"))

    def filled(self, value: Any) -> Any:
        """An example with every foreign URL replaced by one of our own."""
        if isinstance(value, dict):
            return {key: self.filled(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.filled(item) for item in value]
        return self._url(value.rpartition("/")[2]) if isinstance(value, str) and value.startswith(FOREIGN) else value

    def _url(self, name: str) -> str:
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def _make(self, name: str) -> str:
        stem, _, extension = name.partition(".")
        words = self._words["words"].get(name, stem.replace("-", " "))
        if name.endswith("-mask.png"):
            return self._upload(name, _mask(), "image/png")
        if name in self._words["speech"]:
            return self._speech(name)
        if name in self._words["music"]:
            return self._music(name, extension)
        if extension == "mp4":
            return self._video(words)
        if extension == "zip":
            return self._upload(name, self._archive(words), "application/zip")
        return self._picture(words)

    def run(self, endpoint: str, asked: dict[str, Any]) -> dict[str, Any]:
        """An endpoint's answer. Raises RuntimeError with its error."""
        reply = self._http.post(f"/{endpoint}", json=asked)
        if reply.status_code != 200:
            raise RuntimeError(f"{endpoint}: {reply.text[:500]}")
        answer: dict[str, Any] = reply.json()
        return answer

    def _picture(self, words: str, seed: int = 5) -> str:
        if words == "portrait":
            return self._upload("portrait.jpg", PORTRAIT.read_bytes(), "image/jpeg")
        asked = {"prompt": words, "image_size": "landscape_4_3", "seed": seed}
        url: str = self.run("fal-ai/flux-1/schnell", asked)["images"][0]["url"]
        return url

    def _video(self, words: str) -> str:
        start = {"image_url": self._picture(words), "prompt": words, "seed": 5, "sync_mode": False}
        url: str = self.run("decart/lucy-5b/image-to-video", start)["video"]["url"]
        return url

    def _archive(self, words: str) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for seed in range(PICTURES):
                archive.writestr(f"{seed}.png", self._http.get(self._picture(words, seed)).content)
                archive.writestr(f"{seed}.txt", words)
        return out.getvalue()

    def _speech(self, name: str) -> str:
        path = self._folder / name
        said = speech.say(self._words["speech"][name], "")
        sounds.write(said.sound, path, "mp3", bitrate=96_000, texts={})
        return self._upload(name, path.read_bytes(), "audio/mpeg")

    def _music(self, name: str, extension: str) -> str:
        asked = {
            "prompt": "[verse]\nla la la, la la la",
            "lyrics_prompt": self._words["music"][name],
            "audio_setting": {"format": "mp3" if extension == "mp3" else "flac"},
        }
        url: str = self.run("fal-ai/minimax-music/v1.5", asked)["audio"]["url"]
        return url

    def _upload(self, name: str, data: bytes, content_type: str) -> str:
        asked = {"file_name": name, "content_type": content_type}
        place = self._http.post("/rest/storage/upload/initiate", json=asked).json()
        self._http.put(place["upload_url"], content=data, headers={"content-type": content_type}).raise_for_status()
        url: str = place["file_url"]
        return url


def _mask() -> bytes:
    mask = Image.new("L", (1024, 768))
    mask.paste(255, (384, 256, 640, 512))
    out = io.BytesIO()
    mask.save(out, "PNG")
    return out.getvalue()
