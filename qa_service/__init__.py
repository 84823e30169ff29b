"""Answer retrieval over transcripts: verbatim statements, exact citations, an honest "not answered".

`open_service(Settings())` opens the built index, `build_index` builds it (docs/python-api.md). Importing this package
alone loads nothing: each name below is imported when it is first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qa_service.answering import Answer, AnswerService, Result
    from qa_service.composition import build_index, index_is_current, open_service
    from qa_service.errors import QAServiceError
    from qa_service.options import Options, date_filter
    from qa_service.records import Statement
    from qa_service.settings import Settings

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "AnswerService",
    "Options",
    "QAServiceError",
    "Result",
    "Settings",
    "Statement",
    "__version__",
    "build_index",
    "date_filter",
    "index_is_current",
    "open_service",
]

_MODULES = {
    "answering": ("Answer", "AnswerService", "Result"),
    "composition": ("build_index", "index_is_current", "open_service"),
    "errors": ("QAServiceError",),
    "options": ("Options", "date_filter"),
    "records": ("Statement",),
    "settings": ("Settings",),
}


def __getattr__(name: str) -> Any:
    """A public name, from the module that has it."""
    for module, names in _MODULES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """What there is, whether it is imported yet or not."""
    return sorted({*globals(), *__all__})
