"""Priority by rule: the type's own, made more urgent by words in the report. 0 is most urgent, 10 least."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# (name, at least this urgent, English words, Chinese words)
_SIGNS: tuple[tuple[str, int, str, str], ...] = (
    ("shots", 0, "gunshots?|shots? fired|shooting|explosion|bomb", "开枪|枪声|枪击|爆炸|炸弹"),
    ("not_breathing", 0, "not breathing|unconscious|cardiac arrest|drowning", "没有呼吸|没呼吸|昏迷|心脏骤停|溺水"),
    ("weapon", 1, "weapons?|knife|knives|guns?|pistol|machete|axe", "武器|持刀|菜刀|匕首|刀|枪|斧头"),
    ("fire", 1, "on fire|fire|flames|burning|smoke", "着火|起火|火灾|失火|冒烟"),
    ("suicide", 1, "suicid(?:e|al)|kill (?:him|her|my)self|about to jump", "自杀|轻生|跳楼|跳河"),
    ("injured", 2, "injur(?:y|ies|ed)|bleeding|wounded|stabbed|collapsed", "受伤|流血|伤者|捅伤|晕倒"),
    ("in_progress", 2, "in progress|right now|happening now|breaking in|help me", "正在|救命|闯入|马上来"),
    ("child", 3, "child(?:ren)?|toddler|baby|infant|kids?", "孩子|小孩|儿童|婴儿|幼儿"),
    ("vulnerable", 4, "elderly|disabled|pregnant|wheelchair", "老人|残疾|孕妇|轮椅"),
)
SIGN_NAMES = {
    "shots": gettext_lazy("shots or an explosion"),
    "not_breathing": gettext_lazy("a person not conscious"),
    "weapon": gettext_lazy("a weapon"),
    "fire": gettext_lazy("fire or smoke"),
    "suicide": gettext_lazy("danger of suicide"),
    "injured": gettext_lazy("someone injured"),
    "in_progress": gettext_lazy("it is happening now"),
    "child": gettext_lazy("a child"),
    "vulnerable": gettext_lazy("a person in need of care"),
}
_PATTERNS = tuple(
    (name, level, re.compile(rf"(?<![a-z])(?:{english})(?![a-z])|{chinese}", re.IGNORECASE))
    for name, level, english, chinese in _SIGNS
)
_DENIED = re.compile(
    r"(?:\bno|\bnot|n't|\bwithout|\bnobody|\bno one|无人|没有人|没有|没人|未见|不是|无|未|没)\s*(?:\w+\s+)?$",
    re.IGNORECASE,
)
_SAFE = re.compile(
    r"fire (?:station|hydrant|escape|extinguisher)|消防|lost child's|开枪玩具|剪刀|刀具店|打火机", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Urgency:
    """A priority and why, the reason as a code that `say_reason` puts into words."""

    priority: int
    reason: str


def urgency(type_priority: int, narrative: str) -> Urgency:
    """Decide the priority from the type and the words of the report.

    A sign (weapon, fire, injured, child ...; English or Chinese; not denied as in "no weapon", "没有受伤") lifts the
    priority to its level, never lowers it. Reasons are `=type` or `=sign:NAME`.
    """
    text = _SAFE.sub(" ", narrative)
    best = Urgency(type_priority, "=type")
    for name, level, pattern in _PATTERNS:
        if level < best.priority and any(_meant(text, match) for match in pattern.finditer(text)):
            best = Urgency(level, f"=sign:{name}")
    return best


def _meant(text: str, match: re.Match[str]) -> bool:
    return not _DENIED.search(text[max(0, match.start() - 16) : match.start()])


def by_rule(reason: str) -> bool:
    """Whether a stored reason was made by rule, not typed by a person."""
    return reason.startswith("=")


def say_reason(reason: str) -> str:
    """Put a stored reason into words: a code by rule, or what a person typed."""
    if not by_rule(reason):
        return reason
    kind, _colon, detail = reason[1:].partition(":")
    if kind == "sign":
        return _("the report tells of %(sign)s") % {"sign": SIGN_NAMES.get(detail, detail)}
    if kind == "merged":
        return _("as urgent as %(number)s, merged into it") % {"number": detail}
    return _("chosen at intake") if kind == "intake" else _("usual for this type")
