"""Programs that give way to others when there are not cores enough for all."""

import errno
import os
from contextlib import suppress
from pathlib import Path

from agentscope.supervisor.signals import pause

TRIES, PAUSE = 10, 0.1  # without rights, one change in a tenth of a second is taken


def give_way(pid: int, niceness: int) -> None:
    """Let a process that leads a session, with all that it starts, have a core only when others of
    less niceness (0 to 19) want none.

    Linux shares its cores among sessions first and looks at the niceness of a process only within
    its session (sched(7), "The autogroup feature"): so the session gets the same one.
    """
    with suppress(ProcessLookupError):  # it ended already
        os.setpriority(os.PRIO_PROCESS, pid, niceness)
    file = Path(f"/proc/{pid}/autogroup")
    for _ in range(TRIES if file.exists() else 0):
        try:
            file.write_text(str(niceness))
        except OSError as error:
            if error.errno != errno.EAGAIN:
                return  # it ended, or nothing may be changed here; all runs as well, in turn
            pause(PAUSE)
        else:
            return
