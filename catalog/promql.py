"""PromQL expressions and durations, as the catalog's models have them."""

from typing import Annotated

import promql_parser
from pydantic import AfterValidator

from systems import prometheus


def _is_promql(expression: str) -> str:
    try:
        promql_parser.parse(expression)
    except ValueError as error:
        raise ValueError(f"not valid PromQL: {error}: correct it") from None
    return expression


def _is_duration(text: str) -> str:
    prometheus.seconds(text)
    return text


def _is_interval(text: str) -> str:
    if prometheus.seconds(text) == 0:
        raise ValueError("an interval is longer than zero: raise it")
    return text


Expression = Annotated[str, AfterValidator(_is_promql)]
Duration = Annotated[str, AfterValidator(_is_duration)]
Interval = Annotated[str, AfterValidator(_is_interval)]
