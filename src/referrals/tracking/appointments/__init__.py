"""Appointments: times that are proposed, one that is chosen, moved or called off; calendars that follow; what is asked after."""
