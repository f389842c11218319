"""Rules and routing, checked by the tools of Prometheus and Alertmanager."""
