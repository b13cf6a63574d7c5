"""What was learned of a server that was asked nothing."""

from contract_tests.learn.calibrate import Learned
from contract_tests.learn.evidence import Line
from contract_tests.learn.playback import Agreement


def nothing_learned(*lines: Line) -> Learned:
    """Nothing but some lines."""
    return Learned(text="", found=lines, before=Agreement(0), after=Agreement(0))
