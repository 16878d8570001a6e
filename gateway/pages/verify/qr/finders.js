/**
 * The three corners of a symbol: squares in squares, through whose centre every line is dark, light, dark, light and dark
 * for 1 : 1 : 3 : 1 : 1, however the symbol is turned.
 *
 * @module
 */

/**
 * A corner.
 *
 * @typedef {object} Finder
 * @property {number} x The centre, in pixels.
 * @property {number} y
 * @property {number} module About how many pixels a module is wide.
 * @property {number} seen In how many rows it was seen.
 */

/**
 * Three corners that may belong together.
 *
 * @typedef {{ topLeft: Finder, topRight: Finder, bottomLeft: Finder, doubt: number }} Corners
 */

/** How many corners, and sets of three, are looked at: a picture of nothing but corners takes no longer. */
const MOST_FINDERS = 14;
const MOST_CORNERS = 10;

/**
 * All corners in a picture, those first that were seen best.
 *
 * @param {import("./picture.js").Bitmap} bitmap
 * @returns {Finder[]}
 */
export function findersIn(bitmap) {
  const finders = [];
  const step = bitmap.height > 500 ? 2 : 1;
  for (let y = 0; y < bitmap.height; y += step) {
    for (const x of patternsInRow(bitmap, y)) {
      const finder = confirm(bitmap, x, y);
      if (finder) note(finders, finder);
    }
  }
  const sure = finders.filter(finder => finder.seen > 1);
  sure.sort((one, other) => other.seen - one.seen);
  return sure.slice(0, MOST_FINDERS);
}

/**
 * Sets of three that may be the corners of one symbol, the likeliest first.
 *
 * @param {Finder[]} finders
 * @returns {Corners[]}
 */
export function cornersOf(finders) {
  const sets = [];
  finders.forEach((one, first) => {
    finders.slice(first + 1).forEach((two, second) => {
      for (const three of finders.slice(first + second + 2)) {
        const corners = arrange(one, two, three);
        if (corners) sets.push(corners);
      }
    });
  });
  return sets.sort((one, other) => one.doubt - other.doubt).slice(0, MOST_CORNERS);
}

/** Where in a row the middle of such a pattern may be. */
function* patternsInRow({ width, dark }, y) {
  const row = y * width;
  const runs = [0, 0, 0, 0, 0];
  let start = 0;
  for (let x = 1; x <= width; x++) {
    if (x < width && dark[row + x] === dark[row + x - 1]) continue;
    runs.shift();
    runs.push(x - start);
    start = x;
    if (dark[row + x - 1] === 1 && isFinder(runs)) yield x - runs[4] - runs[3] - runs[2] / 2;
  }
}

/** Whether runs are as 1 : 1 : 3 : 1 : 1, give or take half of a module and half a pixel. */
function isFinder(runs) {
  const total = runs[0] + runs[1] + runs[2] + runs[3] + runs[4];
  if (runs[0] === 0 || total < 7) return false;
  const module = total / 7;
  const give = module / 2 + 0.5;
  return Math.abs(runs[2] - 3 * module) < 2.5 * give && [0, 1, 3, 4].every(at => Math.abs(runs[at] - module) < give);
}

/** The corner whose middle is about there, if it looks like one downwards and across, and aslant. */
function confirm(bitmap, aboutX, aboutY) {
  const down = runsThrough(bitmap, aboutX, aboutY, 0, 1);
  if (!down || !isFinder(down.runs)) return null;
  const y = aboutY + down.shift;
  const across = runsThrough(bitmap, aboutX, y, 1, 0);
  if (!across || !isFinder(across.runs)) return null;
  const x = aboutX + across.shift;
  const [high, wide] = [total(down.runs), total(across.runs)];
  if (high > 2 * wide || wide > 2 * high) return null;
  const aslant = [1, -1].some(dx => {
    const runs = runsThrough(bitmap, x, y, dx, 1)?.runs;
    return runs && isFinder(runs);
  });
  return aslant ? { x, y, module: (high + wide) / 14, seen: 1 } : null;
}

/** The five runs on a line through a dark point, and by how many steps the middle one's centre is off; `null` at an edge. */
function runsThrough({ width, height, dark }, x, y, dx, dy) {
  const startX = Math.min(Math.floor(x), width - 1);
  const startY = Math.min(Math.floor(y), height - 1);
  const walk = sign => {
    const runs = [0, 0, 0];
    let [atX, atY, run] = [startX, startY, 0];
    for (;;) {
      if (atX < 0 || atY < 0 || atX >= width || atY >= height) return run === 2 ? runs : null;
      if (dark[atY * width + atX] !== (run + 1) % 2) run++;
      if (run > 2) return runs;
      runs[run]++;
      atX += sign * dx;
      atY += sign * dy;
    }
  };
  if (dark[startY * width + startX] === 0) return null;
  const [back, ahead] = [walk(-1), walk(1)];
  if (!back || !ahead) return null;
  const runs = [back[2], back[1], back[0] + ahead[0] - 1, ahead[1], ahead[2]];
  const middle = (ahead[0] - back[0] + 1) / 2;
  const from = dx === 0 ? y - startY : x - startX;
  return { runs, shift: middle - from };
}

/** Adds a corner, or makes the one better that was seen there already. */
function note(finders, { x, y, module }) {
  const known = finders.find(
    finder => Math.hypot(finder.x - x, finder.y - y) < 2 * module && ratio(finder.module, module) < 1.5,
  );
  if (!known) {
    finders.push({ x, y, module, seen: 1 });
    return;
  }
  const weight = 1 / (known.seen + 1);
  known.x += (x - known.x) * weight;
  known.y += (y - known.y) * weight;
  known.module += (module - known.module) * weight;
  known.seen++;
}

/** Three corners in their places, if they are about as large and about as far from one another as corners are. */
function arrange(one, two, three) {
  const sizes = [one, two, three].map(finder => finder.module);
  const spread = Math.max(...sizes) / Math.min(...sizes);
  if (spread > 1.8) return null;
  const choices = [
    [one, two, three],
    [two, three, one],
    [three, one, two],
  ];
  const far = ([, b, c]) => Math.hypot(b.x - c.x, b.y - c.y);
  const [corner, b, c] = choices.sort((p, q) => far(q) - far(p))[0];
  const [toB, toC] = [b, c].map(finder => [finder.x - corner.x, finder.y - corner.y]);
  const [lengthB, lengthC] = [Math.hypot(...toB), Math.hypot(...toC)];
  const cosine = (toB[0] * toC[0] + toB[1] * toC[1]) / (lengthB * lengthC);
  const legs = ratio(lengthB, lengthC);
  const least = Math.min(lengthB, lengthC) / Math.max(...sizes);
  if (Math.abs(cosine) > 0.6 || legs > 2 || least < 10 || least > 260) return null;
  const isClockwise = toB[0] * toC[1] - toB[1] * toC[0] > 0;
  return {
    topLeft: corner,
    topRight: isClockwise ? b : c,
    bottomLeft: isClockwise ? c : b,
    doubt: Math.abs(cosine) + (legs - 1) + (spread - 1),
  };
}

function total(runs) {
  return runs.reduce((sum, run) => sum + run, 0);
}

function ratio(one, other) {
  return Math.max(one, other) / Math.min(one, other);
}
