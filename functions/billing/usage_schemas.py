"""What the functions of usage take and give."""

from typing import Annotated

from pydantic import AwareDatetime, Field, StringConstraints

from functions.billing.checkout_schemas import ForOrganization
from shared.shapes import Output


class NewUsage(ForOrganization):
    """How much was used of what, when, and the name that makes a repeat of this no second use."""

    meter: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
    quantity: Annotated[int, Field(ge=1, le=10**12)]
    identifier: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:/=+-]{1,100}$")]
    occurred_at: AwareDatetime | None = None


class Usage(Output):
    """A use as it was counted; `repeated` where it had been before."""

    meter: str
    quantity: int
    identifier: str
    occurred_at: AwareDatetime
    repeated: bool
