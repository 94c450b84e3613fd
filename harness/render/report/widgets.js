'use strict';
// Pieces of the page: elements, numbers for people, tables, pickers. Text from the files only ever becomes a text node.

const PAGE_ROWS = 50;
const PICKER_OPTIONS = 300;
const FILTER_ROWS = 25;
// A cell of more characters may be broken into lines.
const SHORT_TEXT = 32;

function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

let lastId = 0;
const newId = (stem) => `${stem}-${++lastId}`;

/** Plain decimals with this many significant digits; digits before the point are never rounded away. */
function significant(value, digits = 4) {
  if (value === null || value === undefined) return '';
  if (!Number.isFinite(value)) return 'n/a';
  if (value === 0) return '0';
  const magnitude = Math.floor(Math.log10(Math.abs(value))) + 1;
  if (magnitude < -5) return value.toExponential(digits - 1);
  return value.toFixed(Math.max(0, digits - magnitude));
}

function duration(ns) {
  if (ns === null || ns === undefined) return '';
  for (const [unit, size] of [['s', 1e9], ['ms', 1e6], ['µs', 1e3]]) {
    if (Math.abs(ns) >= size) return `${significant(ns / size)} ${unit}`;
  }
  return `${significant(ns)} ns`;
}

const percent = (share) => (share === null || share === undefined ? '' : `${(100 * share).toFixed(1)}%`);
const count = (n, one, many) => `${n} ${n === 1 ? one : many ?? `${one}s`}`;

// ---- tables ----

/** A cell of the data as {text, value, tone}: see table_json. */
function cellOf(json) {
  if (json === null) return {text: '', value: null, tone: 0};
  if (!Array.isArray(json)) return {text: json, value: json, tone: 0};
  return {text: json[0], value: json[1], tone: json[2] ?? 0};
}

/** What a table widget shows of one of the data's tables. */
function tableSource(table) {
  const used = table.columns.map((column, c) => !column.header || table.rows.some((row) => cellOf(row[c]).text !== ''));
  return {
    columns: table.columns
        .map((column, index) => ({...column, index, hidden: column.header === undefined, header: column.header ?? column.key}))
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
  let page = 0, sorted = null, descending = false, needle = '', all = false;
  const box = el('div', {class: 'table'});
  const status = el('span', {role: 'status'});
  const scroller = el('div', {class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption});
  const pager = el('span', {class: 'pager'});
  const columns = () => source.columns.filter((column) => all || !column.hidden);

  function arrange() {
    order = [...Array(source.count).keys()];
    if (needle) {
      order = order.filter((row) => columns().some((column) => String(source.cell(row, column).text).toLowerCase().includes(needle)));
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
      scroller.querySelector(`[data-key="${CSS.escape(column.key)}"]`)?.focus();
    };
    const label = column.header || column.key.replaceAll('_', ' ');
    return el('th', {scope: 'col', class: column.right ? 'right' : null, 'aria-sort': direction},
        source.count > 1 ? el('button', {type: 'button', onclick: sort, 'data-key': column.key}, label) : label);
  }

  function draw() {
    const pages = Math.max(1, Math.ceil(order.length / PAGE_ROWS));
    const shown = order.slice(page * PAGE_ROWS, (page + 1) * PAGE_ROWS);
    const body = el('tbody', {}, ...shown.map((row) => el('tr', {}, ...columns().map((column) => {
      const cell = source.cell(row, column);
      const classes = [column.right ? 'right' : '', String(cell.text).length > SHORT_TEXT ? 'long' : 'short', TONES[cell.tone]].filter(Boolean).join(' ');
      return el('td', {class: classes, 'data-value': typeof cell.value === 'number' ? cell.value : null},
          (TONE_SIGNS[cell.tone] ?? '') + cell.text);
    }))));
    scroller.replaceChildren(el('table', {}, el('caption', {}, caption), el('thead', {}, el('tr', {}, ...columns().map(header))), body));
    const turn = (step) => () => { page += step; draw(); };
    pager.replaceChildren(
        ...(pages > 1 ? [el('button', {type: 'button', disabled: page === 0, onclick: turn(-1)}, 'Previous'),
          ` page ${page + 1} of ${pages} `,
          el('button', {type: 'button', disabled: page + 1 === pages, onclick: turn(1)}, 'Next')] : []));
    status.textContent = needle || pages > 1 ? `${order.length} of ${count(source.count, 'row')}` : '';
  }

  const tools = [];
  if (source.count > FILTER_ROWS) {
    const filter = (event) => { needle = event.target.value.toLowerCase(); arrange(); };
    tools.push(el('label', {}, 'Filter ', el('input', {type: 'search', oninput: filter})));
  }
  if (source.columns.some((column) => column.hidden)) {
    const toggle = (event) => { all = event.target.checked; draw(); };
    tools.push(el('label', {}, el('input', {type: 'checkbox', onchange: toggle}), ' All columns'));
  }
  draw();
  box.append(...(tools.length || source.count > PAGE_ROWS ? [el('div', {class: 'tools'}, ...tools, status, pager)] : []), scroller);
  for (const note of source.notes ?? []) box.append(el('p', {class: 'note'}, note));
  return box;
}

/** The same behind a line to open, filled when it is opened for the first time. */
function foldedTable(caption, source) {
  const details = el('details', {class: 'data'}, el('summary', {}, `Data table: ${caption} (${count(source.count, 'row')})`));
  const fill = () => { if (details.open && details.children.length === 1) details.append(tableWidget(caption, source)); };
  details.addEventListener('toggle', fill);
  details.fill = () => { details.open = true; fill(); };
  return details;
}

// ---- pickers ----

/** A list to choose one of [{label}] from; with a filter where there are many. */
function picker(label, options, onpick) {
  const select = el('select', {}), id = newId('pick');
  select.id = id;
  const note = el('span', {class: 'note', role: 'status'});
  const fill = (needle) => {
    const fitting = options.map((option, index) => ({option, index})).filter(({option}) => option.label.toLowerCase().includes(needle));
    select.replaceChildren(...fitting.slice(0, PICKER_OPTIONS).map(({option, index}) => el('option', {value: index}, option.label)));
    note.textContent = fitting.length > PICKER_OPTIONS ? ` the first ${PICKER_OPTIONS} of ${fitting.length}: filter to narrow` :
      fitting.length === 0 ? ' none fits' : '';
    if (fitting.length > 0) onpick(options[fitting[0].index]);
  };
  select.addEventListener('change', () => onpick(options[Number(select.value)]));
  const box = el('div', {class: 'tools'}, el('label', {for: id}, `${label} `), select);
  if (options.length > 30) {
    box.append(el('label', {}, 'Filter ', el('input', {type: 'search', oninput: (event) => fill(event.target.value.toLowerCase())})));
  }
  box.append(note);
  // Only the list: what it shows first is drawn by the caller, once its places are in the document.
  box.start = () => fill('');
  return box;
}
