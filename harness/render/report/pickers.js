// Lists to choose from.

const PICKER_OPTIONS = 300;

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
