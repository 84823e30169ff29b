"""Where everything lies in the index folder, and the version of that arrangement."""

from dataclasses import dataclass
from pathlib import Path

FORMAT_VERSION = 9  # raise it when a file of a generation changes its name, shape or meaning


@dataclass(frozen=True, slots=True)
class IndexFolder:
    """`index/`: the pointer to the current generation, all generations, the build lock."""

    root: Path

    @property
    def current(self) -> Path:
        """One line: the id of the published generation."""
        return self.root / "CURRENT"

    @property
    def generations(self) -> Path:
        """A folder per published generation; names that begin with a dot are unfinished."""
        return self.root / "generations"

    @property
    def lock(self) -> Path:
        """Held by the one build that may run."""
        return self.root / ".lock"

    @property
    def changing(self) -> Path:
        """Held by the one change of the sources that may be under way."""
        return self.root / ".changing"


@dataclass(frozen=True, slots=True)
class GenerationFolder:
    """`index/generations/<id>/`: never changed once published."""

    root: Path

    @property
    def manifest(self) -> Path:
        """Written last: what is here, by which model and settings, with sizes and checksums."""
        return self.root / "manifest.json"

    @property
    def statements(self) -> Path:
        """SQLite: documents, exchanges, statements."""
        return self.root / "statements.sqlite"

    @property
    def contexts(self) -> Path:
        """What is known of each document beside its words."""
        return self.root / "contexts.json"

    @property
    def dense(self) -> Path:
        """FAISS index of the statements' vectors, in row order."""
        return self.root / "dense.faiss"

    @property
    def vectors(self) -> Path:
        """The statements' vectors in half precision, where the FAISS index is not exact."""
        return self.root / "vectors.npy"

    @property
    def lexical(self) -> Path:
        """BM25 index of the statements' terms."""
        return self.root / "lexical"

    @property
    def spelling(self) -> Path:
        """Words of the sources and of their languages, to tell misspelt ones."""
        return self.root / "spelling"

    @property
    def tokens(self) -> Path:
        """Compressed token vectors."""
        return self.root / "tokens"

    @property
    def weights(self) -> Path:
        """The learnt weights this generation was built with."""
        return self.root / "weights.json"

    @property
    def encoder(self) -> Path:
        """The exported encoder."""
        return self.root / "encoder"
