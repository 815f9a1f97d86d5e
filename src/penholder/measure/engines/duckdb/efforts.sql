-- What it took those mature attempts that ended as intended. quantile_disc takes the nearest rank.
SELECT service, {channel} AS channel, {release} AS release, {week} AS week, {month} AS month,
    count(*) FILTER (finished) AS finished,
    quantile_disc(time, 0.5) FILTER (finished) AS median_time,
    quantile_disc(time, 0.9) FILTER (finished) AS p90_time,
    quantile_disc(pages, 0.5) FILTER (finished) AS median_pages,
    quantile_disc(questions, 0.5) FILTER (finished) AS median_questions,
    quantile_disc(documents, 0.5) FILTER (finished) AS median_documents
FROM (
    SELECT service, channel, release, started_at, finished,
        -- From start to end, less every gap that is longer than people are at work.
        ended_at - started_at - coalesce(list_sum(
            list_transform(walked[2:], lambda event, place:
                CASE WHEN (event >> 10) - (walked[place] >> 10) > {idle} THEN (event >> 10) - (walked[place] >> 10) ELSE 0 END)
        ), 0)::BIGINT AS time,
        len(list_filter(walked, lambda event: (event & 1023) IN ({pages}))) AS pages,
        len(list_filter(walked, lambda event: (event & 1023) IN ({questions}))) AS questions,
        len(list_filter(walked, lambda event: (event & 1023) IN ({documents}))) AS documents
    FROM (
        SELECT service, channel, release, started_at, ended_at, outcome = 'intended' AS finished,
            CASE WHEN outcome <> 'intended' THEN []
                 WHEN first_at = started_at AND last_at = ended_at THEN path
                 ELSE list_filter(path, lambda event: event >> 10 BETWEEN started_at AND ended_at) END AS walked
        FROM {journeys}
        WHERE service IN ({services}) AND definition = {version} AND NOT bot
          AND started_at >= {since} AND started_at < {until} AND started_at + {window} <= {at}
    )
)
GROUP BY ALL
