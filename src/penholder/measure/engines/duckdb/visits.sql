-- How often mature attempts met each known step within their window, and how many attempts met it at all.
WITH judged AS (
    SELECT service, channel, release, started_at,
        list_transform(
            list_filter(path, lambda event: event >> 10 BETWEEN started_at AND started_at + {window}),
            lambda event: event & 1023
        ) AS steps
    FROM {journeys}
    WHERE service IN ({services}) AND definition = {version} AND NOT bot
      AND started_at >= {since} AND started_at < {until} AND started_at + {window} <= {at}
)
SELECT service, {channel} AS channel, {release} AS release, {week} AS week, {month} AS month,
    step, sum(events)::BIGINT AS events, sum(attempts)::BIGINT AS attempts
FROM (
    SELECT service, channel, release, started_at, unnest(steps) AS step, 1 AS events, 0 AS attempts FROM judged
    UNION ALL
    SELECT service, channel, release, started_at, unnest(list_distinct(steps)) AS step, 0, 1 FROM judged
)
WHERE step IN ({known})
GROUP BY ALL
