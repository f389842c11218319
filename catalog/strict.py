"""What every model of a catalog's file has in common."""

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """It cannot be changed, and it holds nothing unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid")
