// The page: its sections in the order in which they stand.

const absent = [];

/** A section of the page; without a `short` name it is not among the links. */
function section(id, heading, {short = heading, intro = null} = {}) {
  const made = el('section', {id, 'aria-labelledby': `${id}-heading`}, el('h2', {id: `${id}-heading`}, heading));
  if (intro) made.append(el('p', {class: 'intro'}, intro));
  document.querySelector('main').append(made);
  if (short) document.querySelector('nav').append(el('a', {href: `#${id}`}, short));
  return made;
}
const nothing = (parent, why) => parent.append(el('p', {class: 'nothing'}, why));
const grid = (parent) => parent.appendChild(el('div', {class: 'figures'}));

/** What a page of other files would show here; said in one place, at its end. */
const leaveOut = (heading, why) => { absent.push(el('li', {}, el('b', {}, heading), `: ${why}`)); };

/** A choice of groups with what it shows. */
function choice(parent, label, options, figuresOf) {
  const box = el('div', {class: 'figures'});
  const pick = picker(label, options, (option) => replaceFigures(box, figuresOf(option)));
  parent.append(pick, box);
  pick.start();
}

function absentSection() {
  if (absent.length) section('absent', 'Not on this page', {short: null}).append(el('ul', {}, ...absent));
}

function dataSection() {
  const parent = section('raw', 'Data', {short: null, intro: 'All that this page shows, as JSON. The result files themselves hold every sample.'});
  const blob = new Blob([document.getElementById('data').textContent], {type: 'application/json'});
  const url = URL.createObjectURL(blob);
  document.getElementById('download').href = url;
  parent.append(el('p', {}, el('a', {href: url, download: 'gpugauge-report.json'}, 'Download the data'), ` (${Math.ceil(blob.size / 1024)} KiB) · gpugauge ${DATA.version}`));
}

/** On a narrow screen the links are behind a button. */
function menuButton() {
  const header = document.querySelector('header'), nav = document.querySelector('nav');
  nav.id = 'sections';
  const button = el('button', {type: 'button', id: 'menu', 'aria-controls': nav.id, 'aria-expanded': 'false'}, 'Sections');
  const open = (yes) => { header.toggleAttribute('data-menu', yes); button.setAttribute('aria-expanded', String(yes)); };
  button.addEventListener('click', () => open(!header.hasAttribute('data-menu')));
  nav.addEventListener('click', () => open(false));
  header.addEventListener('keydown', ({key}) => { if (key === 'Escape') { open(false); button.focus(); } });
  document.querySelector('.controls').prepend(button);
}

function build() {
  menuButton();
  document.querySelector('main').replaceChildren();
  const dark = matchMedia('(prefers-color-scheme: dark)');
  setTheme(dark.matches ? 'dark' : 'light');
  const made = DATA.files.length === 0 ? [verdictSection, historySection, dataSection] : [verdictSection, environmentSection, stripSection, datasheetSection, rooflineSection, sweepSection, speedSection, tokensSection, contextSection, stepSection,
    samplesSection, claimsSection, historySection, provenanceSection, reproduceSection, absentSection, dataSection];
  for (const make of made) make();
  dark.addEventListener('change', (event) => setTheme(event.matches ? 'dark' : 'light'));
  document.getElementById('theme').addEventListener('click', () => setTheme(theme === 'dark' ? 'light' : 'dark'));
  document.getElementById('print').addEventListener('click', () => print());
  // Paper is white, and nothing on it can be opened.
  let before = theme;
  addEventListener('beforeprint', () => {
    before = theme;
    document.documentElement.dataset.print = 'yes';
    setTheme('light');
    document.querySelectorAll('details').forEach((details) => { details.open = true; details.fill?.(); });
  });
  addEventListener('afterprint', () => {
    delete document.documentElement.dataset.print;
    setTheme(before);
  });
  document.documentElement.dataset.ready = 'yes';
}
build();
