// The editor itself: CodeMirror on one section's shared text. It stands in a shadow root, where CodeMirror puts its styles
// into constructed sheets, which the page's policy allows; in the page it would write <style> elements, which it forbids.
import { defaultKeymap } from "@codemirror/commands";
import { defineLanguageFacet, HighlightStyle, Language, syntaxHighlighting } from "@codemirror/language";
import { Compartment, EditorState, Prec } from "@codemirror/state";
import { drawSelection, EditorView, keymap } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { GFM, parser } from "@lezer/markdown";
import { yCollab, yUndoManagerKeymap } from "y-codemirror.next";
import * as Y from "yjs";
import { cursors } from "./cursors";
import { around } from "./toolbar";
import type { Words } from "./words";

const markdown = new Language(defineLanguageFacet(), parser.configure(GFM), [], "markdown");

const colours = HighlightStyle.define([
  { tag: tags.heading, fontWeight: "700" },
  { tag: tags.strong, fontWeight: "700" },
  { tag: tags.emphasis, fontStyle: "italic" },
  { tag: [tags.link, tags.url], color: "#0b5c55" },
  { tag: [tags.processingInstruction, tags.monospace, tags.contentSeparator], color: "#5a5146" },
]);

const look = EditorView.theme({
  "&": { minHeight: "24rem", maxHeight: "75vh", backgroundColor: "#fff", color: "#1b2126", fontSize: "1.125rem" },
  "&.cm-focused": { outline: "3px solid #fd0", boxShadow: "inset 0 0 0 4px #1b2126" },
  ".cm-scroller": { fontFamily: "inherit", lineHeight: "1.6", overflow: "auto" },
  ".cm-content": { padding: "1.4rem 1rem 2rem", maxWidth: "46rem", caretColor: "#1b2126" },
  ".cm-cursor": { borderLeftWidth: "2px" },
  ".pc-caret": { position: "relative", borderLeft: "2px solid", marginLeft: "-1px", marginRight: "-1px" },
  ".pc-flag": {
    position: "absolute", left: "-2px", bottom: "100%", padding: "0 .3rem", borderRadius: "2px 2px 2px 0", color: "#fff",
    font: "600 .75rem/1.35 system-ui, sans-serif", whiteSpace: "nowrap", pointerEvents: "none", zIndex: "2",
  },
  // Eight colours with a contrast of at least 4.5 on white, and white on them.
  ...Object.fromEntries(
    ["#8a1538", "#005ea5", "#4c2c92", "#00602b", "#7a3b00", "#b0006d", "#00566b", "#3d3d3d"].flatMap((colour, number) => [
      [`.pc-caret.pc-${number}`, { borderColor: colour }],
      [`.pc-${number} .pc-flag`, { backgroundColor: colour }],
      [`.pc-held.pc-${number}`, { backgroundColor: `${colour}26` }],
    ]),
  ),
});

export interface Editor {
  view: EditorView;
  /** Whether this person may write here now. */
  writable(may: boolean): void;
  destroy(): void;
}

export function edit(host: HTMLElement, text: Y.Text, words: Words, label: string, changed: (moved: boolean, typed: boolean) => void): Editor {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  const place = document.createElement("div");
  root.replaceChildren(place);
  const undo = new Y.UndoManager(text, { captureTimeout: 500 });
  const readOnly = new Compartment();
  const closed = (shut: boolean) => [EditorState.readOnly.of(shut), EditorView.contentAttributes.of({ "aria-readonly": String(shut) })];
  const marks = keymap.of([
    { key: "Mod-b", run: (view) => (around(view, "**", "**", words("sample")), true) },
    { key: "Mod-i", run: (view) => (around(view, "*", "*", words("sample")), true) },
  ]);
  const view = new EditorView({
    root,
    parent: place,
    state: EditorState.create({
      doc: text.toString(),
      extensions: [
        EditorView.lineWrapping,
        drawSelection(),
        markdown,
        syntaxHighlighting(colours),
        look,
        cursors,
        yCollab(text, null, { undoManager: undo }),
        Prec.high(marks),
        keymap.of([...yUndoManagerKeymap, ...defaultKeymap]),
        readOnly.of(closed(true)),
        EditorView.contentAttributes.of({
          "aria-label": label,
          "aria-describedby": "",
          "aria-description": words("keys"),
          spellcheck: "true",
          autocapitalize: "sentences",
          lang: "en",
          tabindex: "0",
        }),
        EditorView.updateListener.of((update) => {
          if (update.selectionSet || update.docChanged || update.focusChanged) changed(true, update.docChanged);
        }),
      ],
    }),
  });
  let open = false;
  let waiting = 0;
  return {
    view,
    // Told in the middle of an update, too, when what was typed is sent; CodeMirror takes it only afterwards.
    writable: (may) => {
      if (may === open) return;
      open = may;
      window.clearTimeout(waiting);
      waiting = window.setTimeout(() => view.dispatch({ effects: readOnly.reconfigure(closed(!open)) }));
    },
    destroy: () => {
      window.clearTimeout(waiting);
      view.destroy();
      undo.destroy();
    },
  };
}
