"""XML transcripts: the root element tells TEI (ParlaMint too) from Akoma Ntoso; any other is refused."""

from qa_service.errors import SourceError
from qa_service.sources.formats.akoma_ntoso import has_speech, read_akoma_ntoso
from qa_service.sources.formats.markup import find, parse_xml, tag
from qa_service.sources.formats.source_text import SourceFormat, SourceText
from qa_service.sources.formats.tei import read_tei
from qa_service.sources.metadata import Metadata


class XmlFile:
    """TEI with utterances, or an Akoma Ntoso debate."""

    name = "xml"
    version = 1
    suffixes = (".xml", ".tei", ".akn")
    media_types = ("application/xml", "text/xml", "application/tei+xml", "application/akn+xml")

    def read(self, data: bytes, metadata: Metadata) -> SourceText:
        """Read a file's bytes. Raises SourceError for XML of another kind, or in which nobody speaks."""
        root = parse_xml(data)
        kind = tag(root)
        if kind in {"TEI", "teiCorpus"}:
            if find(root, "u") is None:
                raise SourceError(
                    "this TEI file holds no utterance (<u>): for a corpus, give the files that its root includes; "
                    "else export it as plain text"
                )
            read = read_tei(root)
        elif kind == "akomaNtoso":
            if not has_speech(root):
                raise SourceError("nobody speaks in this Akoma Ntoso file (it has no <speech>); is it a debate?")
            read = read_akoma_ntoso(root)
        else:
            raise SourceError(
                f"the root element is <{kind[:60]}>; XML is read as TEI with utterances (<TEI>, ParlaMint) or as an "
                "Akoma Ntoso debate (<akomaNtoso>). Export it as one of these, or as plain text"
            )
        if not read.turns:
            raise SourceError("nobody says a word in this file; export it as plain text")
        return read


FORMAT: SourceFormat = XmlFile()
