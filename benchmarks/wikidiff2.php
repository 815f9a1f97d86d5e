<?php
// Reads two files and compares them with wikidiff2, moved paragraphs on. Prints the middle time of three, and moves found.
// The cut-off is how many paragraphs may be left over before it stops looking for moves at all; so many that it always looks.
ini_set('wikidiff2.moved_paragraph_detection_cutoff', '100000');
$old = file_get_contents($argv[1]);
$new = file_get_contents($argv[2]);
$times = [];
for ($turn = 0; $turn < 3; $turn++) {
    $start = hrtime(true);
    $html = wikidiff2_do_diff($old, $new, 2);
    $times[] = (hrtime(true) - $start) / 1e9;
}
sort($times);
$seconds = $times[1];
preg_match('/VmHWM:\s+(\d+)/', file_get_contents('/proc/self/status'), $peak);
echo json_encode([
    'seconds' => $seconds,
    'kib' => (int) $peak[1],
    'moves' => preg_match_all('/class="mw-diff-movedpara-left"/', $html),
    'cutoff' => ini_get('wikidiff2.moved_paragraph_detection_cutoff'),
]);
