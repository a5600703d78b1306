"""Which of two names the reader reads: data have one in Chinese beside the usual one, where they have both."""

from django.utils.translation import get_language


def in_chinese() -> bool:
    """Whether the reader reads Chinese."""
    return (get_language() or "").startswith("zh")


def named(name: str, name_zh: str) -> str:
    """The name in the reader's language; the usual one where there is none in Chinese."""
    return name_zh if name_zh and in_chinese() else name
