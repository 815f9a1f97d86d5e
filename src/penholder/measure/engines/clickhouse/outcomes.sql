-- How attempts ended. Fragments, which have no start, lie where their first event lies.
SELECT service, {channel} AS of_channel, {release} AS of_release, {week} AS of_week, {month} AS of_month,
    outcome, bot, fragment, NOT fragment AND began + {window} <= {at} AS mature, helped, count() AS attempts
FROM (
    SELECT service, channel, release, outcome, bot, isNull(started_at) AS fragment, {helped} AS helped, ifNull(started_at, first_at) AS began
    FROM {journeys}
    WHERE service IN ({services}) AND definition = {version}
)
WHERE began >= {since} AND began < {until}
GROUP BY ALL
