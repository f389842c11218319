"""The estate as data files, with their models and their only readers."""

from catalog.topics import Topic

__all__ = ["Topic"]
