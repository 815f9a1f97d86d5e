-- How often mature attempts met each known step within their window, and how many attempts met it at all.
SELECT service, {channel} AS of_channel, {release} AS of_release, {week} AS of_week, {month} AS of_month,
    step, count() AS events, countIf(nth = 1) AS attempts
FROM (
    SELECT service, channel, release, began, step, nth
    FROM (
        SELECT service, channel, release, assumeNotNull(started_at) AS began,
            arrayMap(
                event -> bitAnd(event, 1023),
                arrayFilter(event -> bitShiftRight(event, 10) BETWEEN assumeNotNull(started_at) AND assumeNotNull(started_at) + {window}, path)
            ) AS steps
        FROM {journeys}
        WHERE service IN ({services}) AND definition = {version} AND NOT bot
          AND started_at >= {since} AND started_at < {until} AND started_at + {window} <= {at}
    )
    -- The how-manieth meeting of the step in its attempt: the first ones count the attempts.
    ARRAY JOIN steps AS step, arrayEnumerateUniq(steps) AS nth
)
WHERE step IN ({known})
GROUP BY service, of_channel, of_release, of_week, of_month, step
