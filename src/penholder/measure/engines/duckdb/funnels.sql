-- How many mature attempts reached which set of steps. A set is a number: bit 0 says "began", the others are the steps.
-- The fold meets the events in order; a step joins the set when the set already holds a step that it may follow.
-- Nothing before the start can join, because only starts follow bit 0.
SELECT service, {channel} AS channel, {release} AS release, {week} AS week, {month} AS month, reached, count(*) AS attempts
FROM (
    SELECT service, channel, release, started_at,
        list_reduce(
            -- Hardly anything happens after the window; copying a path only where something does saves a pass.
            CASE WHEN last_at <= started_at + {window} THEN path
                 ELSE list_filter(path, lambda event: event >> 10 <= started_at + {window}) END,
            lambda reached, event: {joined},
            1::BIGINT
        ) AS reached
    FROM {journeys}
    WHERE service IN ({services}) AND definition = {version} AND NOT bot
      AND started_at >= {since} AND started_at < {until} AND started_at + {window} <= {at}
)
GROUP BY ALL
