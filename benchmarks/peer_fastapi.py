"""FastAPI with a model in and a model out, and nothing else: no key, no log, no metrics."""

from __future__ import annotations

from fastapi import FastAPI

from benchmarks.null_models import NullInput, NullOutput

app = FastAPI(openapi_url=None)


@app.post("/bench/null")
async def run(body: NullInput) -> NullOutput:
    """Answer with what came."""
    return NullOutput(prompt=body.prompt, seed=body.seed or 0)
