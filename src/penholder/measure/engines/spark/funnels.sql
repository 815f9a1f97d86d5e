-- How many mature attempts reached which set of steps. A set is a number: bit 0 says "began", the others are the steps.
SELECT service, {channel} AS channel, {release} AS release, {week} AS week, {month} AS month, reached, count(*) AS attempts
FROM (
    SELECT service, channel, release, started_at,
        aggregate(
            filter(path, event -> shiftright(event, 10) <= started_at + {window}),
            CAST(1 AS BIGINT),
            (reached, event) -> {joined}
        ) AS reached
    FROM {journeys}
    WHERE service IN ({services}) AND definition = {version} AND NOT bot
      AND started_at >= {since} AND started_at < {until} AND started_at + {window} <= {at}
)
GROUP BY 1, 2, 3, 4, 5, 6
