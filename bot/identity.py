"""What makes a request the same one when it comes again, where its platform has no single id for that.

An event has one, a command or a press has one. A form that is sent again may come under another trigger: it is the
form, filled in the same way. A reaction needs none: it counts once for its message, member and emoji, while it stands.
"""

import hashlib
import json
from collections.abc import Mapping

from bot.ctx import Given

DIGEST_BYTES = 12


def of_form(form: str, answers: Mapping[str, Given]) -> str:
    """The id of a filled-in form: the same answers are the same request, a corrected one is another."""
    said = json.dumps({name: answers[name] for name in sorted(answers)}, default=list)
    digest = hashlib.blake2b(said.encode(errors="surrogatepass"), digest_size=DIGEST_BYTES).hexdigest()
    return f"form-{form}-{digest}"
