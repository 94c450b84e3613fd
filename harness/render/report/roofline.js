// Every case under the roofs of its card.

/** The roofs of each card: a slope for memory, and a flat end for each type of arithmetic, which has its name there. */
function roofLines(low, high) {
  return DATA.rooflines.flatMap((roof, file) => {
    if (roof.read_gbps === null) return [];
    const slope = (x) => x * roof.read_gbps / 1000;  // GB/s times FLOP a byte is GFLOPS
    const memory = {name: `${significant(roof.read_gbps)} GB/s`, tflops: slope(high), ridge_flops_per_byte: high};
    const flats = roof.roofs.map((flat) => ({...flat, name: `${flat.dtype.replace(/_.*/, '')} ${significant(flat.tflops)}`}));
    return (flats.length ? flats : [memory]).map((flat) => ({
      ...lineLook(file, {keys: many ? {card: fileLabel(file)} : {}}),
      type: 'line', label: `${many ? `${fileLabel(file)}: ` : ''}${flat.name}`, endLabel: flat.name, silent: true, order: -1, pointRadius: 0, borderWidth: strokes(1.5),
      backgroundColor: 'transparent',
      data: [low, flat.ridge_flops_per_byte, Math.max(high, flat.ridge_flops_per_byte)].filter((x, n) => n > 0 || x < flat.ridge_flops_per_byte)
          .map((x) => ({x, y: Math.min(slope(x), flat.tflops)})),
    }));
  });
}

function rooflineNotes(without, drawn, all) {
  const notes = [];
  if (without) notes.push(`${count(without, 'case')} of ${CASES.count} without arithmetic or without memory traffic ${without === 1 ? 'is' : 'are'} not on the chart, but in the table.`);
  if (drawn < all) notes.push(`${drawn} of ${all} points are drawn: one wherever several of a card would lie on each other. The table has all.`);
  DATA.rooflines.forEach((roof, file) => {
    if (roof.read_gbps === null) notes.push(`No roof for ${fileLabel(file)}: no memory read was measured.`);
    else notes.push(`The slope of ${fileLabel(file)} is ${roof.read_origin === 'measured' ? 'its measured memory read' : `the ${roof.read_origin} rate of its memory`}: ${significant(roof.read_gbps)} GB/s.`);
  });
  return notes;
}

function rooflineFigure(shown, of) {
  const all = shown.map((i) => ({x: caseValue('flops_per_byte', i), y: caseValue('tflops', i), i}));
  const fileOfCase = (i) => caseValue('file', i);
  const points = thinned(all, fileOfCase, true, true);
  const files = [...new Set(points.map(({i}) => fileOfCase(i)))];
  let low = Infinity, high = -Infinity;
  for (const {x} of all) { low = Math.min(low, x); high = Math.max(high, x); }
  high *= 1.3;
  const radius = points.length > 1000 ? Math.min(1.5, innerWidth / 600) : points.length > 150 ? 2.5 : 4;
  return chartFigure(`Roofline of ${of}`, {
    size: 'tall', notes: rooflineNotes(CASES.count - shown.length, points.length, all.length),
    config: () => ({
      type: 'scatter',
      data: {datasets: [...files.map((file) => ({
        ...lineLook(file, {keys: {card: fileLabel(file)}}), label: fileLabel(file), pointRadius: strokes(radius), data: points.filter(({i}) => fileOfCase(i) === file),
      })), ...roofLines(low, high)]},
      options: {scales: {x: logarithmic('FLOP per byte', {min: low / 1.3, max: high}), y: logarithmic('TFLOPS', {grace: '10%'})}},
    }),
    describe: ({dataset, index}) => caseLines(dataset.data[index].i),
    table: caseSource(null, shown.length < CASES.count && of !== 'every case' ? shown : null),
  });
}

function rooflineSection() {
  if (CASES.count === 0) return leaveOut('Roofline', 'no case has a number.');
  const parent = section('roofline', 'Roofline', {intro: 'Every case by the operations it does for each byte. Under the slope memory is the limit, under a flat roof arithmetic.'});
  const shown = known('flops_per_byte', 'tflops');
  if (shown.length === 0) {
    nothing(parent, 'No chart: no case here does arithmetic on bytes of memory.');
    parent.append(foldedTable('every case', caseSource()));
    return;
  }
  const families = [...new Set(shown.map((i) => caseValue('family', i)))];
  if (families.length === 1) return place(parent, rooflineFigure(shown, 'every case'));
  choice(parent, 'Family', [{label: 'every case', of: shown}, ...families.map((label) => ({label, of: shown.filter((i) => caseValue('family', i) === label)}))],
      ({label, of}) => [rooflineFigure(of, label)]);
}
