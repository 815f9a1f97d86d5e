// A list of services can be narrowed by words that it holds. What drops out is counted aloud; nothing is reordered.

export function offerRows(page: Document): void {
  for (const form of page.querySelectorAll<HTMLFormElement>("form[data-rows]")) {
    const table = page.getElementById(form.dataset["rows"] ?? "");
    const field = form.querySelector<HTMLInputElement>("input[type=search]");
    const said = form.querySelector<HTMLOutputElement>("output");
    if (!table || !field || !said) continue;
    form.hidden = false;
    form.addEventListener("submit", (event) => event.preventDefault());
    field.addEventListener("input", () => {
      const wanted = field.value.trim().toLocaleLowerCase();
      let shown = 0;
      for (const row of table.querySelectorAll<HTMLTableRowElement>("tbody tr")) {
        row.hidden = !(row.textContent ?? "").toLocaleLowerCase().includes(wanted);
        if (!row.hidden) shown += 1;
      }
      said.textContent = (form.dataset["words"] ?? "").replace("{rows}", String(shown));
    });
  }
}
