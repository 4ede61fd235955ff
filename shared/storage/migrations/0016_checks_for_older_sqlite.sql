-- By hand: the view in functions that SQLite 3.40 has (Debian 12); hexadecimal numbers in JSON came with 3.42.
DROP VIEW `checks`;
--> statement-breakpoint
-- Every check of both tiers, for people with an SQL prompt. Packed forms: packed-check.ts, sample-block.ts, packed-integers.ts.
CREATE VIEW `checks` AS
WITH
  `head` AS (
    SELECT s.`at_ms` AS sweep_ms, c.`value` AS packed
    FROM `sweeps` s, json_each(s.`checks`) c
    WHERE s.`at_ms` >= (SELECT `archived_until_ms` FROM `tiers`)
  ),
  `packed` AS (
    SELECT
      `service_id`, `hour_ms`, `verdicts`, `first_ms`, `step_ms`, `gaps`, `response_times`,
      CAST(hex(substr(`gaps`, 1, 1)) AS INTEGER) AS gap_bytes,
      CAST(hex(substr(`response_times`, 1, 1)) AS INTEGER) AS time_bytes
    FROM `hour_blocks`
    WHERE `hour_ms` < (SELECT `archived_until_ms` FROM `tiers`)
  ),
  -- A packed integer has six bytes at most; where one stands among all that there are is its value.
  `bytes` AS (
    SELECT
      `column1` AS place,
      x'000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F202122232425262728292A2B2C2D2E2F303132333435363738393A3B3C3D3E3F404142434445464748494A4B4C4D4E4F505152535455565758595A5B5C5D5E5F606162636465666768696A6B6C6D6E6F707172737475767778797A7B7C7D7E7F808182838485868788898A8B8C8D8E8F909192939495969798999A9B9C9D9E9FA0A1A2A3A4A5A6A7A8A9AAABACADAEAFB0B1B2B3B4B5B6B7B8B9BABBBCBDBEBFC0C1C2C3C4C5C6C7C8C9CACBCCCDCECFD0D1D2D3D4D5D6D7D8D9DADBDCDDDEDFE0E1E2E3E4E5E6E7E8E9EAEBECEDEEEFF0F1F2F3F4F5F6F7F8F9FAFBFCFDFEFF' AS every
    FROM (VALUES (1), (2), (3), (4), (5), (6))
  ),
  -- A JSON array as long as the block gives a row per sample.
  `sample` AS (
    SELECT
      p.*,
      n.`key` AS n,
      substr(p.`response_times`, 2 + n.`key` * p.time_bytes, p.time_bytes) AS packed_time,
      iif(n.`key` > 0, substr(p.`gaps`, 2 + (n.`key` - 1) * p.gap_bytes, p.gap_bytes), x'00') AS packed_gap
    FROM `packed` p
    JOIN json_each(
      '[' || replace(hex(zeroblob((length(p.`response_times`) - 1) / p.time_bytes - 1)), '00', '0,') || '0]'
    ) n
  ),
  `block` AS (
    SELECT
      `service_id`,
      `verdicts`,
      n,
      (
        SELECT sum((instr(every, substr(packed_time, place, 1)) - 1) << (8 * (length(packed_time) - place)))
        FROM `bytes` WHERE place <= length(packed_time)
      ) AS tenth_ms,
      `hour_ms` + `first_ms` + `step_ms` * n + sum(
        (
          SELECT sum((instr(every, substr(packed_gap, place, 1)) - 1) << (8 * (length(packed_gap) - place)))
          FROM `bytes` WHERE place <= length(packed_gap)
        )
      ) OVER (PARTITION BY `service_id`, `hour_ms` ORDER BY n) AS started_ms
    FROM `sample`
  ),
  `unpacked` AS (
    SELECT
      json_extract(packed, '$[0]') AS service_id,
      sweep_ms + json_extract(packed, '$[1]') AS started_ms,
      json_extract(packed, '$[2]') AS tenth_ms,
      json_extract(packed, '$[3]') AS status,
      json_extract(packed, '$[4]') AS reason,
      json_extract(packed, '$[5]') AS status_code,
      json_extract(packed, '$[6]') AS message
    FROM `head`
    UNION ALL
    SELECT
      k.`service_id`, k.started_ms, k.tenth_ms,
      json_extract(v.`value`, '$[1]'), json_extract(v.`value`, '$[2]'),
      json_extract(v.`value`, '$[3]'), json_extract(v.`value`, '$[4]')
    FROM `block` k
    JOIN json_each(k.`verdicts`) v
      ON k.n >= json_extract(v.`value`, '$[0]')
      AND k.n < ifnull(json_extract(k.`verdicts`, '$[' || (v.`key` + 1) || '][0]'), 9e9)
  )
SELECT
  service_id,
  started_ms + CAST(round(tenth_ms / 10.0) AS INTEGER) AS checked_at_ms,
  strftime('%Y-%m-%dT%H:%M:%fZ', (started_ms + CAST(round(tenth_ms / 10.0) AS INTEGER)) / 1000.0, 'unixepoch') AS checked_at,
  status,
  reason,
  tenth_ms / 10.0 AS response_time_ms,
  status_code,
  message
FROM `unpacked`;
