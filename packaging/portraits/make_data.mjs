// Renders portraits: raw 8-bit RGB frames, one after another, in the order of the input's lines.
//
//   npm install
//   node make_data.mjs IN.jsonl OUT.rgb SIZE
//
// IN.jsonl comes from factors.py: one object a line with "options" (for the drawing library) and
// "view" (the part of the drawing that fills the frame: x, y, width, height).
import fs from 'node:fs';
import readline from 'node:readline';
import { createAvatar } from '@dicebear/core';
import * as avataaars from '@dicebear/avataaars';
import { Resvg } from '@resvg/resvg-js';

const [, , input, output, sizeText] = process.argv;
const size = Number(sizeText);
if (!input || !output || !Number.isInteger(size) || size < 8) {
  console.error('usage: node make_data.mjs IN.jsonl OUT.rgb SIZE');
  process.exit(2);
}

// The drawings hold no text; looking for the system's fonts takes longer than drawing.
const rendering = { fitTo: { mode: 'width', value: size }, font: { loadSystemFonts: false } };
const partial = `${output}.partial`;
const file = fs.openSync(partial, 'w');
const frame = Buffer.allocUnsafe(size * size * 3);
let count = 0;

for await (const line of readline.createInterface({ input: fs.createReadStream(input) })) {
  const { options, view } = JSON.parse(line);
  const drawing = createAvatar(avataaars, { seed: 'portrait', ...options })
    .toString()
    .replace(/viewBox="[^"]*"/, `viewBox="${view.join(' ')}"`);
  const { pixels } = new Resvg(drawing, rendering).render();
  for (let from = 0, to = 0; from < pixels.length; from += 4) {
    frame[to++] = pixels[from];
    frame[to++] = pixels[from + 1];
    frame[to++] = pixels[from + 2];
  }
  fs.writeSync(file, frame);
  count += 1;
}
fs.closeSync(file);
fs.renameSync(partial, output);
console.log(`${count} portraits of ${size} x ${size} in ${output}`);
