"""Answers from a PostgreSQL database: the composition root's part that needs the extra `postgres`."""

from contextlib import ExitStack

from threadpoolctl import threadpool_limits

from qa_service.answering import AnswerService
from qa_service.encoder.onnx import OnnxEncoder
from qa_service.encoder.protocol import Encoder
from qa_service.errors import DatabaseMismatchError
from qa_service.indexing.layout import GenerationFolder
from qa_service.indexing.protocols import Published
from qa_service.language.profile import Coverage
from qa_service.postgres.connecting import Database
from qa_service.postgres.opening import DatabaseIndex, Opener, Pointer
from qa_service.postgres.replicas import Replicas
from qa_service.retrieval.retriever import Retriever
from qa_service.settings import Settings


def database_of(settings: Settings) -> Database:
    """The database that the settings name. Raises DatabaseMismatchError where they name none."""
    if settings.database_url is None:
        raise DatabaseMismatchError("no database is named; set QA_SERVICE_DATABASE_URL to its address")
    return Database(settings.database_url.get_secret_value())


def readable_of(settings: Settings) -> Database:
    """Where questions are answered from: the replicas that the settings name, else the database itself."""
    named = settings.database_read_urls.get_secret_value() if settings.database_read_urls else ""
    replicas = [url.strip() for url in named.split(",") if url.strip()]
    if settings.database_url is None or not replicas:
        return database_of(settings)
    return Replicas(replicas, settings.database_url.get_secret_value())


class DatabaseStore:
    """The index in a database, opened anew after every change of it; encoder and codes are kept."""

    def __init__(self, settings: Settings, coverage: Coverage, *, once: bool = False) -> None:
        """`once`: what is opened closes the connections when it is closed."""
        self._settings, self._coverage = settings, coverage
        self._database, self._once = readable_of(settings), once
        self._opener = Opener(
            self._database, settings.index_dir, settings.model, self._database.close if once else None
        )
        self._pointer = Pointer(self._database, self._opener.renew)
        self._encoder: tuple[GenerationFolder, Encoder] | None = None

    @property
    def published(self) -> Published:
        """Tells whether the index was changed."""
        return self._pointer

    def open_index(self) -> DatabaseIndex:
        """What is published. Raises what `Opener.open` raises."""
        return self._opener.open()

    def open_retriever(self) -> Retriever:
        """Ranks the statements of what is published. Raises what `Opener.open` raises, and ModelError."""
        with ExitStack() as on_failure:
            if self._once:
                on_failure.callback(self.close)
            index = self._opener.open()
            on_failure.callback(index.close)
            retriever = Retriever(index, self._encoder_in(index.folder))
            on_failure.pop_all()
        threadpool_limits(1)  # of BLAS and OpenMP, whose idle threads would spin on the cores that answer
        return retriever

    def open(self) -> AnswerService:
        """Answers from what is published. Raises what `open_retriever` raises."""
        chosen = self._settings
        return AnswerService(self.open_retriever(), chosen.false_answers, chosen.recent_questions, self._coverage)

    def close(self) -> None:
        """Close all connections."""
        self._pointer.close()
        self._database.close()

    def _encoder_in(self, folder: GenerationFolder) -> Encoder:
        if self._encoder is None or self._encoder[0] != folder:
            encoder = OnnxEncoder(folder.encoder, whole=self._settings.question_encoder == "whole")
            self._encoder = folder, encoder
        return self._encoder[1]
