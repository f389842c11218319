"""Who the platform's resources exist for: data files, and the models that hold them."""

from catalog.topics import Topic, TopicConfig, TopicRules

__all__ = ["Topic", "TopicConfig", "TopicRules"]
