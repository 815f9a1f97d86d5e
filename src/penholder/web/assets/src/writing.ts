// Co-editing of one section. Without this file the page is a form with a text area, which does the same one save at a time.
import "./styles/writing.scss";
import * as Y from "yjs";
import { Connection, type State } from "./live/connection";
import { draw, place } from "./live/cursors";
import { edit, type Editor } from "./live/editor";
import type { Cursor } from "./live/frames";
import { toolbar } from "./live/toolbar";
import { wordsOf, type Words } from "./live/words";

// Long enough not to be drawn at every letter, short enough to be beside what one is writing.
const MILLISECONDS_BEFORE_PREVIEW = 900;

class Writing {
  private doc = new Y.Doc();
  private connection!: Connection;
  private editor: Editor | null = null;
  private all: Cursor[] = [];
  private previewWaits = 0;
  private previewing: AbortController | null = null;
  private said = "";
  private readonly form: HTMLFormElement;
  private readonly area: HTMLTextAreaElement;
  private readonly base: HTMLTextAreaElement;
  private readonly section: string;
  private readonly host = document.createElement("div");
  private readonly bar = document.createElement("div");
  private readonly status = document.createElement("p");
  private readonly people = document.createElement("p");
  private readonly told = document.createElement("div");
  private readonly preview = document.createElement("div");
  private readonly island = document.createElement("div");

  constructor(private readonly place: HTMLElement, private readonly words: Words) {
    this.form = place.querySelector("form") as HTMLFormElement;
    this.area = this.form.querySelector("textarea[name=text]") as HTMLTextAreaElement;
    this.base = this.form.querySelector("textarea[name=base]") as HTMLTextAreaElement;
    this.section = place.dataset.section ?? "";
    this.build();
    this.start();
  }

  private build(): void {
    this.island.className = "pe";
    this.island.hidden = true;
    this.status.className = "pe-status";
    this.status.setAttribute("role", "status");
    this.people.className = "pe-people";
    this.told.className = "pe-told";
    this.told.setAttribute("role", "alert");
    this.host.className = "pe-editor";
    this.preview.className = "pe-preview ph-prose pd-preview";
    this.preview.lang = "en";
    const shown = document.createElement("details");
    shown.className = "pe-shown govuk-details";
    shown.open = window.matchMedia("(min-width: 64em)").matches;
    const summary = document.createElement("summary");
    // The headings of what is shown stand below this one.
    const heading = document.createElement("h2");
    heading.textContent = this.words("preview");
    summary.append(heading);
    shown.append(summary, this.preview);
    shown.addEventListener("toggle", () => this.soon(0));
    const foot = document.createElement("div");
    foot.className = "pe-foot";
    foot.append(this.status, this.people);
    const writing = document.createElement("div");
    writing.className = "pe-writing";
    writing.append(this.bar, this.host, foot);
    const sides = document.createElement("div");
    sides.className = "pe-sides";
    sides.append(writing, shown);
    const keys = document.createElement("p");
    keys.className = "govuk-hint pe-keys";
    keys.textContent = this.words("keys");
    this.island.append(this.told, keys, sides);
    this.place.append(this.island);
  }

  private start(): void {
    this.doc = new Y.Doc();
    const token = this.form.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value ?? "";
    this.connection = new Connection(this.doc, this.place.dataset.live ?? "", token, {
      state: (state, reasons) => this.state(state, reasons),
      ready: () => this.ready(),
      cursors: (cursors) => {
        this.all = cursors;
        this.people.textContent = this.present();
        if (this.editor) draw(this.editor.view, this.text(), this.section, cursors);
      },
      refused: (refusal) => this.refused(refusal.reasons, refusal.aside),
      lost: (tooMuch) => this.refused(tooMuch ? [this.words("too-much")] : [], false, true),
    });
  }

  private text(): Y.Text {
    return this.doc.getText(`text:${this.section}`);
  }

  private ready(): void {
    const sections = this.doc.getMap<Y.Map<string>>("sections");
    if (!sections.has(this.section)) return; // the form says that the section is gone
    // Words are in the form that are not in the draft yet: typed before the connection stood, or brought back by a preview.
    if (this.area.value !== this.base.value) {
      this.connection.end();
      this.place.dataset.state = "form";
      return;
    }
    const text = this.text();
    const focused = document.activeElement === this.area;
    this.editor?.destroy();
    this.editor = edit(this.host, text, this.words, this.words("label"), (moved, typed) => {
      if (moved && this.editor) this.connection.point(place(this.editor.view, text, this.section));
      if (typed) this.soon(MILLISECONDS_BEFORE_PREVIEW);
    });
    this.bar.replaceChildren(toolbar(this.editor.view, this.words));
    this.editor.view.dom.addEventListener("keydown", (event) => {
      if (event.altKey && event.key === "F10") this.bar.querySelector<HTMLElement>("[tabindex='0']")?.focus();
    });
    this.form.hidden = true;
    this.island.hidden = false;
    this.place.dataset.ready = "";
    if (focused) this.editor.view.focus();
    sections.observe(() => {
      if (!sections.has(this.section)) this.tell([this.words("removed")]);
    });
    this.soon(0);
  }

  private state(state: State, reasons: string[]): void {
    this.editor?.writable(reasons.length === 0 && state !== "loading");
    const said = [this.words(state), ...(state === "refused" ? reasons : [])].join(" ");
    this.place.dataset.state = state;
    // "Saving" at every letter would talk a screen reader to death: only what lasts, or is bad, is said.
    this.status.setAttribute("aria-live", state === "saving" ? "off" : "polite");
    if (said !== this.said) this.status.textContent = this.said = said;
  }

  private present(): string {
    const names = [...new Set(this.all.filter((one) => one.section === this.section).map((one) => one.name))];
    return names.length ? `${this.words("also")} ${names.join(", ")}` : "";
  }

  private tell(sentences: string[]): HTMLElement {
    const said = document.createElement("div");
    said.className = "govuk-inset-text";
    said.append(
      ...sentences.filter(Boolean).map((sentence, place) => {
        const line = document.createElement("p");
        line.className = "govuk-body";
        const words = document.createElement(place || sentences.length === 1 ? "span" : "strong");
        words.textContent = sentence;
        line.append(words);
        return line;
      }),
    );
    this.told.replaceChildren(said);
    return said;
  }

  /** What was typed last is not in the draft. The text is loaded anew, and theirs is shown to be copied. */
  private refused(reasons: string[], aside: boolean, atOnce = false): void {
    const own = this.text().toString();
    const said = this.tell([this.words("not-kept"), ...reasons, (aside ? this.words("aside") : "") ?? ""]);
    const kept = document.createElement("details");
    kept.className = "govuk-details";
    const summary = document.createElement("summary");
    summary.className = "govuk-details__summary";
    const named = document.createElement("span");
    named.className = "govuk-details__summary-text";
    named.textContent = this.words("yours");
    summary.append(named);
    const text = document.createElement("textarea");
    text.className = "govuk-textarea";
    text.readOnly = true;
    text.rows = 10;
    text.value = own;
    text.setAttribute("aria-label", this.words("yours"));
    kept.append(summary, text);
    said.append(kept);
    if (!this.connection.everythingSaved && !atOnce) return; // more of it is on its way to be refused
    this.connection.end();
    this.start();
  }

  private soon(milliseconds: number): void {
    window.clearTimeout(this.previewWaits);
    this.previewWaits = window.setTimeout(() => void this.show(), milliseconds);
  }

  /** Draw the section as readers will see it: the form's own preview, by the same code that publishes. */
  private async show(): Promise<void> {
    if (!(this.preview.parentElement as HTMLDetailsElement).open || !this.editor) return;
    this.previewing?.abort();
    this.previewing = new AbortController();
    const data = new FormData(this.form);
    data.set("text", this.text().toString());
    data.set("preview", "1");
    data.delete("base");
    try {
      const response = await fetch(this.form.action, { method: "POST", body: data, signal: this.previewing.signal });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const drawn = page.querySelector(".pd-preview");
      if (drawn) this.preview.replaceChildren(...drawn.childNodes);
    } catch {
      // Without a connection the last preview stays; the line below the editor says that there is none.
    }
  }
}

const found = document.getElementById("writing");
const said = document.getElementById("writing-words");
if (found?.dataset.live && said && "attachShadow" in found && "WebSocket" in window) new Writing(found, wordsOf(said));
