// The same clients for every server: so many editors who each type so often, and what of it reaches whom, and when.
// Prints one line of JSON. What to do stands in the file that is named. Called by benchmarks/live.py.
import { readFileSync } from "node:fs";
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { WebSocket } from "ws";
import * as Y from "yjs";

const { kind, url, origin, cookies = [], room, clients, perSecond, seconds, sections, seed } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const MARK = /<(\d+)\.(\d+)>/g;
const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** What each protocol puts around a Yjs update, and how it opens. */
const protocols = {
  penholder: {
    hello: (client) => {
      const bytes = Buffer.alloc(17);
      bytes.writeBigUInt64BE(BigInt(client), 1);
      return [bytes];
    },
    update: (data, number) => {
      const head = Buffer.alloc(5);
      head[0] = 1;
      head.writeUInt32BE(number, 1);
      return Buffer.concat([head, data]);
    },
    whole: (message) => (message[0] === 0 ? message.subarray(5 + message.readUInt32BE(1)) : null),
    kept: (message) => (message[0] === 3 ? message.readUInt32BE(1) : null),
  },
  "y-websocket": {
    hello: () => [sync(0, Y.encodeStateVector(new Y.Doc()))],
    update: (data) => sync(2, data),
    whole: (message) => synced(message, 0),
  },
  hocuspocus: {
    hello: () => [
      named((encoder) => { encoding.writeVarUint(encoder, 2); encoding.writeVarUint(encoder, 0); encoding.writeVarString(encoder, "token"); }),
      named((encoder) => step(encoder, 0, Y.encodeStateVector(new Y.Doc()))),
    ],
    update: (data) => named((encoder) => step(encoder, 2, data)),
    whole: (message) => {
      const decoder = decoding.createDecoder(message);
      decoding.readVarString(decoder);
      const type = decoding.readVarUint(decoder);
      return (type === 0 || type === 4) && decoding.readVarUint(decoder) === 1 ? decoding.readVarUint8Array(decoder) : null;
    },
  },
};

function step(encoder, type, data) {
  encoding.writeVarUint(encoder, 0);
  encoding.writeVarUint(encoder, type);
  encoding.writeVarUint8Array(encoder, data);
}
function sync(type, data) {
  const encoder = encoding.createEncoder();
  step(encoder, type, data);
  return encoding.toUint8Array(encoder);
}
function named(write) {
  const encoder = encoding.createEncoder();
  encoding.writeVarString(encoder, room);
  write(encoder);
  return encoding.toUint8Array(encoder);
}
function synced(message, kind) {
  const decoder = decoding.createDecoder(message);
  return decoding.readVarUint(decoder) === kind && decoding.readVarUint(decoder) === 1 ? decoding.readVarUint8Array(decoder) : null;
}

const protocol = protocols[kind];
const sentAt = Array.from({ length: clients }, () => []);
const late = [];
const keptLate = [];
let arrived = 0;
let closed = 0;

class Client {
  constructor(index) {
    this.index = index;
    this.doc = new Y.Doc();
    this.text = this.doc.getText(`text:${sections[index % sections.length]}`);
    this.number = 0;
    this.seen = new Set();
    this.doc.on("update", (update) => {
      this.number += 1;
      sentAt[index][this.number] = performance.now();
      this.socket.send(protocol.update(update, this.number));
    });
  }

  open() {
    return new Promise((resolve, reject) => {
      const headers = cookies.length ? { Cookie: cookies[this.index % cookies.length] } : {};
      this.socket = new WebSocket(url, { origin, headers, perMessageDeflate: false });
      this.socket.on("open", () => protocol.hello(this.doc.clientID).forEach((message) => this.socket.send(message)));
      this.socket.on("error", reject);
      this.socket.on("close", () => { closed += 1; });
      this.socket.on("message", (message) => {
        if (!this.whole) {
          const whole = protocol.whole(message);
          if (whole) {
            this.whole = whole;
            resolve(whole);
          }
          return;
        }
        if (this.onlyBrings) return;
        const now = performance.now();
        const kept = protocol.kept?.(message);
        if (kept) keptLate.push(now - sentAt[this.index][kept]);
        for (const [mark, from, number] of message.toString("latin1").matchAll(MARK)) {
          if (Number(from) === this.index || this.seen.has(mark)) continue;
          this.seen.add(mark);
          arrived += 1;
          late.push(now - sentAt[from][number]);
        }
      });
    });
  }

  type() {
    this.text.insert(this.text.length, `<${this.index}.${this.number + 1}>`);
  }
}

const quantile = (values, share) => (values.length ? values[Math.min(values.length - 1, Math.floor(values.length * share))] : null);
const told = (values) => {
  values.sort((one, other) => one - other);
  return { p50: quantile(values, 0.5), p95: quantile(values, 0.95), p99: quantile(values, 0.99), most: quantile(values, 1) };
};

const all = Array.from({ length: clients }, (_, index) => new Client(index));
if (seed) {
  // The peers keep nothing: somebody has to bring the text, and to stay, because the last to go takes it along.
  const first = new Client(0);
  first.onlyBrings = true;
  await first.open();
  const doc = new Y.Doc();
  for (const [key, text] of Object.entries(seed)) doc.getText(`text:${key}`).insert(0, text);
  first.socket.send(protocol.update(Y.encodeStateAsUpdate(doc), 0));
  await wait(1500);
}
const began = performance.now();
const whole = await all[0].open();
const mirror = new Y.Doc();
Y.applyUpdate(mirror, whole);
const opened = performance.now() - began;
const letters = sections.reduce((sum, key) => sum + mirror.getText(`text:${key}`).length, 0);
for (let at = 1; at < all.length; at += 10) await Promise.all(all.slice(at, at + 10).map((client) => client.open()));
await wait(500);
process.stdout.write("ready\n");
await new Promise((resolve) => process.stdin.once("data", resolve));

const end = performance.now() + seconds * 1000;
await Promise.all(
  all.map(async (client) => {
    await wait((Math.random() * 1000) / perSecond);
    for (let next = performance.now(); next < end; next += 1000 / perSecond) {
      client.type();
      await wait(Math.max(0, next + 1000 / perSecond - performance.now()));
    }
  }),
);
const sent = all.reduce((sum, client) => sum + client.number, 0);
const expected = sent * (clients - 1);
for (let patience = 0; patience < 100 && arrived < expected; patience += 1) await wait(100);
const took = process.cpuUsage();
process.stdout.write(
  `${JSON.stringify({ sent, expected, arrived, closed, opened, letters, bytes: whole.length, late: told(late), kept: told(keptLate), clientCpu: (took.user + took.system) / 1e6 })}\n`,
);
process.stdin.once("data", () => process.exit(0));
