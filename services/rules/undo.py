"""Which acts can be undone, and for how long."""

import re
from datetime import timedelta

KEPT = timedelta(days=30)
"""How long an act can be undone, and how long what was deleted can be restored."""
IMPORT = "import"
UNDO = "undo"

_NOUNS = (
    "contact|company|lead|deal|case|task|project|product|milestone|note|call|email|sms|meeting"
    "|file|savedView|tag|tags|externalId|quote"
)
_PLAIN = "Create|Update|Delete|Restore|Upsert|BulkCreate|BulkUpdate|BulkDelete|BulkUpsert"
_OWN = (
    "Move|Merge|BulkMerge|Convert|ConvertToDeal|Disqualify|Resolve|Reopen|Claim|Release|Complete"
    "|CompanyAdd|CompanyRemove|MemberAdd|MemberRemove|BlockerAdd|BlockerRemove"
    "|PriceCreate|PriceUpdate|PriceDelete|TierCreate|TierUpdate|TierDelete|LineAdd|LineUpdate"
    "|LineRemove|LineReorder|Duplicate|CreateFromTemplate|Add|Log|Rename|Remove|Reorder"
    "|Link|Unlink|Attach|Detach|FirstResponseRecord"
)
# A number once given to a contract or an invoice stays given.
_DRAFTED = (
    "contract(Update|SignersSet|GenerateDocument)|invoice(Update|LineAdd|LineUpdate|LineRemove)"
)
_UNDOABLE = re.compile(rf"({_NOUNS})({_PLAIN}|{_OWN})|{_DRAFTED}")


def is_undoable(act: str | None) -> bool:
    """Whether acts of this name are undone: those on customers' records and what is part of them.

    What others were told of (mail, signatures, money) and how a workspace is set up is not.
    """
    if act is None:
        return False
    return act == IMPORT or bool(_UNDOABLE.fullmatch(act))
