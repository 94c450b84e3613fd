// What a model decodes: tokens and dollars, by batch and by context.

const NO_MODEL = 'the files hold no linears of a model that is known; name one with --model.';

/**
 * Lines of `rows` over a number: one for each file and each of `values` ({key, low, high, label}) that is
 * not the first again, or each batch.
 * `axis()` is the upright axis, `scale(row)` is what its numbers are multiplied by; `uprights` are {value, label}.
 */
function rateFigure(caption, {rows, x, xTitle, axis, unit, scale = () => 1, values, batches = false, uprights = [], notes = [], table = null}) {
  const fitting = rows.filter((row) => row.fits !== false), shown = fitting.length ? fitting : rows;
  const files = [...new Set(shown.map(fileOf))], kinds = batches ? [...new Set(shown.map((row) => row.batch))] : [null];
  const lines = values.flatMap((value, v) => kinds.flatMap((batch) => files.map((file) => ({
    value, v, file, batch, own: shown.filter((row) => fileOf(row) === file && (!batches || row.batch === batch) && (row[value.key] ?? null) !== null).sort((a, b) => a[x] - b[x]),
  })))).filter(({own, value}) => own.length && (value.key === values[0].key || own.some((row) => row[value.key] !== row[values[0].key])));
  // Lines stand a little beside each other, so that intervals do not lie on each other.
  const places = shown.map((row) => row[x]), step = 0.008 * Math.log(Math.max(...places) / Math.min(...places));
  const beside = (l) => Math.exp(step * (l - (lines.length - 1) / 2));
  const name = ({file, value, batch}) => [many ? fileLabel(file) : '', value.label, batches ? `batch ${batch}` : ''].filter(Boolean).join(', ');
  return chartFigure(caption, {
    config: () => ({
      type: 'line',
      data: {datasets: lines.map((line, l) => ({
        ...lineLook(line.file, {dash: line.v, shape: batches ? batchNumber(line.batch) : 0, keys: {card: fileLabel(line.file), dash: line.value.label, ...(batches && {shape: `batch ${line.batch}`})}}),
        label: name(line), own: line.own, value: line.value, data: line.own.map((row) => ({x: row[x] * beside(l), y: row[line.value.key] * scale(row)})),
        intervals: line.own.map((row) => [line.value.low, line.value.high].map((end) => ((row[end] ?? null) === null ? null : row[end] * scale(row)))),
      }))},
      options: {scales: {x: placesAxis(xTitle, places), y: axis()}, plugins: {uprights: {at: uprights}}},
    }),
    describe: ({dataset, index}) => {
      const row = dataset.own[index], {key, low, high} = dataset.value, {y} = dataset.data[index];
      return [`${dataset.label} at ${xTitle} ${row[x]}: ${significant(row[key])} ${unit}`, ...(y === row[key] ? [] : [`${significant(y, 3)} ${axis().title.text}`]),
        `95% interval ${significant(row[low])} to ${significant(row[high])}`, ...(row.step_time_is ? [`step time is ${row.step_time_is}`] : [])];
    },
    notes: shown.length < rows.length ? [...notes, 'Each line ends where weights and cache no longer fit.'] : notes, table,
  });
}

const batchNumber = numbering(DATA.contexts.flatMap((table) => rowsOf(table).map((row) => row.batch)).sort((a, b) => a - b));

const TOKEN_VALUES = [
  ['library', 'library'], ['best', 'best'], ['library_graph', 'library, one graph'], ['best_graph', 'best, one graph'],
].map(([key, label]) => ({key: `${key}_tok_per_s`, low: `${key}_low_tok_per_s`, high: `${key}_high_tok_per_s`, label}));
const DOLLARS = {key: 'dollars_per_million', low: 'low_dollars_per_million', high: 'high_dollars_per_million', label: ''};
const RATE = {key: 'tok_per_s', low: 'low_tok_per_s', high: 'high_tok_per_s', label: ''};

/** The break-evens of the same subject as a row. */
const crossingsOf = (subject) => rowsOf(DATA.crossings).filter((row) => ['model', 'precision', 'context'].every((key) => row[key] === subject[key]));

function tokenFigures(group) {
  const tokens = DATA.tokens[group], costs = DATA.costs[group], curve = rowsOf(DATA.curves[group]), {title} = DATA.curves[group];
  const rows = rowsOf(tokens), bounded = rows.every((row) => (row.memory_bound_tok_per_s ?? null) !== null);
  const made = [rateFigure(`Output tokens per second${bounded ? ', % of the memory bound' : ''}, ${title}`, {
    rows, x: 'batch', xTitle: 'batch', unit: 'tok/s', values: TOKEN_VALUES, table: tableSource(tokens), notes: tokens.notes,
    ...(bounded ? {axis: () => percentAxis('% of memory bound'), scale: (row) => 100 / row.memory_bound_tok_per_s} : {axis: () => linear('output tokens a second', {min: 0})}),
  })];
  if (!curve.some((row) => row.dollars_per_million !== null)) return made;
  const same = crossingsOf(curve[0]);
  // Two lines of dollars over two decades lie on each other: how much more than the cheapest is what tells cards apart.
  const priced = curve.filter((row) => row.fits !== false && row.dollars_per_million !== null);
  const rivals = (batch) => priced.filter((row) => row.batch === batch).map((row) => row.dollars_per_million);
  const common = priced.filter((row) => rivals(row.batch).length > 1), isShare = common.length > 0;
  made.push(rateFigure(`Dollars per million output tokens${isShare ? ', % of the cheapest card' : ''}, ${title}`, {
    rows: isShare ? common : curve, x: 'batch', xTitle: 'batch', unit: 'dollars per million', values: [DOLLARS], table: tableSource(costs),
    ...(isShare ? {axis: () => linear('% of the cheapest', {suggestedMin: 90, ticks: {callback: (value) => `${value}%`}}), scale: (row) => 100 / Math.min(...rivals(row.batch))} :
      {axis: () => logarithmic('$ per million output tokens')}),
    uprights: same.filter((row) => row.first_batch !== null).map((row) => ({value: row.first_batch, label: `break-even: batch ${row.first_batch}`})),
    notes: [...same.map((row) => row.words), `Each card at its first price (${[...new Set(curve.map((row) => [many ? fileLabel(fileOf(row)) : '', row.rate].filter(Boolean).join(' ')))].join('; ')}): on demand before spot, the cheapest first. The table has all prices.`, ...costs.notes],
  }));
  return made;
}

function tokensSection() {
  const groups = DATA.tokens.map((table, index) => ({label: DATA.curves[index].title, index})).filter(({index}) => DATA.tokens[index].rows.length);
  if (groups.length === 0) return leaveOut('Tokens per second and dollars per million', NO_MODEL);
  const parent = section('tokens', 'Tokens per second and dollars per million', {short: 'Tokens and $'});
  choice(parent, 'Model', groups, ({index}) => tokenFigures(index));
  if (DATA.crossings.rows.length) parent.append(tableWidget(DATA.crossings.title, tableSource(DATA.crossings)));
  else if (many) nothing(parent, 'No break-even: two cards need a common model and precision, and a price each.');
}

function contextSection() {
  if (DATA.contexts.length === 0) return leaveOut('Tokens per second by context', 'attention was not measured at two lengths of context, or no model is known.');
  const parent = section('contexts', 'Tokens per second by context', {short: 'Context'});
  choice(parent, 'Model', DATA.contexts.map((table) => ({label: table.title, table})), ({label, table}) => [
    rateFigure(`Output tokens per second of each user by context, ${label}`, {
      rows: rowsOf(table), x: 'context', xTitle: 'context', axis: () => linear('tok/s of each user', {min: 0}), scale: (row) => 1 / row.batch, unit: 'tok/s',
      values: [RATE], batches: true, table: tableSource(table),
    })]);
}
