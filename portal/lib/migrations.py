"""Schema rules that Django's models cannot say, as migration operations that can be read aloud; and fewer steps."""

from collections.abc import Iterable
from itertools import groupby

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import AddConstraint, AddField, AddIndex, CreateModel, RunSQL
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

_KINDS = ((CreateModel,), (AddField,), (AddConstraint, AddIndex))


class _Together(Operation):
    """Operations of one kind, none of which needs what another one does, as a single step."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self.operations = list(operations)

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        # The models are built when they are asked for again, and not after each of the operations.
        state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return ", ".join(operation.describe() for operation in self.operations)


def together(operations: Iterable[Operation]) -> list[Operation]:
    """The same operations in fewer steps: neighbours of one kind are one.

    Django builds the models anew after every step, all that are related; a hundred new fields took it eight seconds.
    """
    return [
        _Together(found) if len(found := list(those)) > 1 else found[0]
        for _kind, those in groupby(operations, key=_kind_of)
    ]


def _kind_of(operation: Operation) -> object:
    """The same for operations that may go together; what may not is like nothing else."""
    return next((kind for kind in _KINDS if isinstance(operation, kind)), operation)


def same_account(child: str, column: str, parent: str) -> RunSQL:
    """`child.account_id` must be the account of the parent row that `child.column` points at.

    A composite foreign key `(column, account_id) → parent(id, account_id)`; a null column is not checked.
    Deferred to the end of the transaction as Django's own foreign keys are.
    """
    name = f"{child}_{column}_same_account"
    return RunSQL(
        f'ALTER TABLE "{child}" ADD CONSTRAINT "{name}" FOREIGN KEY ("{column}", "account_id") '
        f'REFERENCES "{parent}" ("id", "account_id") DEFERRABLE INITIALLY DEFERRED',
        f'ALTER TABLE "{child}" DROP CONSTRAINT "{name}"',
    )


def account_key(parent: str) -> RunSQL:
    """Let `same_account` point at this table: `(id, account_id)` is unique."""
    name = f"{parent}_id_account"
    return RunSQL(
        f'ALTER TABLE "{parent}" ADD CONSTRAINT "{name}" UNIQUE ("id", "account_id")',
        f'ALTER TABLE "{parent}" DROP CONSTRAINT "{name}"',
    )


def never_changes(table: str, *, columns: tuple[str, ...] = (), deletes: bool = False) -> RunSQL:
    """Refuse UPDATE of the columns (of any column when none is named) and, where asked, DELETE."""
    what = f"UPDATE OF {', '.join(columns)}" if columns else "UPDATE"
    when = f"{what} OR DELETE" if deletes else what
    return RunSQL(
        f"""
        CREATE FUNCTION "{table}_refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '{table}: a row is only ever added' USING ERRCODE = 'integrity_constraint_violation';
        END $$;
        CREATE TRIGGER "{table}_never_changes" BEFORE {when} ON "{table}"
            FOR EACH ROW EXECUTE FUNCTION "{table}_refuse_change"();
        """,
        f'DROP TRIGGER "{table}_never_changes" ON "{table}"; DROP FUNCTION "{table}_refuse_change"();',
    )
