"""Shared kit for chat platform adapters: delivery policy, intake, interaction ids, doctor's frame. Imports no adapter."""
