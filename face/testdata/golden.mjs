// Writes golden.json: what the original implementation (npm @vladmandic/face-api 1.7.15, TensorFlow.js on its CPU backend)
// says about the portraits. Run once; kept so that it can be run again:
//
//	npm pack @vladmandic/face-api@1.7.15 && tar -xzf vladmandic-face-api-1.7.15.tgz
//	go test ./face -run TestOriginal -dump /tmp/ppm
//	node face/testdata/golden.mjs package /tmp/ppm > face/testdata/golden.json
import fs from 'node:fs';
import path from 'node:path';
const [pack, dir] = process.argv.slice(2);
// The bundle is made for browsers: it must not notice that this is none.
const node = globalThis.process;
class None {}
for (const name of ['HTMLImageElement', 'HTMLCanvasElement', 'HTMLVideoElement', 'ImageData', 'CanvasRenderingContext2D']) globalThis[name] = None;
globalThis.window = globalThis;
globalThis.document = { createElement: () => ({ getContext: () => null }), body: {} };
globalThis.process = undefined;
const faceapi = await import(path.resolve(pack, 'dist/face-api.esm.js'));
globalThis.process = node;
const { tf } = faceapi;
await tf.setBackend('cpu');
await tf.ready();

const load = (net, name) => {
  const manifest = JSON.parse(fs.readFileSync(path.join(pack, 'model', `${name}_model-weights_manifest.json`)));
  const bytes = fs.readFileSync(path.join(pack, 'model', `${name}_model.bin`));
  net.loadFromWeightMap(tf.io.decodeWeights(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length), manifest[0].weights));
};
const { tinyFaceDetector, faceLandmark68Net, faceRecognitionNet } = faceapi.nets;
load(tinyFaceDetector, 'tiny_face_detector');
load(faceLandmark68Net, 'face_landmark_68');
load(faceRecognitionNet, 'face_recognition');

const result = {};
for (const file of fs.readdirSync(dir).filter((f) => f.endsWith('.ppm')).sort()) {
  const data = fs.readFileSync(path.join(dir, file));
  const head = /^P6\n(\d+) (\d+)\n255\n/.exec(data.subarray(0, 30).toString('latin1'));
  const [w, h] = [Number(head[1]), Number(head[2])];
  const image = tf.tensor3d(new Uint8Array(data.subarray(head[0].length)), [h, w, 3], 'int32');
  const cut = (b) => image.slice([b.y, b.x, 0], [b.h, b.w, 3]);
  const [found] = await tinyFaceDetector.locateFaces(image, { inputSize: 224 });
  const whole = (b) => { const c = b.clipAtImageBorders(w, h); return { x: c.x, y: c.y, w: c.width, h: c.height }; };
  const region = whole(found.box);
  const marks = await faceLandmark68Net.detectLandmarks(cut(region));
  const points = marks.positions.map((p) => [p.x + region.x, p.y + region.y]);
  const aligned = whole(marks.shiftBy(region.x, region.y).align());
  const embedding = await faceRecognitionNet.computeFaceDescriptor(cut(aligned));
  result[path.basename(file, '.ppm')] = {
    score: found.score, box: [found.box.x, found.box.y, found.box.width, found.box.height], points, embedding: Array.from(embedding),
  };
}

const round = (_, v) => (typeof v === 'number' ? Number(v.toFixed(6)) : v);
console.log(JSON.stringify(result, round));
