"""Playbooks as files: what they may say, how one is read, and which one a deal gets. Knows no database."""
