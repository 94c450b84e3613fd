// Where the time of a decode step goes: shares of 100%, in shades of the card's colour.

const STEP_PARTS = [['linears', 'linears'], ['attention', 'attention'], ['head', 'head'], ['other', 'norms, activation, cache, sampling']];
// A part that is smaller than this in every row is one of the others; a segment that is smaller has no words in it.
const SMALL_PERCENT = 2, WORDS_PERCENT = 7;
const MOST_STEPS = 10;

/** Parts of at least `SMALL_PERCENT` somewhere, and the rest as one, by name. */
function stepParts(rows) {
  const isSmall = ([key]) => key === 'other' || rows.every((row) => row[`${key}_percent`] < SMALL_PERCENT);
  const small = STEP_PARTS.filter(isSmall), kept = STEP_PARTS.filter((part) => !isSmall(part));
  return [...kept.map(([key, label]) => ({keys: [key], label})), {keys: small.map(([key]) => key), label: `other (${small.map(([, label]) => label).join(', ')})`}];
}

/** Of many batches the powers of two, of many of these the first and the last ones. */
function fewSteps(rows) {
  const twos = rows.length <= MOST_STEPS ? rows : rows.filter(({batch}) => Number.isInteger(Math.log2(batch)));
  return twos.length <= MOST_STEPS ? twos : twos.slice(0, MOST_STEPS);
}

function stepFigure(table, file) {
  const all = rowsOf(table).filter((row) => fileOf(row) === file), engine = all.some((row) => row.engine === 'library') ? 'library' : all[0].engine;
  const own = all.filter((row) => row.engine === engine), fitting = own.filter((row) => row.fits !== false);
  const rows = fewSteps(fitting.length ? fitting : own), parts = stepParts(rows);
  const shareOf = (row, part) => part.keys.reduce((sum, key) => sum + row[`${key}_percent`], 0);
  const bar = (row) => el('li', {title: parts.map((part) => `${part.label} ${shareOf(row, part).toFixed(1)}%`).join(', ')},
      el('span', {class: 'of'}, `batch ${row.batch}`),
      el('div', {class: `stack card-${file % CARD_COLORS}`}, ...parts.map((part, p) => {
        const share = shareOf(row, part), segment = el('span', {class: `part-${p}`}, share >= WORDS_PERCENT ? `${share.toFixed(0)}%` : '');
        segment.style.width = `${share}%`;
        return segment;
      })),
      el('span', {class: 'value'}, duration(row.step_ns), (row.graph_ns ?? null) === null ? '' : `, one graph ${duration(row.graph_ns)}`));
  const card = many ? `, ${fileLabel(file)}` : '';
  return el('figure', {class: 'steps'}, el('figcaption', {}, `T${table.title.slice(1)}, ${engine}${card}`),
      el('p', {class: `legend card-${file % CARD_COLORS}`}, ...parts.map(({label}, p) => el('span', {}, el('i', {class: `sign part-${p}`, 'aria-hidden': 'true'}), label))),
      el('ul', {}, ...rows.map(bar)),
      ...notesOf(rows.some((row) => (row.graph_ns ?? null) !== null) ? ['The time is the sum of the ops; as one graph the gaps between them are in it.'] : []),
      foldedTable(table.title + card, tableSource({...table, rows: rowsOf(table).flatMap((row, r) => (fileOf(row) === file ? [table.rows[r]] : []))})));
}

function stepSection() {
  if (DATA.steps.length === 0) return leaveOut('Where the time of a decode step goes', NO_MODEL);
  const parent = section('steps', 'Where the time of a decode step goes', {short: 'Decode step'});
  // A figure for each card: they are read beside each other.
  choice(parent, 'Model', DATA.steps.map((table) => ({label: table.title.split(', ').slice(1).join(', '), table})),
      ({table}) => [...new Set(rowsOf(table).map(fileOf))].map((file) => stepFigure(table, file)));
}
