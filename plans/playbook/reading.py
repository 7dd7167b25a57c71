"""Reads a playbook file, or says everything that is wrong with it, with the line."""

from pathlib import Path

from django.utils.translation import gettext as _
from pydantic import ValidationError

from plans.playbook.faults import Fault, PlaybookFaults
from plans.playbook.forms import add_form_faults
from plans.playbook.nodes import read_document
from plans.playbook.references import add_reference_faults
from plans.playbook.renewal import add_renewal_faults
from plans.playbook.schema import Playbook
from plans.playbook.shape import add_shape_faults

__all__ = ["SHIPPED", "Fault", "PlaybookFaults", "read_playbook"]

SHIPPED = Path(__file__).resolve().parent.parent / "playbooks"


def read_playbook(text: str, *, name: str) -> Playbook:
    """The playbook in `text`; `name` (of the file) is put before each fault.

    Raises PlaybookFaults with all faults of the file. Only where the text is not even a YAML tree (syntax,
    size, depth, aliases) is there a single one, because nothing behind it can be read.
    """
    document = read_document(text, name=name)
    if not isinstance(document.data, dict):
        document.fault((), _("A playbook file is a group of fields."))
        raise PlaybookFaults(document.faults, name=name)
    playbook = None
    try:
        playbook = Playbook.model_validate(document.data)
    except ValidationError as error:
        add_shape_faults(document, error)
    add_reference_faults(document)
    add_form_faults(document)
    add_renewal_faults(document)
    if document.faults or playbook is None:
        raise PlaybookFaults(document.faults, name=name)
    return playbook
