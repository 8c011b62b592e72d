"""A plugin that fails to import."""

raise RuntimeError("its model file is gone")
