"""What exists: reusable building blocks of the platform."""

from components.kafka_topics import KafkaTopics, KafkaTopicsArgs

__all__ = ["KafkaTopics", "KafkaTopicsArgs"]
