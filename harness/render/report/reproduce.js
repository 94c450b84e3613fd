// Where the numbers come from, and how to get them again.

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
  const parent = section('reproduce', 'How to reproduce', {short: 'Reproduce'});
  const whole = [...new Set(DATA.files.filter(({rerun}) => rerun !== null).map(({rerun}) => `${rerun.before} -o again.json${rerun.behind}`))];
  const rerunnable = cases().filter((i) => DATA.files[caseValue('file', i)].rerun !== null);
  if (whole.length) parent.append(el('p', {}, 'All of it, on the same kind of card:'), ...whole.map((command) => el('pre', {tabindex: 0}, command)));
  if (rerunnable.length) {
    const command = {key: 'command', header: 'command', show: commandOf, value: commandOf};
    parent.append(foldedTable('the command of each case', caseSource(['file', 'name'], rerunnable, [command])));
  }
  if (rerunnable.length < CASES.count) nothing(parent, `${count(CASES.count - rerunnable.length, 'case')} cannot be measured again by gpugauge run: they were imported, or the file does not say how.`);
  if (DATA.not_measured.rows.length) parent.append(tableWidget('not measured', tableSource(DATA.not_measured)));
}
