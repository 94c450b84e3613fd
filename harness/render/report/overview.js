// What a buyer asks first: the verdict, where it was measured, and the datasheet.

const FEW_REASONS = 4;

function folded(items, few, what) {
  const list = (part) => el('ul', {}, ...part);
  return items.length <= few + 1 ? [list(items)] : [list(items.slice(0, few)),
    el('details', {class: 'notes'}, el('summary', {}, `${items.length - few} more ${what}`), list(items.slice(few)))];
}

const factTile = ({value, label, detail}) => el('div', {}, el('dt', {}, label), el('dd', {class: 'value'}, value), el('dd', {class: 'detail'}, detail));

function rentArticle() {
  return el('article', {class: 'verdict plain'}, el('h3', {}, 'Which one to rent'),
      el('p', {}, 'Where an output token costs least, each card at its first price, one card for the whole model:'),
      ...folded(DATA.rent.map(({subject, words}) => el('li', {}, el('b', {}, `${subject}: `), words)), FEW_REASONS, 'models and contexts'));
}

function verdictSection() {
  const parent = section('verdict', 'Verdict');
  if (DATA.rent.length) parent.append(rentArticle());
  const cards = grid(parent);
  for (const verdict of DATA.verdicts) {
    cards.append(el('article', {class: `verdict ${TONES[verdict.tone] || 'plain'}`},
        el('h3', {}, (TONE_SIGNS[verdict.tone] ?? '') + verdict.device), el('p', {class: 'words'}, `${verdict.words[0].toUpperCase()}${verdict.words.slice(1)}.`),
        verdict.facts.length ? el('dl', {class: 'facts'}, ...verdict.facts.map(factTile)) : null,
        el('p', {class: 'counts'}, `${verdict.counts} · ${verdict.file}`),
        ...folded(verdict.reasons.map((reason) => el('li', {}, reason)), FEW_REASONS, 'remarks')));
  }
  for (const doubt of DATA.price_doubts) parent.append(el('p', {class: 'note'}, doubt));
}

function environmentSection() {
  const parent = section('environment', 'Environment');
  for (const file of DATA.files) parent.append(el('p', {}, file.headline));
  parent.append(foldedTable('what was measured, and where', tableSource(DATA.environment)));
  if (DATA.differences.rows.length) parent.append(tableWidget(DATA.differences.title, tableSource(DATA.differences)));
}

function datasheetFigure(unit, rows) {
  const metrics = [...new Set(rows.map((row) => row.metric))];
  const files = [...new Set(rows.map(fileOf))];
  const at = (file, metric) => rows.find((row) => fileOf(row) === file && row.metric === metric);
  const column = (file, get) => metrics.map((metric) => { const row = at(file, metric); return row ? get(row) : null; });
  const rowAt = ({dataset, index}) => at(dataset.file, metrics[index]);
  return chartFigure(`${rows.some((row) => row.datasheet !== null) ? 'Measured against the datasheet' : 'Measured'}, ${unit}`, {
    config: () => ({
      type: 'bar',
      data: {
        labels: metrics,
        datasets: files.map((file, f) => ({
          label: fileLabel(file), file, backgroundColor: color(f), pointStyle: 'rect', maxBarThickness: textSize() * 1.6,
          data: column(file, (row) => row.measured), marks: column(file, (row) => row.datasheet),
          intervals: column(file, (row) => [row.measured_low, row.measured_high]),
        })),
      },
      options: {
        indexAxis: 'y', interaction: {axis: 'y'},
        scales: {x: linear(unit, {beginAtZero: true, suggestedMax: 1.05 * Math.max(...rows.map((row) => Math.max(row.measured ?? 0, row.datasheet ?? 0)))}), y: {grid: {display: false}}},
      },
    }),
    describe: (point) => {
      const row = rowAt(point);
      return [`${row.metric}: ${significant(row.measured)} ${unit}`, `95% interval ${significant(row.measured_low)} to ${significant(row.measured_high)}`,
        ...(row.datasheet ? [`datasheet ${significant(row.datasheet)} ${unit}, ${row.percent_of_datasheet.toFixed(1)}% of it`] : []), row.verdict];
    },
  });
}

function datasheetSection() {
  const rows = rowsOf(DATA.datasheet).filter((row) => row.measured !== null);
  if (DATA.datasheet.rows.length === 0) return leaveOut('Datasheet', 'no file has a measured peak or a datasheet.');
  const stated = rowsOf(DATA.datasheet).some((row) => row.datasheet !== null);
  const parent = section('datasheet', stated ? 'Datasheet against measured' : 'Measured peaks', {short: stated ? 'Datasheet' : 'Peaks'});
  const box = grid(parent);
  for (const unit of new Set(rows.map((row) => row.unit))) place(box, datasheetFigure(unit, rows.filter((row) => row.unit === unit)));
  if (stated && rows.length) parent.append(el('p', {class: 'note'}, 'The heavy upright line is the datasheet’s value, the thin one with ends the 95% interval.'));
  parent.append(tableWidget(stated ? 'each peak beside its datasheet value' : 'the best that was measured of each kind', tableSource(DATA.datasheet)));
  if (rows.length === 0) nothing(parent, 'No chart: nothing in these files tests a datasheet value.');
}
