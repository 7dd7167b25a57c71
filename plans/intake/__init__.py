"""From a raw delivery to a plan: door, parsing, facts, services."""
