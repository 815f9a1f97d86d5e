-- What it took those mature attempts that ended as intended. ClickHouse's own exact quantiles take another rank, so the
-- nearest rank is taken from the sorted values: of n values the one at (9 n + 9) div 10.
SELECT service, {channel} AS of_channel, {release} AS of_release, {week} AS of_week, {month} AS of_month,
    countIf(finished) AS done,
    arraySort(groupArrayIf(time, finished))[intDiv(done * 5 + 9, 10)] AS median_time,
    arraySort(groupArrayIf(time, finished))[intDiv(done * 9 + 9, 10)] AS p90_time,
    arraySort(groupArrayIf(pages, finished))[intDiv(done * 5 + 9, 10)] AS median_pages,
    arraySort(groupArrayIf(questions, finished))[intDiv(done * 5 + 9, 10)] AS median_questions,
    arraySort(groupArrayIf(documents, finished))[intDiv(done * 5 + 9, 10)] AS median_documents
FROM (
    SELECT service, channel, release, began, finished,
        -- From start to end, less every gap that is longer than people are at work.
        arraySum(arrayMap(gap -> if(gap > {idle}, 0, gap), arrayDifference(arrayMap(event -> bitShiftRight(event, 10), walked)))) AS time,
        arrayCount(event -> bitAnd(event, 1023) IN ({pages}), walked) AS pages,
        arrayCount(event -> bitAnd(event, 1023) IN ({questions}), walked) AS questions,
        arrayCount(event -> bitAnd(event, 1023) IN ({documents}), walked) AS documents
    FROM (
        SELECT service, channel, release, assumeNotNull(started_at) AS began, outcome = 'intended' AS finished,
            arrayFilter(
                event -> finished AND bitShiftRight(event, 10) BETWEEN assumeNotNull(started_at) AND assumeNotNull(ended_at), path
            ) AS walked
        FROM {journeys}
        WHERE service IN ({services}) AND definition = {version} AND NOT bot
          AND started_at >= {since} AND started_at < {until} AND started_at + {window} <= {at}
    )
)
GROUP BY service, of_channel, of_release, of_week, of_month
