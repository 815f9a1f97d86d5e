-- How often mature attempts met each known step within their window, and how many attempts met it at all.
SELECT service, channel, release, week, month, step, sum(events) AS events, sum(attempts) AS attempts
FROM (
    SELECT service, {channel} AS channel, {release} AS release, {week} AS week, {month} AS month,
        explode(transform(
            filter(path, event -> shiftright(event, 10) BETWEEN started_at AND started_at + {window}),
            event -> event & 1023
        )) AS step,
        1 AS events, 0 AS attempts
    FROM {journeys}
    WHERE service IN ({services}) AND definition = {version} AND NOT bot
      AND started_at >= {since} AND started_at < {until} AND started_at + {window} <= {at}
    UNION ALL
    SELECT service, {channel} AS channel, {release} AS release, {week} AS week, {month} AS month,
        explode(array_distinct(transform(
            filter(path, event -> shiftright(event, 10) BETWEEN started_at AND started_at + {window}),
            event -> event & 1023
        ))) AS step,
        0 AS events, 1 AS attempts
    FROM {journeys}
    WHERE service IN ({services}) AND definition = {version} AND NOT bot
      AND started_at >= {since} AND started_at < {until} AND started_at + {window} <= {at}
)
WHERE step IN ({known})
GROUP BY 1, 2, 3, 4, 5, 6
