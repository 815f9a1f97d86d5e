// Charts: without this file the table stands in a closed <details> below its chart. With it, one button changes between
// the two in place, so that a reader never has to compare two far-apart pictures of the same numbers.

export function offerSwitches(page: Document): void {
  for (const drawer of page.querySelectorAll<HTMLDetailsElement>("details[data-table]")) {
    const figure = drawer.closest("figure");
    const picture = figure?.querySelector<HTMLElement>("[data-picture]");
    if (!picture) continue;
    drawer.addEventListener("toggle", () => {
      picture.hidden = drawer.open;
    });
  }
}
