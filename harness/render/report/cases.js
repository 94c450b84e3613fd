// The data of the page, and the cases in it.

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

const fileLabel = (index) => DATA.files[index].label;
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
  {key: 'share_of_roof', header: '% of roof', right: true, show: (i) => percent(caseValue('share_of_roof', i))},
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
