'use strict';
// Elements of the page and numbers for people. Text from the files only ever becomes a text node.

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
/** The number of each of these names, for its look. */
const numbering = (names) => { const all = [...new Set(names)]; return (name) => Math.max(0, all.indexOf(name)); };
const count = (n, one, many) => `${n} ${n === 1 ? one : many ?? `${one}s`}`;

/** Lines of small print; more than two of them behind a line to open. */
function notesOf(notes) {
  const lines = notes.map((note) => el('p', {class: 'note'}, note));
  return lines.length <= 2 ? lines : [el('details', {class: 'notes'}, el('summary', {}, `Sources and notes (${lines.length})`), ...lines)];
}
