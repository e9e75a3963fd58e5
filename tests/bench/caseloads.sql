-- A synthetic network: :referrals referrals of a third as many people, a case manager for every 150 of them, a service for
-- every 100. Four in ten go to one large house, the others to houses with two services each. Ids are made of numbers.
-- houses
INSERT INTO organization (id, name, description, language, translations, source)
SELECT md5('house' || n)::uuid, 'House ' || n, '', 'en', '{}', 'bench' FROM generate_series(0, :houses) AS n;
-- services
INSERT INTO service (id, organization_id, name, description, status, language, translations, source)
SELECT md5('service' || n)::uuid, md5('house' || CASE WHEN n < 40 THEN 0 ELSE n / 2 - 19 END)::uuid, 'Service ' || n, '',
       'active', 'en', '{}', 'bench'
FROM generate_series(0, :services - 1) AS n;
-- listings
INSERT INTO listing (service_id, organization_id, source, published, status, needs, need_paths, specialisms, affinities,
                     formats, welcomes, not_with, languages, modes, funding, routes, accessibility, area_postcodes,
                     area_countries, slots, foreign_terms, email, phone, digest, updated_at)
SELECT id, organization_id, 'bench', true, 'active', '{physiotherapy}', '{physiotherapy}', '{}', '{}', '{}', '{}', '{}',
       '{}', '{}', '{}', '{}', '{}', '{}', '{GB}', '[]', '{}', 'desk@house.example.org', '01872 555 010', 'bench', now()
FROM service WHERE source = 'bench';
-- case managers
INSERT INTO user_account (id, email, name, language, password_hash, created_at)
SELECT md5('worker' || n)::uuid, 'worker-' || n || '@example.org', 'Worker ' || n, 'en', :password, :now
FROM generate_series(0, :workers) AS n;
-- roles: the last of them answers for the large house
INSERT INTO membership (id, user_id, organization_id, role)
SELECT md5('member' || n)::uuid, md5('worker' || n)::uuid, md5('house' || CASE WHEN n = :workers THEN 0 ELSE 1 END)::uuid,
       (CASE WHEN n = :workers THEN 'PROVIDER_EDITOR' ELSE 'CASE_MANAGER' END)::role
FROM generate_series(0, :workers) AS n;
-- people
INSERT INTO client (id, alias, organization_id, language, birth_year, languages, audience, audience_unknown, funding,
                    accessibility, availability, practitioner_must, formats, formats_must, affinities, receives, documents,
                    wishes, said_none, place_name, country)
SELECT md5('client' || n)::uuid, 'P' || n, md5('house1')::uuid, 'en', 1950 + n % 50, '{en}', '{}', '{}', '{nhs}', '{}', '[]',
       false, '{}', false, '{}', '{}', '{}', '{}', '{}', 'Truro', 'GB'
FROM generate_series(0, :clients - 1) AS n;
-- identities
INSERT INTO client_identity (client_id, given_name, family_name, folded_name, birth_date, address, notes, need_notes)
SELECT md5('client' || n)::uuid, 'Given' || n % 977, 'Family' || n % 1999, 'given' || n % 977 || ' family' || n % 1999,
       date '1950-03-14' + n % 18000, '', '', '{}'
FROM generate_series(0, :clients - 1) AS n;
-- files
INSERT INTO assignment (id, client_id, user_id, since)
SELECT md5('file' || n)::uuid, md5('client' || n)::uuid, md5('worker' || n % :workers)::uuid, :now
FROM generate_series(0, :clients - 1) AS n;
-- consents
INSERT INTO consent (id, client_id, grantor, method, language_shown, text_hash, discloser_organization_id, recipient_type,
                     recipient_ids, purpose, scope, sensitivity_allowed, direction, granted_at, expires_at, recorded_by)
SELECT md5('consent' || n)::uuid, md5('client' || n / 3)::uuid, 'self', 'oral_witnessed', 'en', md5('text'),
       md5('house1')::uuid, 'service', ARRAY[md5('service' || CASE WHEN n % 5 < 2 THEN n % 40 ELSE 40 + n % (:services - 40) END)::uuid::text],
       'refer', '{age_band,answers,area,funding,languages,name,need,need_by,phone,urgency}', '{}', 'both', :now,
       :now + interval '1 year', md5('worker' || n / 3 % :workers)::uuid
FROM generate_series(0, :referrals - 1) AS n;
-- needs: of three referrals of one person, the first failed and the second goes on with the same need
INSERT INTO need (id, client_id, term, specialisms, urgency, remote_ok, remote_only, status, created_at)
SELECT md5('need' || n)::uuid, md5('client' || n / 3)::uuid, 'physiotherapy', '{}',
       CASE WHEN n % 7 = 0 THEN 'urgent' ELSE 'routine' END, false, false, 'in_referral', :now - interval '60 days'
FROM generate_series(0, :referrals - 1) AS n WHERE n % 3 <> 0;
-- referrals
INSERT INTO referral (id, client_id, need_id, service_id, organization_id, sender_id, sender_organization_id, consent_id,
                      status, position, urgency, attempt, channel, receiver_email, receiver_language, snapshot, calendar,
                      sender_calendar, created_at, entered_at, sent_at, responded_at, due_at, appointment_at, closed_at)
SELECT md5('referral' || n)::uuid, md5('client' || n / 3)::uuid,
       md5('need' || CASE WHEN n % 3 = 0 THEN n + 1 ELSE n END)::uuid, s.id, s.organization_id,
       md5('worker' || n / 3 % :workers)::uuid, md5('house1')::uuid, md5('consent' || n)::uuid, state, 2,
       CASE WHEN n % 7 = 0 THEN 'urgent' ELSE 'routine' END, CASE WHEN n % 3 = 1 THEN 2 ELSE 1 END, 'link',
       'desk@house.example.org', 'en', '{}', 'GB-ENG', 'GB-ENG', began, began + interval '1 hour', began,
       CASE WHEN state <> 'sent' THEN began + interval '1 hour' END,
       CASE WHEN state <> 'declined' THEN began + interval '7 days' END,
       CASE WHEN state = 'scheduled' THEN :now + interval '3 days' END,
       CASE WHEN state = 'declined' THEN began + interval '1 hour' END
FROM generate_series(0, :referrals - 1) AS n
CROSS JOIN LATERAL (
    SELECT CASE WHEN n % 3 = 0 THEN 'declined'
                ELSE (ARRAY['sent', 'sent', 'sent', 'sent', 'accepted', 'waitlisted', 'scheduled', 'in_service', 'in_service',
                            'completed'])[1 + ('x' || substr(md5(n::text), 1, 4))::bit(16)::int % 10] END AS state,
           :now - n % 96 * interval '1 hour' AS began
) AS how
JOIN service AS s ON s.id = md5('service' || CASE WHEN n % 5 < 2 THEN n % 40 ELSE 40 + n % (:services - 40) END)::uuid;
-- the beginning of each story
INSERT INTO referral_event (id, referral_id, position, kind, from_status, to_status, at, actor_id, actor_role, facts)
SELECT md5('sent' || n)::uuid, md5('referral' || n)::uuid, 1, 'send', 'draft', 'sent', :now, md5('worker' || n / 3 % :workers)::uuid,
       'case_manager', '{}'
FROM generate_series(0, :referrals - 1) AS n;
-- what came of it
INSERT INTO referral_event (id, referral_id, position, kind, from_status, to_status, at, actor_role, reason_code, facts)
SELECT md5('then' || id)::uuid, id, 2, CASE status WHEN 'declined' THEN 'decline' WHEN 'sent' THEN 'provide_info' ELSE 'accept' END,
       'sent', status, entered_at, 'provider', CASE status WHEN 'declined' THEN 'no_capacity' END, '{}'
FROM referral WHERE receiver_email = 'desk@house.example.org' AND position = 2;
-- decisions
INSERT INTO disposition (id, referral_id, need_id, kind, next_referral_id, actor_role, at)
SELECT md5('decision' || n)::uuid, md5('referral' || n)::uuid, md5('need' || n + 1)::uuid, 're_referred',
       md5('referral' || n + 1)::uuid, 'case_manager', :now
FROM generate_series(0, :referrals - 2) AS n WHERE n % 3 = 0;
-- links
INSERT INTO referral_link (id, referral_id, purpose, address, language, created_at, expires_at)
SELECT md5('link' || n)::uuid, md5('referral' || n)::uuid, 'receiver', 'desk@house.example.org', 'en', :now,
       :now + interval '30 days'
FROM generate_series(0, :referrals - 1) AS n
