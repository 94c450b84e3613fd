// The page: one function a section, in the order in which they stand.

const DATA = JSON.parse(document.getElementById('data').textContent);
const CASES = DATA.cases;
const many = DATA.files.length > 1;

/** A value of a case by column, null where nobody knows it. */
function caseValue(key, index) {
  const column = CASES.columns[key];
  if (column === undefined) return null;
  return Array.isArray(column) ? column[index] : column.words[column.index[index]];
}
const cases = () => [...Array(CASES.count).keys()];
const known = (...keys) => cases().filter((i) => keys.every((key) => caseValue(key, i) !== null));

/** Files of one device are told apart by their paths. */
function fileLabel(index) {
  const {device, path} = DATA.files[index];
  const alone = DATA.files.filter((file) => file.device === device).length === 1;
  return alone ? device : `${device} (${path.split('/').slice(-2).join('/')})`;
}
const fileOf = (row) => Math.max(0, DATA.files.findIndex((file) => file.path === row.file));

function caseLines(i) {
  const lines = [caseValue('name', i)];
  if (many) lines.push(fileLabel(caseValue('file', i)));
  const low = caseValue('time_low_ns', i), high = caseValue('time_high_ns', i);
  lines.push(`median ${duration(caseValue('time_ns', i))}, 95% interval ${duration(low)} to ${duration(high)}`);
  const add = (key, unit, words = '') => { if (caseValue(key, i) !== null) lines.push(`${words}${significant(caseValue(key, i))} ${unit}`); };
  add('tflops', 'TFLOPS');
  add('gbps', 'GB/s');
  add('clock_mhz', 'MHz', 'clock ');
  add('power_w', 'W', 'power ');
  add('temperature_c', '°C', 'hottest ');
  lines.push(verifiedWords(i));
  if (caseValue('flags', i)) lines.push(`flags: ${caseValue('flags', i)}`);
  return lines;
}

function verifiedWords(i) {
  if (caseValue('checked', i) === null) return caseValue('verified', i) || caseValue('origin', i);
  return `verified: ${caseValue('checked', i)} values checked, largest error ${significant(caseValue('max_error', i), 3)}`;
}

const CASE_COLUMNS = [
  {key: 'file', header: 'device', show: (i) => fileLabel(caseValue('file', i)), drop: !many},
  {key: 'name', header: 'case', show: (i) => caseValue('name', i)},
  {key: 'time_ns', header: 'median', right: true, show: (i) => duration(caseValue('time_ns', i))},
  {key: 'time_low_ns', header: 'from', right: true, show: (i) => duration(caseValue('time_low_ns', i))},
  {key: 'time_high_ns', header: 'to', right: true, show: (i) => duration(caseValue('time_high_ns', i))},
  {key: 'gbps', header: 'GB/s', right: true},
  {key: 'tflops', header: 'TFLOPS', right: true},
  {key: 'flops_per_byte', header: 'FLOP/byte', right: true},
  {key: 'share_of_floor', header: '% of floor', right: true, show: (i) => percent(caseValue('share_of_floor', i))},
  {key: 'clock_mhz', header: 'MHz', right: true},
  {key: 'power_w', header: 'W', right: true},
  {key: 'temperature_c', header: '°C', right: true},
  {key: 'sample_count', header: 'samples', right: true, show: (i) => String(caseValue('sample_count', i))},
  {key: 'repetition', header: 'repetition', right: true, show: (i) => String(caseValue('repetition', i) ?? 0)},
  {key: 'verified', header: 'verified', show: verifiedWords},
  {key: 'flags', header: 'flags', show: (i) => caseValue('flags', i)},
  {key: 'details', header: 'details', show: (i) => caseValue('details', i)},
];

function caseSource(keys, rows = null, more = []) {
  const columns = [...CASE_COLUMNS.filter((column) => !column.drop && CASES.columns[column.key] !== undefined && (!keys || keys.includes(column.key))), ...more];
  return {
    columns, count: rows ? rows.length : CASES.count,
    cell: (row, column) => {
      const i = rows ? rows[row] : row;
      const text = column.show ? column.show(i) : significant(caseValue(column.key, i));
      return {text: text ?? '', value: column.value ? column.value(i) : caseValue(column.key, i), tone: 0};
    },
  };
}

function section(id, heading, intro) {
  const made = el('section', {id, 'aria-labelledby': `${id}-heading`}, el('h2', {id: `${id}-heading`}, heading));
  if (intro) made.append(el('p', {class: 'intro'}, intro));
  document.querySelector('main').append(made);
  document.querySelector('nav').append(el('a', {href: `#${id}`}, heading));
  return made;
}
const nothing = (parent, why) => parent.append(el('p', {class: 'nothing'}, why));
const grid = (parent) => parent.appendChild(el('div', {class: 'figures'}));

// ---- sections ----

function verdictSection() {
  const parent = section('verdict', 'Verdict');
  DATA.verdicts.forEach((verdict, i) => {
    parent.append(el('article', {class: `verdict ${TONES[verdict.tone] || 'plain'}`},
        el('h3', {}, (TONE_SIGNS[verdict.tone] ?? '') + verdict.device), el('p', {class: 'words'}, `This ${verdict.device} ${verdict.words}.`),
        el('p', {}, `${verdict.counts} · ${verdict.file}`),
        verdict.reasons.length ? el('ul', {}, ...verdict.reasons.map((reason) => el('li', {}, reason))) : null));
  });
}

function environmentSection() {
  const parent = section('environment', 'Environment');
  parent.append(tableWidget('what was measured, and where', tableSource(DATA.environment)));
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
        plugins: {legend: {display: many, labels: {usePointStyle: true}}},
      },
    }),
    describe: (point) => {
      const row = rowAt(point);
      return [`${row.metric}: ${significant(row.measured)} ${unit}`, `95% interval ${significant(row.measured_low)} to ${significant(row.measured_high)}`,
        ...(row.datasheet ? [`datasheet ${significant(row.datasheet)} ${unit}, ${row.percent_of_datasheet.toFixed(1)}% of it`] : []), row.verdict];
    },
    notes: rows.some((row) => row.datasheet !== null) ? ['The heavy upright line is the datasheet’s value, the thin one with ends the 95% interval.'] : [],
  });
}

function datasheetSection() {
  const parent = section('datasheet', 'Datasheet against measured');
  if (DATA.datasheet.rows.length === 0) return nothing(parent, 'Nothing here: no file has a measured peak or a datasheet.');
  parent.append(tableWidget(DATA.datasheet.title, tableSource(DATA.datasheet)));
  const rows = rowsOf(DATA.datasheet).filter((row) => row.measured !== null);
  if (rows.length === 0) nothing(parent, 'No chart: nothing in these files tests a datasheet value.');
  const box = grid(parent);
  for (const unit of new Set(rows.map((row) => row.unit))) place(box, datasheetFigure(unit, rows.filter((row) => row.unit === unit)));
}

function rooflineSection() {
  const parent = section('roofline', 'Roofline', 'Every case by the operations it does for each byte. Under the slope memory is the limit, under a flat roof arithmetic.');
  const shown = known('flops_per_byte', 'tflops');
  const without = CASES.count - shown.length;
  if (shown.length === 0) {
    nothing(parent, CASES.count ? 'No chart: no case here does arithmetic on bytes of memory.' : 'Nothing here: no case has a number.');
    if (CASES.count) parent.append(foldedTable('every case', caseSource()));
    return;
  }
  const all = shown.map((i) => ({x: caseValue('flops_per_byte', i), y: caseValue('tflops', i), i}));
  const keyOf = (i) => many ? fileLabel(caseValue('file', i)) : caseValue('family', i);
  const points = thinned(all, keyOf, true, true);
  const keys = [...new Set(points.map(({i}) => keyOf(i)))];
  let low = Infinity, high = -Infinity;
  for (const {x} of all) { low = Math.min(low, x); high = Math.max(high, x); }
  const notes = [];
  if (without) notes.push(`${count(without, 'case')} of ${CASES.count} without arithmetic or without memory traffic ${without === 1 ? 'is' : 'are'} not on the chart, but in the table.`);
  if (points.length < all.length) notes.push(`${points.length} of ${all.length} points are drawn: one wherever several of a kind would lie on each other. The table has all.`);
  DATA.rooflines.forEach((roof, file) => {
    if (roof.read_gbps === null) notes.push(`No roof for ${fileLabel(file)}: no memory read was measured.`);
    else if (roof.read_origin !== 'measured') notes.push(`The slope of ${fileLabel(file)} is ${roof.read_origin}: ${significant(roof.read_gbps)} GB/s.`);
  });
  const roofLines = () => DATA.rooflines.flatMap((roof, file) => {
    if (roof.read_gbps === null) return [];
    const slope = (x) => x * roof.read_gbps / 1000;  // GB/s times FLOP a byte is GFLOPS
    const name = many ? `${fileLabel(file)}: ` : '';
    const flats = roof.roofs.length ? roof.roofs : [{dtype: 'memory', tflops: slope(high), ridge_flops_per_byte: high}];
    return flats.map((flat, f) => ({
      type: 'line', label: `${name}${flat.dtype} roof, ${DASH_NAMES[f % DASHES.length]}`, silent: true, pointRadius: 0, borderWidth: 2, pointStyle: 'line',
      borderColor: many ? color(file) : cssColor('--text'), borderDash: DASHES[f % DASHES.length], backgroundColor: 'transparent',
      data: [low, flat.ridge_flops_per_byte, Math.max(high, flat.ridge_flops_per_byte)].filter((x, n) => n > 0 || x < flat.ridge_flops_per_byte)
          .map((x) => ({x, y: Math.min(slope(x), flat.tflops)})),
    }));
  });
  place(parent, chartFigure('Roofline of every case', {
    size: 'tall', notes,
    config: () => ({
      type: 'scatter',
      data: {datasets: [...keys.map((key, k) => ({...lineLook(k), label: key, pointRadius: points.length > FEW_POINTS ? 1.5 : points.length > 400 ? 3 : 5, data: points.filter(({i}) => keyOf(i) === key)})), ...roofLines()]},
      options: {scales: {x: logarithmic('FLOP per byte'), y: logarithmic('TFLOPS')}},
    }),
    describe: ({dataset, index}) => caseLines(dataset.data[index].i),
    table: caseSource(),
  }));
}

const SWEEP_VALUES = [{label: 'TFLOPS', key: 'tflops'}, {label: 'GB/s', key: 'gbps'}, {label: 'time in ns', key: 'time_ns'}];

function sweepFigure(sweep, value) {
  const places = sweep.lines.flatMap((line) => line.batches);
  const numbers = (line) => line.cases.map((i, n) => ({x: line.batches[n], y: caseValue(value.key, i), i}));
  // The interval of a rate is the reciprocal of the time's.
  const interval = (i) => {
    const [time, low, high] = ['time_ns', 'time_low_ns', 'time_high_ns'].map((key) => caseValue(key, i)), y = caseValue(value.key, i);
    return value.key === 'time_ns' ? [low, high] : [y * time / high, y * time / low];
  };
  return chartFigure(`${sweep.title}, ${value.label} by batch`, {
    config: () => ({
      type: 'line',
      data: {datasets: sweep.lines.map((line, l) => ({...lineLook(l), label: many ? `${fileLabel(line.file)}, ${line.implementation}` : line.implementation, data: numbers(line), intervals: line.cases.map(interval)}))},
      options: {scales: {x: placesAxis('batch (M)', places), y: logarithmic(value.label)}},
    }),
    describe: ({dataset, index}) => caseLines(dataset.data[index].i),
    table: caseSource(['file', 'name', 'time_ns', 'time_low_ns', 'time_high_ns', 'gbps', 'tflops', 'share_of_floor', 'flags'], sweep.lines.flatMap((line) => line.cases)),
  });
}

function sweepSection() {
  const parent = section('sweeps', 'Matrix products by batch');
  if (DATA.sweeps.length === 0) return nothing(parent, 'Nothing here: no matrix product was measured at two batches.');
  let sweep = DATA.sweeps[0], value = SWEEP_VALUES[0];
  const box = el('div', {});
  const draw = () => replaceFigures(box, [sweepFigure(sweep, value)]);
  const products = picker('Product', DATA.sweeps.map((s) => ({label: s.title, s})), ({s}) => { sweep = s; draw(); });
  const values = picker('Show', SWEEP_VALUES, (v) => { value = v; draw(); });
  parent.append(products, values, box);
  products.start();
  values.start();
}

/** Lines of `rows` over a number; `split` names the line of a row, `places` are {key, low, high, label} of values in it. */
function rateFigure(caption, {rows, x, xTitle, yTitle, unit, values, split, uprights = [], notes = [], table = null, yScale = logarithmic}) {
  const lines = [];
  for (const value of values) {
    for (const name of [...new Set(rows.map(split))]) {
      const own = rows.filter((row) => split(row) === name && row[value.key] !== null && row[value.key] !== undefined).sort((a, b) => a[x] - b[x]);
      if (own.length) lines.push({label: [name, value.label].filter(Boolean).join(', '), own, value, name});
    }
  }
  const names = [...new Set(lines.map((line) => line.name))];
  return chartFigure(caption, {
    config: () => ({
      type: 'line',
      data: {datasets: lines.map(({label, own, value, name}) => ({
        // One colour a card where there are several, else one a kind of value.
        ...lineLook(names.length > 1 ? names.indexOf(name) : values.indexOf(value), values.indexOf(value)), pointStyle: SHAPES[values.indexOf(value) + (names.length > 1 ? names.indexOf(name) : 0)],
        label, own, value, data: own.map((row) => ({x: row[x], y: row[value.key]})),
        intervals: own.map((row) => (value.low ? [row[value.low], row[value.high]] : null)),
      }))},
      options: {scales: {x: placesAxis(xTitle, rows.map((row) => row[x])), y: yScale(yTitle)}, plugins: {uprights: {at: uprights}}},
    }),
    describe: ({dataset, index}) => {
      const row = dataset.own[index], {key, low, high} = dataset.value;
      return [`${dataset.label} at ${xTitle} ${row[x]}: ${significant(row[key])} ${unit}`,
        ...(low ? [`95% interval ${significant(row[low])} to ${significant(row[high])}`] : []), ...(row.step_time_is ? [`step time is ${row.step_time_is}`] : [])];
    },
    notes, table,
  });
}

const TOKEN_VALUES = [
  ['library', 'sum of ops, library'], ['library_graph', 'step graph, library'], ['best', 'sum of ops, best'], ['best_graph', 'step graph, best'], ['bytes_floor', 'bytes floor'],
].map(([key, label]) => ({key: `${key}_tok_per_s`, low: `${key}_low_tok_per_s`, high: `${key}_high_tok_per_s`, label}));

/** What `cost` says at the first rate of each card: what its rows begin with. */
function firstCosts(costs) {
  const seen = new Set();
  return rowsOf(costs).filter((row) => {
    const key = `${row.file} ${row.batch}`;
    return !seen.has(key) && seen.add(key);
  }).map((row) => {
    const engine = row.library_dollars_per_million !== null ? 'library' : 'best';
    return {...row, dollars: row[`${engine}_dollars_per_million`], low: row[`${engine}_low_dollars_per_million`], high: row[`${engine}_high_dollars_per_million`]};
  });
}

function breakEvenNote(row) {
  if (row.last_batch === null) return `${row.a} against ${row.b}: ${row.answer}; cheaper a token: ${row.cheaper}.`;
  return `Break-even: up to batch ${row.last_batch} ${row.cheaper} costs less a token, from ${row.first_batch} on the other (${row.a}; ${row.b}).`;
}

function tokenFigures(group) {
  const tokens = DATA.tokens[group], costs = DATA.costs[group];
  const rows = rowsOf(tokens), subject = rows[0];
  const split = (row) => (many ? fileLabel(fileOf(row)) : '');
  const same = rowsOf(DATA.crossings).filter((row) => row.model === subject.model && row.precision === subject.precision && row.context === subject.context);
  const uprights = same.filter((row) => row.first_batch !== null).map((row) => ({value: Math.sqrt(row.last_batch * row.first_batch), label: `break-even: ${row.last_batch} | ${row.first_batch}`}));
  const made = [rateFigure(`Output tokens per second, ${subjectOf(tokens)}`, {
    rows, split, x: 'batch', xTitle: 'batch', yTitle: 'output tokens a second', unit: 'tokens/s', values: TOKEN_VALUES, table: tableSource(tokens), notes: tokens.notes,
  })];
  const priced = firstCosts(costs);
  if (priced.length) {
    made.push(rateFigure(`Dollars per million output tokens, ${subjectOf(tokens)}`, {
      rows: priced, split: (row) => `${split(row) || row.device} at $${significant(row.dollars_per_gpu_hour, 3)}/h ${row.rate_kind}`, x: 'batch', xTitle: 'batch', yTitle: '$ per million output tokens', unit: 'dollars per million',
      values: [{key: 'dollars', low: 'low', high: 'high', label: ''}], uprights, table: tableSource(costs),
      notes: [...same.map(breakEvenNote), ...costs.notes, ...DATA.price_doubts, 'Each card at its first price: on demand before spot, the cheapest first. The table has all prices.'],
    }));
  }
  return made;
}

const subjectOf = (table) => { const row = rowsOf(table)[0]; return `${row.model} ${row.precision}, context ${row.context}`; };
const NO_MODEL = 'Nothing here: the files hold no linears of a model that is known; name one with --model.';

/** A choice of groups with what it shows. */
function choice(parent, label, options, figuresOf) {
  const box = el('div', {class: 'figures'});
  const pick = picker(label, options, (option) => replaceFigures(box, figuresOf(option)));
  parent.append(pick, box);
  pick.start();
}

function tokensSection() {
  const parent = section('tokens', 'Tokens per second and dollars per million');
  const groups = DATA.tokens.map((table, index) => ({table, index})).filter(({table}) => table.rows.length);
  if (groups.length === 0) return nothing(parent, NO_MODEL);
  choice(parent, 'Model', groups.map(({table, index}) => ({label: subjectOf(table), index})), ({index}) => tokenFigures(index));
  if (DATA.crossings.rows.length) parent.append(tableWidget(DATA.crossings.title, tableSource(DATA.crossings)));
  else if (many) nothing(parent, 'No break-even: two cards need a common model and precision, and a price each.');
}

function contextSection() {
  const parent = section('contexts', 'Tokens per second by context');
  const groups = new Map();
  for (const table of DATA.contexts) {
    for (const row of rowsOf(table)) {
      const key = `${row.model} ${row.precision}`;
      if (!groups.has(key)) groups.set(key, {label: key, rows: [], tables: []});
      groups.get(key).rows.push(row);
      if (!groups.get(key).tables.includes(table)) groups.get(key).tables.push(table);
    }
  }
  if (groups.size === 0) return nothing(parent, 'Nothing here: attention was not measured at two lengths of context, or no model is known.');
  choice(parent, 'Model', [...groups.values()], ({label, rows, tables}) => {
    const best = rows.map((row) => ({...row, rate: row.library_tok_per_s ?? row.best_tok_per_s, low: row.library_low_tok_per_s ?? row.best_low_tok_per_s, high: row.library_high_tok_per_s ?? row.best_high_tok_per_s}));
    // A table a context, with the same columns but for what is empty: one of them all.
    const columns = [...new Set(tables.flatMap((table) => table.columns.map((column) => column.key)))].map((key) => ({
      ...tables.map((table) => table.columns.find((column) => column.key === key)).find(Boolean), ...(key === 'context' ? {header: 'context', right: true} : {})}));
    const merged = {columns, notes: [...new Set(tables.flatMap((table) => table.notes))], rows: tables.flatMap((table) => table.rows.map((row) => columns.map(({key}) => {
      const c = table.columns.findIndex((column) => column.key === key);
      const cell = c < 0 ? null : row[c];
      return key === 'context' && cell !== null ? [String(cellOf(cell).value), cellOf(cell).value] : cell;
    })))};
    return [rateFigure(`Output tokens per second by context, ${label}`, {
      rows: best, x: 'context', xTitle: 'context', yTitle: 'output tokens a second', unit: 'tokens/s', values: [{key: 'rate', low: 'low', high: 'high', label: ''}],
      split: (row) => `${many ? `${fileLabel(fileOf(row))}, ` : ''}batch ${row.batch}`, table: tableSource(merged),
    })];
  });
}

const STEP_GROUPS = ['linears', 'attention', 'head', 'other'];

function stepFigure(table, file) {
  const own = {...table, rows: rowsOf(table).flatMap((row, r) => (fileOf(row) === file ? [table.rows[r]] : []))};
  const rows = rowsOf(own);
  const labels = rows.map((row) => `batch ${row.batch}, ${row.engine}`);
  return chartFigure(`T${table.title.slice(1)}${many ? `, ${fileLabel(file)}` : ''}`, {
    size: rows.length > 6 ? 'tall' : '',
    config: () => ({
      type: 'bar',
      data: {labels, datasets: STEP_GROUPS.map((group, g) => ({
        label: group === 'other' ? 'other (norms, activation, cache, sampling)' : group, group, backgroundColor: color(g), borderColor: cssColor('--page'), borderWidth: 1, pointStyle: 'rect',
        data: rows.map((row) => row[`${group}_ns`] / 1e6),
      }))},
      options: {indexAxis: 'y', interaction: {axis: 'xy', intersect: true}, scales: {x: linear('ms', {stacked: true}), y: {stacked: true, grid: {display: false}}}},
    }),
    describe: ({dataset, index}) => {
      const row = rows[index];
      return [`${labels[index]}: ${dataset.group} ${duration(row[`${dataset.group}_ns`])}, ${percent(row[`${dataset.group}_ns`] / row.step_ns)} of ${duration(row.step_ns)}`,
        ...(row.graph_ns !== null && row.graph_ns !== undefined ? [`measured as one graph: ${duration(row.graph_ns)}`] : []), `the sum is ${row.step_time_is}`];
    },
    table: tableSource(own),
    notes: rows.some((row) => row.graph_ns) ? ['“One graph” is the whole step measured at once: what the sum lacks of it are the gaps between its kernels.'] : [],
  });
}

function stepSection() {
  const parent = section('steps', 'Where the time of a decode step goes');
  if (DATA.steps.length === 0) return nothing(parent, NO_MODEL);
  const options = DATA.steps.flatMap((table) => [...new Set(rowsOf(table).map(fileOf))].map((file) => ({
    label: `${subjectOf(table)}${many ? `, ${fileLabel(file)}` : ''}`, table, file})));
  choice(parent, 'Model', options, ({table, file}) => [stepFigure(table, file)]);
}

const STRIPS = [{key: 'clock_mhz', label: 'Clock', unit: 'MHz'}, {key: 'power_w', label: 'Power', unit: 'W'}, {key: 'temperature_c', label: 'Temperature', unit: '°C'}];

function stripFigure({key, label, unit}, shown) {
  const all = shown.map((i) => ({x: i + 1, y: caseValue(key, i), i}));
  const points = thinned(all, (i) => caseValue('file', i), false, false);
  const files = [...new Set(points.map(({i}) => caseValue('file', i)))];
  return chartFigure(`${label} over the cases, in the order measured`, {
    size: 'low',
    config: () => ({
      type: 'scatter',
      data: {datasets: files.map((file, f) => ({...lineLook(f), label: fileLabel(file), showLine: points.length < 200, borderWidth: 1, pointRadius: 3, data: points.filter(({i}) => caseValue('file', i) === file)}))},
      options: {scales: {x: linear('case', {ticks: {precision: 0}}), y: linear(unit)}},
    }),
    describe: ({dataset, index}) => caseLines(dataset.data[index].i),
    table: caseSource(['file', 'name', key, 'flags'], shown),
    notes: points.length < all.length ? [`${points.length} of ${all.length} points are drawn: one wherever several would lie on each other.`] : [],
  });
}

function stripSection() {
  const parent = section('strip', 'Clock, power and temperature');
  const missing = [];
  for (const strip of STRIPS) {
    const shown = known(strip.key);
    if (shown.length) place(parent, stripFigure(strip, shown));
    else missing.push(strip.label.toLowerCase());
  }
  if (missing.length) nothing(parent, `Not known in these files: ${missing.join(', ')}.`);
}

function sampleFigures(i) {
  const {step, time_ns: times} = DATA.samples[i];
  const low = Math.min(...times), high = Math.max(...times);
  const total = caseValue('sample_count', i);
  const notes = step > 1 ? [`Every ${step}th of ${total} samples is shown; median and interval are of all.`] : [];
  const bins = Math.max(1, Math.min(40, Math.ceil(Math.sqrt(times.length) * 1.5))), width = (high - low) / bins || 1;
  const counts = Array(bins).fill(0);
  for (const time of times) ++counts[Math.min(bins - 1, Math.floor((time - low) / width))];
  const edge = (b) => low + b * width;
  const name = caseValue('name', i);
  const source = (header, rows) => ({
    columns: header.map((text, c) => ({key: text, header: text, c, right: true})), count: rows.length,
    cell: (row, column) => ({text: rows[row][column.c].text, value: rows[row][column.c].value, tone: 0}),
  });
  const bounds = ['time_low_ns', 'time_ns', 'time_high_ns'].map((key) => caseValue(key, i));
  return [
    chartFigure(`Samples in their order: ${name}`, {
      config: () => ({
        type: 'scatter',
        data: {datasets: [{...lineLook(0), label: 'sample', pointRadius: 3, data: times.map((y, n) => ({x: n * step + 1, y}))},
          ...bounds.map((y, b) => ({type: 'line', label: ['interval from', 'median', 'interval to'][b], silent: true, borderColor: color(1), borderWidth: b === 1 ? 2 : 1, borderDash: b === 1 ? [] : [6, 4], pointRadius: 0, pointStyle: 'line',
            backgroundColor: 'transparent', data: [{x: 1, y}, {x: Math.max(2, (times.length - 1) * step + 1), y}]}))]},
        options: {scales: {x: linear('sample', {ticks: {precision: 0}}), y: linear('time of a launch', {ticks: {callback: duration}})}},
      }),
      describe: ({dataset, index}) => [`sample ${dataset.data[index].x}: ${duration(dataset.data[index].y)}`],
      table: source(['sample', 'time', 'ns'], times.map((time, n) => [{text: String(n * step + 1), value: n * step + 1}, {text: duration(time), value: time}, {text: String(time), value: time}])), notes,
    }),
    chartFigure(`Distribution of the samples: ${name}`, {
      config: () => ({
        type: 'bar',
        data: {labels: counts.map((_, b) => duration(edge(b))), datasets: [{label: 'samples', backgroundColor: color(0), data: counts, categoryPercentage: 1, barPercentage: 0.96}]},
        options: {interaction: {axis: 'x'}, scales: {x: {title: title('time of a launch, from'), grid: {display: false}, ticks: {maxRotation: 0, autoSkipPadding: 12}}, y: linear('samples', {beginAtZero: true, ticks: {precision: 0}})}},
      }),
      describe: ({index}) => [`${duration(edge(index))} to ${duration(edge(index + 1))}: ${count(counts[index], 'sample')}`],
      table: source(['from', 'to', 'samples'], counts.map((n, b) => [{text: duration(edge(b)), value: edge(b)}, {text: duration(edge(b + 1)), value: edge(b + 1)}, {text: String(n), value: n}])), notes,
    }),
  ];
}

function samplesSection() {
  const parent = section('samples', 'Samples');
  const options = cases().filter((i) => DATA.samples[i] !== null)
      .map((i) => ({label: `${caseValue('name', i)}${caseValue('repetition', i) ? ` #${caseValue('repetition', i)}` : ''}${many ? `, ${fileLabel(caseValue('file', i))}` : ''}`, i}));
  if (options.length === 0) return nothing(parent, 'Nothing here: these files hold no samples.');
  choice(parent, 'Case', options, ({i}) => sampleFigures(i));
}

function claimsSection() {
  const parent = section('claims', 'Claims');
  if (DATA.claims === null) return nothing(parent, 'Nothing here: no claims were given (--claims FILE).');
  const [summary, claims] = DATA.claims;
  parent.append(tableWidget(summary.title, tableSource(summary)), tableWidget(claims.title, tableSource(claims)));
}

function historyFigure(tracked, nights, changeNight) {
  const rows = rowsOf(nights), dates = rows.map((row) => row.night);
  return chartFigure(`${nights.title}: ${tracked.verdict}`, {
    config: () => ({
      type: 'line',
      data: {labels: dates, datasets: [{...lineLook(0), label: 'night', data: rows.map((row) => row.time_ns), pointRadius: 4,
        pointStyle: rows.map((row) => (row.remarks ? 'triangle' : 'circle')), pointBackgroundColor: rows.map((row) => (row.remarks ? color(1) : color(0))),
        pointBorderColor: rows.map((row) => (row.remarks ? color(1) : color(0)))}]},
      options: {
        interaction: {axis: 'x'}, scales: {x: {grid: {display: false}, ticks: {maxRotation: 0, autoSkipPadding: 16}}, y: linear('time of a launch', {ticks: {callback: duration}, grace: '10%'})},
        plugins: {uprights: {at: dates.includes(changeNight) ? [{value: changeNight, label: `slower from ${changeNight}`}] : []}},
      },
    }),
    describe: ({index}) => [`${rows[index].night}: ${duration(rows[index].time_ns)}`,
      ...(rows[index].change_percent !== null ? [`${rows[index].change_percent.toFixed(2)}% from the baseline`] : []), ...(rows[index].remarks ? [rows[index].remarks] : [])],
    notes: [...nights.notes, ...(rows.some((row) => row.remarks) ? ['Triangles are nights with a remark: see the table.'] : [])], table: tableSource(nights),
  });
}

function historySection() {
  const parent = section('history', 'History');
  if (DATA.history === null) return nothing(parent, 'Nothing here: no history was given (--history DIR).');
  const tracked = rowsOf(DATA.history.cases);
  if (tracked.length === 0) return nothing(parent, `Nothing here: no case is in the history ${DATA.history.folder}.`);
  parent.append(tableWidget(DATA.history.cases.title, tableSource(DATA.history.cases)));
  const names = DATA.history.nights.map((nights) => nights.title);
  // What failed stands first.
  const order = [...tracked.keys()].sort((a, b) => Number(tracked[a].verdict === 'pass') - Number(tracked[b].verdict === 'pass'));
  choice(parent, 'Case', order.map((t) => ({label: `${names[t]}: ${tracked[t].verdict}`, t})),
      ({t}) => [historyFigure(tracked[t], DATA.history.nights[t], DATA.history.change_nights[t])]);
}

function provenanceSection() {
  section('provenance', 'Provenance').append(tableWidget('where the numbers come from', tableSource(DATA.provenance)));
}

/** The command that measures a case again; its filter is a regular expression. */
function commandOf(i) {
  const {rerun} = DATA.files[caseValue('file', i)];
  if (rerun === null) return '';
  const expression = `^${caseValue('name', i).replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`;
  return `${rerun.before} --filter '${expression.replaceAll("'", "'\\''")}' -o again.json${rerun.behind}`;
}

function reproduceSection() {
  const parent = section('reproduce', 'How to reproduce', 'Each row with the command that measures it again, on the same kind of card.');
  const rerunnable = cases().filter((i) => DATA.files[caseValue('file', i)].rerun !== null);
  if (rerunnable.length) {
    const command = {key: 'command', header: 'command', show: commandOf, value: commandOf};
    parent.append(tableWidget('commands', caseSource(['file', 'name'], rerunnable, [command])));
  }
  if (rerunnable.length < CASES.count) nothing(parent, `${count(CASES.count - rerunnable.length, 'case')} cannot be measured again by gpugauge run: they were imported, or the file does not say how.`);
  if (CASES.count === 0) nothing(parent, 'Nothing here: no case has a number.');
  if (DATA.not_measured.rows.length) parent.append(tableWidget('not measured', tableSource(DATA.not_measured)));
}

function dataSection() {
  const parent = section('raw', 'Data', 'All that this page shows, as JSON. The result files themselves hold every sample.');
  const blob = new Blob([JSON.stringify(DATA)], {type: 'application/json'});
  const url = URL.createObjectURL(blob);
  document.getElementById('download').href = url;
  parent.append(el('p', {}, el('a', {href: url, download: 'gpugauge-report.json'}, 'Download the data'), ` (${Math.ceil(blob.size / 1024)} KiB) · gpugauge ${DATA.version}`));
}

// ---- the page as a whole ----

function build() {
  document.querySelector('main').replaceChildren();
  const dark = matchMedia('(prefers-color-scheme: dark)');
  setTheme(dark.matches ? 'dark' : 'light');
  for (const make of [verdictSection, environmentSection, datasheetSection, rooflineSection, sweepSection, tokensSection, contextSection, stepSection,
    stripSection, samplesSection, claimsSection, historySection, provenanceSection, reproduceSection, dataSection]) make();
  dark.addEventListener('change', (event) => setTheme(event.matches ? 'dark' : 'light'));
  document.getElementById('theme').addEventListener('click', () => setTheme(theme === 'dark' ? 'light' : 'dark'));
  document.getElementById('print').addEventListener('click', () => print());
  // Paper is white, and nothing on it can be opened.
  let before = theme;
  addEventListener('beforeprint', () => {
    before = theme;
    setTheme('light');
    document.querySelectorAll('details.data').forEach((details) => details.fill());
  });
  addEventListener('afterprint', () => setTheme(before));
  document.documentElement.dataset.ready = 'yes';
}
build();
