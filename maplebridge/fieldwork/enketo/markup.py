"""What is put right in a form's HTML after the stylesheet: actions, appearances, languages, sources, no styles."""

import re

from lxml import etree

_TAGGED = re.compile(r"([^(]+)\((.*)\)\s*")
_HEADINGS = {"h3": "h1", "h4": "h2"}  # a form is a page of its own
_JR = re.compile(r"jr://[\w-]+/(.+)")
_ALSO = {
    "horizontal": ("or-appearance-columns",),
    "horizontal-compact": ("or-appearance-columns-pack",),
    "compact": ("or-appearance-columns-pack", "or-appearance-no-buttons"),
}


def finish_form(root: etree._Element, where: str) -> str:
    """Put a transformed form right and give it as HTML; media are looked for below the address `where`."""
    for action in ("setgeopoint", "setvalue"):
        _move_action(root, action)
    for form in root.iter("form"):
        form.set("class", " ".join(name for name in form.get("class", "").split() if name != "pages"))
    for element in root.iter():
        if isinstance(element.tag, str):
            _classes(element)
            _source(element, where)
            element.attrib.pop("style", None)  # the security policy forbids it
            element.tag = _HEADINGS.get(element.tag, element.tag)
    _languages(root)
    return "".join(etree.tostring(child, encoding="unicode", method="html", with_tail=False) for child in root)


def _move_action(root: etree._Element, action: str) -> None:
    """Take an action out of the label around it, and set it on the question of its name where there is one."""
    for field in root.xpath(f'//*[contains(@class, "question")]//label/input[@data-{action}]'):
        label = field.getparent()
        label.getparent().replace(label, field)
    for field in root.xpath(f'//label[contains(@class, "{action}")]/input[@data-{action}]'):
        asked = root.xpath(
            "//*[@name=$name and (contains(../@class, 'question') or contains(../../@class, 'option-wrapper'))"
            " and not(@type='hidden')]",
            name=field.get("name", ""),
        )
        if asked:
            for attribute in (f"data-{action}", "data-event"):
                asked[0].set(attribute, field.get(attribute, attribute))
            field.getparent().getparent().remove(field.getparent())


def _classes(element: etree._Element) -> None:
    """Set the classes of a question's appearances where the stylesheet left room for them."""
    wanted = element.attrib.pop("data-appearances", None)
    of_select = element.attrib.pop("data-appearances-select-type", None) is not None
    if wanted is None:
        return
    made: list[str] = []
    for appearance in wanted.lower().split():
        made.append(f"or-appearance-{appearance}")
        if of_select:
            made += _ALSO.get(appearance, ())
            if appearance.startswith("compact-"):
                made += [appearance.removeprefix("compact-"), "or-appearance-no-buttons"]
    names = element.get("class", "").split()
    kept = [name for name in names if name != "or-appearances-placeholder"]
    element.set("class", " ".join(kept + (made if len(kept) < len(names) else [])))


def _source(element: etree._Element, where: str) -> None:
    found = _JR.fullmatch(element.get("src", ""))
    if found:
        element.set("src", where + found.group(1))


def _languages(root: etree._Element) -> None:
    """Use the tag that stands behind a language's name, "中文 (zh)", everywhere; a name without one stays."""
    tags: dict[str, str] = {}
    for option in root.xpath('//select[@id="form-languages"]/option'):
        found = _TAGGED.fullmatch(option.text or "")
        name, tag = (part.strip() for part in found.groups()) if found else [option.text or ""] * 2
        tags[option.get("value", "")] = tag
        option.set("value", tag)
        option.set("data-dir", "ltr")
        option.text = name
    for element in root.iter():
        for attribute in ("lang", "data-default-lang"):
            if element.get(attribute, "") in tags and isinstance(element.tag, str):
                element.set(attribute, tags[element.get(attribute, "")])
