// What others claim of the cards, and what the nights before say of the cases.

function claimsSection() {
  if (DATA.claims === null) return leaveOut('Claims', 'none were given (--claims FILE).');
  const [summary, claims] = DATA.claims;
  section('claims', 'Claims').append(tableWidget(summary.title, tableSource(summary)), tableWidget(claims.title, tableSource(claims)));
}

function historyFigure(tracked, nights, changeNight) {
  const rows = rowsOf(nights), dates = rows.map((row) => row.night), limit = tracked.limit_percent ?? null;
  const held = limit === null ? undefined : rows.find((row) => row.change_percent !== null);
  const level = held && held.time_ns / (1 + held.change_percent / 100), most = held && level * (1 + limit / 100);
  return chartFigure(`${nights.title}: ${tracked.verdict}`, {
    config: () => ({
      type: 'line',
      data: {labels: dates, datasets: [{...lineLook(0), label: 'night', data: rows.map((row) => row.time_ns), pointRadius: strokes(4),
        pointStyle: rows.map((row) => (row.remarks ? 'triangle' : 'circle')), pointBackgroundColor: rows.map((row) => (row.remarks ? cssColor('--bad') : color(0))),
        pointBorderColor: rows.map((row) => (row.remarks ? cssColor('--bad') : color(0)))}]},
      options: {
        interaction: {axis: 'x'}, scales: {x: {grid: {display: false}, ticks: {maxRotation: 0, autoSkipPadding: 16}}, y: linear('time of a launch', {ticks: {callback: duration}, grace: '10%', suggestedMax: most})},
        plugins: {bands: {at: held ? [{axis: 'y', from: level, to: most, label: `baseline to limit, +${limit.toFixed(1)}%`}] : []}, uprights: {at: dates.includes(changeNight) ? [{value: changeNight, label: `slower from ${changeNight}`}] : []}},
      },
    }),
    describe: ({index}) => [`${rows[index].night}: ${duration(rows[index].time_ns)}`,
      ...(rows[index].change_percent !== null ? [`${rows[index].change_percent.toFixed(2)}% from the baseline`] : []), ...(rows[index].remarks ? [rows[index].remarks] : [])],
    notes: [...nights.notes, ...(rows.some((row) => row.remarks) ? ['Triangles are nights with a remark: see the table.'] : [])], table: tableSource(nights),
  });
}

/** What the last night says, and the cases that are slower: null without a history. */
function historyArticle() {
  if (DATA.history === null || DATA.history.cases.rows.length === 0) return null;
  const {tone, words, rows} = DATA.history.sentence;
  return el('article', {class: `verdict ${TONES[tone] || 'plain'}`}, el('h3', {}, TONE_SIGNS[tone] + words),
      ...folded(rows.map((row) => el('li', {}, row)), FEW_REASONS, 'cases'));
}

function historySection() {
  if (DATA.history === null) return leaveOut('History', 'none was given (--history DIR).');
  const tracked = rowsOf(DATA.history.cases);
  if (tracked.length === 0) return leaveOut('History', `no case is in the history ${DATA.history.folder}.`);
  const parent = section('history', 'History');
  // What failed stands first.
  const rank = ({verdict}) => ({regression: 0, 'needs rerun': 1, pass: 3})[verdict] ?? 2;
  const order = [...tracked.keys()].sort((a, b) => rank(tracked[a]) - rank(tracked[b]));
  const cases = {...DATA.history.cases, rows: order.map((t) => DATA.history.cases.rows[t])};
  parent.append(tableWidget(cases.title, tableSource(cases)));
  const names = DATA.history.nights.map((nights) => nights.title);
  choice(parent, 'Case', order.map((t) => ({label: `${names[t]}: ${tracked[t].verdict}`, t})),
      ({t}) => [historyFigure(tracked[t], DATA.history.nights[t], DATA.history.change_nights[t])]);
}
