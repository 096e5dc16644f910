"""Firms (企业): registered by their code, verified by staff; their people and their trucks."""

from __future__ import annotations

from hotline.firms.acting import acting_for, acts, is_past, may_apply

__all__ = ["acting_for", "acts", "is_past", "may_apply"]
