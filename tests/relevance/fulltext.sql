-- What PostgreSQL offers by itself to whoever puts a search box on these tables: a weighted tsvector in the two languages of
-- the house, the words of the question in the asker's language joined by OR, listings with all of them first, ts_rank_cd
-- normed by length. Stems and stop words come from its own dictionaries; unaccent takes the accents off on both sides.

-- documents
CREATE TEMP TABLE plain_document AS
SELECT s.source_key AS key,
       setweight(to_tsvector('french', said.names), 'A') || setweight(to_tsvector('english', said.names), 'A')
       || setweight(to_tsvector('french', said.terms), 'B') || setweight(to_tsvector('english', said.terms), 'B')
       || setweight(to_tsvector('french', said.body), 'B') || setweight(to_tsvector('english', said.body), 'B')
       || setweight(to_tsvector('french', said.texts), 'C') || setweight(to_tsvector('english', said.texts), 'C') AS words
FROM listing l
JOIN service s ON s.id = l.service_id
JOIN organization o ON o.id = s.organization_id
CROSS JOIN LATERAL (
    SELECT unaccent(concat_ws(' ', s.name, s.alternate_name, s.translations->'fr'->>'name', s.translations->'en'->>'name')) AS names,
           unaccent(concat_ws(' ', s.description, s.translations->'fr'->>'description', s.translations->'en'->>'description',
                              s.eligibility_description, s.translations->'fr'->>'eligibility_description',
                              s.translations->'en'->>'eligibility_description')) AS texts,
           unaccent(concat_ws(' ', o.name, o.alternate_name,
                              (SELECT string_agg(concat_ws(' ', p.city, p.postcode, p.department), ' ')
                               FROM listing_place p WHERE p.service_id = s.id))) AS body,
           unaccent(coalesce((SELECT string_agg(concat_ws(' ', t.label_fr, t.label_en, t.name), ' ')
                              FROM attribute a JOIN taxonomy_term t ON t.id = a.taxonomy_term_id
                              WHERE a.link_id = s.id AND a.link_entity = 'service'), '')) AS terms
) said
WHERE l.published AND s.gone_at IS NULL AND o.gone_at IS NULL;

-- index
CREATE INDEX ON plain_document USING gin (words);

-- question
WITH asked AS (
    SELECT websearch_to_tsquery(CAST(:configuration AS regconfig), unaccent(:any)) AS any_word,
           websearch_to_tsquery(CAST(:configuration AS regconfig), unaccent(:all)) AS all_words
)
SELECT key FROM plain_document, asked
WHERE words @@ any_word
ORDER BY words @@ all_words DESC, ts_rank_cd(words, any_word, 1) DESC, key
LIMIT 10
