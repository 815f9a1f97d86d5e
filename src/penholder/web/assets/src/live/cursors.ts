// Other people's cursors and selections, with their names. Drawn by classes: the page's policy allows no inline style.
import { StateEffect, StateField, type Range } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, WidgetType } from "@codemirror/view";
import * as Y from "yjs";
import type { Cursor } from "./frames";

class Caret extends WidgetType {
  constructor(private readonly name: string, private readonly colour: number) {
    super();
  }
  override eq(other: Caret): boolean {
    return other.name === this.name && other.colour === this.colour;
  }
  toDOM(): HTMLElement {
    const caret = document.createElement("span");
    caret.className = `pc-caret pc-${this.colour}`;
    caret.setAttribute("aria-hidden", "true");
    const flag = document.createElement("span");
    flag.className = "pc-flag";
    flag.textContent = this.name;
    caret.append("\u2060", flag);
    return caret;
  }
  override ignoreEvent(): boolean {
    return true;
  }
}

const moved = StateEffect.define<DecorationSet>();

const field = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(cursors, transaction) {
    let found = cursors.map(transaction.changes);
    for (const effect of transaction.effects) if (effect.is(moved)) found = effect.value;
    return found;
  },
  provide: (self) => EditorView.decorations.from(self),
});

export const cursors = [field];

/** Draw these cursors, as far as they are in this text. */
export function draw(view: EditorView, text: Y.Text, section: string, all: Cursor[]): void {
  const length = view.state.doc.length;
  const drawn: Range<Decoration>[] = [];
  for (const one of all) {
    if (one.section !== section || !text.doc) continue;
    const anchor = index(one.anchor, text);
    const head = index(one.head, text);
    if (anchor === null || head === null || anchor > length || head > length) continue;
    if (anchor !== head)
      drawn.push(Decoration.mark({ class: `pc-held pc-${one.colour}` }).range(Math.min(anchor, head), Math.max(anchor, head)));
    drawn.push(Decoration.widget({ widget: new Caret(one.name, one.colour), side: anchor < head ? -1 : 1 }).range(head));
  }
  view.dispatch({ effects: moved.of(Decoration.set(drawn, true)) });
}

function index(said: string, text: Y.Text): number | null {
  try {
    const found = Y.createAbsolutePositionFromRelativePosition(Y.createRelativePositionFromJSON(JSON.parse(said)), text.doc as Y.Doc);
    return found && found.type === text ? found.index : null;
  } catch {
    return null;
  }
}

/** Where the selection of this editor is, as the server passes it on; null when it has no focus. */
export function place(view: EditorView, text: Y.Text, section: string): unknown {
  if (!view.hasFocus) return null;
  const { anchor, head } = view.state.selection.main;
  const at = (index: number) => JSON.stringify(Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(text, index)));
  return { section, anchor: at(anchor), head: at(head) };
}
