"""What a phone sends: records of the shipped visit form, photos, and multipart bodies as ODK Collect makes them."""

import uuid

from django.core.files.uploadedfile import SimpleUploadedFile

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF"


def record(*, photo="", residents=3, instance_id="", deprecated="", form="visit", version="2026-11-28", inside=""):
    """The XML of one visit, and its instance ID."""
    instance_id = instance_id or f"uuid:{uuid.uuid4()}"
    old = f"<orx:deprecatedID>{deprecated}</orx:deprecatedID>" if deprecated else ""
    xml = (
        f'<data xmlns:orx="http://openrosa.org/xforms" id="{form}" version="{version}">'
        "<start>2026-05-04T11:50:00.000+00:00</start><end>2026-05-04T11:58:00.000+00:00</end><device>d1</device>"
        f"<place><address>Maple Lane 7</address><where>25.27 110.29 0 5</where><dwelling>house</dwelling></place>"
        f"<household><residents>{residents}</residents><rented>no</rented></household><hazards>wiring</hazards>"
        f"<photo>{photo}</photo>{inside}<orx:meta><orx:instanceID>{instance_id}</orx:instanceID>{old}</orx:meta></data>"
    )
    return xml.encode(), instance_id


def photo_of(seed):
    """A small JPEG in name and first bytes, another one for each seed."""
    return JPEG + str(seed).encode() * 20


def parts(xml, files=None, *, incomplete=False):
    """The body of a sending, for Django's test client."""
    body = {"xml_submission_file": SimpleUploadedFile("submission.xml", xml, "text/xml")}
    body |= {name: SimpleUploadedFile(name, content, "image/jpeg") for name, content in (files or {}).items()}
    return body | ({"*isIncomplete*": "yes"} if incomplete else {})
