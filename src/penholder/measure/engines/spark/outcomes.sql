-- How attempts ended. Fragments, which have no start, lie where their first event lies.
SELECT service, {channel} AS channel, {release} AS release, {week} AS week, {month} AS month,
    outcome, bot, fragment, NOT fragment AND started_at + {window} <= {at} AS mature, helped, count(*) AS attempts
FROM (
    SELECT service, channel, release, outcome, bot, started_at IS NULL AS fragment, {helped} AS helped,
        coalesce(started_at, first_at) AS started_at
    FROM {journeys}
    WHERE service IN ({services}) AND definition = {version}
)
WHERE started_at >= {since} AND started_at < {until}
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
