"""FHIR R4 at `/fhir`: the directory for anybody, and referrals for programs with a key of their organization."""
