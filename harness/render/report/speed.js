// How fast each user is served against what that costs, by batch.

const SPEED_VALUES = [
  {label: '$ per million output tokens', key: 'dollars_per_million', axis: () => logarithmic('$ per million output tokens, decode only'), words: (value) => `$${significant(value, 3)} per million output tokens`},
  {label: 'tok/s of a GPU', key: 'tok_per_s', axis: () => linear('output tokens a second of a GPU', {min: 0}), words: (value) => `${significant(value)} tok/s of a GPU`},
];

/** The batch beside each point; those that would lie on others are left out. */
const batchLabels = {
  id: 'batchLabels',
  afterDatasetsDraw(chart) {
    const context = chart.ctx, size = textSize(), taken = [];
    context.save();
    chart.data.datasets.forEach((dataset, d) => {
      if (!chart.isDatasetVisible(d)) return;
      chart.getDatasetMeta(d).data.forEach(({x, y}, i) => {
        if (taken.some((other) => Math.abs(other.x - x) < 2.5 * size && Math.abs(other.y - y) < 1.3 * size)) return;
        taken.push({x, y});
        write(context, String(dataset.own[i].batch), x + strokes(6), y - size * 0.7, {color: dataset.borderColor});
      });
    });
    context.restore();
  },
};

function speedFigure(table, value) {
  const rows = rowsOf(table).filter((row) => row.fits !== false && (row.tok_per_s_user ?? null) !== null && row[value.key] !== null);
  const files = [...new Set(rows.map(fileOf))];
  const limit = DATA.tpot_ms === undefined ? [] : [{value: 1000 / DATA.tpot_ms, label: `TPOT ${significant(DATA.tpot_ms, 3)} ms`}];
  return chartFigure(`Speed of a user against ${value.label}, ${table.title}`, {
    config: () => ({
      type: 'line',
      plugins: [batchLabels],
      data: {datasets: files.map((file) => {
        const own = rows.filter((row) => fileOf(row) === file).sort((a, b) => a.batch - b.batch);
        return {...lineLook(file, {keys: {card: fileLabel(file)}}), label: fileLabel(file), own, data: own.map((row) => ({x: row.tok_per_s_user, y: row[value.key]}))};
      })},
      options: {scales: {x: linear('output tokens a second of each user', {min: 0, grace: '5%'}), y: value.axis()}, plugins: {uprights: {at: limit}}},
    }),
    describe: ({dataset, index}) => {
      const row = dataset.own[index];
      return [`${dataset.label}, batch ${row.batch}: ${significant(row.tok_per_s_user, 3)} tok/s a user, TPOT ${duration(row.tpot_ns)}`, value.words(row[value.key]),
        ...(row.step_time_is ? [`step time is ${row.step_time_is}`] : [])];
    },
    table: tableSource(table),
    notes: ['A number beside a point is its batch. Time of decode steps alone: prompts that are prefilled between them slow users down.'],
  });
}

function speedSection() {
  const tables = DATA.curves.filter((table) => rowsOf(table).some((row) => row.fits !== false && (row.tok_per_s_user ?? null) !== null));
  if (tables.length === 0) return leaveOut('Speed of a user', NO_MODEL);
  const parent = section('speed', 'Speed of a user against cost', {short: 'Speed a user'});
  const values = SPEED_VALUES.filter(({key}) => tables.some((table) => rowsOf(table).some((row) => row[key] !== null)));
  let table = tables[0], value = values[0];
  const box = el('div', {});
  const draw = () => replaceFigures(box, [speedFigure(table, value)]);
  const subjects = picker('Model', tables.map((t) => ({label: t.title, t})), ({t}) => { table = t; draw(); });
  const ups = picker('Show', values, (v) => { value = v; draw(); });
  parent.append(el('div', {class: 'pickers'}, subjects, ups), box);
  subjects.start();
  ups.start();
}
