// The contents list beside a long text marks the section that is being read, and closes again on a narrow screen.

export function followReading(page: Document): void {
  const list = page.querySelector<HTMLElement>("[data-contents]");
  if (!list || !("IntersectionObserver" in window)) return;
  const links = new Map<Element, HTMLAnchorElement>();
  for (const link of list.querySelectorAll<HTMLAnchorElement>('a[href^="#"]')) {
    const heading = page.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (heading) links.set(heading, link);
  }
  const headings = [...links.keys()];
  const mark = (): void => {
    // The last heading above the upper third of the window is the section that is being read.
    const line = window.innerHeight / 3;
    let current: Element | undefined;
    for (const heading of headings) {
      if (heading.getBoundingClientRect().top > line) break;
      current = heading;
    }
    for (const [heading, link] of links) {
      if (heading === current) {
        if (link.getAttribute("aria-current") !== "true") {
          link.setAttribute("aria-current", "true");
          keepInView(list, link);
        }
      } else {
        link.removeAttribute("aria-current");
      }
    }
  };
  const observer = new IntersectionObserver(mark, { rootMargin: "0px 0px -66% 0px", threshold: [0, 1] });
  headings.forEach((heading) => observer.observe(heading));
  mark();
  list.addEventListener("click", (event) => {
    const drawer = list.closest("details");
    if (drawer && event.target instanceof HTMLAnchorElement) drawer.open = false;
  });
}

function keepInView(list: HTMLElement, link: HTMLElement): void {
  const frame = list.closest<HTMLElement>("[data-contents-frame]") ?? list;
  const inner = link.getBoundingClientRect();
  const outer = frame.getBoundingClientRect();
  if (inner.top < outer.top || inner.bottom > outer.bottom) {
    frame.scrollTop += inner.top - outer.top - outer.height / 3;
  }
}
