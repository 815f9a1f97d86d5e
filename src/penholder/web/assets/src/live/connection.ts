// Keeps one Yjs document the same as the server's: by WebSocket, and where a network lets none through, by plain
// requests. What was typed and is not stored yet is held here and sent again until the server says that it is.
import * as Y from "yjs";
import * as frames from "./frames";

export type State = "loading" | "saved" | "saving" | "offline" | "unsaved" | "signed-out" | "refused";

export interface Listener {
  /** How things stand; `reasons` says why this person may not write, none when they may. */
  state(state: State, reasons: string[]): void;
  ready(): void;
  cursors(cursors: frames.Cursor[]): void;
  /** Something typed was not stored and never will be; the document here is not the server's any more. */
  refused(refusal: frames.Refusal): void;
  /** What was typed last cannot be sent, as too much at once or for what is in it: the document here is lost to the server. */
  lost(tooMuch: boolean): void;
}

// The server lets a socket go that says more than 2 MB; a chapter has a tenth of that.
const MOST_AT_ONCE = 1_900_000;

const SECONDS_TO_OPEN = 5;
// A line that is dead says nothing, for minutes; what is typed is answered within a second when it is not.
const SECONDS_WITHOUT_ANSWER = 10;
// Where a socket has worked before, it is the server or the line that is away, and not the network's rules.
const FAILURES_BEFORE_REQUESTS = { never: 2, before: 8 };
// A proxy that let nothing through may have been a train's; the better way is tried again now and then.
const SECONDS_BEFORE_ANOTHER_SOCKET = 300;
const SECONDS_BETWEEN_ATTEMPTS = [0.3, 1, 2, 4, 8, 10];

export class Connection {
  private socket: WebSocket | null = null;
  private open = false;
  private byRequests = false;
  private opened = false;
  private ended = false;
  private signedOut = false;
  private failures = 0;
  private sequence = 0;
  private number = 0;
  private reasons: string[] = [];
  private readonly unsaved = new Map<number, Uint8Array>();
  private place: unknown = null;
  private placeWaits = 0;
  private timer = 0;
  private askedAt = 0;
  private socketWorked = false;
  private readonly watch = window.setInterval(() => this.lookAfter(), 2000);
  private posting = false;
  private polling: AbortController | null = null;

  constructor(
    private readonly doc: Y.Doc,
    private readonly address: string,
    private readonly token: string,
    private readonly listener: Listener,
  ) {
    doc.on("update", this.typed);
    window.addEventListener("online", this.atOnce);
    window.addEventListener("offline", this.drop);
    window.addEventListener("beforeunload", this.leaving);
    this.connect();
  }

  end(): void {
    this.ended = true;
    window.clearTimeout(this.timer);
    window.clearTimeout(this.placeWaits);
    window.clearInterval(this.watch);
    window.removeEventListener("online", this.atOnce);
    window.removeEventListener("offline", this.drop);
    window.removeEventListener("beforeunload", this.leaving);
    this.doc.off("update", this.typed);
    this.polling?.abort();
    this.socket?.close();
  }

  /** Where this person's cursor is; null: nowhere. Told at most ten times a second. */
  point(place: unknown): void {
    this.place = place;
    this.placeWaits ||= window.setTimeout(() => {
      this.placeWaits = 0;
      if (this.socket && this.open) this.socket.send(frames.cursor(this.place));
      else if (this.byRequests && this.open) void this.post("cursor/", JSON.stringify(this.place)).catch(() => {});
    }, this.byRequests ? 500 : 100);
  }

  get everythingSaved(): boolean {
    return this.unsaved.size === 0;
  }

  private readonly leaving = (event: BeforeUnloadEvent) => {
    if (!this.everythingSaved) event.preventDefault();
  };

  private readonly atOnce = () => {
    if (this.open) return;
    window.clearTimeout(this.timer);
    this.connect();
  };

  /** Let a socket go that leads nowhere, without waiting for the other side to agree. */
  private readonly drop = () => {
    const dead = this.socket;
    if (!dead) return;
    this.socket = null;
    dead.onmessage = dead.onclose = null;
    dead.close();
    this.again();
  };

  private lookAfter(): void {
    if (this.open && this.unsaved.size && performance.now() - this.askedAt > SECONDS_WITHOUT_ANSWER * 1000) this.drop();
  }

  private readonly typed = (update: Uint8Array, origin: unknown) => {
    if (origin === this) return;
    if (update.length > MOST_AT_ONCE) {
      window.setTimeout(() => this.listener.lost(true));
      return;
    }
    if (this.unsaved.size === 0) this.askedAt = performance.now();
    this.number += 1;
    this.unsaved.set(this.number, update);
    if (this.socket && this.open) this.socket.send(frames.update(this.number, update));
    else if (this.byRequests && this.open) void this.postUnsaved();
    this.tell();
  };

  private tell(): void {
    if (this.ended) return;
    const waiting = this.unsaved.size > 0;
    const state = this.signedOut
      ? "signed-out"
      : this.open
        ? waiting ? "saving" : this.reasons.length ? "refused" : "saved"
        : waiting ? "unsaved" : this.opened ? "offline" : "loading";
    this.listener.state(state, this.reasons);
  }

  private connect(): void {
    if (this.ended) return;
    if (this.byRequests) void this.poll();
    else this.connectSocket();
  }

  /** They may not even read any more, or not from this window: nothing is tried again; what they see can be copied. */
  private closed(): void {
    this.open = true;
    this.unsaved.clear();
    this.tell();
    this.end();
  }

  private again(): void {
    this.open = false;
    this.tell();
    if (this.ended) return;
    const seconds = SECONDS_BETWEEN_ATTEMPTS[Math.min(this.failures, SECONDS_BETWEEN_ATTEMPTS.length - 1)] ?? 10;
    this.failures += 1;
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.connect(), seconds * 1000 * (0.75 + Math.random() / 2));
  }

  // By WebSocket.

  private connectSocket(): void {
    let socket: WebSocket;
    const address = new URL(this.address, window.location.href);
    address.protocol = address.protocol.replace("http", "ws");
    let welcomed = false;
    try {
      socket = new WebSocket(address);
    } catch {
      this.byRequests = true;
      this.connect();
      return;
    }
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    const patience = window.setTimeout(() => socket.close(), SECONDS_TO_OPEN * 1000);
    socket.onopen = () => socket.send(frames.hello(this.doc.clientID, this.sequence));
    socket.onmessage = (event) => {
      if (!welcomed) {
        welcomed = true;
        window.clearTimeout(patience);
      }
      this.hear(frames.read(event.data));
    };
    socket.onclose = (event) => {
      window.clearTimeout(patience);
      if (this.socket !== socket) return;
      this.socket = null;
      this.signedOut = event.code === 4401;
      if (event.code === 1007 || event.code === 1009) return this.listener.lost(event.code === 1009);
      if (event.code === 4403 || event.code === 4409) return this.closed(); // the reasons have been told
      const most = FAILURES_BEFORE_REQUESTS[this.socketWorked ? "before" : "never"];
      if (!welcomed && navigator.onLine && this.failures + 1 >= most) {
        this.byRequests = true;
        window.setTimeout(() => this.trySocket(), SECONDS_BEFORE_ANOTHER_SOCKET * 1000);
      }
      this.again();
    };
  }

  private trySocket(): void {
    if (this.ended) return;
    this.byRequests = false;
    this.polling?.abort();
  }

  private hear(frame: frames.Frame): void {
    this.askedAt = performance.now();
    if (frame.kind === "welcome") {
      this.socketWorked = true;
      this.welcomed(frame.facts.sequence, frame.update);
      for (const update of this.together()) this.socket?.send(frames.update(this.number, update));
      if (this.place) this.socket?.send(frames.cursor(this.place));
    } else if (frame.kind === "updates") {
      this.sequence = frame.sequence;
      Y.applyUpdate(this.doc, frame.update, this);
      return;
    } else if (frame.kind === "cursors") {
      this.listener.cursors(frame.cursors.filter((one) => one.client !== this.doc.clientID));
      return;
    } else if (frame.kind === "kept") {
      this.unsaved.delete(frame.number);
    } else if (frame.kind === "refused") {
      this.unsaved.delete(frame.refusal.number);
      this.listener.refused(frame.refusal);
    } else {
      this.reasons = frame.reasons;
    }
    this.tell();
  }

  private welcomed(sequence: number, update: Uint8Array): void {
    this.sequence = sequence;
    Y.applyUpdate(this.doc, update, this);
    this.failures = 0;
    this.signedOut = false;
    this.open = true;
    if (!this.opened) {
      this.opened = true;
      this.listener.ready();
    }
  }

  /** What is not saved, as one update under a new number; none when everything is. */
  private together(): Uint8Array[] {
    if (this.unsaved.size === 0) return [];
    const update = Y.mergeUpdates([...this.unsaved.values()]);
    this.unsaved.clear();
    this.number += 1;
    this.unsaved.set(this.number, update);
    return [update];
  }

  // By requests.

  private async poll(): Promise<void> {
    while (this.byRequests && !this.ended) {
      this.polling = new AbortController();
      const patience = window.setTimeout(() => this.polling?.abort(), 40_000);
      try {
        const query = `?client=${this.doc.clientID}&after=${this.sequence}`;
        const response = await fetch(this.address + query, { signal: this.polling.signal, cache: "no-store" });
        if (!response.ok) throw response;
        const data = await response.arrayBuffer();
        const length = new DataView(data).getUint32(0);
        const facts = JSON.parse(new TextDecoder().decode(new Uint8Array(data, 4, length)));
        this.welcomed(facts.sequence, new Uint8Array(data, 4 + length));
        this.reasons = facts.reasons;
        this.listener.cursors(facts.cursors.filter((one: frames.Cursor) => one.client !== this.doc.clientID));
        void this.postUnsaved();
        this.tell();
      } catch (problem) {
        if (problem instanceof Response && problem.status === 409) {
          this.reasons = (await problem.json()).reasons;
          return this.closed();
        }
        this.signedOut = problem instanceof Response && problem.status === 401;
        this.again();
        return;
      } finally {
        window.clearTimeout(patience);
      }
    }
    this.again();
  }

  private async postUnsaved(): Promise<void> {
    if (this.posting) return;
    this.posting = true;
    try {
      for (let update = this.together()[0]; update; update = this.together()[0]) {
        const number = this.number;
        const response = await this.post("", update as Uint8Array<ArrayBuffer>);
        if (response.status === 409) {
          this.unsaved.delete(number);
          this.listener.refused(await response.json());
        } else if (response.ok) {
          this.unsaved.delete(number);
        } else if (response.status === 400 || response.status === 413) {
          return this.listener.lost(response.status === 413);
        } else {
          throw response;
        }
        this.tell();
      }
    } catch {
      this.polling?.abort(); // the loop of polling finds out what is wrong, and says it
    } finally {
      this.posting = false;
    }
  }

  private post(where: string, body: BodyInit): Promise<Response> {
    return fetch(`${this.address}${where}?client=${this.doc.clientID}`, {
      method: "POST",
      headers: { "X-CSRFToken": this.token, "Content-Type": "application/octet-stream" },
      body,
    });
  }
}
