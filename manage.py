#!/usr/bin/env python
"""Django's command line."""

import os
import sys

from portal.embedded.folder import use_demo_of_this_folder


def main() -> None:
    """Run the command that the arguments name."""
    use_demo_of_this_folder()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
