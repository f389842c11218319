"""Tests that kill and restart simulators; each test has its own processes."""
