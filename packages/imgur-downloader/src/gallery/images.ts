import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';

/** One picture of the gallery, encoded. */
export interface GalleryImage {
  /** Seven letters and digits, as Imgur's ids. */
  id: string;
  type: 'image/jpeg' | 'image/png';
  extension: 'jpg' | 'png';
  width: number;
  height: number;
  bytes: Buffer;
}

const WIDTH = 96;
const HEIGHT = 72;
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** The JPEG encoder builds its tables anew for each picture (some 30 ms), hence more PNGs than JPEGs. */
const JPEG_EVERY = 8;

/**
 * Draws picture number `index` (0, 1, 2, …): one in eight is a JPEG, the others are PNGs; 96 × 72 pixels,
 * 2 to 20 kB. The same index gives the same bytes in every run; different indexes give different pictures.
 */
export function drawImage(index: number): GalleryImage {
  const random = generator(index);
  const id = Array.from({ length: 7 }, () => ALPHABET[Math.floor(random() * ALPHABET.length)]).join('');
  const draw = PAINTERS[index % PAINTERS.length] as Painter;
  const picture = { width: WIDTH, height: HEIGHT, data: paint(draw(random), palette(random)) };
  if (index % JPEG_EVERY === 3) {
    const bytes = Buffer.from(jpeg.encode(picture, 80).data);
    return { id, type: 'image/jpeg', extension: 'jpg', width: WIDTH, height: HEIGHT, bytes };
  }
  const png = Object.assign(new PNG({ width: WIDTH, height: HEIGHT }), picture);
  const bytes = PNG.sync.write(png, { colorType: 2, deflateLevel: 3, filterType: 1 });
  return { id, type: 'image/png', extension: 'png', width: WIDTH, height: HEIGHT, bytes };
}

/** The value of a picture at a point, any number; `paint` turns it to a colour. x: -4/3…4/3, y: -1…1. */
type Field = (x: number, y: number) => number;
type Painter = (random: () => number) => Field;

const PAINTERS: readonly Painter[] = [
  // Plasma: four waves that interfere.
  (random) => {
    const waves = Array.from({ length: 4 }, () => ({
      x: (random() - 0.5) * 9,
      y: (random() - 0.5) * 9,
      phase: random() * 6.283,
    }));
    return (x, y) => waves.reduce((sum, wave) => sum + Math.sin(wave.x * x + wave.y * y + wave.phase), 0) / 4;
  },
  // A Julia set, on the edge of the Mandelbrot set's main body, where they are prettiest.
  (random) => {
    const angle = random() * 6.283;
    const re = 1.04 * (Math.cos(angle) / 2 - Math.cos(2 * angle) / 4);
    const im = 1.04 * (Math.sin(angle) / 2 - Math.sin(2 * angle) / 4);
    return (x, y) => {
      let a = x * 1.1;
      let b = y * 1.1;
      let steps = 0;
      while (a * a + b * b < 16 && steps < 40) {
        const next = a * a - b * b + re;
        b = 2 * a * b + im;
        a = next;
        steps += 1;
      }
      return steps === 40 ? 2 : (steps - Math.log2(Math.log2(a * a + b * b + 1) + 1)) / 12;
    };
  },
  // Rings around two centres.
  (random) => {
    const [ax, ay, bx, by] = [random() - 0.9, random() - 0.5, random() + 0.1, random() - 0.5];
    const density = 4 + random() * 7;
    return (x, y) =>
      Math.sin(Math.hypot(x - ax, y - ay) * density) * Math.cos(Math.hypot(x - bx, y - by) * density);
  },
  // A gradient with a spiral in it.
  (random) => {
    const arms = 2 + Math.floor(random() * 4);
    const twist = 2 + random() * 6;
    return (x, y) => x / 2 + Math.sin(arms * Math.atan2(y, x) + twist * Math.hypot(x, y)) / 3;
  },
];

/** The three channels of a smooth, cyclic palette, each a cosine with its own phase. */
type Palette = readonly [number, number, number];

function palette(random: () => number): Palette {
  const start = random() * 6.283;
  return [start, start + 0.7 + random() * 1.6, start + 2.2 + random() * 1.6];
}

function paint(field: Field, [red, green, blue]: Palette): Buffer {
  const data = Buffer.alloc(WIDTH * HEIGHT * 4);
  let at = 0;
  for (let row = 0; row < HEIGHT; row += 1) {
    const y = (row / HEIGHT) * 2 - 1;
    for (let column = 0; column < WIDTH; column += 1) {
      const value = field(((column / WIDTH) * 2 - 1) * (WIDTH / HEIGHT), y) * 3;
      data[at] = 128 + 127 * Math.cos(value + red);
      data[at + 1] = 128 + 127 * Math.cos(value + green);
      data[at + 2] = 128 + 127 * Math.cos(value + blue);
      data[at + 3] = 255;
      at += 4;
    }
  }
  return data;
}

/** A small seeded generator of numbers in [0, 1): xorshift32, its seed spread by a golden-ratio step. */
function generator(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b1) | 1;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 0x1_0000_0000;
  };
  for (let turn = 0; turn < 8; turn += 1) next();
  return next;
}
