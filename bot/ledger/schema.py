"""The metadata that all tables of the ledger belong to."""

from __future__ import annotations

from sqlalchemy import MetaData

metadata = MetaData()
