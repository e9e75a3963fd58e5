"""The words both pillars share: terms, synonyms, labels in two languages, and the crosswalk from foreign terms."""
