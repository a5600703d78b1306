"""A town of straight lines with calls round two corners, a chief, and two layouts."""

from datetime import datetime, timedelta

import numpy as np

from maplebridge.deployment.layout import Layout, Post
from maplebridge.incidents.actions import close_incident, install_types, report_incident
from maplebridge.people.actor import Actor
from maplebridge.places.models import City

CHIEF = Actor(ref="user:7", name="Chief", role="chief")
A = Layout("A", (Post("F1", "foot", 24.930, 60.165), Post("F2", "foot", 24.931, 60.165)))
B = Layout("B", (Post("F1", "foot", 24.940, 60.170), Post("M1", "motorbike", 24.952, 60.175)))
REPORTS = 48


def build(machine: Actor, noon: datetime) -> datetime:
    """Make the town and four dozen calls of two days; gives their end."""
    City.objects.create(name="T", time_zone="UTC", west=24.9, south=60.1, east=25.0, north=60.2, edition="test")
    install_types(machine, at=noon)
    rng = np.random.default_rng(3)
    for number in range(REPORTS):
        lon, lat = ((24.940, 60.170), (24.952, 60.175))[number % 3 == 0]
        at = noon + timedelta(hours=number)
        found = report_incident(
            machine, type="noise", lon=lon + rng.normal(0, 0.001), lat=lat + rng.normal(0, 0.0005), at=at
        )
        close_incident(machine, incident=found.incident, disposition="05", at=at + timedelta(minutes=30))
    return noon + timedelta(hours=REPORTS)
