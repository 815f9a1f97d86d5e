-- How many mature attempts reached which set of steps. A set is a number: bit 0 says "began", the others are the steps.
-- Not windowFunnel: it counts from any entry, and takes no branches. Every number is Int64, or the fold changes its type.
SELECT service, {channel} AS of_channel, {release} AS of_release, {week} AS of_week, {month} AS of_month, reached, count() AS attempts
FROM (
    SELECT service, channel, release, assumeNotNull(started_at) AS began,
        arrayFold(
            (reached, event) -> {joined},
            arrayFilter(event -> bitShiftRight(event, 10) <= assumeNotNull(started_at) + {window}, path),
            toInt64(1)
        ) AS reached
    FROM {journeys}
    WHERE service IN ({services}) AND definition = {version} AND NOT bot
      AND started_at >= {since} AND started_at < {until} AND started_at + {window} <= {at}
)
GROUP BY ALL
