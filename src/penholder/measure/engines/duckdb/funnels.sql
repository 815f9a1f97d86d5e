-- How many mature attempts reached which set of steps. A set is a number: bit 0 says "began", the others are the steps.
-- Sealing has folded each path already (`readings.read`), in order, by the graph, within the window.
SELECT service, {channel} AS channel, {release} AS release, {week} AS week, {month} AS month, reached, count(*) AS attempts
FROM {journeys}
WHERE service IN ({services}) AND definition = {version} AND NOT bot
  AND started_at >= {since} AND started_at < {until} AND started_at + {window} <= {at}
GROUP BY ALL
