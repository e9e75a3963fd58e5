-- What the importer is measured against: the same rows, copied into tables of the same columns, indexes and foreign
-- keys by COPY alone, in one transaction, each table after those that it names. No reading, no checks, no provenance.
-- {table} runs through the tables in this order; {file} holds its rows as PostgreSQL's own COPY wrote them.
COPY {table} FROM STDIN (FORMAT binary)
