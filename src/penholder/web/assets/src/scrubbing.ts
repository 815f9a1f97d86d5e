// The slider of a draft's timeline shows its moment as soon as it is let go. Without this, a button does.

export function followScrubbing(page: Document): void {
  for (const form of page.querySelectorAll<HTMLFormElement>("form[data-scrub]")) {
    const slider = form.querySelector<HTMLInputElement>("input[type=range]");
    slider?.addEventListener("change", () => {
      form.requestSubmit();
    });
  }
}
