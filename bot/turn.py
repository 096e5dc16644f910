"""What one turn works with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels import Incoming
from bot.conversation import Answers, Given
from storage.turns import Standing


@dataclass(slots=True)
class Turn:
    """What one turn works with: the transaction, who wrote and where they stand, what they gave, and when."""

    tx: AsyncSession
    standing: Standing
    given: Given
    incoming: Incoming
    now: datetime

    @property
    def answers(self) -> Answers:
        """The answers so far."""
        return self.standing.answers

    def leave(self) -> None:
        """No form is being filled any more."""
        self.standing.form, self.standing.answers, self.standing.stage, self.standing.held = None, {}, "", None
