"""What only the people behind the model can say; what they did not say is shown as not said."""

from reportgen.records.base import Record


class Card(Record):
    """`[card]` of reportgen.toml, every answer a plain sentence of the user's."""

    purpose: str | None = None
    users: str | None = None
    decision: str | None = None
    owner: str | None = None
    approver: str | None = None
    contact: str | None = None
    affected: str | None = None
    out_of_scope: str | None = None
    data_origin: str | None = None
    licence: str | None = None
    consent: str | None = None
    legal_basis: str | None = None
    oversight: str | None = None
    monitoring: str | None = None
    version: str | None = None
    date: str | None = None

    @property
    def answers(self) -> tuple[tuple[str, str | None], ...]:
        """Every question's key with its answer, None where it was not answered."""
        return tuple((key, getattr(self, key) or None) for key in Card.model_fields)
