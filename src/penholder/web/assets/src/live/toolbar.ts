// Buttons that write the marks of the house Markdown, so that nobody needs to know them. One stop of the Tab key; the
// arrow keys go from button to button, as the pattern for toolbars wants.
import { EditorSelection, type ChangeSpec } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import type { Words } from "./words";

type Act = (view: EditorView) => void;

/** Put marks around what is selected, or take them away where they stand already. */
export function around(view: EditorView, before: string, after = before, sample = ""): void {
  const { state } = view;
  view.dispatch(
    state.changeByRange((range) => {
      const outside = state.sliceDoc(range.from - before.length, range.from) === before && state.sliceDoc(range.to, range.to + after.length) === after;
      if (outside)
        return {
          changes: [
            { from: range.from - before.length, to: range.from },
            { from: range.to, to: range.to + after.length },
          ],
          range: EditorSelection.range(range.from - before.length, range.to - before.length),
        };
      const words = range.empty ? sample : "";
      return {
        changes: [
          { from: range.from, insert: before + words },
          { from: range.to, insert: after },
        ],
        range: EditorSelection.range(range.from + before.length, range.to + before.length + words.length),
      };
    }),
    { userEvent: "input", scrollIntoView: true },
  );
}

/** Begin each selected line with a mark (its number is given), or take the mark away where all have it. */
export function lines(view: EditorView, mark: (number: number) => string, known: RegExp, same: RegExp = known): void {
  const { state } = view;
  const { from, to } = state.selection.main;
  const first = state.doc.lineAt(from).number;
  const last = state.doc.lineAt(to).number;
  const changes: ChangeSpec[] = [];
  const all = Array.from({ length: last - first + 1 }, (_, index) => state.doc.line(first + index));
  const written = all.filter((line) => line.text.trim() || all.length === 1);
  const off = written.every((line) => same.test(line.text));
  written.forEach((line, index) => {
    const found = known.exec(line.text)?.[0] ?? "";
    changes.push({ from: line.from, to: line.from + found.length, insert: off ? "" : mark(index + 1) });
  });
  view.dispatch({ changes, userEvent: "input", scrollIntoView: true });
}

/** A block of its own after the line of the cursor, with an empty line on either side; `select` is what to type over. */
export function block(view: EditorView, text: string, select: string): void {
  const { state } = view;
  const line = state.doc.lineAt(state.selection.main.to);
  const gap = line.text.trim() ? "\n\n" : line.number > 1 && state.doc.line(line.number - 1).text.trim() ? "\n" : "";
  const from = line.to + gap.length + text.indexOf(select);
  view.dispatch({
    changes: { from: line.to, insert: `${gap}${text}\n` },
    selection: EditorSelection.range(from, from + select.length),
    userEvent: "input",
    scrollIntoView: true,
  });
}

function footnote(view: EditorView, words: Words): void {
  const { state } = view;
  const used = new Set([...state.doc.toString().matchAll(/\[\^(\d+)\]/g)].map((found) => Number(found[1])));
  let number = 1;
  while (used.has(number)) number += 1;
  const { to } = state.selection.main;
  const end = state.doc.length;
  const gap = /\n\n$/.test(state.doc.toString()) ? "" : /\n$/.test(state.doc.toString()) ? "\n" : "\n\n";
  const mark = `[^${number}]`;
  const sample = words("sample-footnote");
  const from = end + mark.length + gap.length + `${mark}: `.length;
  view.dispatch({
    changes: [{ from: to, insert: mark }, { from: end, insert: `${gap}${mark}: ${sample}\n` }],
    selection: EditorSelection.range(from, from + sample.length),
    userEvent: "input",
    scrollIntoView: true,
  });
}

function acts(words: Words): [string, string, Act][] {
  const sample = words("sample");
  const row = (cells: string[]) => `| ${cells.join(" | ")} |\n`;
  const cell = words("sample-cell");
  return [
    ["heading", "H", (view) => lines(view, () => "## ", /^#{1,6}\s+/, /^##\s+/)],
    ["subheading", "h", (view) => lines(view, () => "### ", /^#{1,6}\s+/, /^###\s+/)],
    ["strong", "B", (view) => around(view, "**", "**", sample)],
    ["slanted", "I", (view) => around(view, "*", "*", sample)],
    ["link", "↗", (view) => around(view, "[", "](https://)", sample)],
    ["list", "•", (view) => lines(view, () => "- ", /^\s*(?:[-*+]|\d+[.)])\s+/, /^\s*[-*+]\s+/)],
    ["numbers", "1.", (view) => lines(view, (number) => `${number}. `, /^\s*(?:[-*+]|\d+[.)])\s+/, /^\s*\d+[.)]\s+/)],
    ["quote", "❝", (view) => lines(view, () => "> ", /^>\s?/)],
    ["table", "▦", (view) => block(view, row([cell, cell]) + row(["---", "---"]) + row(["…", "…"]), cell)],
    ["footnote", "¹", (view) => footnote(view, words)],
    ["figure", "▣", (view) => block(view, `:::{figure} ${words("sample-file")}\n:alt: ${words("sample-alt")}\n${words("sample-caption")}\n:::`, words("sample-file"))],
  ];
}

export function toolbar(view: EditorView, words: Words): HTMLElement {
  const bar = document.createElement("div");
  bar.className = "pe-toolbar";
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", words("toolbar"));
  const buttons = acts(words).map(([name, sign, act], index) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = `pe-tool pe-tool--${name}`;
    button.tabIndex = index ? -1 : 0;
    const drawn = document.createElement("span");
    drawn.setAttribute("aria-hidden", "true");
    drawn.textContent = sign;
    const said = document.createElement("span");
    said.className = "pe-tool__name";
    said.textContent = words(name);
    button.append(drawn, said);
    button.addEventListener("click", () => {
      if (view.state.readOnly) return;
      act(view);
      view.focus();
    });
    return button;
  });
  bar.append(...buttons);
  bar.addEventListener("keydown", (event) => {
    const here = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const step = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (step === undefined || here < 0) return;
    event.preventDefault();
    const next = buttons[(step + buttons.length) % buttons.length];
    buttons.forEach((button) => { button.tabIndex = button === next ? 0 : -1; });
    next?.focus();
  });
  return bar;
}
