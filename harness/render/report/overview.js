// What a buyer asks first: the verdict, and where it was measured.

const FEW_REASONS = 4;

function folded(items, few, what) {
  const list = (part) => el('ul', {}, ...part);
  return items.length <= few + 1 ? [list(items)] : [list(items.slice(0, few)),
    el('details', {class: 'notes'}, el('summary', {}, `${items.length - few} more ${what}`), list(items.slice(few)))];
}

const factTile = ({value, label, detail}) => el('div', {}, el('dt', {}, label), el('dd', {class: 'value'}, value), el('dd', {class: 'detail'}, detail));

const sentence = (words) => el('p', {class: 'words'}, `${words[0].toUpperCase()}${words.slice(1)}.`);
const verdictBox = (tone, ...children) => el('article', {class: `verdict ${TONES[tone] || 'plain'}`}, ...children);

function rentArticle() {
  const [{subject, words}, ...others] = DATA.rent;
  return verdictBox(0, el('h3', {}, 'Which one to rent'), sentence(words), el('p', {}, `${subject}. Each card at its first price, one card for the whole model.`),
      ...(others.length ? folded(others.map((rent) => el('li', {}, el('b', {}, `${rent.subject}: `), `${rent.words}.`)), FEW_REASONS, 'models and contexts') : []));
}

function verdictSection() {
  const parent = section('verdict', 'Verdict');
  const history = historyArticle(), isSlower = history && DATA.history.sentence.rows.length > 0;
  if (isSlower) parent.append(history);
  if (DATA.rent.length) parent.append(rentArticle());
  const cards = grid(parent);
  for (const verdict of DATA.verdicts) {
    cards.append(verdictBox(verdict.tone,
        el('h3', {}, (TONE_SIGNS[verdict.tone] ?? '') + verdict.device), sentence(verdict.words), verdict.next ? el('p', {}, `Next: ${verdict.next}`) : null,
        verdict.facts.length ? el('dl', {class: 'facts'}, ...verdict.facts.map(factTile)) : null,
        el('p', {class: 'counts'}, [verdict.when, verdict.counts, verdict.file].filter(Boolean).join(' · ')),
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
