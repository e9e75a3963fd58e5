-- What a page of /hsds/services tells, asked for by hand: the same total, and the same columns of the same rows.

-- total
SELECT count(*)
FROM listing l
JOIN service s ON s.id = l.service_id
JOIN organization o ON o.id = s.organization_id
WHERE l.published AND s.gone_at IS NULL AND o.gone_at IS NULL;

-- rows
SELECT s.id, s.organization_id, s.name, s.alternate_name, s.description, s.url, s.email, s.status, s.interpretation_services,
    s.application_process, s.wait_time, s.fees, s.fees_description, s.eligibility_description, s.minimum_age, s.maximum_age,
    s.accreditations, s.licenses, s.assurer_email, s.alert, s.last_modified, s.assured_date, s.language, s.translations,
    o.id, o.name, o.alternate_name, o.description, o.email, o.website, o.tax_status, o.tax_id, o.year_incorporated,
    o.legal_status, o.logo, o.uri, o.parent_organization_id, o.assured_date, o.language, o.translations,
    g.id, g.organization_id, g.name, g.alternate_name, g.description, g.assured_date
FROM listing l
JOIN service s ON s.id = l.service_id
JOIN organization o ON o.id = s.organization_id
LEFT JOIN program g ON g.id = s.program_id AND g.gone_at IS NULL
WHERE l.published AND s.gone_at IS NULL AND o.gone_at IS NULL
ORDER BY s.first_seen_at, s.id
LIMIT 50 OFFSET %(start)s;
