// Charts: without this file the table stands in a closed <details> below its chart. With it, opening the table puts it
// in the chart's place, so that nobody has to compare two far-apart pictures of the same numbers.

export function offerSwitches(page: Document): void {
  for (const drawer of page.querySelectorAll<HTMLDetailsElement>("figure.chart details.chart-table")) {
    const drawing = drawer.closest("figure")?.querySelector<HTMLElement>(".drawing");
    if (!drawing) continue;
    drawer.addEventListener("toggle", () => {
      drawing.hidden = drawer.open;
    });
  }
}
