"""Who speaks in the sources: the names that the filter `speaker` takes."""

from fastapi import APIRouter
from pydantic import BaseModel

from qa_service.api.dependencies import LiveIndexDep
from qa_service.api.models.errors import ADMISSION, may_give

router = APIRouter(tags=["sources"])


class SpeakerModel(BaseModel):
    """Somebody who answers."""

    name: str
    statements: int
    documents: list[str]


class SpeakersModel(BaseModel):
    """Everybody who answers; who says most comes first."""

    speakers: list[SpeakerModel]


@router.get("/v1/speakers", responses=may_give(*ADMISSION, 503))
async def list_speakers(live_index: LiveIndexDep) -> SpeakersModel:
    """Whose statements there are, how many, and in which documents."""
    found = await live_index.call(lambda service: service.speakers())
    people = [SpeakerModel(name=name, statements=n, documents=documents) for name, (n, documents) in found.items()]
    return SpeakersModel(speakers=people)
