// What is said over a socket or by requests. The server's half is web/live/frames.py; docs/drafting.md lists it.

export interface Welcome {
  sequence: number;
  name: string;
  colour: number;
}

/** Where somebody's cursor is: relative positions as JSON, so that they stay with their words. */
export interface Cursor {
  client: number;
  name: string;
  colour: number;
  section: string;
  anchor: string;
  head: string;
}

export interface Refusal {
  number: number;
  reasons: string[];
  aside: boolean;
}

export type Frame =
  | { kind: "welcome"; facts: Welcome; update: Uint8Array }
  | { kind: "updates"; sequence: number; update: Uint8Array }
  | { kind: "cursors"; cursors: Cursor[] }
  | { kind: "kept"; number: number }
  | { kind: "refused"; refusal: Refusal }
  | { kind: "state"; reasons: string[] };

const json = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes));

export function read(data: ArrayBuffer): Frame {
  const view = new DataView(data);
  const rest = (from: number) => new Uint8Array(data, from);
  switch (view.getUint8(0)) {
    case 0: {
      const length = view.getUint32(1);
      return { kind: "welcome", facts: json(new Uint8Array(data, 5, length)), update: rest(5 + length) };
    }
    case 1:
      return { kind: "updates", sequence: Number(view.getBigUint64(1)), update: rest(9) };
    case 2:
      return { kind: "cursors", cursors: json(rest(1)) };
    case 3:
      return { kind: "kept", number: view.getUint32(1) };
    case 4:
      return { kind: "refused", refusal: json(rest(1)) };
    case 5:
      return { kind: "state", reasons: json(rest(1)).reasons };
    default:
      throw new Error(`A message of kind ${view.getUint8(0)} is newer than this page.`);
  }
}

export function hello(client: number, knows: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(17);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(1, BigInt(client));
  view.setBigUint64(9, BigInt(knows));
  return bytes;
}

export function update(number: number, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(5 + data.length);
  bytes[0] = 1;
  new DataView(bytes.buffer).setUint32(1, number);
  bytes.set(data, 5);
  return bytes;
}

export function cursor(place: unknown): Uint8Array<ArrayBuffer> {
  const said = new TextEncoder().encode(JSON.stringify(place));
  const bytes = new Uint8Array(1 + said.length);
  bytes[0] = 2;
  bytes.set(said, 1);
  return bytes;
}
