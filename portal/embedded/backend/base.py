"""Django's PostgreSQL backend on the embedded server, which it starts with the first connection.

So `manage.py check` needs no server, and a connection after a crash brings it back.
`DATABASES["default"]["EMBEDDED"]` is a portal.embedded.postgres.Home.
"""

from typing import Any

from django.db.backends.postgresql import base
from django.db.utils import OperationalError

from portal.embedded import postgres


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL, with the connection's parameters taken from the embedded server's folder."""

    def get_connection_params(self) -> dict[str, Any]:
        home = self.settings_dict["EMBEDDED"]
        try:
            postgres.hold(home)
        except postgres.EmbeddedServerError as error:
            raise OperationalError(str(error)) from error
        return super().get_connection_params() | postgres.connection_parameters(home)

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        try:
            return super().get_new_connection(conn_params)
        except self.Database.OperationalError:
            # The server went away since we last looked: bring it back and try once more.
            try:
                postgres.ensure_running(self.settings_dict["EMBEDDED"])
            except postgres.EmbeddedServerError as error:
                raise OperationalError(str(error)) from error
            return super().get_new_connection(conn_params)
