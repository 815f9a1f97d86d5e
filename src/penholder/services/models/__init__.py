"""Tables of the room: the register, what is submitted, publications, assessments. Facts are versions throughout.

Three clocks: `as_of` (for a submitted value, its period) says since when a fact is true, `said_on` when its source said
it, `recorded_at` when Penholder learnt it. The newest version is the one that nothing supersedes.
"""

from __future__ import annotations

from penholder.services.models.assessments import Assessed, Assessment, Result, Stage
from penholder.services.models.forms import FormLink
from penholder.services.models.pages import PageText
from penholder.services.models.publications import NEXT, Flag, FlagKind, FrozenFigure, Publication, Purpose, State
from penholder.services.models.register import (
    Channel,
    ChannelKind,
    CostLine,
    Descent,
    DrawnJourney,
    Exemplar,
    ServiceAlias,
    ServiceRelease,
    ServiceVersion,
    Target,
)
from penholder.services.models.submitted import Period, Service, Status, Submission, Submitted
from penholder.services.models.uploads import Upload

__all__ = [
    "NEXT",
    "Assessed",
    "Assessment",
    "Channel",
    "ChannelKind",
    "CostLine",
    "Descent",
    "DrawnJourney",
    "Exemplar",
    "Flag",
    "FlagKind",
    "FormLink",
    "FrozenFigure",
    "PageText",
    "Period",
    "Publication",
    "Purpose",
    "Result",
    "Service",
    "ServiceAlias",
    "ServiceRelease",
    "ServiceVersion",
    "Stage",
    "State",
    "Status",
    "Submission",
    "Submitted",
    "Target",
    "Upload",
]
