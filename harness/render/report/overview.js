// What a buyer asks first: the verdict, and where it was measured.

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
  const history = historyArticle(), isSlower = history && DATA.history.sentence.rows.length > 0;
  if (isSlower) parent.append(history);
  if (DATA.rent.length) parent.append(rentArticle());
  const cards = grid(parent);
  for (const verdict of DATA.verdicts) {
    cards.append(el('article', {class: `verdict ${TONES[verdict.tone] || 'plain'}`},
        el('h3', {}, (TONE_SIGNS[verdict.tone] ?? '') + verdict.device), el('p', {class: 'words'}, `${verdict.words[0].toUpperCase()}${verdict.words.slice(1)}.`),
        verdict.facts.length ? el('dl', {class: 'facts'}, ...verdict.facts.map(factTile)) : null,
        el('p', {class: 'counts'}, `${verdict.counts} · ${verdict.file}`),
        ...folded(verdict.reasons.map((reason) => el('li', {}, reason)), FEW_REASONS, 'remarks')));
  }
  if (history && !isSlower) parent.append(history);
  for (const doubt of DATA.price_doubts) parent.append(el('p', {class: 'note'}, doubt));
}

function environmentSection() {
  const parent = section('environment', 'Environment');
  for (const file of DATA.files) parent.append(el('p', {}, file.headline));
  parent.append(foldedTable('what was measured, and where', tableSource(DATA.environment)));
  if (DATA.differences.rows.length) parent.append(tableWidget(DATA.differences.title, tableSource(DATA.differences)));
}
