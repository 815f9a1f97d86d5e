-- How many mature attempts reached which set of steps. A set is a number: bit 0 says "began", the others are the steps.
-- Sealing has folded each path already (`readings.read`), in order, by the graph, within the window.
-- Not windowFunnel over events: it counts from any entry, and takes no branches.
SELECT service, {channel} AS of_channel, {release} AS of_release, {week} AS of_week, {month} AS of_month, reached, count() AS attempts
FROM (
    SELECT service, channel, release, assumeNotNull(started_at) AS began, reached
    FROM {journeys}
    WHERE service IN ({services}) AND definition = {version} AND NOT bot
      AND started_at >= {since} AND started_at < {until} AND started_at + {window} <= {at}
)
GROUP BY ALL
