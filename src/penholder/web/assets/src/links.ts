// "Link to this" copies the passage's lasting address as well as going there, and says so to everyone.

export function offerLinks(page: Document): void {
  const said = page.querySelector<HTMLElement>("[data-said]");
  if (!said || !navigator.clipboard) return;
  page.addEventListener("click", (event) => {
    const link = (event.target as Element | null)?.closest<HTMLAnchorElement>("a[data-link]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    navigator.clipboard.writeText(link.href).then(
      () => say(said, said.dataset["said"] ?? "", link),
      () => undefined, // the browser refused; the link still went to the passage
    );
  });
}

function say(region: HTMLElement, words: string, link: HTMLElement): void {
  region.textContent = words;
  link.classList.add("is-copied");
  // Long enough to be read out, short enough not to be read again later.
  window.setTimeout(() => {
    region.textContent = "";
    link.classList.remove("is-copied");
  }, 4000);
}
