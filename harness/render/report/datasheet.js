// Each peak as a share of its datasheet value, beside its pass mark and the best that is published.

/** A length along a bar's track. */
function along(element, from, to, end) {
  element.style.left = `${100 * from / end}%`;
  if (to !== null) element.style.width = `${100 * (to - from) / end}%`;
  return element;
}

/** A bar from 0 to `end` per cent; what it shows stands in words beside it. */
function bullet(row, end) {
  const track = el('div', {class: `track card-${fileOf(row) % CARD_COLORS}`, 'aria-hidden': 'true'}, along(el('i', {class: 'fill'}), 0, row.percent_of_datasheet, end));
  const best = publishedPercent(row);
  if ((row.pass_mark_percent ?? null) !== null) track.append(along(el('i', {class: 'pass'}), row.pass_mark_percent, null, end));
  if (best !== null) track.append(along(el('i', {class: 'best'}), best, null, end));
  return track;
}

const publishedOf = (row) => row.best_published ?? row.good_card ?? null;
const publishedPercent = (row) => (publishedOf(row) === null || !row.datasheet ? null : 100 * publishedOf(row) / row.datasheet);
const verdictTone = {ok: 1, undecided: 2, 'below pass mark': 3};

function bulletChart(rows) {
  const end = Math.max(100, ...rows.map((row) => Math.ceil(Math.max(row.percent_of_datasheet, publishedPercent(row) ?? 0) / 10) * 10));
  const metrics = [...new Set(rows.map((row) => row.metric))];
  const line = (row) => {
    const tone = verdictTone[row.verdict] ?? 0, best = publishedPercent(row);
    const more = [row.pass_mark_percent === null ? null : `pass mark ${significant(row.pass_mark_percent, 2)}%`, best === null ? null : `best published ${significant(best, 3)}%`];
    return el('li', {title: more.filter(Boolean).join(', ')}, bullet(row, end),
        el('span', {class: 'value'}, el('b', {class: TONES[tone] || null}, `${TONE_SIGNS[tone]}${row.percent_of_datasheet.toFixed(0)}%`), ` ${significant(row.measured)} ${row.unit}`),
        el('span', {class: 'unseen'}, `${many ? `, ${fileLabel(fileOf(row))}` : ''} of ${significant(row.datasheet)}. ${more.filter(Boolean).join(', ')}`));
  };
  const scale = el('div', {class: 'scale', 'aria-hidden': 'true'}, ...[0, 25, 50, 75, 100].map((value) => along(el('span', {}, `${value}%`), value, null, end)));
  const key = (name, words) => el('span', {}, el('i', {class: `sign ${name}`, 'aria-hidden': 'true'}), words);
  return el('figure', {class: 'bullets'}, el('figcaption', {}, 'Per cent of the datasheet'),
      el('p', {class: 'legend'}, ...(many ? [...new Set(rows.map(fileOf))].map((file) => el('span', {}, el('i', {class: `sign patch card-${file % CARD_COLORS}`, 'aria-hidden': 'true'}), fileLabel(file))) : []), key('pass', 'pass mark'), key('best', 'best published')),
      ...metrics.map((metric) => el('div', {class: 'group', role: 'group', 'aria-label': metric}, el('h3', {}, metric), el('ul', {}, ...rows.filter((row) => row.metric === metric).map(line)))), scale);
}

/** `not measured: tf32, fp16 and int8 dense GEMM`, a line a card, instead of a row each. */
function missingLines(rows) {
  const files = [...new Set(rows.map(fileOf))];
  return files.map((file) => {
    const own = rows.filter((row) => fileOf(row) === file), names = own.map((row) => row.metric), kind = ' dense GEMM';
    const gemms = names.filter((name) => name.endsWith(kind)).map((name) => name.slice(0, -kind.length)), rest = names.filter((name) => !name.endsWith(kind));
    const reasons = [...new Set(own.map((row) => row.reason).filter(Boolean))];
    return el('p', {class: 'note'}, `${many ? `${fileLabel(file)}: ` : ''}not measured: ${[...rest, ...(gemms.length ? [gemms.join(', ') + kind] : [])].join(', ')}${reasons.length === 1 ? ` (${reasons[0]})` : ''}`);
  });
}

function datasheetSection() {
  const all = rowsOf(DATA.datasheet), stated = all.some((row) => row.datasheet !== null);
  if (all.length === 0) return leaveOut('Datasheet', 'no file has a measured peak or a datasheet.');
  const parent = section('datasheet', stated ? 'Datasheet against measured' : 'Measured peaks', {short: stated ? 'Datasheet' : 'Peaks'});
  const shares = all.filter((row) => row.measured !== null && row.percent_of_datasheet !== null);
  if (shares.length) parent.append(bulletChart(shares));
  else nothing(parent, stated ? 'No chart: nothing in these files tests a datasheet value.' : 'No chart: no datasheet is known for these.');
  parent.append(...missingLines(all.filter((row) => row.measured === null && row.datasheet !== null)));
  const measured = {...DATA.datasheet, rows: DATA.datasheet.rows.filter((_, r) => all[r].measured !== null)};
  if (measured.rows.length) parent.append((shares.length ? foldedTable : tableWidget)(stated ? 'each peak beside its datasheet value' : 'the best that was measured of each kind', tableSource(measured)));
}
