// "Link to this" copies the passage's lasting address as well as going there, and says so to everyone. A button shows
// such a link at every passage: off at first, so that a long text is not three hundred stops for the keyboard.

const LINK = "a[data-link], .link-to-this a";

export function offerLinks(page: Document): void {
  const said = page.querySelector<HTMLElement>("[data-said]");
  if (!said) return;
  page.addEventListener("click", (event) => {
    const link = (event.target as Element | null)?.closest<HTMLAnchorElement>(LINK);
    if (!link || !navigator.clipboard || event.ctrlKey || event.metaKey || event.shiftKey) return;
    navigator.clipboard.writeText(link.href).then(
      () => say(said, said.dataset["said"] ?? "", link),
      () => undefined, // the browser refused; the link still went to the passage
    );
  });
  for (const button of page.querySelectorAll<HTMLButtonElement>("button[data-passages]")) offerPassages(button);
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

function offerPassages(button: HTMLButtonElement): void {
  const text = button.ownerDocument.getElementById(button.dataset["passages"] ?? "");
  if (!text) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(shown));
    if (!shown) {
      text.querySelectorAll(".ph-passage-link").forEach((link) => link.remove());
      return;
    }
    for (const passage of text.querySelectorAll<HTMLElement>("p[data-passage], li[data-passage], dd[data-passage]")) {
      passage.append(passageLink(passage, button.dataset["words"] ?? ""));
    }
  });
}

function passageLink(passage: HTMLElement, words: string): HTMLAnchorElement {
  const link = document.createElement("a");
  const start = (passage.textContent ?? "").trim().split(/\s+/).slice(0, 6).join(" ");
  link.className = "ph-passage-link";
  link.href = `/passages/${passage.dataset["passage"]}/`;
  link.dataset["link"] = "";
  link.setAttribute("aria-label", words.replace("{start}", start));
  link.textContent = "¶";
  return link;
}
