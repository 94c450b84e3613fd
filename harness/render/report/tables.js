// Tables that sort, filter and turn pages.

const PAGE_ROWS = 25;
const FILTER_ROWS = 25;
const FILTER_PAUSE_MS = 150;
const NARROW = '(max-width: 40rem)';
const GROUP_KEYS = ['file', 'device'];
// A cell of more characters may be broken into lines.
const SHORT_TEXT = 32;

/** A cell of the data as {text, value, tone}: see table_json. */
function cellOf(json) {
  if (json === null) return {text: '', value: null, tone: 0};
  if (!Array.isArray(json)) return {text: json, value: json, tone: 0};
  return {text: json[0], value: json[1], tone: json[2] ?? 0};
}

// Devices of different names say which file a row is of, and those of one name do not.
const REDUNDANT_COLUMN = DATA.files.every(({label, device}) => label === device) ? 'file' : 'device';

/** What a table widget shows of one of the data's tables. */
function tableSource(table) {
  const used = table.columns.map((column, c) => !column.header || table.rows.some((row) => cellOf(row[c]).text !== ''));
  return {
    columns: table.columns
        .map((column, index) => ({...column, index, hidden: column.header === undefined || column.key === REDUNDANT_COLUMN, header: column.header ?? column.key}))
        .filter((column) => used[column.index]),
    count: table.rows.length,
    cell: (row, column) => {
      const cell = cellOf(table.rows[row][column.index]);
      // What only programs read has no text of its own.
      if (column.hidden && typeof cell.value === 'number') cell.text = significant(cell.value, 6);
      if (column.hidden && typeof cell.value === 'boolean') cell.text = cell.value ? 'yes' : 'no';
      return cell;
    },
    notes: table.notes,
  };
}

/** Rows of one of the data's tables as objects by key, with the values. */
function rowsOf(table) {
  return table.rows.map((row) => Object.fromEntries(table.columns.map((column, c) => [column.key, cellOf(row[c]).value])));
}

const TONES = ['', 'good', 'warning', 'bad'];
const TONE_SIGNS = ['', '✓ ', '! ', '✗ '];

function compareValues(a, b) {
  const missing = (value) => value === null || value === undefined || value === '';
  if (missing(a) || missing(b)) return Number(missing(a)) - Number(missing(b));
  return typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), 'en', {numeric: true});
}

/** A table that sorts, filters and turns pages; only the rows of one page are in the document. */
function tableWidget(caption, source) {
  let order = [...Array(source.count).keys()];
  let page = 0, sorted = null, descending = false, needle = '', all = false, pause = null;
  const texts = [];  // of the rows in lower case, once they were asked for
  const box = el('div', {class: 'table'});
  const status = el('span', {role: 'status'});
  const scroller = el('div', {class: 'scroll', tabindex: 0, role: 'region', 'aria-label': `Table: ${caption}`});
  const pager = el('span', {class: 'pager'});
  const narrow = matchMedia(NARROW);
  narrow.addEventListener('change', () => draw());
  const shownColumns = () => source.columns.filter((column) => all || !column.hidden);
  // Where there is no room the device is a row above its own, and the verdict stands second.
  const groupOf = (shown) => (narrow.matches && !sorted ? shown.find(({key}) => GROUP_KEYS.includes(key)) : undefined);
  const columns = () => {
    const shown = shownColumns(), verdict = narrow.matches && shown.find(({key}) => key === 'verdict'), group = groupOf(shown);
    const rest = shown.filter((column) => column !== verdict && column !== group);
    return verdict ? [...rest.slice(0, 1), verdict, ...rest.slice(1)] : rest;
  };

  function arrange() {
    order = [...Array(source.count).keys()];
    if (needle) {
      const shown = columns();
      const text = (row) => texts[row] ??= shown.map((column) => source.cell(row, column).text).join('\n').toLowerCase();
      order = order.filter((row) => text(row).includes(needle));
    }
    if (sorted) {
      const values = new Map(order.map((row) => [row, source.cell(row, sorted).value]));
      order.sort((a, b) => (descending ? -1 : 1) * compareValues(values.get(a), values.get(b)));
    }
    page = 0;
    draw();
  }

  function header(column) {
    const direction = sorted === column ? (descending ? 'descending' : 'ascending') : null;
    const sort = () => {
      descending = sorted === column && !descending;
      sorted = column;
      arrange();
      scroller.querySelector(`[data-key="${CSS.escape(column.key)}"]`)?.focus({preventScroll: true});
    };
    const label = column.header || column.key.replaceAll('_', ' ');
    return el('th', {scope: 'col', class: column.right ? 'right' : null, 'aria-sort': direction},
        source.count > 1 ? el('button', {type: 'button', onclick: sort, 'data-key': column.key}, label) : label);
  }

  const groupRow = (text) => el('tr', {}, el('th', {class: 'group-row', scope: 'rowgroup', colspan: columns().length}, text));

  function draw() {
    const pages = Math.max(1, Math.ceil(order.length / PAGE_ROWS));
    const shown = order.slice(page * PAGE_ROWS, (page + 1) * PAGE_ROWS);
    const group = groupOf(shownColumns());
    const groupText = (row) => (group && row !== undefined ? source.cell(row, group).text : null);
    const body = el('tbody', {}, ...shown.flatMap((row, n) => [groupText(row) === groupText(shown[n - 1]) ? null : groupRow(groupText(row)), el('tr', {}, ...columns().map((column) => {
      const cell = source.cell(row, column);
      const classes = [column.right ? 'right' : '', String(cell.text).length > SHORT_TEXT ? 'long' : 'short', TONES[cell.tone]].filter(Boolean).join(' ');
      return el('td', {class: classes, 'data-value': typeof cell.value === 'number' ? cell.value : null},
          (TONE_SIGNS[cell.tone] ?? '') + cell.text);
    }))]).filter(Boolean));
    scroller.replaceChildren(el('table', {}, el('caption', {}, pages > 1 ? `${caption}: rows ${page * PAGE_ROWS + 1} to ${page * PAGE_ROWS + shown.length} of ${order.length}` : caption), el('thead', {}, el('tr', {}, ...columns().map(header))), body));
    const turn = (step) => () => { page += step; draw(); };
    pager.replaceChildren(
        ...(pages > 1 ? [el('button', {type: 'button', disabled: page === 0, onclick: turn(-1)}, 'Previous'),
          ` page ${page + 1} of ${pages} `,
          el('button', {type: 'button', disabled: page + 1 === pages, onclick: turn(1)}, 'Next')] : []));
    status.textContent = needle || pages > 1 ? `${order.length} of ${count(source.count, 'row')}` : '';
  }

  const tools = [];
  if (source.count > FILTER_ROWS) {
    const filter = (event) => {
      needle = event.target.value.toLowerCase();
      clearTimeout(pause);
      pause = setTimeout(arrange, FILTER_PAUSE_MS);
    };
    tools.push(el('label', {}, 'Filter ', el('input', {type: 'search', oninput: filter})));
  }
  if (source.columns.some((column) => column.hidden)) {
    const toggle = (event) => { all = event.target.checked; texts.length = 0; draw(); };
    tools.push(el('label', {}, el('input', {type: 'checkbox', onchange: toggle}), ' All columns'));
  }
  draw();
  box.append(...(tools.length || source.count > PAGE_ROWS ? [el('div', {class: 'tools'}, ...tools, status, pager)] : []), scroller);
  box.append(...notesOf(source.notes ?? []));
  return box;
}

/** The same behind a line to open, filled when it is opened for the first time. */
function foldedTable(caption, source) {
  const details = el('details', {class: 'data'}, el('summary', {}, `Data table (${count(source.count, 'row')})`, el('span', {class: 'unseen'}, `: ${caption}`)));
  const fill = () => { if (details.open && details.children.length === 1) details.append(tableWidget(caption, source)); };
  details.addEventListener('toggle', fill);
  details.fill = () => { details.open = true; fill(); };
  return details;
}
