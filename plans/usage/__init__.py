"""Figures of use and support, as files and feeds bring them: read, checked, and taken over all or not at all."""
