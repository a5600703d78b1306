"""A small client of the event stream, and of the API beside it."""

import http.client
import json
import time


class Stream:
    """One open stream, read event by event."""

    def __init__(self, server, *, after=None, last_event_id=None, token=None):
        self.link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=15)
        headers = {"Authorization": f"Bearer {token or server.token}"}
        if last_event_id is not None:
            headers["Last-Event-ID"] = str(last_event_id)
        self.link.request("GET", "/api/stream" + (f"?after={after}" if after is not None else ""), headers=headers)
        self.answer = self.link.getresponse()
        self.status = self.answer.status

    def events(self):
        """Every event as (name, id, data)."""
        name, number, data = "", None, ""
        while line := self.answer.readline():
            text = line.decode().rstrip("\n")
            field, _colon, value = text.partition(": ")
            if field == "event":
                name = value
            elif field == "id":
                number = int(value)
            elif field == "data":
                data = value
            elif not text and name:
                yield name, number, json.loads(data)
                name, number, data = "", None, ""

    def entries(self, count, *, within=15.0):
        """The next entries, ticks left out."""
        found, end = [], time.monotonic() + within
        for name, number, data in self.events():
            if name == "entry":
                assert number == data["position"]
                found.append(data)
            if len(found) >= count or time.monotonic() > end:
                break
        return found

    def first(self, wanted):
        """Data of the next event of that name."""
        return next(data for name, _number, data in self.events() if name == wanted)

    def close(self):
        """Leave, as a console that falls asleep does."""
        self.answer.close()
        self.link.close()


def report(server, **changes):
    """Send a report; returns the answer's status and body."""
    body = {"type": "noise", "lon": 24.94, "lat": 60.17, "narrative": "loud music"} | changes
    link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=15)
    headers = {"Authorization": f"Bearer {server.token}", "Content-Type": "application/json"}
    link.request("POST", "/api/incidents", json.dumps(body), headers)
    answer = link.getresponse()
    return answer.status, json.loads(answer.read())
