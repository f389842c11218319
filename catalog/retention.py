"""The legal retention period, as the source checklist and the law state it."""

LEGAL_YEARS = 7

# The source checklist counts a year as 365 days; docs/adr/0004 records the difference.
CHECKLIST_DAYS = LEGAL_YEARS * 365
