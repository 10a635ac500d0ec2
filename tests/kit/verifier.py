"""The verifier that is exported, as a module: what it says of a folder, without a program each."""

from __future__ import annotations

import importlib.util
import sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO

from agentscope.ledger.export import stand_alone


def loaded(folder):
    """The one file, imported from a folder in which it is written."""
    file = folder / "stand_alone.py"
    file.write_text(stand_alone())
    spec = importlib.util.spec_from_file_location("stand_alone_verifier", file)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def says(module, folder, *more):
    """How it ends, and the lines that it prints."""
    out = StringIO()
    with redirect_stdout(out), redirect_stderr(out):
        try:
            code = module.main([str(folder), *map(str, more)])
        except SystemExit as error:
            code = error.code
    return code, out.getvalue().split("\n")[:-1]
