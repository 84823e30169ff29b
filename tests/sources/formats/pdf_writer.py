"""Writes small PDFs of words at given places, so that tests need no files."""

from dataclasses import dataclass, field

WIDTH, HEIGHT = 612, 792
COURIER = 0.6  # of the type's size, that a letter of Courier is wide


@dataclass
class PdfWriter:
    """Pages of words; x and y in points from the lower left corner."""

    pages: list[list[tuple[float, float, float, str]]] = field(default_factory=list)
    font: str = "Courier"
    rotate: int = 0
    encrypted: bool = False
    title: str | None = None
    operators: dict[int, list[str]] = field(default_factory=dict)

    def page(self) -> None:
        """Begin a page."""
        self.pages.append([])

    def text(self, x: float, y: float, text: str, size: float = 12) -> None:
        """Write words that begin there."""
        self.pages[-1].append((x, y, size, text))

    def drawn(self, operators: str) -> None:
        """Put PDF's own operators on the page."""
        self.operators.setdefault(len(self.pages) - 1, []).append(operators)

    def made(self) -> bytes:
        """The file."""
        kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(self.pages)))
        objects = [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            f"<< /Type /Pages /Count {len(self.pages)} /Kids [{kids}] >>".encode(),
            f"<< /Type /Font /Subtype /Type1 /BaseFont /{self.font} /Encoding /WinAnsiEncoding >>".encode(),
        ]
        for n, words in enumerate(self.pages):
            objects.append(
                f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Rotate {self.rotate}"
                f" /Resources << /Font << /F 3 0 R >> >> /Contents {5 + 2 * n} 0 R >>".encode()
            )
            drawn = (
                b"".join(
                    f"BT /F {size} Tf 1 0 0 1 {x:.2f} {y:.2f} Tm (".encode() + _escaped(text) + b") Tj ET\n"
                    for x, y, size, text in words
                )
                + "\n".join([*self.operators.get(n, []), ""]).encode()
            )
            objects.append(b"<< /Length %d >>\nstream\n%sendstream" % (len(drawn), drawn))
        return self._file(objects)

    def _file(self, objects: list[bytes]) -> bytes:
        trailer = "/Root 1 0 R"
        if self.title:
            objects.append(b"<< /Title (" + _escaped(self.title) + b") >>")
            trailer += f" /Info {len(objects)} 0 R"
        if self.encrypted:
            zeros = "00" * 32
            objects.append(f"<< /Filter /Standard /V 1 /R 2 /O <{zeros}> /U <{zeros}> /P -4 >>".encode())
            trailer += f" /Encrypt {len(objects)} 0 R /ID [<00> <00>]"
        out = bytearray(b"%PDF-1.4\n")
        places = []
        for number, content in enumerate(objects, start=1):
            places.append(len(out))
            out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
        start = len(out)
        out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
        out += b"".join(b"%010d 00000 n \n" % place for place in places)
        out += f"trailer << /Size {len(objects) + 1} {trailer} >>\nstartxref\n{start}\n%%EOF\n".encode()
        return bytes(out)


def _escaped(text: str) -> bytes:
    return text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def wrapped(text: str, width: int) -> list[str]:
    """Lines of so many characters at most."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
