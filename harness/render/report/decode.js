// What a model decodes: tokens, dollars, and where the time of a step goes.

const NO_MODEL = 'the files hold no linears of a model that is known; name one with --model.';

/**
 * Lines of `rows` over a number: one for each card and each of `values` ({key, low, high, label}), or each `kind` of row.
 * `uprights` are {value, label}.
 */
function rateFigure(caption, {rows, x, xTitle, yTitle, unit, values, card, kind = () => '', uprights = [], notes = [], table = null}) {
  const cards = [...new Set(rows.map(card))], kinds = [...new Set(rows.map(kind))];
  const variants = values.flatMap((value) => kinds.map((name) => ({value, name, label: [value.label, name].filter(Boolean).join(', ')})));
  const lines = variants.flatMap((variant, v) => cards.map((name, c) => ({
    ...variant, v, c, label: [name, variant.label].filter(Boolean).join(', '),
    own: rows.filter((row) => card(row) === name && kind(row) === variant.name && (row[variant.value.key] ?? null) !== null).sort((a, b) => a[x] - b[x]),
  }))).filter(({own}) => own.length);
  const several = cards.length > 1;
  return chartFigure(caption, {
    config: () => ({
      type: 'line',
      data: {datasets: lines.map(({label, own, value, v, c}) => ({
        // One colour a card where there are several, else one a variant, which always has its dashes.
        ...lineLook(several ? c : v, v), pointStyle: SHAPES[(v + (several ? c : 0)) % SHAPES.length],
        label, own, value, data: own.map((row) => ({x: row[x], y: row[value.key]})), intervals: own.map((row) => [row[value.low], row[value.high]]),
      }))},
      options: {scales: {x: placesAxis(xTitle, rows.map((row) => row[x])), y: logarithmic(yTitle)}, plugins: {uprights: {at: uprights}}},
    }),
    describe: ({dataset, index}) => {
      const row = dataset.own[index], {key, low, high} = dataset.value;
      return [`${dataset.label} at ${xTitle} ${row[x]}: ${significant(row[key])} ${unit}`, `95% interval ${significant(row[low])} to ${significant(row[high])}`,
        ...(row.step_time_is ? [`step time is ${row.step_time_is}`] : [])];
    },
    notes, table,
  });
}

const cardOf = (row) => (many ? fileLabel(fileOf(row)) : '');

const TOKEN_VALUES = [
  ['library', 'sum of ops, library'], ['library_graph', 'step graph, library'], ['best', 'sum of ops, best'], ['best_graph', 'step graph, best'], ['memory_bound', 'memory bound'],
].map(([key, label]) => ({key: `${key}_tok_per_s`, low: `${key}_low_tok_per_s`, high: `${key}_high_tok_per_s`, label}));
const DOLLARS = {key: 'dollars_per_million', low: 'low_dollars_per_million', high: 'high_dollars_per_million', label: ''};
const RATE = {key: 'tok_per_s', low: 'low_tok_per_s', high: 'high_tok_per_s', label: ''};

/** The break-evens of the same subject as a row. */
const crossingsOf = (subject) => rowsOf(DATA.crossings).filter((row) => ['model', 'precision', 'context'].every((key) => row[key] === subject[key]));

function tokenFigures(group) {
  const tokens = DATA.tokens[group], costs = DATA.costs[group], curve = rowsOf(DATA.curves[group]), {title} = DATA.curves[group];
  const made = [rateFigure(`Output tokens per second, ${title}`, {
    rows: rowsOf(tokens), card: cardOf, x: 'batch', xTitle: 'batch', yTitle: 'output tokens a second', unit: 'tok/s', values: TOKEN_VALUES, table: tableSource(tokens), notes: tokens.notes,
  })];
  if (!curve.some((row) => row.dollars_per_million !== null)) return made;
  const same = crossingsOf(curve[0]);
  made.push(rateFigure(`Dollars per million output tokens, ${title}`, {
    rows: curve, card: (row) => [cardOf(row), row.rate].filter(Boolean).join(' at '), x: 'batch', xTitle: 'batch', yTitle: '$ per million output tokens', unit: 'dollars per million',
    values: [DOLLARS], table: tableSource(costs),
    uprights: same.filter((row) => row.first_batch !== null).map((row) => ({value: row.first_batch, label: `break-even: batch ${row.first_batch}`})),
    notes: [...same.map((row) => row.words), 'Each card at its first price: on demand before spot, the cheapest first. The table has all prices.', ...costs.notes],
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
    rateFigure(`Output tokens per second by context, ${label}`, {
      rows: rowsOf(table), x: 'context', xTitle: 'context', yTitle: 'output tokens a second', unit: 'tok/s', values: [RATE],
      card: cardOf, kind: (row) => `batch ${row.batch}`, table: tableSource(table),
    })]);
}

const STEP_GROUPS = [['linears', 'linears'], ['attention', 'attention'], ['head', 'head'], ['other', 'other (norms, activation, cache, sampling)']];

function stepFigure(table, file) {
  const own = {...table, rows: rowsOf(table).flatMap((row, r) => (fileOf(row) === file ? [table.rows[r]] : []))};
  const rows = rowsOf(own), graphs = rows.some((row) => (row.graph_ns ?? null) !== null);
  const labels = rows.map((row) => `batch ${row.batch}, ${row.engine}`);
  return chartFigure(`T${table.title.slice(1)}${many ? `, ${fileLabel(file)}` : ''}`, {
    size: rows.length > 6 ? 'tall' : '',
    config: () => ({
      type: 'bar',
      data: {labels, datasets: STEP_GROUPS.map(([group, label], g) => ({
        label, group, backgroundColor: color(g), borderColor: cssColor('--page'), borderWidth: 1, pointStyle: 'rect',
        data: rows.map((row) => row[`${group}_ns`] / 1e6), marks: g === 0 ? rows.map((row) => ((row.graph_ns ?? null) === null ? null : row.graph_ns / 1e6)) : [],
      }))},
      options: {indexAxis: 'y', interaction: {axis: 'xy', intersect: true}, scales: {x: linear('ms', {stacked: true}), y: {stacked: true, grid: {display: false}, ticks: {autoSkip: false}}}},
    }),
    describe: ({dataset, index}) => {
      const row = rows[index];
      return [`${labels[index]}: ${dataset.group} ${duration(row[`${dataset.group}_ns`])}, ${row[`${dataset.group}_percent`].toFixed(1)}% of ${duration(row.step_ns)}`,
        ...((row.graph_ns ?? null) === null ? [] : [`measured as one graph: ${duration(row.graph_ns)}, gaps ${duration(row.gaps_ns)}`]), `the sum is ${row.step_time_is}`];
    },
    table: tableSource(own),
    notes: graphs ? ['The heavy upright line is the whole step measured as one graph. What it has beyond the sum of its ops are the gaps between them; where it ends before the sum, ops overlap or find their operands in the cache.'] : [],
  });
}

function stepSection() {
  if (DATA.steps.length === 0) return leaveOut('Where the time of a decode step goes', NO_MODEL);
  const parent = section('steps', 'Where the time of a decode step goes', {short: 'Decode step'});
  const options = DATA.steps.flatMap((table) => [...new Set(rowsOf(table).map(fileOf))].map((file) => ({
    label: `${table.title.split(', ').slice(1).join(', ')}${many ? `, ${fileLabel(file)}` : ''}`, table, file})));
  choice(parent, 'Model', options, ({table, file}) => [stepFigure(table, file)]);
}
