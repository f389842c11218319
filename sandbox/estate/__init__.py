"""Everything of Waqiti's in the sandbox; the rest of the sandbox names nothing of Waqiti's."""
