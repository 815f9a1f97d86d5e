-- What it took those mature attempts that ended as intended: nearest ranks of the sorted values.
-- Where nobody finished, rank 1 of nothing is NULL; rank 0 would be an error.
SELECT service, channel, release, week, month, done,
    try_element_at(times, CAST(greatest((done * 5 + 9) DIV 10, 1) AS INT)) AS median_time,
    try_element_at(times, CAST(greatest((done * 9 + 9) DIV 10, 1) AS INT)) AS p90_time,
    try_element_at(pages, CAST(greatest((done * 5 + 9) DIV 10, 1) AS INT)) AS median_pages,
    try_element_at(questions, CAST(greatest((done * 5 + 9) DIV 10, 1) AS INT)) AS median_questions,
    try_element_at(documents, CAST(greatest((done * 5 + 9) DIV 10, 1) AS INT)) AS median_documents
FROM (
    SELECT service, {channel} AS channel, {release} AS release, {week} AS week, {month} AS month,
        count_if(finished) AS done,
        array_sort(collect_list(time)) AS times,
        array_sort(collect_list(CASE WHEN finished THEN size(filter(walked, event -> (event & 1023) IN ({pages}))) END)) AS pages,
        array_sort(collect_list(CASE WHEN finished THEN size(filter(walked, event -> (event & 1023) IN ({questions}))) END)) AS questions,
        array_sort(collect_list(CASE WHEN finished THEN size(filter(walked, event -> (event & 1023) IN ({documents}))) END)) AS documents
    FROM (
        SELECT service, channel, release, started_at, finished, walked,
            -- From start to end, less every gap that is longer than people are at work. Empty for the unfinished.
            CASE WHEN finished THEN aggregate(
                -- Sail has no zip_with; places count from 0, so element `place + 1` is the one before.
                transform(
                    slice(walked, 2, size(walked)),
                    (event, place) -> shiftright(event, 10) - shiftright(element_at(walked, place + 1), 10)
                ),
                CAST(0 AS BIGINT),
                (time, gap) -> CASE WHEN gap > {idle} THEN time ELSE time + gap END
            ) END AS time
        FROM (
            SELECT service, channel, release, started_at, outcome = 'intended' AS finished,
                filter(path, event -> shiftright(event, 10) BETWEEN started_at AND ended_at) AS walked
            FROM {journeys}
            WHERE service IN ({services}) AND definition = {version} AND NOT bot
              AND started_at >= {since} AND started_at < {until} AND started_at + {window} <= {at}
        )
    )
    GROUP BY 1, 2, 3, 4, 5
)
