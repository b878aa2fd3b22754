"""These tests run in the environment of pyam alone: ``make test-pyam`` exports, then runs them."""

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("pyam") else ["test_*.py"]
