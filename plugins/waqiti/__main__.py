"""Serves the Pulumi package `waqiti` to an engine."""

import sys
from pathlib import Path

# The engine clones the whole repository and runs this folder: the library is two folders above.
sys.path.insert(0, str(Path(__file__).parents[2]))

from plugins.waqiti.serving import serve

if __name__ == "__main__":
    serve(sys.argv[1:])
