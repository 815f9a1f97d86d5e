// The coverage matrix can be narrowed to one state. The rows that drop out are counted aloud; nothing is reordered.

export function offerFilters(page: Document): void {
  for (const form of page.querySelectorAll<HTMLFormElement>("form[data-filter]")) {
    const table = page.getElementById(form.dataset["filter"] ?? "");
    const said = form.querySelector<HTMLOutputElement>("output");
    if (!table || !said) continue;
    form.hidden = false;
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("change", () => {
      const wanted = new FormData(form).get("state");
      let shown = 0;
      let cells = 0;
      for (const row of table.querySelectorAll<HTMLTableRowElement>("tbody tr")) {
        let inRow = 0;
        for (const cell of row.querySelectorAll<HTMLElement>("[data-state]")) {
          const fits = !wanted || cell.dataset["state"] === wanted;
          cell.classList.toggle("is-dimmed", !fits);
          if (fits) inRow += 1;
        }
        row.hidden = inRow === 0;
        if (inRow) shown += 1;
        cells += inRow;
      }
      said.textContent = (form.dataset["words"] ?? "")
        .replace("{cells}", String(cells))
        .replace("{rows}", String(shown));
    });
  }
}
