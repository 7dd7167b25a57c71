"""Schema rules that Django's models cannot say, as migration operations that can be read aloud."""

from django.db.migrations import RunSQL


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
