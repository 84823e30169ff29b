"""What most people write: FastAPI, sentence-transformers and FAISS. A peer for `python -m eval speed`, nothing else.

Run in a virtual environment of its own: STATEMENTS=file.jsonl MODEL=folder uvicorn baseline_service:app
"""

import json
import os
from pathlib import Path

import faiss
from fastapi import FastAPI
from sentence_transformers import SentenceTransformer

model = SentenceTransformer(os.environ["MODEL"])
statements = [json.loads(line) for line in Path(os.environ["STATEMENTS"]).read_text().splitlines()]
index = faiss.IndexFlatIP(384)
index.add(model.encode([s["text"] for s in statements], normalize_embeddings=True))
app = FastAPI()


@app.get("/search")
def search(query: str, limit: int = 5) -> list[dict[str, object]]:
    """The nearest statements."""
    scores, rows = index.search(model.encode([query], normalize_embeddings=True), limit)
    return [{**statements[row], "score": float(score)} for row, score in zip(rows[0], scores[0], strict=True)]
