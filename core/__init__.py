"""What everything stands on and nothing of which knows about CRM."""
