"""Words of a report as comparable tokens, in English and Chinese."""

import re
import unicodedata
from functools import lru_cache

from maplebridge.kernel.text import storable

NARRATIVE_MAX = 20_000  # characters
_LATIN = re.compile(r"[a-z0-9]+")
_HAN = re.compile(r"[㐀-䶿一-鿿豈-﫿]+")
_STOP_WORDS = """
the a an and or but of to in on at by for with from is are was were be been has have had it its this that there he she
they we you his her their our my me him them who what when where not no yes please says said caller reports reported
report someone somebody person people man woman near outside inside street road
"""
_STOP = frozenset(_STOP_WORDS.split())
_HAN_STOP = frozenset("的了在有是我他她们这那和一个人说个不被把着又就都也很")

# Words that mean the same in both languages, so that a call in one and a call in the other can meet.
CONCEPTS: dict[str, tuple[str, ...]] = {
    "bike": ("bike", "bicycle", "ebike", "scooter", "moped", "自行车", "单车", "电动车", "电瓶车", "助力车"),
    "battery": ("battery", "电池", "电瓶"),
    "car": ("car", "vehicle", "van", "taxi", "汽车", "轿车", "小车", "车辆", "出租车"),
    "crash": ("crash", "collision", "accident", "collided", "撞车", "相撞", "车祸", "事故", "追尾", "剐蹭"),
    "fight": ("fight", "fighting", "brawl", "打架", "斗殴", "互殴", "打起来"),
    "dispute": ("dispute", "argument", "arguing", "quarrel", "纠纷", "争吵", "吵架", "口角"),
    "noise": ("noise", "loud", "music", "party", "噪音", "吵闹", "音乐", "扰民", "太吵"),
    "theft": ("theft", "stolen", "stole", "thief", "steal", "被盗", "偷", "小偷", "盗窃", "失窃"),
    "fire": ("fire", "smoke", "burning", "flames", "着火", "起火", "冒烟", "火灾", "失火"),
    "water": ("water", "flood", "leak", "burst", "漏水", "积水", "水管"),
    "light": ("light", "lamp", "streetlight", "路灯", "灯"),
    "tree": ("tree", "branch", "大树", "树枝", "树倒"),
    "dog": ("dog", "狗", "犬"),
    "child": ("child", "kid", "boy", "girl", "toddler", "孩子", "小孩", "儿童", "男孩", "女孩"),
    "elderly": ("elderly", "老人", "老太太", "老大爷"),
    "lost": ("lost", "missing", "走失", "丢失", "丢了", "遗失", "失踪"),
    "found": ("found", "捡到", "拾到"),
    "phone": ("phone", "mobile", "手机"),
    "wallet": ("wallet", "purse", "bag", "钱包", "提包", "背包"),
    "shop": ("shop", "store", "supermarket", "商店", "超市", "店铺"),
    "door": ("door", "lock", "window", "门锁", "门", "窗户"),
    "drunk": ("drunk", "intoxicated", "醉酒", "喝醉", "醉汉"),
    "injured": ("injured", "hurt", "bleeding", "wounded", "受伤", "流血", "伤者"),
    "knife": ("knife", "blade", "刀", "匕首"),
    "blocked": ("blocked", "blocking", "obstruct", "堵住", "占道", "挡住", "堵塞"),
    "parking": ("parked", "parking", "违停", "停车"),
    "fraud": ("fraud", "scam", "诈骗", "骗"),
    "graffiti": ("graffiti", "涂鸦", "小广告"),
    "rubbish": ("rubbish", "garbage", "trash", "litter", "垃圾"),
    "alarm": ("alarm", "警报", "报警器"),
}
_CONCEPT_OF = {word: name for name, words in CONCEPTS.items() for word in words}
_HAN_CONCEPTS = sorted((w for w in _CONCEPT_OF if not w.isascii()), key=len, reverse=True)


def clean(text: str) -> str:
    """Make text storable: Unicode NFC, line ends as one newline, no control characters or lone surrogates."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", storable(lines)).strip()


@lru_cache(maxsize=2048)
def tokens(text: str) -> frozenset[str]:
    """Cut a text into comparable tokens: concepts (`=bike`), stemmed English words, and pairs of Han characters."""
    folded = unicodedata.normalize("NFKC", text).lower().replace("e-bike", "ebike")
    found: set[str] = set()
    for word in _LATIN.findall(folded):
        if word in _STOP or (len(word) < 3 and not word.isdigit()):
            continue
        stem = _stem(word)
        concept = _CONCEPT_OF.get(word) or _CONCEPT_OF.get(stem)
        found.add(f"={concept}" if concept else stem)
    for run in _HAN.findall(folded):
        found |= _han_tokens(run)
    return frozenset(found)


def _stem(word: str) -> str:
    for ending in ("ing", "ies", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word


def _han_tokens(run: str) -> set[str]:
    found: set[str] = set()
    for word in _HAN_CONCEPTS:
        if word in run:
            found.add(f"={_CONCEPT_OF[word]}")
            run = run.replace(word, " ")
    for part in run.split():
        kept = "".join(c for c in part if c not in _HAN_STOP)
        found |= {kept[i : i + 2] for i in range(len(kept) - 1)}
    return found
