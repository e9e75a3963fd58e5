"""The ground everything stands on: settings, database, jobs, pages, languages, mail. Knows no social service at all."""
