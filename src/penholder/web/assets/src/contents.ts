// The contents list beside a long text marks the section that is being read; on a narrow screen it closes behind its reader.

// A heading counts as reached when it is this near to the top of the window: what a link scrolls to, and a line or two.
const REACHED = 96;

export function followReading(page: Document): void {
  const list = page.querySelector<HTMLElement>("[data-contents]");
  if (list) markIn(list, page);
  const drawer = page.querySelector<HTMLDetailsElement>("details.ph-contents--drawer");
  drawer?.addEventListener("click", (event) => {
    if (event.target instanceof HTMLAnchorElement) drawer.open = false;
  });
}

function markIn(list: HTMLElement, page: Document): void {
  const links = new Map<HTMLElement, HTMLAnchorElement>();
  for (const link of list.querySelectorAll<HTMLAnchorElement>('a[href^="#"]')) {
    const heading = page.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (heading) links.set(heading, link);
  }
  let marked: HTMLAnchorElement | undefined;
  const mark = (): void => {
    let current: HTMLAnchorElement | undefined;
    for (const [heading, link] of links) {
      if (heading.getBoundingClientRect().top > REACHED) break;
      current = link;
    }
    if (current === marked) return;
    marked?.removeAttribute("aria-current");
    current?.setAttribute("aria-current", "true");
    if (current) keepInView(list, current);
    marked = current;
  };
  let waiting = false;
  const soon = (): void => {
    if (waiting) return;
    waiting = true;
    window.requestAnimationFrame(() => {
      waiting = false;
      mark();
    });
  };
  window.addEventListener("scroll", soon, { passive: true });
  window.addEventListener("resize", soon, { passive: true });
  mark();
}

function keepInView(list: HTMLElement, link: HTMLElement): void {
  const frame = list.closest<HTMLElement>("[data-contents-frame]") ?? list;
  const inner = link.getBoundingClientRect();
  const outer = frame.getBoundingClientRect();
  if (inner.top < outer.top || inner.bottom > outer.bottom) {
    frame.scrollTop += inner.top - outer.top - outer.height / 3;
  }
}
