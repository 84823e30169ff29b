"""The JSON of the filters: which documents and people a question is asked of."""

from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema, model_validator

from qa_service.dates import range_of
from qa_service.options import MAX_FILTER_VALUE, MAX_FILTER_VALUES


def unset(kind: Any, default: Any) -> BeforeValidator:
    """Takes null for the default, as typed clients send it for what was not set."""
    return BeforeValidator(lambda value: default if value is None else value, json_schema_input_type=kind | None)


def no_truth(kind: Any) -> BeforeValidator:
    """Refuses true and false for a number: JSON tells them apart, Python does not. Put it last, to be asked first."""
    return BeforeValidator(_number, json_schema_input_type=kind | None)


def _number(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("a number is expected, not true or false")
    return value


Value = Annotated[str, StringConstraints(max_length=MAX_FILTER_VALUE)]
ValueList = Annotated[list[Value], Field(max_length=MAX_FILTER_VALUES, fail_fast=True)]
OneOrMore = ValueList | Value
Values = Annotated[
    ValueList,
    BeforeValidator(lambda value: [value] if isinstance(value, str) else value, json_schema_input_type=OneOrMore),
]
ValuesOrNull = Annotated[Values, unset(OneOrMore, [])]


# In the schema alone: what is no date is refused in words of our own.
DATE_FORM = {"pattern": r"^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$"}
DateText = Annotated[str, WithJsonSchema({"type": "string", "examples": ["2023-09"], **DATE_FORM})]


class DateRange(BaseModel):
    """From one date to another, both included, each a year, a month or a day; either may be left out."""

    model_config = ConfigDict(extra="forbid")

    start: DateText | None = Field(None, alias="from", description="such as 2023, 2023-01 or 2023-01-31")
    end: DateText | None = Field(None, alias="to", description="such as 2023, 2023-12 or 2023-12-31")

    @model_validator(mode="after")
    def _is_range(self) -> Self:
        range_of(self.start, self.end)
        return self

    @property
    def days(self) -> list[str]:
        """The first and the last day."""
        return range_of(self.start, self.end)


class Filters(BaseModel):
    """Values of one key are OR-ed, keys are AND-ed; applied before ranking."""

    model_config = ConfigDict(extra="forbid")

    document: ValuesOrNull = Field([], description="ids of documents")
    speaker: ValuesOrNull = Field([], description="who said it")
    asker: ValuesOrNull = Field([], description="who asked")
    date: DateRange | None = Field(
        None, description="when it was said: documents whose date falls at least partly in it"
    )
    tags: ValuesOrNull = Field([], description="tags of the documents, any of them, without regard to case")

    def chosen(self) -> dict[str, list[str]]:
        """As the core takes them: the date as its first and last day."""
        return self.model_dump(exclude={"date"}) | ({"date": self.date.days} if self.date else {})
