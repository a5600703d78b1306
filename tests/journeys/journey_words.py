"""The words on screen, read from the front end's own dictionaries, so that journeys look for what people see."""

import re
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "web" / "src"
_LINE = re.compile(r"""^\s*(\w+):\s*(['"])((?:(?!\2)[^\\]|\\.)*)\2,\s*$""", re.MULTILINE)


@cache
def _dictionary(folder: str, language: str) -> dict[str, str]:
    """Every `key: 'words',` of a language's files: en.ts, and en.work.ts and the like where it is kept in parts."""
    texts = [file.read_text(encoding="utf-8") for file in sorted((SOURCE / folder).glob(f"{language}.*ts"))]
    return {key: value.replace("\\'", "'") for text in texts for key, _quote, value in _LINE.findall(text)}


class Words:
    """Words of one part of the front end in one language: `Words("phone/i18n", "zh")("accept")`."""

    def __init__(self, folder: str, language: str) -> None:
        self._words = _dictionary(folder, language)

    def __call__(self, key: str, **values: object) -> str:
        text = self._words[key]
        for name, value in values.items():
            text = text.replace("{" + name + "}", str(value))
        return text
