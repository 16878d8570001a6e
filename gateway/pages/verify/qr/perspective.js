/**
 * From places in a symbol to places in a picture of it.
 *
 * @typedef {{ x: number, y: number }} Point
 * @module
 */

/**
 * The projection that takes a rectangle with upright sides to four points:
 * x' = (a·x + b·y + c) / (g·x + h·y + i), y' = (d·x + e·y + f) / (g·x + h·y + i).
 */
export class Perspective {
  /**
   * @param {{ left: number, top: number, width: number, height: number }} from
   * @param {Point[]} to Where its corners are taken to, clockwise from the top left one.
   */
  constructor({ left, top, width, height }, to) {
    const [a, b, c, d, e, f, g, h] = fromSquare(to);
    [this.a, this.b, this.d, this.e, this.g, this.h] = [
      a / width,
      b / height,
      d / width,
      e / height,
      g / width,
      h / height,
    ];
    this.c = c - this.a * left - this.b * top;
    this.f = f - this.d * left - this.e * top;
    this.i = 1 - this.g * left - this.h * top;
  }

  /**
   * @param {number} x
   * @param {number} y
   * @returns {Point} Where the point is taken to.
   */
  at(x, y) {
    const scale = 1 / this.weight(x, y);
    return { x: (this.a * x + this.b * y + this.c) * scale, y: (this.d * x + this.e * y + this.f) * scale };
  }

  /**
   * @param {number} x
   * @param {number} y
   * @returns {number} What is divided by there: the farther from the eye, the larger.
   */
  weight(x, y) {
    return this.g * x + this.h * y + this.i;
  }
}

/** The coefficients of the projection of the unit square to four points (Heckbert, 1989). */
function fromSquare([p, q, r, s]) {
  const sum = { x: p.x - q.x + r.x - s.x, y: p.y - q.y + r.y - s.y };
  const [right, low] = [minus(q, r), minus(s, r)];
  const area = cross(right, low);
  const g = cross(sum, low) / area;
  const h = cross(right, sum) / area;
  return [q.x - p.x + g * q.x, s.x - p.x + h * s.x, p.x, q.y - p.y + g * q.y, s.y - p.y + h * s.y, p.y, g, h];
}

function minus(one, other) {
  return { x: one.x - other.x, y: one.y - other.y };
}

function cross(one, other) {
  return one.x * other.y - one.y * other.x;
}
