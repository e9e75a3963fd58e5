"""Scores given pairs with hsds-entity-resolution. Runs by itself, with that package's own Python; reads and writes JSON.

Its own cleaning and scoring are called with its defaults for each kind of record. It cannot make candidates of pairs
without embedding vectors, which it does not compute itself: the pairs are handed to its scoring directly, all with the
likeness 1.0, so that no pair is lost by blocking. `same` is its own decision, `predicted_duplicate`.
"""

# mypy: ignore-errors
import json
import sys

import polars as pl
from hsds_entity_resolution.config import EntityResolutionRunConfig
from hsds_entity_resolution.core.clean_entities import clean_entities
from hsds_entity_resolution.core.score_candidates import score_candidates
from hsds_entity_resolution.types.frames import CANDIDATE_PAIR_SCHEMA, ENTITY_INDEX_SCHEMA

VECTOR = [1.0, 0.0]


def main() -> None:
    asked = json.load(sys.stdin)
    said = [answer for entity in ("organization", "service") for answer in judge(entity, asked)]
    json.dump(said, sys.stdout)


def judge(entity: str, asked: dict) -> list[dict]:
    config = EntityResolutionRunConfig.defaults_for_entity_type(team_id="t", scope_id="s", entity_type=entity)
    records = [one | {"embedding_vector": VECTOR} for one in asked["records"][entity]]
    frame = pl.DataFrame(records, schema={name: pl.Object if isinstance(value, list) and name not in _PLAIN else None
                                          for name, value in records[0].items()})  # fmt: skip
    none = pl.DataFrame()
    cleaned = clean_entities(
        organization_entities=frame if entity == "organization" else none,
        service_entities=frame if entity == "service" else none,
        previous_entity_index=pl.DataFrame(schema=ENTITY_INDEX_SCHEMA), config=config,
    )  # fmt: skip
    pairs = [
        {
            "pair_key": str(one["n"]), "entity_a_id": one["a"], "entity_b_id": one["b"], "entity_type": entity,
            "embedding_similarity": 1.0, "candidate_reason_codes": [], "source_schema_a": "miami", "source_schema_b": "miami",
            "blocking_rule_id": "",
        }
        for one in asked["pairs"] if one["entity"] == entity
    ]  # fmt: skip
    scored = score_candidates(
        candidate_pairs=pl.DataFrame(pairs, schema=CANDIDATE_PAIR_SCHEMA),
        denormalized_organization=cleaned.denormalized_organization,
        denormalized_service=cleaned.denormalized_service, config=config,
    )  # fmt: skip
    return [
        {"n": int(row["pair_key"]), "score": row["final_score"], "same": bool(row["predicted_duplicate"])}
        for row in scored.scored_pairs.to_dicts()
    ]


_PLAIN = ("emails", "phones", "websites", "embedding_vector")

if __name__ == "__main__":
    main()
