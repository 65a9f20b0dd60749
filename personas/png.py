"""The text chunks of a PNG file (ISO/IEC 15948, 11.3.4.3), without a look at the picture."""

from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MOST_CHUNKS = 20_000
"""Chunks that are looked at; a picture has a few hundred."""


def text_chunks(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Keyword and bytes of each ``tEXt`` chunk; raises ValueError for what is no whole PNG."""
    if not data.startswith(SIGNATURE):
        raise ValueError("no PNG")
    view, at = memoryview(data), len(SIGNATURE)
    for _ in range(MOST_CHUNKS):
        if at + 12 > len(view):
            raise ValueError("the PNG is cut off")
        length, kind = int.from_bytes(view[at : at + 4]), bytes(view[at + 4 : at + 8])
        end = at + 8 + length
        if end + 4 > len(view):
            raise ValueError("the PNG is cut off")
        if kind == b"IEND":
            return
        if kind == b"tEXt":
            keyword, _, text = bytes(view[at + 8 : end]).partition(b"\0")
            yield keyword.decode("latin-1"), text
        at = end + 4
    raise ValueError("too many chunks")
